#include "checkpoints.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "options.h"

enum { DIGITS = 12, ID_DIGITS = 16 };
static const char SUFFIX[] = ".h5", TEMPORARY[] = ".tmp.";

/* A name is more than a suffix. */
size_t sb_output_stem(const char *output) {
  const size_t length = strlen(output), suffix = sizeof SUFFIX - 1;
  const char *slash = strrchr(output, '/');
  const size_t folder = slash != NULL ? (size_t)(slash + 1 - output) : 0;
  const bool ends = length > folder + suffix && strcmp(output + length - suffix, SUFFIX) == 0;
  return ends ? length - suffix : length;
}

sb_status sb_state_path(const char *output, const char *kind, int64_t step, char *path,
                        size_t bytes) {
  const int written = snprintf(path, bytes, "%.*s.%s.%0*" PRId64 "%s", (int)sb_output_stem(output),
                               output, kind, DIGITS, step, SUFFIX);
  if (written < 0 || (size_t)written >= bytes) {
    return sb_fail(SB_BAD_INPUT, "output: no room for the names of its %ss: %s is too long", kind,
                   output);
  }
  if (step < 0 || step >= INT64_C(1000000000000)) {
    return sb_fail(SB_BAD_INPUT, "step %" PRId64 " has no %d digits: no name for its %s", step,
                   DIGITS, kind);
  }
  return SB_OK;
}

bool sb_state_owns(const char *output, const char *path) {
  const size_t stem = sb_output_stem(output);
  const char *rest = path + stem;
  if (strncmp(path, output, stem) != 0) return false;
  return strcmp(rest, ".xmf") == 0 || strncmp(rest, ".checkpoint.", strlen(".checkpoint.")) == 0 ||
         strncmp(rest, ".snapshot.", strlen(".snapshot.")) == 0;
}

/* The folder of an output, and how the names of its checkpoints begin. */
typedef struct {
  DIR *open;
  char folder[SB_TEXT_SIZE]; /* "DIR/", "./" */
  char prefix[SB_TEXT_SIZE]; /* "run.checkpoint." */
} place;

/* `open` stays NULL on failure. */
static sb_status open_place(const char *output, const char *states, place *p) {
  const char *slash = strrchr(output, '/');
  const size_t folder = slash != NULL ? (size_t)(slash + 1 - output) : 0;
  if (strlen(output) >= SB_TEXT_SIZE - sizeof ".checkpoint.") {
    return sb_fail(SB_BAD_INPUT, "output: %s is too long a name", output);
  }
  snprintf(p->folder, sizeof p->folder, "%.*s", (int)folder, output);
  if (folder == 0) snprintf(p->folder, sizeof p->folder, "./");
  snprintf(p->prefix, sizeof p->prefix, "%.*s.%s.", (int)(sb_output_stem(output) - folder),
           output + folder, states);
  p->open = opendir(p->folder);
  if (p->open != NULL) return SB_OK;
  return sb_fail(SB_IO_ERROR, "cannot look for checkpoints in %s: %s", p->folder, strerror(errno));
}

typedef enum { ANOTHER, STATE, LEFT_OVER } kind;

static bool is_plain(const place *p, const char *name) {
  struct stat there;
  return fstatat(dirfd(p->open), name, &there, 0) == 0 && S_ISREG(there.st_mode);
}

/* By its name: what has the name of a state and is no plain file is one that cannot be read. Left
 * over: NAME.tmp.<id>, and what MPI libraries put beside it by adding words to that name. */
static kind kind_of(const place *p, const char *name, int64_t *step) {
  static const char digits[] = "0123456789", hex[] = "0123456789abcdef";
  const size_t prefix = strlen(p->prefix), suffix = sizeof SUFFIX - 1;
  if (strncmp(name, p->prefix, prefix) != 0) return ANOTHER;
  const char *number = name + prefix, *rest = number + DIGITS;
  if (strspn(number, digits) != DIGITS || strncmp(rest, SUFFIX, suffix) != 0) return ANOTHER;
  *step = strtoll(number, NULL, 10);
  rest += suffix;
  if (*rest == '\0') return STATE;
  if (strncmp(rest, TEMPORARY, sizeof TEMPORARY - 1) != 0) return ANOTHER;
  return strspn(rest + sizeof TEMPORARY - 1, hex) >= ID_DIGITS ? LEFT_OVER : ANOTHER;
}

/* Puts a step where it belongs among the `found` newest. */
static void insert(int64_t *steps, int *found, int64_t step) {
  int at = *found;
  while (at > 0 && steps[at - 1] < step) at--;
  if (at == SB_CHECKPOINTS_MOST) return;
  if (*found < SB_CHECKPOINTS_MOST) (*found)++;
  for (int i = *found - 1; i > at; i--) steps[i] = steps[i - 1];
  steps[at] = step;
}

/* Local: rank 0. */
static sb_status look(const char *output, int64_t *steps, int *found) {
  place p = {.open = NULL};
  int64_t step = 0;
  *found = 0;
  const sb_status status = open_place(output, "checkpoint", &p);
  if (p.open == NULL) return status;
  for (const struct dirent *entry; (entry = readdir(p.open)) != NULL;) {
    if (kind_of(&p, entry->d_name, &step) == STATE) insert(steps, found, step);
  }
  closedir(p.open);
  if (*found > 0) return SB_OK;
  return sb_fail(SB_BAD_INPUT,
                 "restart: there is no %s<step>%s in %s; it wants the output (run.h5) whose "
                 "checkpoints lie beside it",
                 p.prefix, SUFFIX, p.folder);
}

sb_status sb_checkpoints_find(sb_comm *comm, const char *output, int64_t *steps, int *found) {
  sb_status status = SB_OK;
  *found = 0;
  if (sb_comm_rank(comm) == 0) status = look(output, steps, found);
  SB_TRY(sb_comm_agree(comm, status));
  sb_comm_broadcast(comm, found, sizeof *found);
  sb_comm_broadcast(comm, steps, (size_t)*found * sizeof *steps);
cleanup:
  return status;
}

/* `step` < 0: what killed writers left; otherwise the states but those two. */
static void remove_some(const char *output, const char *states, int64_t step, int64_t before) {
  place p = {.open = NULL};
  int64_t other = 0;
  (void)open_place(output, states, &p);
  if (p.open == NULL) {
    sb_clear(); /* whoever writes there next will say it */
    return;
  }
  for (const struct dirent *entry; (entry = readdir(p.open)) != NULL;) {
    const kind k = kind_of(&p, entry->d_name, &other);
    const bool unwanted =
        step < 0 ? k == LEFT_OVER : k == STATE && other != step && other != before;
    if (unwanted && is_plain(&p, entry->d_name)) unlinkat(dirfd(p.open), entry->d_name, 0);
  }
  closedir(p.open);
}

void sb_checkpoints_prune(const char *output, int64_t step, int64_t before) {
  remove_some(output, "checkpoint", step, before);
}

void sb_states_tidy(const char *output) {
  remove_some(output, "checkpoint", -1, -1);
  remove_some(output, "snapshot", -1, -1);
}
