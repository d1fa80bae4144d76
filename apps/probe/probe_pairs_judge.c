/* probe_pairs_judge.c: what the tournament says of the network. */
#include <stdio.h>
#include <stdlib.h>

#include "probe_pairs.h"
#include "probe_ranking.h"
#include "probe_samples.h"

/* Whom a line speaks of. */
typedef struct {
  const probe_players *players;
  const char *hosts;
} register_of_players;

static const char *host_of(const register_of_players *who, int player) {
  return who->hosts + (size_t)player * PROBE_PLAYER_HOST;
}

static void tell(const probe_state *s, const register_of_players *who, const char *what,
                 const probe_ranking *r, int slow_player) {
  const int *rank = who->players->rank;
  const probe_pair *w = &r->worst;
  printf("# pairs: the worst %s is between rank %d (%s) and rank %d (%s), at best %.2f of the median\n",
         what, rank[w->first], host_of(who, w->first), rank[w->second], host_of(who, w->second),
         w->share);
  if (slow_player >= 0) {
    sb_warn(s->run, "pairs: %s of rank %d (%s) is slow with all %d others", what, rank[slow_player],
            host_of(who, slow_player), who->players->count - 1);
  }
  for (int i = 0; i < r->named; i++) {
    const probe_pair *p = &r->pair[i];
    sb_warn(s->run, "pairs: %s between rank %d (%s) and rank %d (%s) is at best %.2f of the median", what,
            rank[p->first], host_of(who, p->first), rank[p->second], host_of(who, p->second),
            p->share);
  }
  if (r->slow > r->named) {
    sb_warn(s->run, "pairs: %s is slow between %d more pairs", what, r->slow - r->named);
  }
}

static void add_figures(probe_state *s, const sb_summary *latency, const sb_summary *bandwidth) {
  const struct {
    probe_name name;
    const char *unit, *udunit;
    double value;
  } figures[] = {{{"pair_latency_min", "latency of the fastest pair"}, "s", "s", latency->minimum},
                 {{"pair_latency", "latency, median of all pairs"}, "s", "s", latency->median},
                 {{"pair_latency_max", "latency of the slowest pair"}, "s", "s", latency->maximum},
                 {{"pair_bandwidth_min", "bandwidth, both ways, of the slowest pair"},
                  "byte/s",
                  "byte s-1",
                  bandwidth->minimum},
                 {{"pair_bandwidth", "bandwidth, both ways, median of all pairs"},
                  "byte/s",
                  "byte s-1",
                  bandwidth->median},
                 {{"pair_bandwidth_max", "bandwidth, both ways, of the fastest pair"},
                  "byte/s",
                  "byte s-1",
                  bandwidth->maximum}};
  for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
    sb_figure *figure = sb_figures_add(&s->figures, figures[i].name.name, figures[i].name.long_name,
                                       figures[i].unit, figures[i].udunit, figures[i].value);
    if (figure != NULL) figure->n = latency->n;
  }
}

static sb_summary judge(const probe_state *s, const register_of_players *who, const char *what,
                        const probe_table *table, double *scratch) {
  const double limit = s->config.slow_pair;
  probe_ranking ranking;
  probe_rank_pairs(table, limit, scratch, &ranking);
  tell(s, who, what, &ranking, probe_slow_player(table, limit, ranking.all.median));
  return ranking.all;
}

/* Rank 0 judges; the figures go to all, who keep the same list. */
sb_status probe_judge_pairs(probe_state *state, const probe_players *players,
                            double *const table[PROBE_TABLES], const char *hosts) {
  const int n = players->count;
  const register_of_players who = {players, hosts};
  sb_summary all[2] = {{.n = 0}};
  double *scratch = NULL;
  sb_status status = SB_OK;
  if (sb_comm_rank(state->run->comm) == 0) {
    scratch = malloc((size_t)n * (size_t)n * sizeof *scratch);
    if (scratch == NULL) status = sb_fail(SB_NO_MEMORY, "no memory for the table of pairs");
  }
  SB_TRY(sb_comm_agree(state->run->comm, status));
  if (scratch != NULL) {
    const probe_table latency = {table[PROBE_LATENCY_TYPICAL], table[PROBE_LATENCY_BEST], n, true};
    const probe_table bandwidth = {table[PROBE_BANDWIDTH_TYPICAL], table[PROBE_BANDWIDTH_BEST], n,
                                   false};
    all[0] = judge(state, &who, "latency", &latency, scratch);
    all[1] = judge(state, &who, "bandwidth", &bandwidth, scratch);
  }
  sb_comm_broadcast(state->run->comm, all, sizeof all);
  add_figures(state, &all[0], &all[1]);
cleanup:
  free(scratch);
  return status;
}
