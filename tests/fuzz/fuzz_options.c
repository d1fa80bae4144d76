/* Arbitrary bytes as INI file, as command line and as reference file.
 *
 * Linked with libFuzzer (-fsanitize=fuzzer), or with fuzz_main.c, which makes inputs from the seeds
 * below. The first byte of an input says what the rest is. Besides what sanitizers see, an input is
 * a failure when it is refused without a sentence fit for one line of a terminal, or accepted with
 * a value that could not have been written.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../unit/toy_options.h"
#include "expect.h"
#include "fuzz.h"
#include "options_parts.h"

enum { ARGS = 16 };

const char *const fuzz_seeds[] = {
    "i[toy]\nn = 1e6 ; cells\nr = 0.125\nrng = nas\n",
    "i\xef\xbb\xbf[toy]\r\nmin_reps=3\r\nmax_reps=30\r\n# comment\r\nnote = a b\r\n",
    "i[toy]\n  n = 3\nblocks = auto\n[heat]\nn=2^24\nsize = small\n",
    "a--n\n1e6\n--rng=nas\n--min-reps\n3\n--note\nsome text",
    "arun.ini\n--size=small\n--output\nout.h5\n--dry-run",
    "a--smaples\n3\n--seed=9007199254740992\n--ci=1e-3\n--threads=auto",
    "e[pi_mpi size=small nodes=1 ranks=2 threads=1]\nrate = 3.1e9 sample/s, -0.05, none ; x\n",
    "e[pi_mpi size=tiny nodes=1 ranks=2 threads=1]\ntime = 1 s, none, 0.1\nhits = 1 count, 0, 0\n",
    NULL};

static char folder[] = "/tmp/scalebar-fuzz-XXXXXX";

static void write_file(const char *name, const void *bytes, size_t n) {
  FILE *file = fopen(name, "wb");
  if (file == NULL || fwrite(bytes, 1, n, file) != n || fclose(file) != 0) abort();
}

static void leave_folder(void) {
  static const char *const made[] = {"run.ini", "inputs/toy/tiny.ini", "inputs/toy/small.ini",
                                     "inputs/toy", "inputs"};
  for (size_t i = 0; i < sizeof made / sizeof made[0]; i++) remove(made[i]);
  if (chdir("/") != 0 || rmdir(folder) != 0) {
    fputs("fuzz_options: refused input left files behind\n", stderr);
    _exit(1);
  }
}

static void enter_folder(void) {
  static bool done = false;
  if (done) return;
  done = true;
  if (mkdtemp(folder) == NULL || chdir(folder) != 0) abort();
  if (mkdir("inputs", 0700) != 0 || mkdir("inputs/toy", 0700) != 0) abort();
  if (setenv("SB_SHARE", folder, 1) != 0 || atexit(leave_folder) != 0) abort();
  write_file("run.ini", "[toy]\nr = 0.2\n", 14);
  write_file("inputs/toy/tiny.ini", "[toy]\nn = 10\n", 13);
  write_file("inputs/toy/small.ini", "[toy]\nn = 20\n", 13);
}

static void look_at_sentence(void) {
  const char *sentence = sb_message();
  if (sentence[0] == '\0' || strlen(sentence) > 1022) abort();
  for (const char *c = sentence; *c != '\0'; c++)
    if (*c < ' ' || *c > '~') abort();
}

/* Every accepted value, written out and read again, is the same value. */
static void look_at_values(void) {
  for (int table = 0; table < 2; table++) {
    const void *values = table == 0 ? (const void *)&toy_config : (const void *)&toy_common;
    for (const sb_option *o = table == 0 ? toy_options : sb_common_options; o->key; o++) {
      char text[SB_TEXT_SIZE], again[SB_TEXT_SIZE];
      union {
        toy config;
        sb_common common;
      } copy;
      sb_value value;
      sb_option_text(o, values, text, sizeof text);
      if (strcmp(o->key, "size") == 0 && strcmp(text, "custom") == 0) continue;
      if (sb_option_read(o, text, "again", &value) != SB_OK) abort();
      sb_option_store(o, &value, &copy);
      sb_option_text(o, &copy, again, sizeof again);
      if (strcmp(text, again) != 0) abort();
    }
  }
}

static void parse(int argc, char **argv) {
  sb_request request;
  const sb_status status = sb_options_parse(&toy_set, argc, argv, &request);
  if (status != SB_OK) {
    look_at_sentence();
  } else if (request.action == SB_RUN || request.action == SB_DRY_RUN) {
    look_at_values();
  }
}

/* One argument per line; a NUL byte ends an argument, as it would for a real one. */
static void parse_arguments(const uint8_t *data, size_t size) {
  char program[] = "toy_mpi", *argv[ARGS + 2] = {program}, *rest = NULL;
  int argc = 1;
  char *text = malloc(size + 1);
  if (text == NULL) abort();
  memcpy(text, data, size);
  text[size] = '\0';
  for (char *word = strtok_r(text, "\n", &rest); word != NULL && argc <= ARGS;
       word = strtok_r(NULL, "\n", &rest)) {
    argv[argc++] = word;
  }
  argv[argc] = NULL;
  parse(argc, argv);
  free(text);
}

static void parse_file(const uint8_t *data, size_t size) {
  char program[] = "toy_mpi", path[] = "fuzz.ini", *argv[] = {program, path, NULL};
  write_file(path, data, size);
  parse(2, argv);
  remove(path);
}

static void parse_reference(const uint8_t *data, size_t size) {
  sb_expectations expected;
  write_file("fuzz.ini", data, size);
  const sb_status status = sb_expect_read("fuzz.ini", "pi_mpi", "small", 1, 2, 1, &expected);
  remove("fuzz.ini");
  if (status != SB_OK) {
    look_at_sentence();
  } else if (expected.count < 1 || expected.count > SB_FIGURES_MAX) {
    abort();
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0) return 0;
  enter_folder();
  sb_clear();
  switch (data[0] % 3) {
    case 'a' % 3:
      parse_arguments(data + 1, size - 1);
      break;
    case 'e' % 3:
      parse_reference(data + 1, size - 1);
      break;
    default: /* 'i' */
      parse_file(data + 1, size - 1);
      break;
  }
  return 0;
}
