/* probe_latency.c: latency and bandwidth between two ranks of a node, and of two nodes, for message
 * lengths from a byte on. */
#include "probe_latency.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "comm_raw.h"
#include "probe_pattern.h"
#include "probe_samples.h"

enum { WORD = 8 };

sb_status probe_mail_create(const probe_state *state, int64_t most, probe_mail *mail) {
  sb_status status = SB_OK;
  const int64_t words = (most + WORD - 1) / WORD;
  void *memory[2] = {NULL, NULL};
  *mail = (probe_mail){.comm = state->run->comm, .seed = state->seed, .most = most};
  /* Ordinary pages, as other benchmarks have them: with huge ones the same MPI is another one. */
  for (int i = 0; i < 2 && status == SB_OK; i++) {
    if (posix_memalign(&memory[i], 4096, (size_t)words * WORD) != 0) {
      status = sb_fail(SB_NO_MEMORY, "no memory for messages of %" PRId64 " bytes", most);
    }
  }
  mail->send = memory[0];
  mail->room = memory[1];
  if (status != SB_OK) return status;
  probe_words(state->seed, (uint64_t)sb_comm_rank(mail->comm), mail->send, words);
  memset(mail->room, 0, (size_t)words * WORD);
  return SB_OK;
}

void probe_mail_destroy(probe_mail *mail) {
  free(mail->send);
  free(mail->room);
  *mail = (probe_mail){.most = 0};
}

void probe_mail_spoil(const probe_mail *mail, int peer, int64_t bytes) {
  const int64_t words = (bytes + WORD - 1) / WORD;
  probe_words(mail->seed, (uint64_t)peer, mail->room, words);
  for (int64_t i = 0; i < words; i++) mail->room[i] = ~mail->room[i];
}

int64_t probe_mail_wrong(const probe_mail *mail, int peer, int64_t bytes) {
  return probe_words_wrong(mail->seed, (uint64_t)peer, mail->room, bytes);
}

int probe_window(int64_t bytes) {
  const int64_t fit = (INT64_C(8) << 20) / bytes;
  return fit < 2 ? 2 : fit > SB_RAW_WINDOW ? SB_RAW_WINDOW : (int)fit;
}

static bool begins(const probe_mail *mail, int peer) { return sb_comm_rank(mail->comm) < peer; }

void probe_ping_pong(const probe_mail *mail, int peer, int bytes, int64_t loops) {
  const bool first = begins(mail, peer);
  for (int64_t i = 0; i < loops; i++) {
    if (first) sb_raw_send(mail->comm, peer, mail->send, bytes);
    sb_raw_receive(mail->comm, peer, mail->room, bytes);
    if (!first) sb_raw_send(mail->comm, peer, mail->send, bytes);
  }
}

void probe_windows(const probe_mail *mail, int peer, int bytes, int64_t loops) {
  const int window = probe_window(bytes);
  char answer = 0;
  for (int64_t i = 0; i < loops; i++) {
    if (begins(mail, peer)) {
      sb_raw_window(mail->comm, peer, mail->send, window, NULL, 0, bytes);
      sb_raw_receive(mail->comm, peer, &answer, 1);
    } else {
      sb_raw_window(mail->comm, peer, NULL, 0, mail->room, window, bytes);
      sb_raw_send(mail->comm, peer, &answer, 1);
    }
  }
}

void probe_windows_both(const probe_mail *mail, int peer, int bytes, int64_t loops) {
  const int window = probe_window(bytes);
  for (int64_t i = 0; i < loops; i++) {
    sb_raw_window(mail->comm, peer, mail->send, window, mail->room, window, bytes);
  }
}

/* Rank 0 and its peer exchange, all others wait. */
typedef struct {
  const probe_mail *mail;
  int peer; /* -1 on ranks that wait */
  int bytes;
  void (*exchange)(const probe_mail *, int, int, int64_t);
} job;

static void work(void *context, int64_t loops) {
  const job *j = context;
  if (j->peer >= 0) j->exchange(j->mail, j->peer, j->bytes, loops);
}

/* The rank that rank 0 exchanges with: the second of its node, the first of the last other node; -1
 * where there is none. Collective. */
static int find_peer(sb_comm *comm, probe_place place) {
  const bool near = sb_comm_node(comm) == 0 && sb_comm_node_rank(comm) == 1;
  const bool far = sb_comm_nodes(comm) > 1 && sb_comm_node(comm) == sb_comm_nodes(comm) - 1 &&
                   sb_comm_node_rank(comm) == 0;
  int64_t peer = (place == PROBE_NODE ? near : far) ? sb_comm_rank(comm) : -1;
  sb_comm_max_i64(comm, &peer, 1);
  return (int)peer;
}

