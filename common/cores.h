/* cores.h: which CPUs this process may use, and which of them are one physical core. Local.
 *
 * A core is named by its lowest CPU, so a set of cores is an sb_cpuset too, and the number of cores
 * in it is its count.
 */
#ifndef SCALEBAR_CORES_H
#define SCALEBAR_CORES_H

#include "cpuset.h"

/* The core of each CPU. */
typedef struct {
  int core[SB_CPUS];
} sb_core_map;

/* Fills the map for the CPUs of `set`, from
 * <root>/sys/devices/system/cpu/cpuN/topology/{core_cpus_list,thread_siblings_list}. Every other
 * CPU, and one of which nothing is told, counts as a core of its own. Reads one file per core. */
void sb_core_map_read(const char *root, const sb_cpuset *set, sb_core_map *map);

/* The cores that the CPUs of `set` belong to. */
sb_cpuset sb_cores_of(const sb_core_map *map, const sb_cpuset *set);

/* The CPUs that the calling thread may run on now. Where the system does not tell (macOS), all that
 * are online. */
sb_cpuset sb_cpus_of_thread(void);

/* The CPUs that this process may use: those of the calling thread, and, where OpenMP binds threads,
 * all its places (once bound, a thread's own set tells of one place only). */
sb_cpuset sb_cpus_of_process(void);

/* The CPU that the calling thread runs on, -1 where the system does not tell. */
int sb_cpu_now(void);

#endif
