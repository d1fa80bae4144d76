#include "cpuset.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void sb_cpuset_add(sb_cpuset *set, int cpu) {
  if (cpu >= 0 && cpu < SB_CPUS) set->word[cpu / 64] |= UINT64_C(1) << (cpu % 64);
}

void sb_cpuset_add_all(sb_cpuset *set, const sb_cpuset *more) {
  for (int w = 0; w < SB_CPU_WORDS; w++) set->word[w] |= more->word[w];
}

bool sb_cpuset_has(const sb_cpuset *set, int cpu) {
  return cpu >= 0 && cpu < SB_CPUS && (set->word[cpu / 64] >> (cpu % 64) & 1) != 0;
}

bool sb_cpuset_within(const sb_cpuset *set, const sb_cpuset *other) {
  for (int w = 0; w < SB_CPU_WORDS; w++)
    if ((set->word[w] & ~other->word[w]) != 0) return false;
  return true;
}

int sb_cpuset_count(const sb_cpuset *set) {
  int count = 0;
  for (int w = 0; w < SB_CPU_WORDS; w++) count += __builtin_popcountll(set->word[w]);
  return count;
}

int sb_cpuset_next(const sb_cpuset *set, int from) {
  if (from < 0 || from >= SB_CPUS) return -1;
  uint64_t bits = set->word[from / 64] & (~UINT64_C(0) << (from % 64));
  for (int w = from / 64;; bits = set->word[w]) {
    if (bits != 0) return w * 64 + __builtin_ctzll(bits);
    if (++w == SB_CPU_WORDS) return -1;
  }
}

/* Reads a CPU number and steps over it; -1 when there is none or it is too large. */
static int number(const char **text) {
  if (!isdigit((unsigned char)**text)) return -1;
  char *end = NULL;
  const long long value = strtoll(*text, &end, 10);
  *text = end;
  return value < SB_CPUS ? (int)value : -1;
}

bool sb_cpuset_parse(sb_cpuset *set, const char *text) {
  *set = (sb_cpuset){0};
  if (*text == '\0') return true;
  for (;; text++) {
    const int first = number(&text);
    int last = first;
    if (*text == '-') {
      text++;
      last = number(&text);
    }
    if (first < 0 || last < first) return false;
    for (int cpu = first; cpu <= last; cpu++) sb_cpuset_add(set, cpu);
    if (*text == '\0') return true;
    if (*text != ',') return false;
  }
}

void sb_cpuset_format(const sb_cpuset *set, char *text, size_t bytes) {
  size_t used = 0, cut = 0; /* cut: the last end of an element that "..." fits behind */
  text[0] = '\0';
  for (int first = sb_cpuset_next(set, 0); first >= 0;) {
    int last = first;
    while (sb_cpuset_has(set, last + 1)) last++;
    char element[32];
    const char *comma = used > 0 ? "," : "";
    if (last > first)
      snprintf(element, sizeof element, "%s%d-%d", comma, first, last);
    else
      snprintf(element, sizeof element, "%s%d", comma, first);
    if (used + strlen(comma) + strlen("...") < bytes) cut = used;
    if (used + strlen(element) >= bytes) {
      snprintf(text + cut, bytes - cut, "%s...", cut > 0 ? "," : "");
      return;
    }
    memcpy(text + used, element, strlen(element) + 1);
    used += strlen(element);
    first = sb_cpuset_next(set, last + 1);
  }
}
