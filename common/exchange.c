#include "exchange.h"

#include <stdlib.h>

#include "exchange_copy.h"
#include "exchange_plan.h"
#include "exchange_routes.h"
#include "exchange_trial.h"

struct sb_xchg {
  sb_comm *comm;
  sb_halo_plan plan;
  sb_routes routes;
  int64_t bytes;    /* handed to others in one exchange */
  int64_t exchange; /* the number of the last one started, from 1 on */
  bool under_way;
  sb_array source; /* of the one under way */
  int64_t n[SB_AXES];
  sb_trial trial;
};

static sb_status plan(sb_xchg *x, const sb_dist *dist, const int64_t depth[SB_AXES], bool corners) {
  if (x == NULL) return sb_fail(SB_NO_MEMORY, "no memory for the plan of a halo");
  if (sb_dist_ranks(dist) > sb_comm_size(x->comm)) {
    return sb_fail(SB_INTERNAL, "a grid of %d ranks for a run of %d", sb_dist_ranks(dist),
                   sb_comm_size(x->comm));
  }
  return sb_halo_plan_create(dist, depth, corners, sb_comm_rank(x->comm), &x->plan);
}

sb_status sb_xchg_create(sb_comm *comm, const sb_dist *dist, const int64_t depth[SB_AXES],
                         bool corners, sb_exchange how, sb_xchg **xchg) {
  sb_status status = SB_OK;
  *xchg = NULL;
  sb_xchg *x = calloc(1, sizeof *x);
  if (x != NULL) x->comm = comm;
  for (int a = 0; x != NULL && a < SB_AXES; a++) x->n[a] = dist->n[a];
  SB_TRY(sb_comm_agree(comm, plan(x, dist, depth, corners)));
  SB_TRY(sb_routes_create(comm, &x->plan, how, &x->routes));
  for (int i = 0; i < x->plan.peers; i++) {
    x->bytes += x->plan.peer[i].send * (int64_t)sizeof(double);
  }
  x->trial = sb_trial_begin(sb_comm_rank(comm));
  *xchg = x;
  return SB_OK;
cleanup:
  sb_xchg_destroy(&x);
  return status;
}

static void enter(sb_clock *clock, sb_phase phase) {
  if (clock != NULL) sb_clock_enter(clock, phase);
}

static void count_cells(const sb_box *box, int64_t count[SB_AXES]) {
  for (int a = 0; a < SB_AXES; a++) count[a] = box->hi[a] - box->lo[a];
}

/* The order of pieces in a buffer: see exchange_plan.h. */
static void pack(const sb_xchg *x, const sb_halo_peer *peer, const sb_array *array,
                 double *buffer) {
  for (int i = peer->begin; i < peer->end; i++) {
    const sb_box *box = &x->plan.piece[i].send;
    const sb_array to = sb_packed(buffer, box), from = sb_within(array, &x->plan.box, box);
    int64_t count[SB_AXES];
    count_cells(box, count);
    sb_copy_block(&to, &from, count);
    buffer += sb_box_count(box);
  }
}

static void unpack(const sb_xchg *x, const sb_halo_peer *peer, const sb_array *array,
                   double *buffer) {
  for (int i = peer->end - 1; i >= peer->begin; i--) {
    const sb_box *box = &x->plan.piece[i].receive;
    const sb_array to = sb_within(array, &x->plan.box, box), from = sb_packed(buffer, box);
    int64_t count[SB_AXES];
    count_cells(box, count);
    sb_copy_block(&to, &from, count);
    buffer += sb_box_count(box);
  }
}

/* Halo across periodic ends whose cells are the rank's own. Rims are not written before the
 * exchange is finished, so they still hold what they held when it was started. */
static void copy_own(const sb_xchg *x, const sb_array *array) {
  for (int i = 0; i < x->plan.own; i++) {
    const sb_halo_piece *piece = &x->plan.piece[i];
    sb_box cells = piece->receive;
    for (int a = 0; a < SB_AXES; a++) {
      cells.lo[a] -= piece->image[a] * x->n[a];
      cells.hi[a] -= piece->image[a] * x->n[a];
    }
    const sb_array to = sb_within(array, &x->plan.box, &piece->receive);
    const sb_array from = sb_within(&x->source, &x->plan.box, &cells);
    int64_t count[SB_AXES];
    count_cells(&cells, count);
    sb_copy_block(&to, &from, count);
  }
}

