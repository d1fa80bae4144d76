#include "transpose.h"

#include <stdlib.h>
#include <string.h>

#include "exchange_copy.h"
#include "memory.h"
#include "transpose_flow.h"

static void enter(sb_clock *clock, sb_phase phase) {
  if (clock != NULL) sb_clock_enter(clock, phase);
}

/* Memory that ranks of a node share, where it is wanted and can be had. */
static sb_status get_memory(sb_pool *p, int64_t doubles, sb_exchange how) {
  const int64_t flags = sb_transpose_flags_bytes(p->plans);
  const int64_t bytes = doubles * (int64_t)sizeof(double);
  sb_status status = SB_OK;
  if (how != SB_EXCHANGE_MESSAGE && sb_comm_size(p->comm) > 1 && p->plans > 0) {
    status = sb_shared_create(p->comm, flags + bytes, &p->shared);
    if (status != SB_OK && how == SB_EXCHANGE_SHARED) return status;
    if (status != SB_OK) sb_clear();
  }
  status = SB_OK;
  if (p->shared != NULL && sb_comm_node_size(p->comm) > 1) {
    char *segment = sb_shared_segment(p->shared, sb_comm_node_rank(p->comm));
    p->memory = (double *)(void *)(segment + flags);
  } else {
    status = sb_doubles_create(doubles, &p->own);
    p->memory = p->own;
  }
  return sb_comm_agree(p->comm, status);
}

static sb_status get_buffers(sb_pool *p) {
  int64_t doubles[SB_BUFFER_SETS] = {0};
  sb_status status = SB_OK;
  for (int i = 0; i < p->plans; i++) {
    const int set = p->plan[i].shape.buffers;
    if (p->plan[i].buffer_doubles > doubles[set]) doubles[set] = p->plan[i].buffer_doubles;
  }
  for (int set = 0; set < SB_BUFFER_SETS; set++) {
    SB_TRY(sb_doubles_create(doubles[set], &p->buffer[set]));
  }
cleanup:
  return status;
}

/* What any rank does, said by all. */
static const char *name_way(sb_pool *p) {
  int64_t does[2] = {0, 0};
  for (int i = 0; i < p->plans; i++) {
    does[0] |= p->plan[i].sends + p->plan[i].receives > 0;
    does[1] |= p->plan[i].read_bytes > 0;
  }
  sb_comm_max_i64(p->comm, does, 2);
  if (does[0] && does[1]) return "shared+message";
  return does[0] ? "message" : does[1] ? "shared" : "none";
}

static sb_status cut_all(sb_pool *p, const sb_transpose_shape *shapes) {
  sb_status status = SB_OK;
  for (int i = 0; i < p->plans; i++) {
    p->plan[i] = (sb_transpose){.comm = p->comm,
                                .shared = p->shared,
                                .memory = p->memory,
                                .shape = shapes[i],
                                .number = i,
                                .plans = p->plans,
                                .rank = sb_comm_rank(p->comm),
                                .trial = sb_trial_begin(sb_comm_rank(p->comm) + i)};
    SB_TRY(sb_transpose_cut(&p->plan[i]));
  }
  SB_TRY(get_buffers(p));
  for (int i = 0; i < p->plans; i++) {
    p->plan[i].buffer = p->buffer[shapes[i].buffers];
    SB_TRY(sb_transpose_bind(&p->plan[i]));
  }
cleanup:
  return status;
}

sb_status sb_pool_create(sb_comm *comm, int64_t doubles, const sb_transpose_shape *shapes,
                         int plans, sb_exchange how, sb_pool **pool) {
  sb_pool *p = *pool = calloc(1, sizeof *p);
  sb_status status = p != NULL ? SB_OK : sb_fail(SB_NO_MEMORY, "no memory for transposes");
  SB_TRY(sb_comm_agree(comm, status));
  p->comm = comm;
  p->plan = calloc((size_t)plans + 1, sizeof *p->plan);
  if (p->plan == NULL) status = sb_fail(SB_NO_MEMORY, "no memory for transposes");
  SB_TRY(sb_comm_agree(comm, status));
  p->plans = plans;
  SB_TRY(get_memory(p, doubles, how));
  SB_TRY(sb_comm_agree(comm, cut_all(p, shapes)));
  for (int i = 0; i < plans; i++) SB_TRY(sb_flow_plan(&p->plan[i]));
  p->way = name_way(p);
cleanup:
  return status;
}

double *sb_pool_memory(const sb_pool *pool) { return pool->memory; }
sb_transpose *sb_pool_plan(const sb_pool *pool, int plan) { return &pool->plan[plan]; }
const char *sb_pool_way(const sb_pool *pool) { return pool->way; }

void sb_pool_destroy(sb_pool **pool) {
  sb_pool *p = *pool;
  if (p == NULL) return;
  for (int i = 0; i < p->plans; i++) {
    sb_messages_destroy(&p->plan[i].messages);
    sb_transpose_uncut(&p->plan[i]);
  }
  for (int set = 0; set < SB_BUFFER_SETS; set++) free(p->buffer[set]);
  free(p->own);
  sb_shared_destroy(&p->shared);
  free(p->plan);
  free(p);
  *pool = NULL;
}

int sb_transpose_pieces(const sb_transpose *t) { return t->pieces; }
const sb_piece *sb_transpose_piece(const sb_transpose *t, int piece) { return &t->piece[piece]; }

static void synchronise(const sb_transpose *t) {
  if (t->shared != NULL && sb_comm_node_size(t->comm) > 1) sb_shared_sync(t->shared);
}

