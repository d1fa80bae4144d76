/* comm_mpi_nodes.c: the nodes of a run, and how they are called. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "comm_mpi.h"
#include "comm_node.h"

/* All ranks are at node * node_size + node_rank only where every node before theirs is as large. */
static int uniform_node_size(sb_comm *comm) {
  const bool in_order = comm->rank == comm->node * comm->node_size + comm->node_rank;
  int64_t size = in_order ? comm->node_size : 0;
  sb_comm_min_i64(comm, &size, 1);
  return (int)size;
}

/* The first rank of those on this machine that are on the same node by their keys: what divides the
 * ranks of a machine into nodes. Of pretended nodes each begins anew after `most` ranks. */
static int first_of_node(const char *keys, int rank, int most) {
  const char *own = keys + (size_t)rank * SB_NODE_KEY_SIZE;
  int first = rank, before = 0;
  for (int other = 0; other <= rank; other++) {
    if (memcmp(keys + (size_t)other * SB_NODE_KEY_SIZE, own, SB_NODE_KEY_SIZE) != 0) continue;
    if (before++ % most == 0) first = other;
  }
  return first;
}

static sb_status divide_machine(sb_comm *comm, const sb_node_identity *identity) {
  int rank = 0, size = 0, node = 0;
  MPI_Comm_rank(comm->machine, &rank);
  MPI_Comm_size(comm->machine, &size);
  char *keys = malloc((size_t)size * SB_NODE_KEY_SIZE);
  if (keys == NULL) return sb_fail(SB_NO_MEMORY, "no memory for the names of %d ranks", size);
  MPI_Allgather(identity->key, SB_NODE_KEY_SIZE, MPI_CHAR, keys, SB_NODE_KEY_SIZE, MPI_CHAR,
                comm->machine);
  node = first_of_node(keys, rank, sb_environment_int("SB_NODE_SIZE", size));
  free(keys);
  MPI_Comm_split(comm->machine, node, rank, &comm->local);
  MPI_Comm_rank(comm->local, &comm->node_rank);
  MPI_Comm_size(comm->local, &comm->node_size);
  return SB_OK;
}

static void number_nodes(sb_comm *comm) {
  MPI_Comm_split(comm->world, comm->node_rank == 0 ? 0 : MPI_UNDEFINED, comm->rank, &comm->leaders);
  int place[2] = {0, 0};
  if (comm->leaders != MPI_COMM_NULL) {
    MPI_Comm_rank(comm->leaders, &place[0]);
    MPI_Comm_size(comm->leaders, &place[1]);
  }
  MPI_Bcast(place, 2, MPI_INT, 0, comm->local);
  comm->node = place[0];
  comm->nodes = place[1];
  comm->uniform_node_size = uniform_node_size(comm);
}

typedef struct {
  char named[SB_HOST_SIZE], host[SB_HOST_SIZE];
} name_pair;

static int compare_names(const void *a, const void *b) { return memcmp(a, b, sizeof(name_pair)); }

/* Whether the scheduler's names can be shown: every node has one, and no two hosts have the same,
 * as they have where a launcher hands on the environment of the node that it was started on. */
static bool names_tell(name_pair *names, int nodes) {
  qsort(names, (size_t)nodes, sizeof *names, compare_names);
  for (int i = 0; i < nodes; i++) {
    if (names[i].named[0] == '\0') return false;
    if (i > 0 && strcmp(names[i].named, names[i - 1].named) == 0 &&
        strcmp(names[i].host, names[i - 1].host) != 0)
      return false;
  }
  return true;
}

/* One small record of each node to rank 0. */
static sb_status choose_name(sb_comm *comm, const sb_node_identity *identity) {
  name_pair mine = {"", ""}, *all = NULL;
  sb_status status = SB_OK;
  int64_t tell = 0;
  memcpy(mine.named, identity->named, sizeof mine.named);
  memcpy(mine.host, identity->host, sizeof mine.host);
  if (comm->rank == 0) {
    all = calloc((size_t)comm->nodes, sizeof *all);
    if (all == NULL) status = sb_fail(SB_NO_MEMORY, "no memory for %d names", comm->nodes);
  }
  SB_TRY(sb_comm_agree(comm, status));
  sb_comm_gather_nodes(comm, &mine, sizeof mine, all);
  if (all != NULL) tell = names_tell(all, comm->nodes);
  sb_comm_max_i64(comm, &tell, 1);
  memcpy(comm->host, tell != 0 ? identity->named : identity->host, sizeof comm->host);
cleanup:
  free(all);
  return status;
}

sb_status sb_comm_find_nodes(sb_comm *comm) {
  sb_node_identity identity;
  sb_node_identify(&identity);
  memcpy(comm->host, identity.host, sizeof comm->host);
  MPI_Comm_split_type(comm->world, MPI_COMM_TYPE_SHARED, comm->rank, MPI_INFO_NULL, &comm->machine);
  sb_status status = divide_machine(comm, &identity);
  SB_TRY(sb_comm_agree(comm, status));
  number_nodes(comm);
  SB_TRY(choose_name(comm, &identity));
cleanup:
  return status;
}
