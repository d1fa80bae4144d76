/* exchange_routes.h: the way that halos take between two ranks: messages or shared memory.
 *
 * One route for each peer of a plan, in its order. A route has a buffer to pack into and one to
 * unpack from. In messages these are the rank's own, and what is handed over is copied by MPI; in
 * shared memory the buffer to unpack from is the one that the peer packed.
 */
#ifndef SCALEBAR_EXCHANGE_ROUTES_H
#define SCALEBAR_EXCHANGE_ROUTES_H

#include "comm_messages.h"
#include "exchange.h"
#include "exchange_plan.h"
#include "exchange_slots.h"

typedef struct {
  const sb_halo_peer *peer;
  int node_rank;                /* of a peer whose memory is shared; -1 for messages */
  int message;                  /* messages: the peer's number there */
  double *send[2], *receive[2]; /* by exchange % 2; messages have the same for both */
  sb_slot *to, *from;           /* shared: own slot for the peer, the peer's for this rank */
  bool taken;                   /* exchange.c: this exchange's part of the halo is in place */
} sb_route;

typedef struct {
  sb_route *route;
  int routes;
  const char *way; /* sb_xchg_way */
  sb_messages *messages;
  double *buffer; /* all those of messages */
  sb_shared *shared;
} sb_routes;

/* Collective; every rank gets the same status. `plan` must outlive the routes. On failure there is
 * nothing to destroy. */
sb_status sb_routes_create(sb_comm *comm, const sb_halo_plan *plan, sb_exchange how,
                           sb_routes *routes);

/* Begins an exchange: messages may arrive from now on. Local. */
void sb_routes_begin(sb_routes *routes);

/* Hands over what was packed into send[exchange % 2]. Local. */
void sb_route_hand_over(sb_routes *routes, const sb_route *route, int64_t exchange);

/* Whether receive[exchange % 2] is full. Local; lets messages move. */
bool sb_route_arrived(const sb_routes *routes, const sb_route *route, int64_t exchange);

/* Whether all that was handed over as messages has left its buffers. Local. */
bool sb_routes_sent(sb_routes *routes);

/* One turn of a loop that waits for the above; afterwards sb_comm_wait_over. Local. */
void sb_routes_wait_turn(const sb_routes *routes, sb_comm *comm, int64_t turn);

/* Bytes that a rank with `pieces` pieces, which send and receive so many doubles, allocates at
 * most, whichever way they go. Local. */
int64_t sb_routes_memory(int64_t send, int64_t receive, int pieces);

/* Accepts routes of zeroes. Collective. */
void sb_routes_destroy(sb_routes *routes);

#endif
