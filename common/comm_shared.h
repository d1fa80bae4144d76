/* comm_shared.h: memory that the ranks of a node share, below exchange.h.
 *
 * Each rank gives a segment, which all ranks of its node may read and write. Who may do so when is
 * for the users to settle by C11 atomics in the segment itself: a store with release after writing
 * and a load with acquire before reading, with sb_shared_sync on both sides, as MPI asks for
 * (MPI 3.1, 11.7: the unified memory model still wants MPI_Win_sync).
 */
#ifndef SCALEBAR_COMM_SHARED_H
#define SCALEBAR_COMM_SHARED_H

#include "comm.h"

typedef struct sb_shared sb_shared;

/* Gives a segment of `bytes` zero bytes, its pages on the memory of this rank's core. Collective
 * over all ranks; ranks alone on their node get no segment. Every rank gets the same status:
 * SB_BAD_INPUT, with a sentence, where a node has no room for what its ranks ask for.
 * (SB_SHARED_MOST=bytes in the environment pretends that a node has no more, for tests.) */
sb_status sb_shared_create(sb_comm *comm, int64_t bytes, sb_shared **shared);

/* Where the segment of a rank of this node begins in this process; aligned to a page. Local. */
void *sb_shared_segment(const sb_shared *shared, int node_rank);

/* Makes earlier writes of this rank visible, and those of others visible to it. Local. */
void sb_shared_sync(const sb_shared *shared);

/* Accepts NULL inside; sets *shared to NULL. Collective. */
void sb_shared_destroy(sb_shared **shared);

#endif
