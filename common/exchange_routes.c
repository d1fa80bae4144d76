#include "exchange_routes.h"

#include <stdlib.h>

#include "memory.h"

static sb_status find_peers(sb_comm *comm, const sb_halo_plan *plan, sb_exchange how,
                            sb_routes *routes) {
  routes->route = calloc((size_t)plan->peers + 1, sizeof *routes->route);
  if (routes->route == NULL) return sb_fail(SB_NO_MEMORY, "no memory for the routes of a halo");
  routes->routes = plan->peers;
  for (int i = 0; i < plan->peers; i++) {
    routes->route[i] = (sb_route){.peer = &plan->peer[i], .node_rank = -1};
    if (how != SB_EXCHANGE_MESSAGE) {
      routes->route[i].node_rank = sb_comm_node_rank_of(comm, plan->peer[i].rank);
    }
  }
  return SB_OK;
}

/* Routes of this rank in shared memory, and their buffers. */
typedef struct {
  int slots;
  int64_t buffer_bytes;
} shared_size;

static shared_size size_shared(const sb_routes *routes) {
  shared_size size = {.slots = 0};
  for (int i = 0; i < routes->routes; i++) {
    if (routes->route[i].node_rank < 0) continue;
    size.slots++;
    size.buffer_bytes += sb_slot_bytes(routes->route[i].peer->send);
  }
  return size;
}

static void lay_out_slots(sb_comm *comm, sb_routes *routes) {
  void *own = sb_shared_segment(routes->shared, sb_comm_node_rank(comm));
  sb_slots_begin(own, size_shared(routes).slots);
  for (int i = 0; i < routes->routes; i++) {
    sb_route *r = &routes->route[i];
    if (r->node_rank < 0) continue;
    r->to = sb_slots_add(own, r->peer->rank, r->peer->send);
    for (int b = 0; b < 2; b++) r->send[b] = sb_slot_buffer(own, r->to, b);
  }
  sb_shared_sync(routes->shared);
}

static sb_status find_slots(sb_comm *comm, sb_routes *routes) {
  if (size_shared(routes).slots > 0) sb_shared_sync(routes->shared);
  for (int i = 0; i < routes->routes; i++) {
    sb_route *r = &routes->route[i];
    if (r->node_rank < 0) continue;
    void *theirs = sb_shared_segment(routes->shared, r->node_rank);
    r->from = sb_slots_find(theirs, sb_comm_rank(comm));
    if (r->from == NULL || r->from->doubles != r->peer->receive) {
      return sb_fail(SB_INTERNAL, "rank %d does not share the halo that rank %d expects of it",
                     r->peer->rank, sb_comm_rank(comm));
    }
    for (int b = 0; b < 2; b++) r->receive[b] = sb_slot_buffer(theirs, r->from, b);
  }
  return SB_OK;
}

/* Collective; only where some rank has a route in shared memory. Where there is no room and
 * messages are allowed, all routes become messages. */
static sb_status open_shared(sb_comm *comm, sb_exchange how, sb_routes *routes) {
  const shared_size size = size_shared(routes);
  const sb_status status =
      sb_shared_create(comm, sb_slots_bytes(size.slots, size.buffer_bytes), &routes->shared);
  if (status != SB_OK && how == SB_EXCHANGE_AUTO) {
    sb_clear();
    for (int i = 0; i < routes->routes; i++) routes->route[i].node_rank = -1;
    return SB_OK;
  }
  if (status != SB_OK) return status;
  if (sb_comm_node_size(comm) > 1) lay_out_slots(comm, routes);
  sb_comm_barrier(comm);
  return SB_OK;
}

/* Buffers begin on cache lines of their own. */
static int64_t whole_lines(int64_t doubles) { return (doubles + 7) / 8 * 8; }

static sb_status make_buffers(sb_routes *routes, sb_traffic **traffic, int *count) {
  int64_t doubles = 0;
  *traffic = calloc((size_t)routes->routes + 1, sizeof **traffic);
  if (*traffic == NULL) return sb_fail(SB_NO_MEMORY, "no memory for the routes of a halo");
  for (int i = 0; i < routes->routes; i++) {
    const sb_route *r = &routes->route[i];
    if (r->node_rank < 0) doubles += whole_lines(r->peer->send) + whole_lines(r->peer->receive);
  }
  const sb_status status = sb_doubles_create(doubles, &routes->buffer);
  if (status != SB_OK) return status;
  double *next = routes->buffer;
  for (int i = 0; i < routes->routes; i++) {
    sb_route *r = &routes->route[i];
    if (r->node_rank >= 0) continue;
    r->send[0] = r->send[1] = next;
    next += whole_lines(r->peer->send);
    r->receive[0] = r->receive[1] = next;
    next += whole_lines(r->peer->receive);
    r->message = (*count)++;
    (*traffic)[r->message] =
        (sb_traffic){.rank = r->peer->rank,
                     .send = r->send[0],
                     .receive = r->receive[0],
                     .send_bytes = r->peer->send * (int64_t)sizeof(double),
                     .receive_bytes = r->peer->receive * (int64_t)sizeof(double)};
  }
  return SB_OK;
}

