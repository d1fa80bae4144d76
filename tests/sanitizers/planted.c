/* Defects planted on purpose: a sanitizer that does not report them is not looking. The word given
 * chooses one: overflow, undefined, leak, race. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "threads.h"

static volatile int eight = 8;

static int overflow(void) {
  int *array = calloc((size_t)eight, sizeof *array); /* a size that only address sanitizer knows */
  const int value = array == NULL ? 0 : array[eight];
  free(array);
  return value;
}

static int undefined(void) { return INT32_MAX - 7 + eight; }

static int leak(void) {
  char *lost = malloc(77);
  if (lost != NULL) snprintf(lost, 77, "%d", eight);
  const int first = lost == NULL ? 0 : lost[0];
  lost = NULL;
  return first;
}

static int race(void) {
  int sum = 0;
#pragma omp parallel num_threads(2)
  {
    for (int i = 0; i < 1000; i++) sum += sb_thread() + eight;
  }
  return sum;
}

/* The same loop without the defect: what a report on it would say is false. */
static int no_race(void) {
  int sum = 0;
#pragma omp parallel num_threads(2) reduction(+ : sum)
  {
    for (int i = 0; i < 1000; i++) sum += sb_thread() + eight;
  }
  return sum;
}

int main(int argc, char **argv) {
  static const struct {
    const char *name;
    int (*plant)(void);
  } defects[] = {{"overflow", overflow},
                 {"undefined", undefined},
                 {"leak", leak},
                 {"race", race},
                 {"no_race", no_race}};
  for (size_t i = 0; argc > 1 && i < sizeof defects / sizeof defects[0]; i++) {
    if (strcmp(argv[1], defects[i].name) == 0) printf("%d\n", defects[i].plant());
  }
  return 0;
}
