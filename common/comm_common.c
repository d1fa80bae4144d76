#include "comm_common.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "comm.h"

void sb_host_name(char host[SB_HOST_SIZE]) {
  char name[256] = "";
  if (gethostname(name, sizeof name - 1) != 0 || name[0] == '\0') strcpy(name, "unknown");
  name[strcspn(name, ".")] = '\0';
  snprintf(host, SB_HOST_SIZE, "%.*s", SB_HOST_SIZE - 1, name);
}

int sb_exit_code(int code) { return code >= 1 && code <= 125 ? code : 1; }

int64_t sb_ordered_from_double(double value) {
  if (isnan(value)) return INT64_MAX;
  int64_t bits;
  memcpy(&bits, &value, sizeof bits);
  /* Negative doubles grow downwards in magnitude: flip all but the sign. -0 sorts below +0. */
  return bits < 0 ? bits ^ INT64_MAX : bits;
}

double sb_double_from_ordered(int64_t ordered) {
  if (ordered == INT64_MAX) return (double)NAN;
  const int64_t bits = ordered < 0 ? ordered ^ INT64_MAX : ordered;
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

int sb_environment_int(const char *name, int otherwise) {
  const char *text = getenv(name);
  if (text == NULL || *text == '\0') return otherwise;
  char *end = NULL;
  const long value = strtol(text, &end, 10);
  return *end == '\0' && value > 0 && value <= INT_MAX ? (int)value : otherwise;
}

int sb_comm_listed_ranks(void) { return sb_environment_int("SB_LISTED_RANKS", 4096); }