/* Collective; only where some rank has a route by message. The status is that of this rank. */
static sb_status open_messages(sb_comm *comm, sb_routes *routes) {
  sb_traffic *traffic = NULL;
  int count = 0;
  const sb_status buffers = make_buffers(routes, &traffic, &count);
  if (buffers != SB_OK) count = 0;
  const sb_status messages = sb_messages_create(comm, traffic, count, &routes->messages);
  free(traffic);
  return buffers != SB_OK ? buffers : messages;
}

/* The worst status of all ranks, and which kinds of routes any of them has. Collective. */
static sb_status agree_on_kinds(sb_comm *comm, const sb_routes *routes, sb_status status,
                                bool *any_shared, bool *any_message) {
  const int slots = size_shared(routes).slots;
  int64_t most[3] = {status, slots, routes->routes - slots};
  sb_comm_max_i64(comm, most, 3);
  *any_shared = most[1] > 0;
  *any_message = most[2] > 0;
  return most[0] == SB_OK ? SB_OK : sb_comm_agree(comm, status);
}

sb_status sb_routes_create(sb_comm *comm, const sb_halo_plan *plan, sb_exchange how,
                           sb_routes *routes) {
  bool any_shared = false, any_message = false;
  *routes = (sb_routes){.way = "none"};
  sb_status status = find_peers(comm, plan, how, routes);
  SB_TRY(agree_on_kinds(comm, routes, status, &any_shared, &any_message));
  if (any_shared) {
    SB_TRY(open_shared(comm, how, routes));
    any_message = any_message || routes->shared == NULL;
    any_shared = routes->shared != NULL;
  }
  status = find_slots(comm, routes);
  if (any_message) {
    const sb_status opened = open_messages(comm, routes);
    if (status == SB_OK) status = opened;
  }
  SB_TRY(sb_comm_agree(comm, status));
  if (any_shared) routes->way = any_message ? "shared+message" : "shared";
  if (!any_shared && any_message) routes->way = "message";
  return SB_OK;
cleanup:
  sb_routes_destroy(routes);
  return status;
}

void sb_routes_begin(sb_routes *routes) {
  if (routes->messages != NULL) sb_messages_receive(routes->messages);
}

void sb_route_hand_over(sb_routes *routes, const sb_route *route, int64_t exchange) {
  if (route->node_rank >= 0) {
    sb_slot_raise(route->to, routes->shared, exchange);
  } else {
    sb_messages_send(routes->messages, route->message);
  }
}

bool sb_route_arrived(const sb_routes *routes, const sb_route *route, int64_t exchange) {
  return route->node_rank >= 0 ? sb_slot_ready(route->from, routes->shared, exchange)
                               : sb_messages_arrived(routes->messages, route->message);
}

bool sb_routes_sent(sb_routes *routes) {
  return routes->messages == NULL || sb_messages_sent(routes->messages);
}

void sb_routes_wait_turn(const sb_routes *routes, sb_comm *comm, int64_t turn) {
  if (routes->messages != NULL) {
    sb_messages_wait_turn(routes->messages, turn);
  } else {
    sb_comm_wait_turn(comm, turn);
  }
}

int64_t sb_routes_memory(int64_t send, int64_t receive, int pieces) {
  /* There are no more peers than pieces. A request of MPI takes some hundred bytes of its own. */
  enum { LIBRARY = 1024, PAGES = 3 * 65536 };
  const int64_t most = 2 * (send > receive ? send : receive) * (int64_t)sizeof(double);
  const int64_t each = (int64_t)sizeof(sb_route) + (int64_t)sizeof(sb_halo_peer) +
                       (int64_t)sizeof(sb_slot) + sb_slot_bytes(1) + LIBRARY;
  return most + pieces * each + PAGES;
}

void sb_routes_destroy(sb_routes *routes) {
  sb_messages_destroy(&routes->messages);
  sb_shared_destroy(&routes->shared);
  free(routes->buffer);
  free(routes->route);
  *routes = (sb_routes){.way = "none"};
}
