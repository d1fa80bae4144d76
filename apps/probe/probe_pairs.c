/* probe_pairs.c: every pair once, in rounds in which all ranks (or nodes) are busy at the same
 * time.
 *
 * One pair alone is the part `latency`; here the network is as full as a run makes it, so a link, a
 * cable or a node that is worse than the others shows in each of its pairs. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe_latency.h"
#include "probe_rounds.h"
#include "probe_samples.h"

/* Rank 0 keeps a table of players x players. */
enum { PLAYERS_MOST = 1024, SAMPLES = 3, TRIPS = 20, SHORT = 8, LONG = 256 << 10, HOST = 64 };

/* Ranks, or nodes, each of which its first rank plays for. */
typedef struct {
  int count, own; /* own: -1 on ranks that do not play */
  int *rank;      /* of each player */
} players;

static sb_status players_create(sb_comm *comm, players *p) {
  const bool nodes = sb_comm_nodes(comm) > 1;
  const int rank = sb_comm_rank(comm);
  sb_status status = SB_OK;
  p->count = nodes ? sb_comm_nodes(comm) : sb_comm_size(comm);
  if (p->count > PLAYERS_MOST) return SB_OK;
  p->own = nodes ? (sb_comm_node_rank(comm) == 0 ? sb_comm_node(comm) : -1) : rank;
  p->rank = calloc((size_t)p->count, sizeof *p->rank);
  if (p->rank == NULL) status = sb_fail(SB_NO_MEMORY, "no memory for %d players", p->count);
  SB_TRY(sb_comm_agree(comm, status));
  if (nodes) {
    sb_comm_gather_nodes(comm, &rank, sizeof rank, p->rank);
  } else {
    sb_comm_gather(comm, &rank, sizeof rank, p->rank);
  }
  sb_comm_broadcast(comm, p->rank, (size_t)p->count * sizeof *p->rank);
cleanup:
  return status;
}

/* Row by row of the players to rank 0. */
static void gather(sb_comm *comm, const double *row, int count, double *table) {
  const size_t bytes = (size_t)count * sizeof *row;
  if (sb_comm_nodes(comm) > 1) {
    sb_comm_gather_nodes(comm, row, bytes, table);
  } else {
    sb_comm_gather(comm, row, bytes, table);
  }
}

static double timed(const probe_mail *mail, int peer, int bytes, int64_t loops,
                    void (*exchange)(const probe_mail *, int, int, int64_t)) {
  double seconds[SAMPLES], scratch[SAMPLES];
  exchange(mail, peer, bytes, 1);
  for (int i = 0; i < SAMPLES; i++) {
    const double start = sb_now();
    exchange(mail, peer, bytes, loops);
    seconds[i] = (sb_now() - start) / (double)loops;
  }
  return sb_summarise(seconds, SAMPLES, scratch).median;
}

static void play(probe_state *s, const probe_mail *mail, int peer, double *latency,
                 double *bandwidth) {
  const int bytes = (int)mail->most;
  probe_mail_spoil(mail, peer, bytes);
  *latency = 0.5 * timed(mail, peer, SHORT < bytes ? SHORT : bytes, TRIPS, probe_ping_pong);
  const double time = timed(mail, peer, bytes, 1, probe_windows_both);
  *bandwidth = 2.0 * (double)bytes * (double)probe_window(bytes) / time;
  probe_count_wrong(s, PROBE_CHECK_PAIRS, (double)probe_mail_wrong(mail, peer, bytes));
}

static void all_rounds(probe_state *s, const probe_mail *mail, const players *p, double *latency,
                       double *bandwidth) {
  for (int i = 0; i < p->count; i++) latency[i] = bandwidth[i] = (double)NAN;
  for (int round = 0; round < probe_rounds(p->count); round++) {
    sb_comm_barrier(s->run->comm);
    const int other = p->own >= 0 ? probe_opponent(p->count, round, p->own) : -1;
    if (other >= 0) play(s, mail, p->rank[other], &latency[other], &bandwidth[other]);
    sb_progress();
  }
}

/* Of the pairs (first < second) of a table. */
typedef struct {
  sb_summary all;
  int low[2], high[2]; /* the pairs with the least and the most */
} ranking;

static ranking rank_pairs(const double *table, int count, double *scratch) {
  ranking r = {.low = {0, 1}, .high = {0, 1}};
  double *values = scratch, *sorted = scratch + (size_t)count * (size_t)count;
  int n = 0;
  for (int i = 0; i < count; i++) {
    for (int j = i + 1; j < count; j++) {
      const double value = table[i * count + j];
      values[n++] = value;
      if (value < table[r.low[0] * count + r.low[1]]) memcpy(r.low, (int[]){i, j}, sizeof r.low);
      if (value > table[r.high[0] * count + r.high[1]])
        memcpy(r.high, (int[]){i, j}, sizeof r.high);
    }
  }
  r.all = sb_summarise(values, n, sorted);
  return r;
}

