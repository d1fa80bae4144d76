/* made_up.h: folders with a made-up /proc and /sys, for tests of what reads them. */
#ifndef SCALEBAR_MADE_UP_H
#define SCALEBAR_MADE_UP_H

/* Included after cmocka.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MADE_UP_PATH = 512 };

/* The folder of the running test, made by made_up_begin. */
static char made_up[64];

static int made_up_begin(void **state) {
  (void)state;
  snprintf(made_up, sizeof made_up, "made_up.XXXXXX"); /* in the folder that ctest runs in */
  return mkdtemp(made_up) == NULL;
}

static int made_up_end(void **state) {
  (void)state;
  char command[128];
  snprintf(command, sizeof command, "rm -rf '%s'", made_up);
  return system(command);
}

/* Writes the file and all folders above it. */
static void made_up_file(const char *path, const char *text) {
  char name[MADE_UP_PATH];
  assert_true(snprintf(name, sizeof name, "%s%s", made_up, path) < MADE_UP_PATH);
  for (char *slash = strchr(name, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
    *slash = '\0';
    (void)mkdir(name, 0700);
    *slash = '/';
  }
  FILE *file = fopen(name, "w");
  assert_non_null(file);
  fputs(text, file);
  fclose(file);
}

/* The same for CPU `cpu`: /sys/devices/system/cpu/cpu<cpu>/<below>. */
static inline void made_up_cpu(int cpu, const char *below, const char *text) {
  char path[MADE_UP_PATH];
  snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/%s", cpu, below);
  made_up_file(path, text);
}

#endif
