/* probe_pairs_judge.c: what the tournament says of the network. */
#include <stdio.h>
#include <stdlib.h>

#include "probe_pairs.h"
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
                 const probe_ranking *r, int slow_players, const int *slow_player) {
  const int *rank = who->players->rank;
  const probe_pair *w = &r->worst;
  printf(
      "# pairs: the worst %s is between rank %d (%s) and rank %d (%s), at best %.2f of the "
      "median\n",
      what, rank[w->first], host_of(who, w->first), rank[w->second], host_of(who, w->second),
      w->share);
  for (int i = 0; i < slow_players; i++) {
    sb_warn(s->run, "pairs: %s of rank %d (%s) is slow with all %d others", what,
            rank[slow_player[i]], host_of(who, slow_player[i]), who->players->count - 1);
  }
  for (int i = 0; i < r->named; i++) {
    const probe_pair *p = &r->pair[i];
    sb_warn(s->run, "pairs: %s between rank %d (%s) and rank %d (%s) is at best %.2f of the median",
            what, rank[p->first], host_of(who, p->first), rank[p->second], host_of(who, p->second),
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

static void suspect(const probe_table table[2], double limit, double *scratch, probe_verdict *v) {
  probe_ranking *const ranking[2] = {&v->latency, &v->bandwidth};
  double usual[2];
  for (int kind = 0; kind < 2; kind++) {
    probe_rank_pairs(&table[kind], limit, scratch, ranking[kind]);
    usual[kind] = ranking[kind]->all.median;
    v->slow_players[kind] =
        probe_slow_players(&table[kind], limit, usual[kind], PROBE_SLOW_MOST, v->slow_player[kind]);
    for (int i = 0; i < ranking[kind]->named; i++) v->pair[v->rematches++] = ranking[kind]->pair[i];
  }
  if (v->rematches == 0) return;
  v->rematches += probe_controls(table, limit, usual, PROBE_CONTROLS, v->pair + v->rematches);
}

sb_status probe_suspect_pairs(const probe_state *state, const probe_players *players,
                              double *const table[PROBE_TABLES], probe_verdict *verdict) {
  const int n = players->count;
  double *scratch = NULL;
  sb_status status = SB_OK;
  *verdict = (probe_verdict){.rematches = 0};
  if (sb_comm_rank(state->run->comm) == 0) {
    scratch = malloc((size_t)n * (size_t)n * sizeof *scratch);
    if (scratch == NULL) status = sb_fail(SB_NO_MEMORY, "no memory for the table of pairs");
  }
  SB_TRY(sb_comm_agree(state->run->comm, status));
  if (scratch != NULL) {
    const probe_table tables[2] = {
        {table[PROBE_LATENCY_TYPICAL], table[PROBE_LATENCY_BEST], n, true},
        {table[PROBE_BANDWIDTH_TYPICAL], table[PROBE_BANDWIDTH_BEST], n, false}};
    suspect(tables, state->config.slow_pair, scratch, verdict);
  }
  sb_comm_broadcast(state->run->comm, verdict, sizeof *verdict);
cleanup:
  free(scratch);
  return status;
}

/* Of one kind: suspects are rematches from `first` on, controls those from `controls` on. */
static void confirm(probe_ranking *r, const probe_verdict *v, double limit, int first, int controls,
                    probe_table_kind typical, probe_table_kind best) {
  double alone[PROBE_NAMED_MOST], usual[PROBE_CONTROLS], scratch[PROBE_CONTROLS];
  const int n = v->rematches - controls;
  if (n == 0) return; /* nobody is beyond suspicion: it stays as it is */
  for (int i = 0; i < n; i++) usual[i] = v->alone[controls + i][typical];
  for (int i = 0; i < r->named; i++) alone[i] = v->alone[first + i][best];
  probe_confirm(r, typical == PROBE_LATENCY_TYPICAL, limit, alone,
                sb_summarise(usual, n, scratch).median);
}

void probe_judge_pairs(probe_state *state, const probe_players *players, const char *hosts,
                       probe_verdict *verdict) {
  const register_of_players who = {players, hosts};
  const double limit = state->config.slow_pair;
  probe_ranking *latency = &verdict->latency, *bandwidth = &verdict->bandwidth;
  const int late = latency->named, suspects = late + bandwidth->named;
  confirm(latency, verdict, limit, 0, suspects, PROBE_LATENCY_TYPICAL, PROBE_LATENCY_BEST);
  confirm(bandwidth, verdict, limit, late, suspects, PROBE_BANDWIDTH_TYPICAL, PROBE_BANDWIDTH_BEST);
  if (latency->named < late) verdict->slow_players[0] = 0;
  if (bandwidth->named < suspects - late) verdict->slow_players[1] = 0;
  if (sb_comm_rank(state->run->comm) == 0) {
    tell(state, &who, "latency", latency, verdict->slow_players[0], verdict->slow_player[0]);
    tell(state, &who, "bandwidth", bandwidth, verdict->slow_players[1], verdict->slow_player[1]);
  }
  add_figures(state, &latency->all, &bandwidth->all);
}