void sb_transpose_claim(sb_transpose *t, sb_clock *clock) {
  sb_transpose_flags *mine = t->readers > 0 ? sb_transpose_flags_of(t, t->rank) : NULL;
  if (mine != NULL) {
    const int64_t all = t->round * t->readers;
    enter(clock, SB_WAIT);
    for (int64_t turn = 0;; turn++) {
      synchronise(t);
      if (atomic_load_explicit(&mine->done, memory_order_acquire) == all) break;
      sb_comm_wait_turn(t->comm, turn);
    }
    sb_comm_wait_over(t->comm);
    enter(clock, SB_COMPUTE);
  }
  sb_trial_poison(&t->trial, t->memory + t->shape.source, sb_box_count(&t->from) * t->shape.words);
}

void sb_transpose_begin(sb_transpose *t) {
  t->round++;
  sb_flow_begin(t);
}

static void pack(sb_transpose *t, const sb_turn *turn) {
  const sb_parcel *parcel = &t->parcel[turn->of];
  sb_trial_pause(&t->trial);
  if (parcel->direct) return;
  const sb_box box = sb_transpose_sent_box(t, turn), all = sb_transpose_parcel_box(t, parcel);
  const int64_t row = (t->from.hi[2] - t->from.lo[2]) * t->shape.words;
  const sb_array whole = {.cell = t->memory + t->shape.source,
                          .stride = {(t->from.hi[1] - t->from.lo[1]) * row, row, t->shape.words}};
  const sb_array from = sb_within(&whole, &t->from, &box);
  const sb_array packed = sb_transpose_packed(&t->shape, &all, t->buffer + parcel->at);
  const sb_array to = sb_within(&packed, &all, &box);
  const int64_t count[SB_AXES] = {box.hi[0] - box.lo[0], box.hi[1] - box.lo[1],
                                  (box.hi[2] - box.lo[2]) * t->shape.words};
  sb_copy_block(&to, &from, count);
}

/* Steps of messages whose planes are finished, where those below `end` are. */
static int64_t steps_finished(const sb_transpose *t, int64_t end) {
  const int axis = t->shape.planes;
  return end < t->from.hi[axis] ? (end - t->from.lo[axis]) / t->step : INT64_MAX;
}

void sb_transpose_offer(sb_transpose *t, int64_t end, sb_clock *clock) {
  const int64_t steps = steps_finished(t, end);
  const bool sends = t->offered < t->sends && t->send[t->offered].step < steps;
  const bool last = end == t->from.hi[t->shape.planes] && t->readers > 0;
  if (!sends && !last) return;
  enter(clock, SB_COMMUNICATE);
  while (t->offered < t->sends && t->send[t->offered].step < steps) t->offered++;
  sb_flow_test(t);
  sb_flow_send(t, pack);
  if (last) {
    sb_trial_pause(&t->trial);
    synchronise(t);
    atomic_store_explicit(&sb_transpose_flags_of(t, t->rank)->ready, t->round,
                          memory_order_release);
  }
  enter(clock, SB_COMPUTE);
}

void sb_transpose_test(sb_transpose *t) { sb_flow_test(t); }

/* Whether a piece of another rank can be read. */
static bool is_there(sb_transpose *t, int piece) {
  sb_transpose_flags *there = sb_transpose_flags_of(t, t->piece[piece].rank);
  synchronise(t);
  return atomic_load_explicit(&there->ready, memory_order_acquire) >= t->round;
}

/* Whether all messages have arrived, and all of this rank's have left. */
static bool flows(sb_transpose *t, sb_clock *clock) {
  sb_flow_test(t);
  if (sb_flow_may_send(t)) {
    enter(clock, SB_COMMUNICATE);
    sb_flow_send(t, pack);
    enter(clock, SB_WAIT);
    sb_flow_test(t);
  }
  return sb_flow_arrived(t) && sb_flow_all_begun(t);
}

void sb_transpose_wait(sb_transpose *t, sb_clock *clock) {
  enter(clock, SB_WAIT);
  sb_trial_pause(&t->trial);
  int64_t turn = 0;
  for (; !flows(t, clock); turn++) sb_messages_wait_turn(t->messages, turn);
  for (int i = 0; i < t->pieces; i++) {
    if (t->arrival[i].at >= 0 || t->piece[i].rank == t->rank) continue;
    for (; !is_there(t, i); turn++) sb_comm_wait_turn(t->comm, turn);
  }
  sb_comm_wait_over(t->comm);
  sb_trial_pause(&t->trial);
  enter(clock, SB_COMPUTE);
}

void sb_transpose_done(sb_transpose *t, sb_clock *clock) {
  enter(clock, SB_WAIT);
  sb_trial_pause(&t->trial);
  sb_comm_count_sent(t->comm, t->read_bytes);
  for (int i = 0; i < t->pieces; i++) {
    if (t->arrival[i].at >= 0) {
      sb_trial_poison(&t->trial, t->buffer + t->arrival[i].at,
                      sb_box_count(&t->piece[i].box) * t->shape.words);
    } else if (t->piece[i].rank != t->rank) {
      synchronise(t);
      atomic_fetch_add_explicit(&sb_transpose_flags_of(t, t->piece[i].rank)->done, 1,
                                memory_order_release);
    }
  }
  for (int64_t turn = 0; !sb_flow_all_sent(t); turn++) {
    sb_flow_test(t);
    if (!sb_flow_all_sent(t)) sb_messages_wait_turn(t->messages, turn);
  }
  sb_comm_wait_over(t->comm);
  enter(clock, SB_COMPUTE);
}
