/* status.h: how a function says that it could not do its work.
 *
 * A function that can fail returns sb_status and leaves one sentence for the user, made by sb_fail.
 * Callers pass it up with SB_TRY, which goes to the function's one `cleanup` label. All functions
 * here are local.
 */
#ifndef SCALEBAR_STATUS_H
#define SCALEBAR_STATUS_H

typedef enum {
  SB_OK = 0,
  SB_BAD_INPUT, /* what the user asked for cannot be done */
  SB_NO_MEMORY, /* sizes overflow or exceed what the node has */
  SB_IO_ERROR,  /* a file could not be read or written */
  SB_MPI_ERROR,
  SB_INTERNAL /* a broken promise inside Scalebar */
} sb_status;

/* The word a run ends with, and its exit code (contract: exit codes). */
typedef enum { SB_PASS = 0, SB_FAILED = 1, SB_WRONG = 2, SB_SLOW = 5 } sb_verdict;

/* "PASS", "ERROR", "WRONG", "SLOW". */
const char *sb_verdict_word(sb_verdict verdict);

/* Keeps the sentence (cut at 1023 characters) and returns `code`. The first sentence since the last
 * sb_clear stays: what failed first is what the user must hear. No line break at its end. */
sb_status sb_fail(sb_status code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The sentence kept by sb_fail, "" when nothing failed. */
const char *sb_message(void);

void sb_clear(void);

/* For use in functions with a local `sb_status status` and a label `cleanup`. */
#define SB_TRY(call)                   \
  do {                                 \
    status = (call);                   \
    if (status != SB_OK) goto cleanup; \
  } while (0)

#endif
