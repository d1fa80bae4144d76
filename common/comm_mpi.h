/* comm_mpi.h: what the files of comm_mpi*.c share; no other file sees it. */
#ifndef SCALEBAR_COMM_MPI_H
#define SCALEBAR_COMM_MPI_H

#include <mpi.h>

#include "comm.h"
#include "comm_common.h"

struct sb_comm {
  int rank, size;
  int node, nodes, node_rank, node_size, uniform_node_size;
  int plans; /* of messages, made so far: each has a tag of its own */
  int64_t bytes_sent;
  bool failed_together;
  MPI_Comm world;   /* all ranks */
  MPI_Comm machine; /* ranks that do share memory */
  MPI_Comm local;   /* ranks of this node: those, or some of them */
  MPI_Comm leaders; /* rank 0 of each node; MPI_COMM_NULL elsewhere */
  char host[SB_HOST_SIZE];
};

/* Fills all that the structure holds of nodes, and the host. Collective; every rank gets the same
 * status. Wants world, rank and size. */
sb_status sb_comm_find_nodes(sb_comm *comm);

/* Set around every collective call: what sb_comm_waiting tells. Local. */
void sb_comm_set_waiting(bool now);

#endif
