#include "placement.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgroup.h"
#include "cores.h"
#include "placement_node.h"
#include "threads.h"

struct sb_placement {
  int threads;
  sb_cpuset *allowed; /* [thread] */
  int *running;       /* [thread] the CPU at the last sample, -1 before */
  sb_cpuset seen;
  sb_node_verdict verdict; /* of this node, on its leader; elsewhere all is well */
};

/* What a node's leader gathers to judge its node. */
typedef struct {
  int ranks;
  sb_cpuset *cores; /* [rank * sets + set] CPUs first, then their cores */
  sb_grant *grants; /* [rank] */
} roll;

static bool is_leader(const sb_comm *comm) { return sb_comm_node_rank(comm) == 0; }

static void free_roll(roll *all) {
  free(all->cores);
  free(all->grants);
}

static void cpus_to_cores(sb_cpuset *sets, int n, sb_core_map *map) {
  sb_cpuset any = {0};
  for (int i = 0; i < n; i++) sb_cpuset_add_all(&any, &sets[i]);
  sb_core_map_read("", &any, map);
  for (int i = 0; i < n; i++) sets[i] = sb_cores_of(map, &sets[i]);
}

/* Every rank gives `sets` sets of CPUs; the leader gets them as cores, with the ranks' grants.
 * Collective; all ranks get the same status. */
static sb_status call_roll(sb_comm *comm, const sb_cpuset *cpus, int sets, roll *all) {
  sb_status status = SB_OK;
  sb_core_map *map = NULL;
  const sb_grant mine = sb_cgroup_grant("");
  if (is_leader(comm)) {
    all->ranks = sb_comm_node_size(comm);
    all->cores = calloc((size_t)all->ranks * (size_t)sets, sizeof *all->cores);
    all->grants = calloc((size_t)all->ranks, sizeof *all->grants);
    map = malloc(sizeof *map);
    if (all->cores == NULL || all->grants == NULL || map == NULL)
      status = sb_fail(SB_NO_MEMORY, "no memory to compare the placement of ranks");
  }
  SB_TRY(sb_comm_agree(comm, status));
  sb_comm_gather_node(comm, cpus, (size_t)sets * sizeof *cpus, all->cores);
  sb_comm_gather_node(comm, &mine, sizeof mine, all->grants);
  if (is_leader(comm)) cpus_to_cores(all->cores, all->ranks * sets, map);
cleanup:
  free(map);
  return status;
}

static void read_threads(sb_placement *p) {
#pragma omp parallel num_threads(p->threads)
  p->allowed[sb_thread()] = sb_cpus_of_thread();
}

sb_status sb_placement_create(sb_comm *comm, int threads, sb_placement **placement) {
  sb_status status = SB_OK;
  roll all = {0};
  sb_placement *p = calloc(1, sizeof *p);
  if (p != NULL) {
    p->threads = threads;
    p->allowed = calloc((size_t)threads, sizeof *p->allowed);
    p->running = malloc((size_t)threads * sizeof *p->running);
  }
  if (p == NULL || p->allowed == NULL || p->running == NULL)
    status = sb_fail(SB_NO_MEMORY, "no memory to note the placement of %d threads", threads);
  SB_TRY(sb_comm_agree(comm, status));
  read_threads(p);
  SB_TRY(call_roll(comm, p->allowed, threads, &all));
  if (is_leader(comm)) p->verdict = sb_judge_node(all.cores, all.grants, all.ranks, threads);
cleanup:
  free_roll(&all);
  if (status != SB_OK) sb_placement_destroy(&p);
  *placement = p;
  return status;
}

void sb_placement_sample(sb_placement *placement) {
  const int threads = placement->threads;
  int *running = placement->running;
  for (int t = 0; t < threads; t++) running[t] = -1;
#pragma omp parallel num_threads(threads)
  running[sb_thread()] = sb_cpu_now();
  for (int t = 0; t < threads; t++) sb_cpuset_add(&placement->seen, running[t]);
}

/* The names of the nodes that are bad, eight at most, on rank 0: one small record of each node.
 * Collective. */
