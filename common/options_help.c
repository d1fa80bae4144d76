/* --help. */
#include <string.h>

#include "options_parts.h"

/* Columns of the table of keys: key, allowed, default, meaning. */
enum { WIDTH = 100, KEY_AT = 2, ALLOWED_AT = 15, DEFAULT_AT = 42, MEANING_AT = 52 };

/* Writes `text` from column `at` on, where column `now` is reached already, broken at blanks before
 * column WIDTH. Text without a break that fits stands over. */
static void write_wrapped(FILE *out, int now, int at, const char *text) {
  while (*text != '\0') {
    size_t length = strlen(text);
    const size_t room = (size_t)(WIDTH - at);
    if (length > room) {
      length = room;
      while (length > 0 && text[length] != ' ') length--;
      if (length == 0) length = strcspn(text, " ");
    }
    fprintf(out, "%*s%.*s\n", at - now, "", (int)length, text);
    text += length;
    text += strspn(text, " ");
    now = 0;
  }
}

/* Writes a cell at column `at`, on a new line when the last cell reached over it; returns the
 * column behind it. */
static int write_cell(FILE *out, int now, int at, const char *text) {
  if (now >= at) {
    fputc('\n', out);
    now = 0;
  }
  fprintf(out, "%*s%s", at - now, "", text);
  return at + (int)strlen(text);
}

static void write_key(FILE *out, const sb_option *option) {
  char allowed[SB_ALLOWED_SIZE], cell[SB_ALLOWED_SIZE + 32];
  const bool number = option->type == SB_INT || option->type == SB_REAL;
  const bool unit = number && option->unit != NULL && strcmp(option->unit, "1") != 0;
  snprintf(cell, sizeof cell, "%s%s%s", sb_option_allowed(option, allowed), unit ? " " : "",
           unit ? option->unit : "");
  int now = write_cell(out, 0, KEY_AT, option->key);
  if (option->sizes) now += fprintf(out, "*");
  now = write_cell(out, now, ALLOWED_AT, cell);
  now = write_cell(out, now, DEFAULT_AT, option->sizes ? "by size" : option->initial);
  if (now >= MEANING_AT) {
    fputc('\n', out);
    now = 0;
  }
  write_wrapped(out, now, MEANING_AT, option->help);
}

/* Keys from `first` up to, not including, the option called `end` (NULL: all that follow). */
static const sb_option *write_keys(FILE *out, const char *title, const sb_option *first,
                                   const char *end) {
  fprintf(out, "\n%s\n", title);
  const sb_option *option = first;
  for (; option->key != NULL && (end == NULL || strcmp(option->key, end) != 0); option++)
    write_key(out, option);
  return option;
}

static void write_usage(const sb_option_set *set, FILE *out) {
  fprintf(out,
          "Usage: %s [INPUT.ini] [--key value | --key=value]... [--dry-run]\n"
          "       %s --help | --version\n\n",
          set->program, set->program);
  write_wrapped(out, 0, 0, set->title);
  fprintf(
      out,
      "\n"
      "Every key is a long option and a line \"key = value\" in section [%s] of INPUT.ini; the\n"
      "command line wins. Comments begin with ';'. Whole numbers are written 1000, 1e9 or 2^24.\n"
      "\n"
      "  --help       this text\n"
      "  --version    version, commit and compiler\n"
      "  --dry-run    print decomposition, memory and expected time, and end without computing\n",
      set->app);
}

static void write_ending(const sb_option_set *set, FILE *out) {
  fprintf(out,
          "\n"
          "Exit codes (the last line of stdout, RESULT, says the same in a word)\n"
          "  0  PASS   ran, verified, fast enough\n"
          "  1  ERROR  could not run: bad input, no memory, I/O error, MPI error, watchdog\n"
          "  2  WRONG  wrong answer\n"
          "  5  SLOW   right answer, slower than the reference file allows\n");
  fprintf(out,
          "\n"
          "Examples\n"
          "  %s --size small --output %s.h5 --json %s.json\n"
          "  %s run.ini --seed=7 --max_reps 20 --dry-run\n",
          set->program, set->app, set->app, set->program);
}

void sb_options_help(const sb_option_set *set, FILE *out) {
  char title[128];
  write_usage(set, out);
  fprintf(out, "\n%*s%-*s%-*s%-*s%s\n", KEY_AT, "", ALLOWED_AT - KEY_AT, "key",
          DEFAULT_AT - ALLOWED_AT, "allowed", MEANING_AT - DEFAULT_AT, "default", "meaning");
  snprintf(title, sizeof title, "Keys of %s (*: size key)", set->app);
  write_keys(out, title, set->table, NULL);
  const sb_option *next = write_keys(out, "Problem", sb_common_options, "warmup");
  next = write_keys(out, "Measurement", next, "output");
  write_keys(out, "Output", next, NULL);
  write_ending(set, out);
}
