#include "topology.h"

#ifdef SB_HAVE_HWLOC
#include <hwloc.h>
#include <stdbool.h>
#include <stdlib.h>

/* hwloc opens its plugins (OpenCL, CUDA, X11, PCI) before a program can refuse them; with drivers
 * installed that takes seconds and may print. Nothing here needs one. Nor is it news for the user
 * when a container hides /sys. A user's own setting stays. */
static void keep_quiet(void) {
  setenv("HWLOC_PLUGINS_PATH", "/dev/null", 0);
  setenv("HWLOC_HIDE_ERRORS", "2", 0);
}

/* NULL when hwloc cannot. */
static hwloc_topology_t load(bool ask_processors) {
  hwloc_topology_t topology = NULL;
  if (hwloc_topology_init(&topology) != 0) return NULL;
  hwloc_topology_set_io_types_filter(topology, HWLOC_TYPE_FILTER_KEEP_NONE);
  hwloc_topology_set_flags(topology, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED);
  if (!ask_processors)
    hwloc_topology_set_components(topology, HWLOC_TOPOLOGY_COMPONENTS_FLAG_BLACKLIST, "x86");
  if (hwloc_topology_load(topology) == 0) return topology;
  hwloc_topology_destroy(topology);
  return NULL;
}

static int count(hwloc_topology_t topology, hwloc_obj_type_t type) {
  const int n = hwloc_get_nbobjs_by_type(topology, type);
  return n > 0 ? n : 0;
}

static int64_t cache(hwloc_topology_t topology, hwloc_obj_type_t type) {
  const hwloc_obj_t first = hwloc_get_obj_by_type(topology, type, 0);
  return first != NULL ? (int64_t)first->attr->cache.size : 0;
}

/* All 0 when hwloc cannot. */
static sb_topology look(bool ask_processors) {
  hwloc_topology_t topology = load(ask_processors);
  if (topology == NULL) return (sb_topology){0};
  const sb_topology found = {.sockets = count(topology, HWLOC_OBJ_PACKAGE),
                             .cores = count(topology, HWLOC_OBJ_CORE),
                             .hardware_threads = count(topology, HWLOC_OBJ_PU),
                             .numa_nodes = count(topology, HWLOC_OBJ_NUMANODE),
                             .l1d_bytes = cache(topology, HWLOC_OBJ_L1CACHE),
                             .l2_bytes = cache(topology, HWLOC_OBJ_L2CACHE),
                             .l3_bytes = cache(topology, HWLOC_OBJ_L3CACHE),
                             .l3_caches = count(topology, HWLOC_OBJ_L3CACHE)};
  hwloc_topology_destroy(topology);
  return found;
}

sb_topology sb_topology_hwloc(void) {
  keep_quiet();
  sb_topology found = look(false);
  /* Many virtual machines show no caches in /sys. Only for these the processors are asked; what
   * they say of sockets and cores there is not to be trusted. */
  if (found.l1d_bytes == 0) {
    const sb_topology told = look(true);
    found.l1d_bytes = told.l1d_bytes;
    found.l2_bytes = told.l2_bytes;
    found.l3_bytes = told.l3_bytes;
    found.l3_caches = told.l3_caches;
  }
  return found;
}

#else

sb_topology sb_topology_hwloc(void) { return (sb_topology){0}; }

#endif
