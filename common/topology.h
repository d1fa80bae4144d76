/* topology.h: how many of what the node has, from two sources. Local; unknown numbers are 0. */
#ifndef SCALEBAR_TOPOLOGY_H
#define SCALEBAR_TOPOLOGY_H

#include <stdint.h>

typedef struct {
  int sockets, cores, hardware_threads, numa_nodes; /* of the whole node */
  int64_t l1d_bytes, l2_bytes, l3_bytes;            /* of one cache instance */
  int l3_caches;                                    /* how many of the third level */
} sb_topology;

/* From hwloc without devices and plugins; all 0 in a build without hwloc (SB_HAVE_HWLOC). Where the
 * kernel does not describe the caches, hwloc asks the processors, which moves the calling thread
 * over all CPUs for a moment: call it before threads are bound. */
sb_topology sb_topology_hwloc(void);

/* From <root>/sys/devices/system/{cpu,node} alone. */
sb_topology sb_topology_sysfs(const char *root);

#endif