void sb_xchg_start(sb_xchg *xchg, const sb_array *array, sb_clock *clock) {
  enter(clock, SB_COMMUNICATE);
  xchg->source = *array;
  xchg->exchange++;
  xchg->under_way = true;
  sb_routes_begin(&xchg->routes);
  for (int i = 0; i < xchg->routes.routes; i++) {
    sb_route *route = &xchg->routes.route[i];
    route->taken = false;
    sb_trial_pause(&xchg->trial);
    pack(xchg, route->peer, array, route->send[xchg->exchange % 2]);
    sb_trial_pause(&xchg->trial);
    sb_route_hand_over(&xchg->routes, route, xchg->exchange);
  }
  sb_comm_count_sent(xchg->comm, xchg->bytes);
}

bool sb_xchg_test(sb_xchg *xchg) {
  bool all = true;
  for (int i = 0; xchg->under_way && i < xchg->routes.routes; i++) {
    all = sb_route_arrived(&xchg->routes, &xchg->routes.route[i], xchg->exchange) && all;
  }
  return all;
}

/* Puts into `array` what has arrived, the peers first that hand over to this rank first. Returns
 * how many are awaited still. */
static int take(sb_xchg *x, const sb_array *array) {
  int awaited = 0;
  for (int i = x->routes.routes - 1; i >= 0; i--) {
    sb_route *route = &x->routes.route[i];
    if (route->taken) continue;
    if (!sb_route_arrived(&x->routes, route, x->exchange)) {
      awaited++;
      continue;
    }
    double *buffer = route->receive[x->exchange % 2];
    sb_trial_pause(&x->trial);
    unpack(x, route->peer, array, buffer);
    sb_trial_poison(&x->trial, buffer, route->peer->receive);
    route->taken = true;
  }
  return awaited;
}

static bool any_arrived(const sb_xchg *x) {
  for (int i = 0; i < x->routes.routes; i++) {
    const sb_route *route = &x->routes.route[i];
    if (!route->taken && sb_route_arrived(&x->routes, route, x->exchange)) return true;
  }
  return false;
}

/* Messages of this rank move while it waits here, and might not when it is back in its work. */
static void let_leave(sb_xchg *x, sb_clock *clock) {
  if (sb_routes_sent(&x->routes)) return;
  enter(clock, SB_WAIT);
  for (int64_t turn = 0; !sb_routes_sent(&x->routes); turn++) {
    sb_routes_wait_turn(&x->routes, x->comm, turn);
  }
  sb_comm_wait_over(x->comm);
  enter(clock, SB_COMMUNICATE);
}

void sb_xchg_finish(sb_xchg *xchg, const sb_array *array, sb_clock *clock) {
  enter(clock, SB_COMMUNICATE);
  copy_own(xchg, array);
  while (take(xchg, array) > 0) {
    enter(clock, SB_WAIT);
    for (int64_t turn = 0; !any_arrived(xchg); turn++) {
      sb_routes_wait_turn(&xchg->routes, xchg->comm, turn);
    }
    sb_comm_wait_over(xchg->comm);
    enter(clock, SB_COMMUNICATE);
  }
  let_leave(xchg, clock);
  for (int i = 0; i < xchg->routes.routes; i++) {
    const sb_route *route = &xchg->routes.route[i];
    if (route->node_rank < 0) {
      sb_trial_poison(&xchg->trial, route->send[0], route->peer->send);
    }
  }
  xchg->under_way = false;
}

int64_t sb_xchg_bytes(const sb_xchg *xchg) { return xchg->bytes; }

const char *sb_xchg_way(const sb_xchg *xchg) { return xchg->routes.way; }

int64_t sb_xchg_memory(const sb_dist *dist, const int64_t depth[SB_AXES], bool corners, int rank) {
  const sb_halo_count count = sb_halo_plan_count(dist, depth, corners, rank);
  return (int64_t)sizeof(sb_xchg) + count.pieces * (int64_t)sizeof(sb_halo_piece) +
         sb_routes_memory(count.send, count.receive, count.pieces);
}

void sb_xchg_destroy(sb_xchg **xchg) {
  sb_xchg *x = *xchg;
  if (x == NULL) return;
  sb_routes_destroy(&x->routes);
  sb_halo_plan_destroy(&x->plan);
  free(x);
  *xchg = NULL;
}
