#include "placement_node.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "crowding.h"

/* The ranks that share the quota of rank `r`. */
static int sharers(const sb_grant *grants, int ranks, int r) {
  int count = 0;
  for (int i = 0; i < ranks; i++)
    if (grants[i].cpus > 0.0 && grants[i].cpus_group == grants[r].cpus_group) count++;
  return count;
}

/* What to call `n` workers: by their one axis if there is only one. */
static const char *noun(int n, int ranks, int threads) {
  if (threads == 1) return n == 1 ? "rank" : "ranks";
  if (ranks == 1) return n == 1 ? "thread" : "threads";
  return n == 1 ? "worker" : "workers";
}

sb_node_verdict sb_judge_node(const sb_cpuset *cores, const sb_grant *grants, int ranks,
                              int threads) {
  sb_node_verdict verdict = {0};
  const sb_crowd crowd = sb_crowding(cores, ranks * threads);
  if (crowd.workers > crowd.cores) {
    verdict.load = (double)crowd.workers / crowd.cores;
    snprintf(verdict.text, sizeof verdict.text, "%d %s on %d %s", crowd.workers,
             noun(crowd.workers, ranks, threads), crowd.cores, crowd.cores == 1 ? "core" : "cores");
  }
  for (int r = 0; r < ranks; r++) {
    if (grants[r].cpus <= 0.0) continue;
    const int workers = sharers(grants, ranks, r) * threads;
    const double load = workers / grants[r].cpus;
    if (load <= 1.0 || load <= verdict.load) continue;
    verdict.load = load;
    snprintf(verdict.text, sizeof verdict.text, "%d %s on a quota of %.4g %s", workers,
             noun(workers, ranks, threads), grants[r].cpus,
             grants[r].cpus == 1.0 ? "CPU" : "CPUs"); /* text only, so equality is safe */
  }
  return verdict;
}

/* Whether `threads` threads of each rank find a core each; `workers` is room for all. */
static bool fits(const sb_cpuset *cores, int ranks, int threads, sb_cpuset *workers) {
  for (int w = 0; w < ranks * threads; w++) workers[w] = cores[w / threads];
  return sb_crowding(workers, ranks * threads).workers == 0;
}

sb_status sb_fair_share(const sb_cpuset *cores, const sb_grant *grants, int ranks, int *threads) {
  sb_cpuset all = {0};
  for (int r = 0; r < ranks; r++) sb_cpuset_add_all(&all, &cores[r]);
  int most = sb_cpuset_count(&all) / ranks;
  for (int r = 0; r < ranks; r++) {
    if (grants[r].cpus <= 0.0) continue;
    const double share = grants[r].cpus / sharers(grants, ranks, r);
    if (share < most) most = (int)share;
  }
  *threads = 1;
  if (most <= 1) return SB_OK;
  sb_cpuset *workers = calloc((size_t)ranks * (size_t)most, sizeof *workers);
  if (workers == NULL) return sb_fail(SB_NO_MEMORY, "no memory to share out the cores");
  /* More threads never fit better, so halving finds the most. */
  for (int low = 1, high = most; low <= high;) {
    const int middle = low + (high - low) / 2;
    if (fits(cores, ranks, middle, workers)) {
      *threads = middle;
      low = middle + 1;
    } else {
      high = middle - 1;
    }
  }
  free(workers);
  return SB_OK;
}
