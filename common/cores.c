#include "cores.h"

#include <stdlib.h>
#include <unistd.h>
#ifdef __linux__
#include <sched.h>
#endif

#include "sysfile.h"
#include "threads.h"

/* The CPUs of `cpu`'s core; false where the system does not tell. */
static bool siblings(const char *root, int cpu, sb_cpuset *set) {
  /* Linux before 5.4 has the second name alone; its meaning is the same. */
  static const char *const names[] = {"core_cpus_list", "thread_siblings_list"};
  char list[256];
  for (int i = 0; i < 2; i++)
    if (sb_sysfile_line(list, sizeof list, root, "/sys/devices/system/cpu/cpu%d/topology/%s", cpu,
                        names[i]))
      return sb_cpuset_parse(set, list) && sb_cpuset_has(set, cpu);
  return false;
}

void sb_core_map_read(const char *root, const sb_cpuset *set, sb_core_map *map) {
  for (int cpu = 0; cpu < SB_CPUS; cpu++) map->core[cpu] = cpu;
  sb_cpuset known = {0}, core;
  for (int cpu = sb_cpuset_next(set, 0); cpu >= 0; cpu = sb_cpuset_next(set, cpu + 1)) {
    if (sb_cpuset_has(&known, cpu) || !siblings(root, cpu, &core)) continue;
    sb_cpuset_add_all(&known, &core);
    const int name = sb_cpuset_next(&core, 0);
    for (int c = name; c >= 0; c = sb_cpuset_next(&core, c + 1)) map->core[c] = name;
  }
}

sb_cpuset sb_cores_of(const sb_core_map *map, const sb_cpuset *set) {
  sb_cpuset cores = {0};
  for (int cpu = sb_cpuset_next(set, 0); cpu >= 0; cpu = sb_cpuset_next(set, cpu + 1))
    sb_cpuset_add(&cores, map->core[cpu]);
  return cores;
}

#ifdef __linux__
static void add_affinity(sb_cpuset *set) {
  cpu_set_t *mask = CPU_ALLOC(SB_CPUS);
  if (mask == NULL) return;
  const size_t bytes = CPU_ALLOC_SIZE(SB_CPUS);
  CPU_ZERO_S(bytes, mask);
  if (sched_getaffinity(0, bytes, mask) == 0)
    for (int cpu = 0; cpu < SB_CPUS; cpu++)
      if (CPU_ISSET_S((size_t)cpu, bytes, mask)) sb_cpuset_add(set, cpu);
  CPU_FREE(mask);
}

int sb_cpu_now(void) { return sched_getcpu(); }
#else
static void add_affinity(sb_cpuset *set) { (void)set; }

int sb_cpu_now(void) { return -1; }
#endif

sb_cpuset sb_cpus_of_thread(void) {
  sb_cpuset set = {0};
  add_affinity(&set);
  if (sb_cpuset_next(&set, 0) >= 0) return set;
  const long online = sysconf(_SC_NPROCESSORS_ONLN);
  for (int cpu = 0; cpu == 0 || cpu < online; cpu++) sb_cpuset_add(&set, cpu);
  return set;
}

sb_cpuset sb_cpus_of_process(void) {
  sb_cpuset set = sb_cpus_of_thread();
  for (int place = 0; place < sb_place_count(); place++) {
    const int count = sb_place_size(place);
    int *cpus = calloc((size_t)count + 1, sizeof *cpus);
    if (cpus == NULL) return set;
    sb_place_cpus(place, cpus);
    for (int i = 0; i < count; i++) sb_cpuset_add(&set, cpus[i]);
    free(cpus);
  }
  return set;
}
