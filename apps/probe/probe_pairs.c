/* probe_pairs.c: every pair in rounds in which all ranks (or nodes) are busy at the same time.
 *
 * One pair alone is the part `latency`; here the network is as full as a run makes it, so a link, a
 * cable or a node that is worse than the others shows in each of its pairs. */
#include "probe_pairs.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "probe_latency.h"
#include "probe_rounds.h"
#include "stats.h"

/* Rank 0 keeps tables of players x players. A window of each turn warms up. */
enum { PLAYERS_MOST = 1024, TURNS = 5, SAMPLES = 3, TRIPS = 20, SHORT = 8, LONG = 256 << 10 };

/* Of one player with another, over all turns. s, and s/byte */
typedef struct {
  int n;
  double latency[TURNS * SAMPLES], per_byte[TURNS * SAMPLES];
} samples;

static sb_status players_create(sb_comm *comm, probe_players *p) {
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

/* What each player has, in the order of the players, to rank 0. */
static void gather(sb_comm *comm, const void *own, size_t bytes, void *all) {
  if (sb_comm_nodes(comm) > 1) {
    sb_comm_gather_nodes(comm, own, bytes, all);
  } else {
    sb_comm_gather(comm, own, bytes, all);
  }
}

/* Seconds of a loop, SAMPLES times. */
static void timed(const probe_mail *mail, int peer, int bytes, int64_t loops,
                  void (*exchange)(const probe_mail *, int, int, int64_t), double *seconds) {
  exchange(mail, peer, bytes, 1);
  for (int i = 0; i < SAMPLES; i++) {
    const double start = sb_now();
    exchange(mail, peer, bytes, loops);
    seconds[i] = (sb_now() - start) / (double)loops;
  }
}

static void play(probe_state *s, const probe_mail *mail, int peer, samples *kept) {
  const int bytes = (int)mail->most;
  double *latency = kept->latency + kept->n, *per_byte = kept->per_byte + kept->n;
  probe_mail_spoil(mail, peer, bytes);
  timed(mail, peer, SHORT < bytes ? SHORT : bytes, TRIPS, probe_ping_pong, latency);
  timed(mail, peer, bytes, 1, probe_windows_both, per_byte);
  for (int i = 0; i < SAMPLES; i++) {
    latency[i] *= 0.5;
    per_byte[i] /= 2.0 * (double)bytes * (double)probe_window(bytes);
  }
  kept->n += SAMPLES;
  probe_count_wrong(s, PROBE_CHECK_PAIRS, (double)probe_mail_wrong(mail, peer, bytes));
}

/* All rounds again in each turn, so that the samples of a pair lie apart. */
static void all_turns(probe_state *s, const probe_mail *mail, const probe_players *p,
                      samples *kept) {
  const int rounds = probe_rounds(p->count);
  for (int i = 0; i < TURNS * rounds; i++) {
    sb_comm_barrier(s->run->comm);
    const int other = p->own >= 0 ? probe_opponent(p->count, i % rounds, p->own) : -1;
    if (other >= 0) play(s, mail, p->rank[other], &kept[other]);
    sb_progress();
  }
}

/* A row of each table; NaN where there was no play. */
static void fill_rows(const samples *kept, int count, double *const row[PROBE_TABLES]) {
  double scratch[TURNS * SAMPLES];
  for (int i = 0; i < count; i++) {
    for (int t = 0; t < PROBE_TABLES; t++) row[t][i] = (double)NAN;
    if (kept[i].n == 0) continue;
    const sb_summary latency = sb_summarise(kept[i].latency, kept[i].n, scratch);
    const sb_summary per_byte = sb_summarise(kept[i].per_byte, kept[i].n, scratch);
    row[PROBE_LATENCY_TYPICAL][i] = latency.median;
    row[PROBE_LATENCY_BEST][i] = latency.minimum;
    row[PROBE_BANDWIDTH_TYPICAL][i] = 1.0 / per_byte.median;
    row[PROBE_BANDWIDTH_BEST][i] = 1.0 / per_byte.minimum;
  }
}

/* Suspects and controls again, one pair at a time, while all others wait; all learn how it went. */
static void play_again(probe_state *s, const probe_mail *mail, const probe_players *p,
                       probe_verdict *verdict) {
  sb_comm *comm = s->run->comm;
  for (int i = 0; i < verdict->rematches; i++) {
    const int first = verdict->pair[i].first, second = verdict->pair[i].second;
    samples kept = {.n = 0};
    double *row[PROBE_TABLES];
    for (int t = 0; t < PROBE_TABLES; t++) row[t] = &verdict->alone[i][t];
    sb_comm_barrier(comm);
    for (int turn = 0; turn < TURNS; turn++) {
      if (p->own == first) play(s, mail, p->rank[second], &kept);
      if (p->own == second) play(s, mail, p->rank[first], &kept);
    }
    fill_rows(&kept, 1, row);
    sb_comm_broadcast_from(comm, p->rank[first], verdict->alone[i], sizeof verdict->alone[i]);
    sb_progress();
  }
}

static sb_status tournament(probe_state *s, const probe_players *p, const probe_mail *mail) {
  sb_comm *comm = s->run->comm;
  const bool first = sb_comm_rank(comm) == 0;
  const size_t count = (size_t)p->count;
  samples *kept = calloc(count, sizeof *kept);
  char *hosts = first ? calloc(count, PROBE_PLAYER_HOST) : NULL, own[PROBE_PLAYER_HOST] = "";
  double *row[PROBE_TABLES] = {NULL}, *table[PROBE_TABLES] = {NULL};
  probe_verdict verdict;
  sb_status status = SB_OK;
  bool room = kept != NULL && (!first || hosts != NULL);
  for (int t = 0; t < PROBE_TABLES; t++) {
    row[t] = malloc(count * sizeof *row[t]);
    if (first) table[t] = malloc(count * count * sizeof *table[t]);
    room = room && row[t] != NULL && (!first || table[t] != NULL);
  }
  if (!room) status = sb_fail(SB_NO_MEMORY, "no memory for the tables of pairs");
  SB_TRY(sb_comm_agree(comm, status));
  all_turns(s, mail, p, kept);
  fill_rows(kept, p->count, row);
  for (int t = 0; t < PROBE_TABLES; t++) gather(comm, row[t], count * sizeof *row[t], table[t]);
  snprintf(own, sizeof own, "%s", sb_comm_host(comm));
  gather(comm, own, sizeof own, hosts);
  SB_TRY(probe_suspect_pairs(s, p, table, &verdict));
  play_again(s, mail, p, &verdict);
  probe_judge_pairs(s, p, hosts, &verdict);
  for (int t = 0; t < PROBE_TABLES; t++) {
    s->pairs[t] = table[t];
    table[t] = NULL;
  }
  s->players = p->count;
cleanup:
  for (int t = 0; t < PROBE_TABLES; t++) {
    free(table[t]);
    free(row[t]);
  }
  free(hosts);
  free(kept);
  return status;
}

sb_status probe_pairs(probe_state *state) {
  const int64_t most = state->config.message_max;
  probe_players p = {.own = -1};
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
