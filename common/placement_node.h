/* placement_node.h: the rules by which placement.c judges one node. Local, no system calls. */
#ifndef SCALEBAR_PLACEMENT_NODE_H
#define SCALEBAR_PLACEMENT_NODE_H

#include "cgroup.h"
#include "cpuset.h"
#include "status.h"

enum { SB_PLACEMENT_TEXT = 192 };

typedef struct {
  double
      load; /* workers per core (or CPU of the quota) where it is worst: > 1; 0 when all is well */
  char text[SB_PLACEMENT_TEXT]; /* "4 ranks on 2 cores", "" when all is well */
} sb_node_verdict;

/* Judges a node of ranks x threads workers.
 *   cores  [in] ranks * threads sets of cores, the threads of a rank together; an empty set is a
 *               thread that did not come to be
 *   grants [in] per rank */
sb_node_verdict sb_judge_node(const sb_cpuset *cores, const sb_grant *grants, int ranks,
                              int threads);

/* The most threads per rank that sb_judge_node finds fair when each thread may use all cores of its
 * rank, at least 1.
 *   cores   [in]  per rank
 *   threads [out] */
sb_status sb_fair_share(const sb_cpuset *cores, const sb_grant *grants, int ranks, int *threads);

#endif