static sb_status name_bad_nodes(sb_comm *comm, bool bad, char *names, size_t bytes) {
  enum { NAMED = 8, NAME = 64 };
  const int nodes = sb_comm_nodes(comm);
  const bool first = sb_comm_rank(comm) == 0;
  char mine[NAME] = "", *all = first ? calloc((size_t)nodes, NAME) : NULL;
  sb_status status = SB_OK;
  size_t used = 0;
  names[0] = '\0';
  if (first && all == NULL) status = sb_fail(SB_NO_MEMORY, "no memory for the names of nodes");
  SB_TRY(sb_comm_agree(comm, status));
  if (bad) snprintf(mine, sizeof mine, "%s", sb_comm_host(comm));
  sb_comm_gather_nodes(comm, mine, sizeof mine, all);
  for (int i = 0, told = 0; all != NULL && i < nodes && told <= NAMED && used < bytes; i++) {
    const char *name = all + (size_t)i * NAME;
    if (name[0] == '\0') continue;
    used += (size_t)snprintf(names + used, bytes - used, " %s", told++ < NAMED ? name : "...");
  }
cleanup:
  free(all);
  return status;
}

bool sb_placement_judge(sb_comm *comm, const sb_placement *placement, char *warning, size_t bytes) {
  char text[SB_PLACEMENT_TEXT] = "", host[64] = "", names[SB_PLACEMENT_WARNING] = "";
  double load = placement->verdict.load;
  int64_t bad_nodes = load > 0.0;
  int worst = 0;
  sb_comm_sum_i64(comm, &bad_nodes, 1);
  sb_comm_max_f64(comm, &load, &worst, 1);
  warning[0] = '\0';
  if (bad_nodes == 0) return true;
  if (sb_comm_rank(comm) == worst) {
    memcpy(text, placement->verdict.text, sizeof text);
    snprintf(host, sizeof host, "%s", sb_comm_host(comm));
  }
  sb_comm_broadcast_from(comm, worst, text, sizeof text);
  sb_comm_broadcast_from(comm, worst, host, sizeof host);
  if (bad_nodes == 1) {
    snprintf(warning, bytes, "%s (host %s)", text, host);
    return false;
  }
  /* Without memory for the names the sentence ends before them. */
  if (name_bad_nodes(comm, placement->verdict.load > 0.0, names, sizeof names) != SB_OK) sb_clear();
  sb_comm_broadcast(comm, names, sizeof names);
  snprintf(warning, bytes, "%s (host %s, worst of %lld such nodes:%s)", text, host,
           (long long)bad_nodes, names);
  return false;
}

void sb_placement_allowed(const sb_placement *placement, char text[SB_CPUS_TEXT]) {
  sb_cpuset any = {0};
  for (int t = 0; t < placement->threads; t++) sb_cpuset_add_all(&any, &placement->allowed[t]);
  sb_cpuset_format(&any, text, SB_CPUS_TEXT);
}

void sb_placement_seen(const sb_placement *placement, char text[SB_CPUS_TEXT]) {
  sb_cpuset_format(&placement->seen, text, SB_CPUS_TEXT);
}

int sb_usable_cores(void) {
  const sb_cpuset cpus = sb_cpus_of_process();
  const sb_grant grant = sb_cgroup_grant("");
  sb_core_map map;
  sb_core_map_read("", &cpus, &map);
  const int cores = sb_cpuset_count((sb_cpuset[]){sb_cores_of(&map, &cpus)});
  if (grant.cpus > 0.0 && grant.cpus < cores) return grant.cpus < 1.0 ? 1 : (int)grant.cpus;
  return cores;
}

sb_status sb_fair_threads(sb_comm *comm, int *threads) {
  sb_status status = SB_OK;
  roll all = {0};
  const sb_cpuset cpus = sb_cpus_of_process();
  SB_TRY(call_roll(comm, &cpus, 1, &all));
  *threads = 1;
  if (is_leader(comm)) status = sb_fair_share(all.cores, all.grants, all.ranks, threads);
  SB_TRY(sb_comm_agree(comm, status));
  int64_t least = *threads;
  if (!is_leader(comm)) least = INT64_MAX;
  sb_comm_min_i64(comm, &least, 1);
  *threads = (int)least;
cleanup:
  free_roll(&all);
  return status;
}

void sb_placement_destroy(sb_placement **placement) {
  if (*placement == NULL) return;
  free((*placement)->allowed);
  free((*placement)->running);
  free(*placement);
  *placement = NULL;
}
