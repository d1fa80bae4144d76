#include "matmul_panels.h"

#include <stdlib.h>
#include <string.h>

#include "machine.h"
#include "matmul_panels_plan.h"
#include "memory.h"

/* Windows have small pages where the kernel gives tmpfs no huge ones. Operands of a node beyond so
 * many bytes are read up to ten times more slowly from them (measured under a hypervisor), which
 * costs the product more than a message: README.md has the figures. */
static const int64_t SMALL_PAGES_MOST = (int64_t)64 << 20;

/* Whether ranks shall read each other's memory. Collective, the same on all ranks. */
static bool in_place(const matmul_panels *p, int64_t bytes, sb_exchange how) {
  if (how != SB_EXCHANGE_AUTO) return how == SB_EXCHANGE_SHARED;
  int64_t node[2] = {bytes * sb_comm_node_size(p->comm), !sb_shared_huge_pages("")};
  sb_comm_max_i64(p->comm, node, 2);
  return node[1] == 0 || node[0] <= SMALL_PAGES_MOST;
}

/* Memory that ranks of a node share, where it is wanted and can be had. */
static sb_status get_shared(matmul_panels *p, int64_t doubles, sb_exchange how) {
  if (sb_dist_ranks(&p->layout->dist) == 1 || !in_place(p, 8 * doubles, how)) return SB_OK;
  const sb_status status = sb_shared_create(p->comm, 8 * doubles, &p->shared);
  if (how == SB_EXCHANGE_SHARED) return status;
  sb_clear();
  return SB_OK;
}

static sb_status get_memory(matmul_panels *p, sb_exchange how) {
  const places there = matmul_places_of(p->layout, &p->share);
  sb_status status = get_shared(p, p->working ? there.doubles : 0, how);
  if (status != SB_OK) return status;
  if (p->shared != NULL && sb_comm_node_size(p->comm) > 1) {
    p->memory = sb_shared_segment(p->shared, sb_comm_node_rank(p->comm));
  } else if (p->working) {
    status = sb_doubles_create(there.doubles, &p->memory);
    p->own_memory = true;
    if (status == SB_OK) memset(p->memory, 0, sizeof(flags));
  }
  if (status == SB_OK && p->working) {
    if (matmul_layered(p->layout)) {
      p->block = p->memory + there.block;
    } else {
      status = sb_doubles_create(sb_count(p->share.rows) * sb_count(p->share.columns), &p->block);
    }
  }
  return sb_comm_agree(p->comm, status);
}

/* What any rank does, said by all. */
static const char *name_way(matmul_panels *p) {
  int64_t does[2] = {p->traffics > 0, p->layer_readers > 0};
  for (int64_t t = 0; t < p->count; t++) does[1] |= p->step[t].read_bytes > 0;
  sb_comm_max_i64(p->comm, does, 2);
  if (does[0] && does[1]) return "shared+message";
  return does[0] ? "message" : does[1] ? "shared" : "none";
}

sb_status matmul_panels_create(sb_comm *comm, const matmul_layout *layout, sb_exchange how,
                               matmul_panels **panels) {
  matmul_panels *p = *panels = calloc(1, sizeof *p);
  sb_status status = p != NULL ? SB_OK : sb_fail(SB_NO_MEMORY, "no memory for a plan of panels");
  SB_TRY(sb_comm_agree(comm, status));
  p->comm = comm;
  p->layout = layout;
  p->share = matmul_share_of(layout, sb_comm_rank(comm));
  p->working = sb_count(p->share.rows) > 0;
  p->layer_send = p->layer_receive = -1;
  p->trial = sb_trial_begin(sb_comm_rank(comm));
  SB_TRY(get_memory(p, how));
  SB_TRY(sb_comm_agree(comm, matmul_panels_plan(p)));
  SB_TRY(sb_messages_create(comm, p->traffic, p->traffics, &p->messages));
  p->way = name_way(p);
cleanup:
  return status;
}

double *matmul_panels_a(matmul_panels *p) {
  return p->working ? p->memory + matmul_places_of(p->layout, &p->share).a : NULL;
}

double *matmul_panels_b(matmul_panels *p) {
  return p->working ? p->memory + matmul_places_of(p->layout, &p->share).b : NULL;
}

double *matmul_panels_block(matmul_panels *p) { return p->block; }

static void synchronise(const matmul_panels *p) {
  if (p->shared != NULL && sb_comm_node_size(p->comm) > 1) sb_shared_sync(p->shared);
}

