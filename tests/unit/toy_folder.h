/* toy_folder.h: an empty folder to test the parser in, and the two ways a parse may end. Include
 * after cmocka.h. */
#ifndef SCALEBAR_TESTS_TOY_FOLDER_H
#define SCALEBAR_TESTS_TOY_FOLDER_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "toy_options.h"

enum { TOY_ARGS = 10 };

/* What is typed behind the program's name. */
typedef struct {
  const char *given[TOY_ARGS]; /* NULL ends them */
} toy_args;

#define ARGS(...)   \
  (toy_args) {      \
    { __VA_ARGS__ } \
  }

static sb_request toy_request;
static char toy_folder[] = "/tmp/scalebar-test-XXXXXX";

/* Arrays, not strings: files may hold NUL bytes. */
static inline void toy_write_bytes(const char *path, const char *bytes, size_t n) {
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes, 1, n, file), n);
  assert_int_equal(fclose(file), 0);
}

static inline void toy_write(const char *path, const char *text) {
  toy_write_bytes(path, text, strlen(text));
}

/* Makes the folder, named sizes in it, and goes there. */
static inline int toy_enter(void **state) {
  (void)state;
  if (mkdtemp(toy_folder) == NULL || chdir(toy_folder) != 0) return -1;
  if (mkdir("inputs", 0700) != 0 || mkdir("inputs/toy", 0700) != 0) return -1;
  toy_write("inputs/toy/tiny.ini", "[toy]\nn = 2000 ; cells\n");
  toy_write("inputs/toy/small.ini", "; a comment\n[toy]\nn = 2^20\n");
  toy_write("inputs/toy/medium.ini", "[toy]\nn = 5\nr = 0.1\n");
  return setenv("SB_SHARE", toy_folder, 1);
}

/* Fails when a test left a file behind: refused input must not create any. */
static inline int toy_leave(void **state) {
  (void)state;
  static const char *const made[] = {"inputs/toy/tiny.ini", "inputs/toy/small.ini",
                                     "inputs/toy/medium.ini", "inputs/toy", "inputs"};
  int failures = 0;
  for (size_t i = 0; i < sizeof made / sizeof made[0]; i++) failures += remove(made[i]) != 0;
  failures += chdir("/") != 0;
  return failures + (rmdir(toy_folder) != 0);
}

static inline sb_status toy_parse(toy_args args) {
  char copy[TOY_ARGS + 1][2048], *argv[TOY_ARGS + 2];
  int argc = 0;
  snprintf(copy[0], sizeof copy[0], "/somewhere/bin/toy_mpi");
  argv[argc++] = copy[0];
  for (int i = 0; i < TOY_ARGS && args.given[i] != NULL; i++) {
    snprintf(copy[argc], sizeof copy[argc], "%s", args.given[i]);
    argv[argc] = copy[argc];
    argc++;
  }
  argv[argc] = NULL;
  sb_clear();
  return sb_options_parse(&toy_set, argc, argv, &toy_request);
}

static inline void accept(toy_args args) {
  const sb_status status = toy_parse(args);
  assert_string_equal(sb_message(), "");
  assert_int_equal(status, SB_OK);
}

static inline void refuse(toy_args args, const char *sentence) {
  assert_int_equal(toy_parse(args), SB_BAD_INPUT);
  assert_string_equal(sb_message(), sentence);
}

#endif
