/* exchange.h: a halo exchange, planned once and repeated.
 *
 * The plan follows from a distribution alone: which cells of a rank lie in the halo of which other
 * (halo_shape.h), so ranks ask each other nothing. Halos may be deeper than the neighbour's box
 * (then they come straight from second neighbours), with corners or faces alone, across periodic
 * ends, also from the rank itself. Idle ranks take part in creation and have nothing to move.
 *
 * How it travels: as persistent messages, in chunks below 2^31 bytes; or, between ranks of one
 * node, by memory that they share: the owner packs its rim there and raises a flag, the receiver
 * copies straight into its halo. The main thread alone calls these functions (MPI_THREAD_FUNNELED).
 */
#ifndef SCALEBAR_EXCHANGE_H
#define SCALEBAR_EXCHANGE_H

#include "comm.h"
#include "dist.h"
#include "timing.h"

/* The key `exchange`. */
typedef enum { SB_EXCHANGE_AUTO, SB_EXCHANGE_MESSAGE, SB_EXCHANGE_SHARED } sb_exchange;

/* A rank's box with room for its halo around it. Local. */
typedef struct {
  double *cell;            /* the box's own first cell */
  int64_t stride[SB_AXES]; /* doubles from a cell to the next on each axis, slowest first; the
                              last is 1 */
} sb_array;

typedef struct sb_xchg sb_xchg;

/* Plans an exchange of halos of `depth` cells on each axis. Collective.
 *
 *   dist     [in] of all ranks of comm, or fewer
 *   depth    [in] >= 0; at most dist->n[a] on a periodic axis (SB_BAD_INPUT)
 *   corners  [in] whether the halo has edges and corners, or faces alone
 *   how      [in] SB_EXCHANGE_SHARED is refused (SB_BAD_INPUT) where shared memory cannot be had
 *                 between ranks of a node; SB_EXCHANGE_AUTO then sends messages. Between nodes
 *                 all send messages
 * Every rank gets the same status. */
sb_status sb_xchg_create(sb_comm *comm, const sb_dist *dist, const int64_t depth[SB_AXES],
                         bool corners, sb_exchange how, sb_xchg **xchg);

/* Packs the rims of `array` and hands them over; returns before they have arrived, and never waits.
 * The box itself may then be read but its rims not written until sb_xchg_finish, which comes before
 * the next start of the same plan. Enters SB_COMMUNICATE on the clock, which may be NULL. Local,
 * but all ranks must call it as often. */
void sb_xchg_start(sb_xchg *xchg, const sb_array *array, sb_clock *clock);

/* Lets messages move while other work goes on: MPI makes no progress by itself. Whether all halos
 * have arrived, so that sb_xchg_finish need not wait for them. Local, cheap. */
bool sb_xchg_test(sb_xchg *xchg);

/* Waits for the halos and puts them into `array`, the one of sb_xchg_start or another for the same
 * box. Cells outside of the grid that are no image of others, and without corners the edges and
 * corners, are left as they are. Enters SB_COMMUNICATE, and SB_WAIT while there is nothing to do;
 * ends in SB_COMMUNICATE. Local. */
void sb_xchg_finish(sb_xchg *xchg, const sb_array *array, sb_clock *clock);

/* Bytes that this rank hands to other ranks in one exchange: sb_halo_bytes_rank. Counted in
 * sb_comm_bytes_sent as they are handed over. Local. */
int64_t sb_xchg_bytes(const sb_xchg *xchg);

/* How halos travel in this run: "none" (no rank needs any of another), "message", "shared",
 * "shared+message" (shared inside nodes, messages between them). The same on all ranks. Local. */
const char *sb_xchg_way(const sb_xchg *xchg);

/* Bytes that a rank will allocate for a plan, whichever way it takes: an upper bound, to be told
 * before the plan is made. Local. */
int64_t sb_xchg_memory(const sb_dist *dist, const int64_t depth[SB_AXES], bool corners, int rank);

/* Accepts NULL inside; sets *xchg to NULL. Collective. */
void sb_xchg_destroy(sb_xchg **xchg);

#endif
