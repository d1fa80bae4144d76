/* cpuset.h: a set of CPUs, by the numbers that the operating system gives them. Local, cannot fail.
 */
#ifndef SCALEBAR_CPUSET_H
#define SCALEBAR_CPUSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The most CPUs that any Linux can be built for (NR_CPUS of x86 and POWER). A set is 1 KiB. */
enum { SB_CPUS = 8192, SB_CPU_WORDS = SB_CPUS / 64 };

/* CPU c is bit c % 64 of word[c / 64]. {0} is the empty set. */
typedef struct {
  uint64_t word[SB_CPU_WORDS];
} sb_cpuset;

/* Numbers outside 0 .. SB_CPUS - 1 are left out. */
void sb_cpuset_add(sb_cpuset *set, int cpu);
void sb_cpuset_add_all(sb_cpuset *set, const sb_cpuset *more);

bool sb_cpuset_has(const sb_cpuset *set, int cpu);
bool sb_cpuset_within(const sb_cpuset *set, const sb_cpuset *other); /* subset or equal */
int sb_cpuset_count(const sb_cpuset *set);

/* The lowest CPU >= from in the set, -1 when there is none:
 *   for (int c = sb_cpuset_next(&set, 0); c >= 0; c = sb_cpuset_next(&set, c + 1)) */
int sb_cpuset_next(const sb_cpuset *set, int from);

/* Reads the kernel's notation, "0-3,8"; false when `text` is anything else (then the set holds what
 * came before). "" is the empty set. */
bool sb_cpuset_parse(sb_cpuset *set, const char *text);

/* Writes it, bytes >= 4. A list that would not fit is cut before an element and ends in "...". */
void sb_cpuset_format(const sb_cpuset *set, char *text, size_t bytes);

#endif
