/* comm_raw.h: messages as they are, for measuring what they cost.
 *
 * Apps that compute move data by an exchange plan (exchange.h); these calls are for an app whose
 * subject is the network itself. Each is one call of MPI, or the few that its name says, and adds
 * nothing but the note that this rank waits (sb_comm_waiting). Nothing here is counted by
 * sb_comm_bytes_sent. Lengths are below 2^31 bytes. With one rank there is nobody to send to: the
 * collective ones copy, the others are never called.
 */
#ifndef SCALEBAR_COMM_RAW_H
#define SCALEBAR_COMM_RAW_H

#include "comm.h"

enum { SB_RAW_WINDOW = 64 }; /* messages that sb_raw_window can have under way in one direction */

/* One blocking message. Both partners call, one each. */
void sb_raw_send(sb_comm *comm, int to, const void *data, int bytes);
void sb_raw_receive(sb_comm *comm, int from, void *data, int bytes);

/* `receives` messages from the peer and `sends` to it, each of `bytes` bytes, all started before
 * the first is waited for. All that are sent are read from the same place, and all that come are
 * written to the same place, as is the custom of bandwidth tests: the last one stays. */
void sb_raw_window(sb_comm *comm, int peer, const void *data, int sends, void *room, int receives,
                   int bytes);

/* Collective over all ranks. `bytes` go from each rank to each rank, itself included, out of and
 * into arrays of that many bytes for each rank, in rank order. */
void sb_raw_alltoall(sb_comm *comm, const void *data, void *room, int bytes);

/* Collective over all ranks: sums of n doubles, on every rank. The arrays do not overlap. */
void sb_raw_sum(sb_comm *comm, const double *values, double *sums, int n);

#endif
