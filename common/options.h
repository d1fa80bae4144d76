/* options.h: one table per app makes its command line, its INI keys, its --help and the stored
 * configuration.
 *
 * Values come from, later ones winning: the table's defaults; the named size's file
 * (inputs/<app>/<size>.ini); the INPUT.ini given; the command line. All functions are local; the
 * driver parses on rank 0 and broadcasts the values, which hold no pointers.
 *
 * The size is the one asked for (command line, else INPUT.ini, else tiny). Its file holds size keys
 * alone. Once the user gives a size key, or a share of memory, the size is called `custom`: the
 * file still gives the size keys that the user did not. Nobody can ask for `custom` itself. A share
 * of memory takes the place of a size: beside it, size and the keys that it sets are refused.
 */
#ifndef SCALEBAR_OPTIONS_H
#define SCALEBAR_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "exchange.h"
#include "status.h"

enum { SB_TEXT_SIZE = 1024, SB_THREADS_MAX = 4096 };

typedef enum {
  SB_INT,    /* int64_t; written 1000, 1e9 (exact) or 2^24; or `word`, which stands for 0 */
  SB_REAL,   /* double, finite */
  SB_CHOICE, /* int: index in `choices` */
  SB_FLAG,   /* int: yes = 1, no = 0 */
  SB_TEXT    /* char[SB_TEXT_SIZE]; `word` stands for "" */
} sb_option_type;

typedef struct {
  const char *key;
  sb_option_type type;
  size_t offset;       /* of the value in the struct that the table describes */
  const char *initial; /* default, written as a user would */
  double low, high;    /* allowed range of SB_INT and SB_REAL, both included; |.| <= 2^53, so that
                          every whole number in it is exact here too: larger ones are refused */
  const char *unit;    /* "s", "1"; "" or NULL for words */
  const char *choices; /* SB_CHOICE: "philox|nas"; SB_TEXT: what is allowed, NULL: a path */
  const char *word;    /* SB_INT, SB_TEXT: "auto" or "none"; NULL where there is no such word.
                          SB_CHOICE: name of a value beyond the choices, which cannot be asked for */
  bool sizes;          /* a size key: given by the user, it makes the size `custom` */
  bool by_memory;      /* memory= sets it in its place, so that both at once are refused */
  const char *help;    /* one line */
} sb_option;

/* Tables end with an option whose key is NULL. Keys are at most 12 characters of a-z, 0-9 and _ (on
 * the command line - stands for _ too). */

/* Keys of every app. */
typedef enum { SB_SIZE_TINY, SB_SIZE_SMALL, SB_SIZE_MEDIUM, SB_SIZE_LARGE, SB_SIZE_CUSTOM } sb_size;
typedef enum { SB_STRONG, SB_WEAK } sb_scaling;
typedef enum { SB_PER_WORKER, SB_PER_NODE } sb_per;

typedef struct {
  int size;      /* sb_size */
  double memory; /* share of the node's memory, 0 = not used */
  int scaling, per, exchange;
  int64_t threads; /* 0 = auto */
  int64_t warmup, min_reps, max_reps;
  double time_limit, ci, watchdog;
  int64_t seed;
  int fields, compress;
  char output[SB_TEXT_SIZE], json[SB_TEXT_SIZE], expect[SB_TEXT_SIZE];
} sb_common;

extern const sb_option sb_common_options[];

/* What main was asked to do. */
typedef enum { SB_RUN, SB_HELP, SB_VERSION, SB_DRY_RUN } sb_action;

typedef struct {
  const char *program;    /* "pi_mpi" */
  const char *app;        /* "pi": the INI section and the folder of named sizes */
  const char *title;      /* one line for --help */
  const sb_option *table; /* the app's own */
  void *config;           /* [out] the app's values */
  size_t config_size;
  sb_common *common; /* [out] */
} sb_option_set;

typedef struct {
  sb_action action;
  bool seed_given, memory_given; /* by INPUT.ini or the command line */
  char input[SB_TEXT_SIZE];      /* path of INPUT.ini, "" when none */
  char size_file[SB_TEXT_SIZE];  /* path of the named size's file */
  char input_sha256[65];         /* of the bytes of size file and INPUT.ini, one after the other */
  char command_line[SB_TEXT_SIZE]; /* base names only: no path of the user's leaves the machine */
} sb_request;

/* Fills config, common and request. With --help or --version anywhere on the command line nothing
 * else is read or refused, and the values are the defaults. Of min_reps and max_reps, one given
 * alone moves the default of the other. Errors (SB_BAD_INPUT) name file and line or "command line",
 * key, what was written, and the allowed range, in one sentence: run.ini:3: samples = 1e3x is not a
 * whole number; allowed 1 .. 1099511627776 command line: --smaples is not a key of pi (did you mean
 * samples?); see pi_mpi --help Refused: unknown and repeated keys, keys outside [app], trailing
 * characters, numbers out of range, overlong lines (190 characters), indented lines, NUL bytes and
 * control characters, text that is not UTF-8, a missing or unreadable file, a directory where a
 * file belongs, an output whose folder does not exist or cannot be written to or that is a file the
 * run reads, min_reps > max_reps, a share of memory beside a key that it sets. Nothing is created.
 */
sb_status sb_options_parse(const sb_option_set *set, int argc, char **argv, sb_request *request);

/* --help: every key with unit, range and default, grouped, 100 columns at most. */
void sb_options_help(const sb_option_set *set, FILE *out);

/* The value of one option as a user would write it ("yes", "nas", "none", "1000"). */
void sb_option_text(const sb_option *option, const void *values, char *text, size_t bytes);

/* <directory of this executable>/../share/scalebar/<below>, the same in a build tree and an
 * installation. SB_SHARE in the environment names another folder than share/scalebar, for tests. */
sb_status sb_share_path(const char *below, char *path, size_t bytes);

#endif
