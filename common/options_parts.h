/* options_parts.h: what the files options*.c and expect.c share; not for others. All local.
 *
 *   options.c         the order of sources, and rules between keys
 *   options_args.c    the command line
 *   options_ini.c     INI text, through inih
 *   options_keys.c    key -> option, once per source; near misses
 *   options_value.c   text <-> value
 *   options_file.c    files that options name
 *   options_help.c    --help, --version
 *   common_options.c  the keys of every app
 */
#ifndef SCALEBAR_OPTIONS_PARTS_H
#define SCALEBAR_OPTIONS_PARTS_H

#include "options.h"

enum {
  SB_KEYS_MAX = 64,      /* in one table */
  SB_PLACE_SIZE = 256,   /* "run.ini:3" */
  SB_SHOWN_SIZE = 56,    /* what was written, cut */
  SB_ALLOWED_SIZE = 256, /* "auto or 1 .. 4096" */
  SB_INI_LINE = 190,     /* characters; inih cuts lines at 200 */
  SB_FILE_MAX = 1 << 20  /* bytes of a file of options */
};

/* ---- text and values (options_value.c) ---- */

/* `text` fit for one line of a terminal: other than printable ASCII as \xNN, cut at about 40
 * characters with "...", in quotes when empty or with blanks. Returns `shown`. */
const char *sb_shown(const char *text, char shown[SB_SHOWN_SIZE]);

/* "path:line", or "path" when line is 0; a long path loses its front. Returns `place`. */
const char *sb_place(const char *path, int line, char place[SB_PLACE_SIZE]);

typedef enum { SB_NUMBER_GOOD, SB_NUMBER_BAD, SB_NUMBER_TOO_LARGE } sb_number;

/* 1000, -3, 1e9 or 2^24, nothing before or after it. */
sb_number sb_read_whole(const char *text, int64_t *value);

/* A finite decimal number, nothing before or after it; one too small for a double is TOO_LARGE. */
sb_number sb_read_real(const char *text, double *value);

/* Valid UTF-8 without control characters, so that it can go into any output as it is. */
bool sb_plain_text(const char *text);

typedef union {
  int64_t whole;
  double real;
  int index;
  char text[SB_TEXT_SIZE];
} sb_value;

/* Reads what was written for `option`; `place` says where it was, for the sentence. */
sb_status sb_option_read(const sb_option *option, const char *text, const char *place,
                         sb_value *value);
void sb_option_store(const sb_option *option, const sb_value *value, void *values);

/* "auto or 1 .. 4096", "philox, nas", "a path". Returns `text`. */
const char *sb_option_allowed(const sb_option *option, char text[SB_ALLOWED_SIZE]);

/* ---- files that options name (options_file.c) ---- */

/* Reads a regular file of at most SB_FILE_MAX bytes. *text [out] gets a NUL behind its last byte;
 * the caller frees it. `place` says who asked for the file. */
sb_status sb_file_read(const char *path, const char *place, char **text, size_t *bytes);

/* Refuses a `path` that could not be written as a new file or in place of an old one. Creates
 * nothing. `key` is "output" or "json". */
sb_status sb_file_check_output(const char *path, const char *key, const char *place);

/* Refuses what is not a readable regular file. */
sb_status sb_file_check_input(const char *path, const char *key, const char *place);

/* Two paths (shorter than SB_TEXT_SIZE) of one file, be it there or not yet. */
bool sb_file_same(const char *a, const char *b);

/* ---- INI text (options_ini.c) ---- */

/* Receives what an INI text holds, line by line. Either call may refuse with sb_fail. */
typedef struct {
  sb_status (*section)(void *user, const char *place, const char *name);
  sb_status (*key)(void *user, const char *place, int line, const char *key, const char *value);
  void *user;
} sb_ini_reader;

/* Gives the sections and keys of `bytes` bytes of INI text to `reader`, in order; stops at the
 * first refusal. `path` is for sentences alone. Refused here: NUL bytes and control characters,
 * lines over SB_INI_LINE characters (comments may be longer), indented lines (other readers take
 * them as continuations), keys before any section, lines without '=', "#" comments behind a value.
 */
sb_status sb_ini_parse(const char *path, const char *text, size_t bytes,
                       const sb_ini_reader *reader);

/* ---- keys (options_keys.c) ---- */

typedef enum { SB_FROM_SIZE_FILE, SB_FROM_INPUT, SB_FROM_COMMAND_LINE } sb_source;

/* One parse. Sources are read with the winning one first, so a later source never replaces. */
typedef struct {
  const sb_option_set *set;
  sb_request *request;
  unsigned char given[2][SB_KEYS_MAX]; /* [app, common][option]: bit of each source that gave it */
  int line[2][SB_KEYS_MAX];            /* of the winning source's file, 0 on the command line */
  sb_source source;                    /* being read now */
} sb_parse;

/* Tables in the order of sb_parse.given. */
const sb_option *sb_parse_table(const sb_parse *parse, int table);
void *sb_parse_values(const sb_parse *parse, int table);

/* The option called `key`, NULL when none; table and index [out]. */
const sb_option *sb_key_find(const sb_parse *parse, const char *key, int *table, int *index);

/* One key = value of the source being read. */
sb_status sb_key_give(sb_parse *parse, const char *place, int line, const char *key,
                      const char *value);

/* Refuses `written` ("--smaples", "smaples"), whose key is unknown, with the nearest known one. */
sb_status sb_key_unknown(const sb_parse *parse, const char *place, const char *written,
                         const char *key);

/* Whether INPUT.ini or the command line gave this common key, and where: "run.ini:3". */
bool sb_key_given(const sb_parse *parse, const char *key);
const char *sb_key_place(const sb_parse *parse, const char *key, char place[SB_PLACE_SIZE]);

/* ---- command line (options_args.c) ---- */

/* Reads argv; sets action, input and command_line of the request. */
sb_status sb_args_parse(sb_parse *parse, int argc, char **argv);

#endif
