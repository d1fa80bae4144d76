/* faulty_number.h: when a wrong number is planted, and which, as SB_FAULT says:
 * "kind=halo rank=1 call=3 bit=40". */
#ifndef SCALEBAR_TESTS_FAULTY_NUMBER_H
#define SCALEBAR_TESTS_FAULTY_NUMBER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int own_rank = -1;

static inline long number(const char *key, long otherwise) {
  char name[32];
  const char *text = getenv("SB_FAULT");
  snprintf(name, sizeof name, "%s=", key);
  const char *found = text != NULL ? strstr(text, name) : NULL;
  return found != NULL ? strtol(found + strlen(name), NULL, 10) : otherwise;
}

static inline bool is_due(const char *kind, long call) {
  char name[32];
  const char *text = getenv("SB_FAULT");
  snprintf(name, sizeof name, "kind=%s ", kind);
  if (text == NULL || strstr(text, name) == NULL || own_rank != number("rank", 0) ||
      call != number("call", 1)) {
    return false;
  }
  fprintf(stderr, "FAULT planted: %s\n", kind);
  return true;
}

static inline void flip(double *cell) {
  uint64_t bits;
  memcpy(&bits, cell, sizeof bits);
  bits ^= UINT64_C(1) << number("bit", 45);
  memcpy(cell, &bits, sizeof bits);
}

#endif
