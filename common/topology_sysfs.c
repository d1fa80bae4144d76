#include <stdio.h>
#include <string.h>

#include "cores.h"
#include "sysfile.h"
#include "topology.h"

/* A list file of /sys as a set, empty where there is none. */
static sb_cpuset list(const char *root, const char *path) {
  char text[4096]; /* the kernel writes at most a page */
  sb_cpuset set = {0};
  if (sb_sysfile_line(text, sizeof text, root, "%s", path)) (void)sb_cpuset_parse(&set, text);
  return set;
}

static int count_sockets(const char *root, const sb_cpuset *cores) {
  sb_cpuset sockets = {0};
  for (int cpu = sb_cpuset_next(cores, 0); cpu >= 0; cpu = sb_cpuset_next(cores, cpu + 1)) {
    const int64_t socket =
        sb_sysfile_number(root, "/sys/devices/system/cpu/cpu%d/topology/physical_package_id", cpu);
    if (socket >= 0 && socket < SB_CPUS) sb_cpuset_add(&sockets, (int)socket);
  }
  return sb_cpuset_count(&sockets);
}

/* "512K", "32M" and plain bytes. */
static int64_t size(const char *text) {
  const int64_t value = sb_sysfile_parse(text);
  if (value < 0) return 0;
  const char unit = text[strspn(text, "0123456789")];
  return unit == 'K' ? value << 10 : unit == 'M' ? value << 20 : unit == 'G' ? value << 30 : value;
}

/* Each third-level cache counts where the first of the CPUs that share it is met. */
static int count_l3(const char *root, const sb_cpuset *cpus) {
  int caches = 0;
  for (int cpu = sb_cpuset_next(cpus, 0); cpu >= 0; cpu = sb_cpuset_next(cpus, cpu + 1)) {
    char path[96], level[8];
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/cache/index3/shared_cpu_list", cpu);
    const sb_cpuset sharing = list(root, path);
    if (sb_sysfile_line(level, sizeof level, root,
                        "/sys/devices/system/cpu/cpu%d/cache/index3/level", cpu) &&
        strcmp(level, "3") == 0 && sb_cpuset_next(&sharing, 0) == cpu) {
      caches++;
    }
  }
  return caches;
}

static void read_caches(const char *root, int cpu, sb_topology *topology) {
  for (int i = 0;; i++) {
    char type[32], bytes[32];
    const int64_t level =
        sb_sysfile_number(root, "/sys/devices/system/cpu/cpu%d/cache/index%d/level", cpu, i);
    if (level < 0) return;
    sb_sysfile_line(type, sizeof type, root, "/sys/devices/system/cpu/cpu%d/cache/index%d/type",
                    cpu, i);
    sb_sysfile_line(bytes, sizeof bytes, root, "/sys/devices/system/cpu/cpu%d/cache/index%d/size",
                    cpu, i);
    if (strcmp(type, "Instruction") == 0) continue;
    if (level == 1) topology->l1d_bytes = size(bytes);
    if (level == 2) topology->l2_bytes = size(bytes);
    if (level == 3) topology->l3_bytes = size(bytes);
  }
}

sb_topology sb_topology_sysfs(const char *root) {
  const sb_cpuset cpus = list(root, "/sys/devices/system/cpu/online");
  const sb_cpuset nodes = list(root, "/sys/devices/system/node/has_memory");
  sb_topology topology = {.hardware_threads = sb_cpuset_count(&cpus),
                          .numa_nodes = sb_cpuset_count(&nodes)};
  if (topology.hardware_threads == 0) return topology;
  sb_core_map map;
  sb_core_map_read(root, &cpus, &map);
  const sb_cpuset cores = sb_cores_of(&map, &cpus);
  topology.cores = sb_cpuset_count(&cores);
  topology.sockets = count_sockets(root, &cores);
  read_caches(root, sb_cpuset_next(&cpus, 0), &topology);
  topology.l3_caches = count_l3(root, &cpus);
  return topology;
}
