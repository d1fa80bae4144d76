/* comm_mpi_nodes.c: the nodes of a run, and how they are called. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "comm_mpi.h"
#include "comm_node.h"
#include "simulation.h"

/* All ranks are at node * node_size + node_rank only where every node before theirs is as large. */
static int uniform_node_size(sb_comm *comm) {
  const bool in_order = comm->rank == comm->node * comm->node_size + comm->node_rank;
  int64_t size = in_order ? comm->node_size : 0;
  sb_comm_min_i64(comm, &size, 1);
  return (int)size;
}

/* The lowest of the machine's ranks whose key is this rank's: what tells the nodes of a machine
 * apart. A turn for each of them, of which there mostly is one; nothing as long as its ranks. */
static int first_of_node(MPI_Comm machine, const char key[SB_NODE_KEY_SIZE]) {
  int rank = 0, size = 0, first = -1;
  MPI_Comm_rank(machine, &rank);
  MPI_Comm_size(machine, &size);
  for (;;) {
    int lowest = first < 0 ? rank : size; /* of those whose node is not known yet */
    char told[SB_NODE_KEY_SIZE] = "";
    MPI_Allreduce(MPI_IN_PLACE, &lowest, 1, MPI_INT, MPI_MIN, machine);
    if (lowest == size) return first;
    if (lowest == rank) memcpy(told, key, sizeof told);
    MPI_Bcast(told, SB_NODE_KEY_SIZE, MPI_CHAR, lowest, machine);
    if (memcmp(told, key, sizeof told) == 0) first = lowest;
  }
}

static void divide_machine(sb_comm *comm, const sb_node_identity *identity) {
  MPI_Comm node;
  int rank = 0, size = 0;
  MPI_Comm_rank(comm->machine, &rank);
  MPI_Comm_split(comm->machine, first_of_node(comm->machine, identity->key), rank, &node);
  MPI_Comm_rank(node, &rank);
  MPI_Comm_size(node, &size);
  MPI_Comm_split(node, rank / sb_environment_int("SB_NODE_SIZE", size), rank, &comm->local);
  MPI_Comm_free(&node);
  MPI_Comm_rank(comm->local, &comm->node_rank);
  MPI_Comm_size(comm->local, &comm->node_size);
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
  if (sb_simulated_host() != NULL) {
    identity = (sb_node_identity){.named = ""};
    snprintf(identity.host, sizeof identity.host, "%s", sb_simulated_host());
    memcpy(identity.key, identity.host, sizeof identity.host);
  }
  memcpy(comm->host, identity.host, sizeof comm->host);
  MPI_Comm_split_type(comm->world, MPI_COMM_TYPE_SHARED, comm->rank, MPI_INFO_NULL, &comm->machine);
  divide_machine(comm, &identity);
  number_nodes(comm);
  return choose_name(comm, &identity);
}