void matmul_panels_ready(matmul_panels *p) {
  synchronise(p);
  sb_comm_barrier(p->comm);
  synchronise(p);
}

int64_t matmul_panels_steps(const matmul_panels *p) { return p->count; }

matmul_pair matmul_panels_pair(const matmul_panels *p, int64_t step) { return p->step[step].pair; }

bool matmul_panels_travels(const matmul_panels *p, int64_t step) {
  return p->step[step].receive[0] >= 0 || p->step[step].receive[1] >= 0;
}

bool matmul_panels_any_travels(const matmul_panels *p) { return p->traffics > 0; }

static void receive_step(matmul_panels *p, int64_t step) {
  if (step >= p->count) return;
  for (int x = 0; x < 2; x++) {
    const int message = p->step[step].receive[x];
    if (message >= 0) sb_messages_receive_from(p->messages, message);
  }
}

static void send_until(matmul_panels *p, int64_t step) {
  for (; p->sent < p->sends && p->needed[p->sent] <= step; p->sent++) {
    sb_trial_pause(&p->trial);
    sb_messages_send(p->messages, p->sent);
    sb_comm_count_sent(p->comm, p->traffic[p->sent].send_bytes);
  }
}

static flags *flags_of(const matmul_panels *p, int rank) { return (flags *)matmul_reach(p, rank); }

/* Until readers of the sums before have read them. */
static void wait_for_readers(const matmul_panels *p) {
  if (p->layer_readers == 0) return;
  flags *mine = flags_of(p, sb_comm_rank(p->comm));
  const int64_t all = p->products * p->layer_readers;
  for (int64_t turn = 0;; turn++) {
    synchronise(p);
    if (atomic_load_explicit(&mine->done, memory_order_acquire) == all) break;
    sb_comm_wait_turn(p->comm, turn);
  }
  sb_comm_wait_over(p->comm);
}

void matmul_panels_begin(matmul_panels *p, sb_clock *clock) {
  sb_clock_enter(clock, SB_WAIT);
  wait_for_readers(p);
  sb_clock_enter(clock, SB_COMMUNICATE);
  p->products++;
  p->sent = 0;
  sb_trial_poison(&p->trial, p->block, sb_count(p->share.rows) * sb_count(p->share.columns));
  for (int i = p->layer_receive; i < p->traffics && i >= 0; i++) {
    sb_messages_receive_from(p->messages, i);
  }
  for (int64_t t = 0; t < DEPTH; t++) receive_step(p, t);
  send_until(p, DEPTH - 1);
  sb_clock_enter(clock, SB_COMPUTE);
}

static void wait_for(const matmul_panels *p, int message) {
  if (message < 0) return;
  for (int64_t turn = 0; !sb_messages_arrived(p->messages, message); turn++) {
    sb_messages_wait_turn(p->messages, turn);
  }
  sb_comm_wait_over(p->comm);
}

void matmul_panels_wait(matmul_panels *p, int64_t step, sb_clock *clock) {
  sb_clock_enter(clock, SB_WAIT);
  sb_trial_pause(&p->trial);
  wait_for(p, p->step[step].receive[0]);
  wait_for(p, p->step[step].receive[1]);
  sb_clock_enter(clock, SB_COMPUTE);
}

void matmul_panels_test(matmul_panels *p, int64_t step) {
  if (p->traffics == 0) return;
  sb_messages_sent(p->messages);
  for (int64_t t = step + 1; t < p->count && t < step + DEPTH; t++) {
    for (int x = 0; x < 2; x++) {
      if (p->step[t].receive[x] >= 0) sb_messages_arrived(p->messages, p->step[t].receive[x]);
    }
  }
}

/* What came is used: on trial, none of it may be read again. */
static void poison(matmul_panels *p, int message) {
  const sb_traffic *came = &p->traffic[message];
  sb_trial_poison(&p->trial, came->receive, came->receive_bytes / 8);
}

void matmul_panels_done(matmul_panels *p, int64_t step, sb_clock *clock) {
  sb_clock_enter(clock, SB_COMMUNICATE);
  sb_comm_count_sent(p->comm, p->step[step].read_bytes);
  for (int x = 0; x < 2; x++) {
    const int message = p->step[step].receive[x];
    if (message >= 0) poison(p, message);
  }
  receive_step(p, step + DEPTH);
  send_until(p, step + DEPTH);
  sb_clock_enter(clock, SB_COMPUTE);
}

int matmul_panels_offered(const matmul_panels *p, int turn) {
  return (p->share.position[MATMUL_K] + turn) % p->layout->dist.grid[MATMUL_K];
}

