/* comm.h: the ranks of a run, and the few things they do together.
 *
 * Two implementations share this interface: comm_mpi.c over MPI, comm_self.c for one rank without
 * it. A program takes one of them when it is linked. Point-to-point messages are no part of this
 * file: data that moves between ranks goes through an exchange plan (exchange.h), which builds on
 * comm_messages.h and comm_shared.h.
 *
 * Every function says whether it is collective (all ranks call it, in the same order) or local. MPI
 * errors do not come back: they end the run with exit code 1 through sb_comm_abort.
 */
#ifndef SCALEBAR_COMM_H
#define SCALEBAR_COMM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "status.h"

typedef struct sb_comm sb_comm;

/* Starts the ranks; threads may run, the main thread alone communicates (MPI_THREAD_FUNNELED).
 * Collective. Call once, before anything that reads argv: MPI may take arguments out of it. */
sb_status sb_comm_start(int *argc, char ***argv, sb_comm **comm);

/* Collective. Accepts NULL; sets *comm to NULL. */
void sb_comm_finish(sb_comm **comm);

/* Ends all ranks at once, with this exit code (1..125 whatever is given: launchers turn 0 and
 * multiples of 256 into success). Local, does not return. May be called by any thread. */
_Noreturn void sb_comm_abort(int code);

int sb_comm_rank(const sb_comm *comm);
int sb_comm_size(const sb_comm *comm);

/* A node is a group of ranks that share memory (MPI_COMM_TYPE_SHARED) and that the scheduler and
 * the host name place on the same node (comm_node.h). The latter only ever divides what MPI found
 * to share memory, so that windows are among ranks that can have them; two nodes that a scheduler
 * has on one machine stay two. SB_NODE_SIZE=n in the environment divides further, into pretended
 * nodes of n ranks, for tests. Local. */
int sb_comm_node(const sb_comm *comm);      /* which node this rank is on: 0 <= node < nodes */
int sb_comm_nodes(const sb_comm *comm);     /* how many there are */
int sb_comm_node_rank(const sb_comm *comm); /* this rank's number within its node */
int sb_comm_node_size(const sb_comm *comm); /* ranks on this node */

/* Ranks a node where all nodes have as many and those of a node are consecutive; otherwise 0. The
 * same on all ranks. Local. */
int sb_comm_uniform_node_size(const sb_comm *comm);

/* The node_rank of another rank of this node; -1 when it is on another node. Local. */
int sb_comm_node_rank_of(const sb_comm *comm, int rank);

/* This node's name: the scheduler's (SLURMD_NODENAME) where every node has one and no two hosts the
 * same; else the host name, cut at the first dot. Local; valid until sb_comm_finish. */
const char *sb_comm_host(const sb_comm *comm);

/* All of these are collective. [in,out] arrays of n values hold the result on every rank. */
void sb_comm_barrier(sb_comm *comm);
void sb_comm_broadcast(sb_comm *comm, void *data, size_t bytes); /* from rank 0 */
void sb_comm_broadcast_from(sb_comm *comm, int rank, void *data, size_t bytes);
void sb_comm_sum_i64(sb_comm *comm, int64_t *values, int n); /* exact, modulo 2^64 */
void sb_comm_max_i64(sb_comm *comm, int64_t *values, int n);
void sb_comm_min_i64(sb_comm *comm, int64_t *values, int n);

/* Maximum that keeps bad news: if any rank gives NaN or +Inf the result is NaN or Inf (MPI_MAX may
 * lose a NaN). Where `rank` is not NULL it gets, per value, the lowest rank that gave the result.
 */
void sb_comm_max_f64(sb_comm *comm, double *values, int *rank, int n);

/* Sums in rank order on a fixed tree; for figures of speed, never for answers. Collective. */
void sb_comm_sum_f64(sb_comm *comm, double *values, int n);

/* Every rank's `bytes` bytes, in rank order, to rank 0 (`all` is read there alone, and may be NULL
 * elsewhere). Memory on rank 0 grows with the ranks: for at most SB_LISTED_RANKS ranks. */
void sb_comm_gather(sb_comm *comm, const void *mine, size_t bytes, void *all);

/* The same inside a node, to the rank whose node_rank is 0. */
void sb_comm_gather_node(sb_comm *comm, const void *mine, size_t bytes, void *all);

/* The same from each node's rank 0, in node order, to rank 0. Other ranks' `mine` is not read. */
void sb_comm_gather_nodes(sb_comm *comm, const void *mine, size_t bytes, void *all);

/* From each node's rank 0 to the ranks of its node. */
void sb_comm_broadcast_node(sb_comm *comm, void *data, size_t bytes);

/* Above this many ranks results hold numbers per node instead of per rank. SB_LISTED_RANKS in the
 * environment lowers it, for tests. Local. */
int sb_comm_listed_ranks(void);

/* Agrees on the worst status: returns the highest code of any rank, and gives rank 0 the sentence
 * of the lowest rank that has it, with "rank R (host): " before it when size > 1 and R is not 0.
 * Collective. Call at each phase boundary, so that no rank waits for one that gave up. */
sb_status sb_comm_worst(sb_comm *comm, sb_status status);
static inline sb_status sb_comm_agree(sb_comm *comm, sb_status status) {
  const sb_status worst = sb_comm_worst(comm, status);
  return worst > status ? worst : status; /* never better than one's own: told to static analysis */
}

/* Whether the last agreement was on a failure: then all ranks know of it, and none waits for one
 * that gave up. Local. */
bool sb_comm_failed_together(const sb_comm *comm);

/* Whether this rank is inside one of the collective functions above or a loop of the next two,
 * waiting for others or being waited for. Local, any thread: the watchdog asks, to tell a rank that
 * hangs from one that waits. */
bool sb_comm_waiting(void);

/* One turn of a loop that waits for what another rank does; turns are counted from 0. MPI makes
 * progress in it, so that no message of an earlier call stays behind. The first turns are short;
 * then each gives the core away, for other ranks may have to share it. Local.
 *
 *   for (int64_t turn = 0; !arrived(); turn++) sb_comm_wait_turn(comm, turn);
 *   sb_comm_wait_over(comm); */
void sb_comm_wait_turn(sb_comm *comm, int64_t turn);
void sb_comm_wait_over(sb_comm *comm);

/* Counts bytes handed to other ranks, which the exchange does; and all that were so far. Local. */
void sb_comm_count_sent(sb_comm *comm, int64_t bytes);
int64_t sb_comm_bytes_sent(const sb_comm *comm);

/* "Open MPI v4.1.4, ..." as the library names itself, "none" without MPI. At most 127 characters.
 * Local. */
const char *sb_comm_library(void);

/* "serial" or "omp" without MPI, "mpi" or "hybrid" with it. Local. */
const char *sb_comm_variant(void);

#endif
