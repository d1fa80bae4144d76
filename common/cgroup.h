/* cgroup.h: what a container or batch system grants to this process. Local.
 *
 * Control groups of both versions (cgroup v1: Documentation/admin-guide/cgroup-v1, v2:
 * cgroup-v2.rst of the Linux kernel). A limit of any group above holds too, so the tightest is
 * taken.
 */
#ifndef SCALEBAR_CGROUP_H
#define SCALEBAR_CGROUP_H

#include <stdint.h>

typedef struct {
  double cpus;         /* CPU seconds a second; 0: no limit */
  uint64_t cpus_group; /* names the group that sets `cpus`; processes with the same name share it */
  int64_t memory_free; /* bytes left under the limit, caches that can be dropped counted as free;
                          INT64_MAX: no limit */
} sb_grant;

/* Reads <root>/proc/self/{cgroup,mountinfo} and the groups' files below <root>. */
sb_grant sb_cgroup_grant(const char *root);

#endif