static const probe_name names[PROBE_PLACES][4] = {
    [PROBE_NODE] = {{"latency_node", "half a round trip of 8 bytes inside a node"},
                    {"bandwidth_node", "best bandwidth one way between two ranks of a node"},
                    {"bandwidth_node_at", "message length of that bandwidth"},
                    {"bandwidth_both_node", "best bandwidth of both ways together inside a node"}},
    [PROBE_NETWORK] = {
        {"latency_network", "half a round trip of 8 bytes between nodes"},
        {"bandwidth_network", "best bandwidth one way between two nodes"},
        {"bandwidth_network_at", "message length of that bandwidth"},
        {"bandwidth_both_network", "best bandwidth of both ways together between nodes"}}};

/* The best of the lengths so far, with its time. */
typedef struct {
  double rate, bytes, amount;
  sb_summary time;
} best;

static void keep_best(best *b, double bytes, double amount, const sb_summary *time) {
  const double rate = amount / time->median;
  if (rate > b->rate) *b = (best){.rate = rate, .bytes = bytes, .amount = amount, .time = *time};
}

static sb_status timed(probe_state *s, job *j,
                       void (*exchange)(const probe_mail *, int, int, int64_t), sb_summary *time) {
  enum { PER_FIGURE = 10 }; /* points of a curve in the time of a figure */
  j->exchange = exchange;
  return probe_time(s, work, j, 1.0 / PER_FIGURE, time);
}

static void check(probe_state *s, const job *j) {
  if (j->peer < 0) return;
  probe_count_wrong(s, PROBE_CHECK_MESSAGES, (double)probe_mail_wrong(j->mail, j->peer, j->bytes));
  probe_mail_spoil(j->mail, j->peer, j->bytes);
}

static sb_status measure_place(probe_state *s, const probe_mail *mail, probe_place place,
                               int peer) {
  probe_curves *curves = &s->curves;
  const int rank = sb_comm_rank(s->run->comm);
  best one = {.rate = 0.0}, both = {.rate = 0.0};
  sb_summary eight = {.n = 0}, trip, way, ways;
  sb_status status = SB_OK;
  job j = {.mail = mail, .peer = rank == 0 ? peer : rank == peer ? 0 : -1};
  if (j.peer >= 0) probe_mail_spoil(mail, j.peer, mail->most);
  for (int i = 0; i < curves->lengths; i++) {
    const double bytes = curves->bytes[i], window = probe_window((int64_t)bytes);
    j.bytes = (int)bytes;
    SB_TRY(timed(s, &j, probe_ping_pong, &trip));
    check(s, &j);
    SB_TRY(timed(s, &j, probe_windows, &way));
    if (rank == peer) check(s, &j); /* the sender got nothing but an answer */
    SB_TRY(timed(s, &j, probe_windows_both, &ways));
    check(s, &j);
    if (j.bytes <= 8) eight = trip; /* the last of them: 8 bytes, or the longest that is allowed */
    keep_best(&one, bytes, bytes * window, &way);
    keep_best(&both, bytes, 2.0 * bytes * window, &ways);
    curves->latency[place][i] = 0.5 * trip.median;
    curves->bandwidth[place][i] = bytes * window / way.median;
    curves->bandwidth_both[place][i] = 2.0 * bytes * window / ways.median;
  }
  probe_add_time(s, names[place][0], 0.5, &eight);
  probe_add_rate(s, names[place][1], "byte/s", one.amount, &one.time);
  sb_figures_add(&s->figures, names[place][2].name, names[place][2].long_name, "byte", "byte",
                 one.bytes);
  probe_add_rate(s, names[place][3], "byte/s", both.amount, &both.time);
cleanup:
  return status;
}

static void start_curves(probe_state *s) {
  probe_curves *curves = &s->curves;
  curves->lengths = 0;
  for (int64_t bytes = 1; bytes <= s->config.message_max; bytes *= 2) {
    const int i = curves->lengths++;
    curves->bytes[i] = (double)bytes;
    for (int place = 0; place < PROBE_PLACES; place++) {
      curves->latency[place][i] = (double)NAN;
      curves->bandwidth[place][i] = curves->bandwidth_both[place][i] = (double)NAN;
    }
  }
}

sb_status probe_latency(probe_state *state) {
  probe_mail mail;
  sb_status status = SB_OK;
  start_curves(state);
  SB_TRY(
      sb_comm_agree(state->run->comm, probe_mail_create(state, state->config.message_max, &mail)));
  probe_count_wrong(state, PROBE_CHECK_MESSAGES, 0.0);
  for (int place = 0; place < PROBE_PLACES; place++) {
    const int peer = find_peer(state->run->comm, (probe_place)place);
    if (peer > 0) SB_TRY(measure_place(state, &mail, (probe_place)place, peer));
  }
cleanup:
  probe_mail_destroy(&mail);
  return status;
}
