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

static int64_t longest(const sb_transpose *t) {
  int64_t bytes = 0;
  for (int i = 0; i < t->sends; i++) {
    const int64_t sent = sb_transpose_sent(t, &t->send[i]).send_bytes;
    if (sent > bytes) bytes = sent;
  }
  for (int i = 0; i < t->receives; i++) {
    const int64_t received = sb_transpose_received(t, &t->receive[i]).receive_bytes;
    if (received > bytes) bytes = received;
  }
  return bytes;
}

static sb_status list_traffic(sb_transpose *t) {
  t->traffic = calloc((size_t)(t->sends + t->receives) + 1, sizeof *t->traffic);
  if (t->traffic == NULL) return sb_fail(SB_NO_MEMORY, "no memory for a plan of a transpose");
  for (int i = 0; i < t->sends; i++) t->traffic[i] = sb_transpose_sent(t, &t->send[i]);
  for (int i = 0; i < t->receives; i++) {
    t->traffic[t->sends + i] = sb_transpose_received(t, &t->receive[i]);
  }
  return SB_OK;
}

sb_status sb_flow_plan(sb_transpose *t) {
  int steps = 1;
  sb_status status = SB_OK;
  qsort(t->send, (size_t)t->sends, sizeof *t->send, compare);
  qsort(t->receive, (size_t)t->receives, sizeof *t->receive, compare);
  note_largest(t->send, t->sends, &steps);
  note_largest(t->receive, t->receives, &steps);
  t->window = sb_environment_int("SB_FLOW_PARTNERS", SB_FLOW_PARTNERS) * steps;
  const bool all = t->sends <= t->window && t->receives <= t->window;
  if (all) status = list_traffic(t);
  SB_TRY(sb_comm_agree(t->comm, status));
  if (all) {
    SB_TRY(sb_messages_create(t->comm, t->traffic, t->sends + t->receives, &t->messages));
  } else {
    SB_TRY(sb_messages_create_slots(t->comm, t->window, longest(t), &t->messages));
  }
cleanup:
  return status;
}

/* Where the plan of messages has a message. Slots are used in turn: the oldest message is through
 * before its slot is used anew. */
static int place_of_send(const sb_transpose *t, int number) {
  return t->traffic != NULL ? number : number % t->window;
}

static int place_of_receive(const sb_transpose *t, int number) {
  return t->traffic != NULL ? t->sends + number : number % t->window;
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
      t->arrived < t->awaited && sb_messages_arrived(t->messages, place_of_receive(t, t->arrived));
  if (through) t->arrived++;
  return through;
}

static bool test_send(sb_transpose *t) {
  const bool through =
      t->sent < t->begun && sb_messages_sent_to(t->messages, place_of_send(t, t->sent));
  if (through) t->sent++;
  return through;
}

static void begin_receives(sb_transpose *t) {
  for (; t->awaited < t->receives && t->awaited - t->arrived < t->window; t->awaited++) {
    const int place = place_of_receive(t, t->awaited);
    if (t->traffic != NULL) {
      sb_messages_receive_from(t->messages, place);
    } else {
      const sb_traffic traffic = sb_transpose_received(t, &t->receive[t->awaited]);
      sb_messages_receive_once(t->messages, place, &traffic);
    }
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

/* Returns the bytes that were sent. */
static int64_t begin_send(sb_transpose *t, int number) {
  const int place = place_of_send(t, number);
  if (t->traffic != NULL) {
    sb_messages_send(t->messages, place);
    return t->traffic[number].send_bytes;
  }
  const sb_traffic traffic = sb_transpose_sent(t, &t->send[number]);
  sb_messages_send_once(t->messages, place, &traffic);
  return traffic.send_bytes;
}

void sb_flow_send(sb_transpose *t, void (*pack)(sb_transpose *, const sb_turn *)) {
  for (; sb_flow_may_send(t); t->begun++) {
    pack(t, &t->send[t->begun]);
    sb_comm_count_sent(t->comm, begin_send(t, t->begun));
  }
}

bool sb_flow_arrived(const sb_transpose *t) { return t->arrived == t->receives; }
bool sb_flow_all_begun(const sb_transpose *t) { return t->begun == t->sends; }
bool sb_flow_all_sent(const sb_transpose *t) { return t->sent == t->sends; }