static void tell_worst(const probe_state *s, const players *p, const char *hosts, const char *what,
                       const int pair[2], double share) {
  const int first = p->rank[pair[0]], second = p->rank[pair[1]];
  const char *first_host = hosts + (size_t)pair[0] * HOST;
  const char *second_host = hosts + (size_t)pair[1] * HOST;
  printf("# pairs: the worst %s is between rank %d (%s) and rank %d (%s), %.2f of the median\n",
         what, first, first_host, second, second_host, share);
  if (share < s->config.slow_pair) {
    sb_warn(s->run, "pairs: %s between rank %d (%s) and rank %d (%s) is %.2f of the median", what,
            first, first_host, second, second_host, share);
  }
}

static void add_figures(probe_state *s, const ranking *latency, const ranking *bandwidth) {
  const struct {
    probe_name name;
    const char *unit, *udunit;
    double value;
  } figures[] = {
      {{"pair_latency_min", "latency of the fastest pair"}, "s", "s", latency->all.minimum},
      {{"pair_latency", "latency, median of all pairs"}, "s", "s", latency->all.median},
      {{"pair_latency_max", "latency of the slowest pair"}, "s", "s", latency->all.maximum},
      {{"pair_bandwidth_min", "bandwidth, both ways, of the slowest pair"},
       "byte/s",
       "byte s-1",
       bandwidth->all.minimum},
      {{"pair_bandwidth", "bandwidth, both ways, median of all pairs"},
       "byte/s",
       "byte s-1",
       bandwidth->all.median},
      {{"pair_bandwidth_max", "bandwidth, both ways, of the fastest pair"},
       "byte/s",
       "byte s-1",
       bandwidth->all.maximum}};
  for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
    sb_figure *figure = sb_figures_add(&s->figures, figures[i].name.name, figures[i].name.long_name,
                                       figures[i].unit, figures[i].udunit, figures[i].value);
    if (figure != NULL) figure->n = latency->all.n;
  }
}

/* On rank 0; the figures go to all, who keep the same list. */
static sb_status judge(probe_state *s, const players *p, const char *hosts) {
  ranking r[2] = {{.all = {.n = 0}}};
  double *scratch = NULL;
  sb_status status = SB_OK;
  if (sb_comm_rank(s->run->comm) == 0) {
    scratch = malloc(2 * (size_t)p->count * (size_t)p->count * sizeof *scratch);
    if (scratch == NULL) status = sb_fail(SB_NO_MEMORY, "no memory for the table of pairs");
  }
  SB_TRY(sb_comm_agree(s->run->comm, status));
  if (scratch != NULL) {
    r[0] = rank_pairs(s->pair_latency, p->count, scratch);
    r[1] = rank_pairs(s->pair_bandwidth, p->count, scratch);
    tell_worst(s, p, hosts, "latency", r[0].high, r[0].all.median / r[0].all.maximum);
    tell_worst(s, p, hosts, "bandwidth", r[1].low, r[1].all.minimum / r[1].all.median);
  }
  sb_comm_broadcast(s->run->comm, r, sizeof r);
  add_figures(s, &r[0], &r[1]);
cleanup:
  free(scratch);
  return status;
}

static sb_status tournament(probe_state *s, const players *p, const probe_mail *mail) {
  const bool first = sb_comm_rank(s->run->comm) == 0;
  const size_t count = (size_t)p->count;
  double *row = malloc(2 * count * sizeof *row);
  char *hosts = first ? calloc(count, HOST) : NULL, own[HOST] = "";
  sb_status status = SB_OK;
  if (first) {
    s->pair_latency = malloc(count * count * sizeof *s->pair_latency);
    s->pair_bandwidth = malloc(count * count * sizeof *s->pair_bandwidth);
  }
  if (row == NULL || (first && (!hosts || !s->pair_latency || !s->pair_bandwidth))) {
    status = sb_fail(SB_NO_MEMORY, "no memory for the table of pairs");
  }
  SB_TRY(sb_comm_agree(s->run->comm, status));
  all_rounds(s, mail, p, row, row + count);
  gather(s->run->comm, row, p->count, s->pair_latency);
  gather(s->run->comm, row + count, p->count, s->pair_bandwidth);
  snprintf(own, sizeof own, "%s", sb_comm_host(s->run->comm));
  if (sb_comm_nodes(s->run->comm) > 1) {
    sb_comm_gather_nodes(s->run->comm, own, sizeof own, hosts);
  } else {
    sb_comm_gather(s->run->comm, own, sizeof own, hosts);
  }
  SB_TRY(judge(s, p, hosts));
  s->players = p->count;
cleanup:
  free(hosts);
  free(row);
  return status;
}

sb_status probe_pairs(probe_state *state) {
  const int64_t most = state->config.message_max;
  players p = {.own = -1};
  probe_mail mail = {.most = 0};
  sb_status status = SB_OK;
  SB_TRY(players_create(state->run->comm, &p));
  if (p.count > PLAYERS_MOST) {
    if (sb_comm_rank(state->run->comm) == 0) {
      printf("# pairs: left out, for %d players are more than %d\n", p.count, PLAYERS_MOST);
    }
    return SB_OK;
  }
  SB_TRY(
      sb_comm_agree(state->run->comm, probe_mail_create(state, most < LONG ? most : LONG, &mail)));
  probe_count_wrong(state, PROBE_CHECK_PAIRS, 0.0);
  SB_TRY(tournament(state, &p, &mail));
cleanup:
  probe_mail_destroy(&mail);
  free(p.rank);
  return status;
}