/* Which of the messages from `first` on is of a rank out of reach: they are in the order of layers.
 */
static int layer_message(const matmul_panels *p, int first, int layer) {
  for (int l = 0; l < layer; l++) first += matmul_reach(p, matmul_rank_at(p, MATMUL_K, l)) == NULL;
  return first;
}

/* Turns of a rank in all products, counted together. */
static int64_t turns(const matmul_panels *p, int turn) {
  return (p->products - 1) * p->layout->dist.grid[MATMUL_K] + turn;
}

void matmul_panels_offer(matmul_panels *p, int turn, sb_clock *clock) {
  const int layer = matmul_panels_offered(p, turn);
  if (!p->working || layer == p->share.position[MATMUL_K]) return;
  sb_clock_enter(clock, SB_COMMUNICATE);
  sb_trial_pause(&p->trial);
  if (matmul_reach(p, matmul_rank_at(p, MATMUL_K, layer)) == NULL) {
    const int message = layer_message(p, p->layer_send, layer);
    sb_messages_send(p->messages, message);
    sb_comm_count_sent(p->comm, p->traffic[message].send_bytes);
  } else {
    synchronise(p);
    atomic_store_explicit(&flags_of(p, sb_comm_rank(p->comm))->ready, turns(p, turn),
                          memory_order_release);
  }
  sb_clock_enter(clock, SB_COMPUTE);
}

const double *matmul_panels_layer(matmul_panels *p, int layer, sb_clock *clock) {
  const int rank = matmul_rank_at(p, MATMUL_K, layer);
  const int64_t columns = sb_count(p->share.columns);
  const int64_t at = (p->share.c_part.lo - p->share.rows.lo) * columns;
  const double *memory = matmul_reach(p, rank), *sums = p->block + at;
  if (rank == sb_comm_rank(p->comm)) return sums;
  sb_clock_enter(clock, SB_WAIT);
  if (memory == NULL) {
    const int message = layer_message(p, p->layer_receive, layer);
    wait_for(p, message);
    sums = p->traffic[message].receive;
  } else {
    flags *there = flags_of(p, rank);
    const int pk = p->layout->dist.grid[MATMUL_K];
    const int64_t due = turns(p, (p->share.position[MATMUL_K] - layer + pk) % pk);
    for (int64_t turn = 0;; turn++) {
      synchronise(p);
      if (atomic_load_explicit(&there->ready, memory_order_acquire) >= due) break;
      sb_comm_wait_turn(p->comm, turn);
    }
    sb_comm_wait_over(p->comm);
    const matmul_share s = matmul_share_of(p->layout, rank);
    sums = memory + matmul_places_of(p->layout, &s).block + at;
    sb_trial_pause(&p->trial);
    sb_comm_count_sent(p->comm, 8 * sb_count(p->share.c_part) * columns);
  }
  sb_clock_enter(clock, SB_COMPUTE);
  return sums;
}

void matmul_panels_layer_read(matmul_panels *p, int layer) {
  const int rank = matmul_rank_at(p, MATMUL_K, layer);
  if (rank == sb_comm_rank(p->comm)) return;
  sb_trial_pause(&p->trial);
  if (matmul_reach(p, rank) == NULL) {
    poison(p, layer_message(p, p->layer_receive, layer));
    return;
  }
  synchronise(p);
  atomic_fetch_add_explicit(&flags_of(p, rank)->done, 1, memory_order_release);
}

void matmul_panels_end(matmul_panels *p, sb_clock *clock) {
  if (p->traffics == 0) return;
  sb_clock_enter(clock, SB_WAIT);
  for (int64_t turn = 0; !sb_messages_sent(p->messages); turn++) {
    sb_messages_wait_turn(p->messages, turn);
  }
  sb_comm_wait_over(p->comm);
  sb_clock_enter(clock, SB_COMPUTE);
}

const char *matmul_panels_way(const matmul_panels *p) { return p->way; }

void matmul_panels_destroy(matmul_panels **panels) {
  matmul_panels *p = *panels;
  if (p == NULL) return;
  sb_messages_destroy(&p->messages);
  if (p->own_memory) free(p->memory);
  if (p->layout == NULL || !matmul_layered(p->layout)) free(p->block);
  sb_shared_destroy(&p->shared);
  free(p->slots);
  free(p->sums);
  free(p->step);
  free(p->list);
  free(p->needed);
  free(p->traffic);
  free(p);
  *panels = NULL;
}
