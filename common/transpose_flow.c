#include "transpose_flow.h"

#include <stdlib.h>

#include "comm_common.h"

enum { SB_FLOW_PARTNERS = 8 };

static int compare(const void *left, const void *right) {
  const sb_turn *a = left, *b = right;
  if (a->step != b->step) return a->step < b->step ? -1 : 1;
  if (a->place != b->place) return a->place < b->place ? -1 : 1;
  return (a->sender > b->sender) - (a->sender < b->sender);
}

static void note_largest(const sb_turn *turn, int turns, int *steps) {
  for (int i = 0; i < turns; i++) {
    if (turn[i].step >= *steps) *steps = turn[i].step + 1;
  }
}

/* Messages each way use slots in turn: the oldest is through before its slot is used anew. */
sb_status sb_flow_plan(sb_transpose *t) {
  int steps = 1;
  int64_t bytes = 0;
  qsort(t->send, (size_t)t->sends, sizeof *t->send, compare);
  qsort(t->receive, (size_t)t->receives, sizeof *t->receive, compare);
  note_largest(t->send, t->sends, &steps);
  note_largest(t->receive, t->receives, &steps);
  for (int i = 0; i < t->sends; i++) {
    const int64_t sent = sb_transpose_sent(t, &t->send[i]).send_bytes;
    if (sent > bytes) bytes = sent;
  }
  for (int i = 0; i < t->receives; i++) {
    const int64_t received = sb_transpose_received(t, &t->receive[i]).receive_bytes;
    if (received > bytes) bytes = received;
  }
  const int most = t->sends > t->receives ? t->sends : t->receives;
  t->window = sb_environment_int("SB_FLOW_PARTNERS", SB_FLOW_PARTNERS) * steps;
  if (t->window > most) t->window = most;
  return sb_messages_create_slots(t->comm, t->window, bytes, &t->messages);
}

/* The oldest message each way that is not through; NULL: none is under way. */
static const sb_turn *oldest_receive(const sb_transpose *t) {
  return t->arrived < t->awaited ? &t->receive[t->arrived] : NULL;
}

static const sb_turn *oldest_send(const sb_transpose *t) {
  return t->sent < t->begun ? &t->send[t->sent] : NULL;
}

static bool test_receive(sb_transpose *t) {
  const bool through =
      t->arrived < t->awaited && sb_messages_arrived(t->messages, t->arrived % t->window);
  if (through) t->arrived++;
  return through;
}

static bool test_send(sb_transpose *t) {
  const bool through = t->sent < t->begun && sb_messages_sent_to(t->messages, t->sent % t->window);
  if (through) t->sent++;
  return through;
}

static void begin_receives(sb_transpose *t) {
  for (; t->awaited < t->receives && t->awaited - t->arrived < t->window; t->awaited++) {
    const sb_traffic traffic = sb_transpose_received(t, &t->receive[t->awaited]);
    sb_messages_receive_once(t->messages, t->awaited % t->window, &traffic);
  }
}

void sb_flow_begin(sb_transpose *t) {
  t->offered = t->begun = t->sent = t->awaited = t->arrived = 0;
  begin_receives(t);
}

void sb_flow_test(sb_transpose *t) {
  for (bool moved = true; moved;) {
    /* Waiting ends with what was asked for last (comm_mpi_wait_block.c). */
    const sb_turn *in = oldest_receive(t), *out = oldest_send(t);
    if (in != NULL && (out == NULL || compare(out, in) < 0)) {
      moved = test_receive(t);
      moved = test_send(t) || moved;
    } else {
      moved = test_send(t);
      moved = test_receive(t) || moved;
    }
    begin_receives(t);
  }
}

bool sb_flow_may_send(const sb_transpose *t) {
  return t->begun < t->offered && t->begun - t->sent < t->window;
}

void sb_flow_send(sb_transpose *t, void (*pack)(sb_transpose *, const sb_turn *)) {
  for (; sb_flow_may_send(t); t->begun++) {
    const sb_turn *turn = &t->send[t->begun];
    const sb_traffic traffic = sb_transpose_sent(t, turn);
    pack(t, turn);
    sb_messages_send_once(t->messages, t->begun % t->window, &traffic);
    sb_comm_count_sent(t->comm, traffic.send_bytes);
  }
}

bool sb_flow_arrived(const sb_transpose *t) { return t->arrived == t->receives; }
bool sb_flow_all_begun(const sb_transpose *t) { return t->begun == t->sends; }
bool sb_flow_all_sent(const sb_transpose *t) { return t->sent == t->sends; }
