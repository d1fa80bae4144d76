/* comm_self.c: comm.h for one rank, without MPI. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "comm.h"
#include "comm_common.h"
#include "comm_node.h"
#include "threads.h"

struct sb_comm {
  char host[SB_HOST_SIZE];
};

sb_status sb_comm_start(int *argc, char ***argv, sb_comm **comm) {
  (void)argc;
  (void)argv;
  *comm = calloc(1, sizeof **comm);
  if (*comm == NULL) return sb_fail(SB_NO_MEMORY, "no memory for a rank's description");
  sb_node_identity identity;
  sb_node_identify(&identity);
  memcpy((*comm)->host, identity.named[0] != '\0' ? identity.named : identity.host, SB_HOST_SIZE);
  return SB_OK;
}

void sb_comm_finish(sb_comm **comm) {
  free(*comm);
  *comm = NULL;
}

void sb_comm_abort(int code) { _exit(sb_exit_code(code)); }

int sb_comm_rank(const sb_comm *comm) { return (void)comm, 0; }
int sb_comm_size(const sb_comm *comm) { return (void)comm, 1; }
int sb_comm_node(const sb_comm *comm) { return (void)comm, 0; }
int sb_comm_nodes(const sb_comm *comm) { return (void)comm, 1; }
int sb_comm_node_rank(const sb_comm *comm) { return (void)comm, 0; }
int sb_comm_node_size(const sb_comm *comm) { return (void)comm, 1; }
int sb_comm_uniform_node_size(const sb_comm *comm) { return (void)comm, 1; }
int sb_comm_node_rank_of(const sb_comm *comm, int rank) { return (void)comm, rank; }
const char *sb_comm_host(const sb_comm *comm) { return comm->host; }

void sb_comm_barrier(sb_comm *comm) { (void)comm; }

void sb_comm_broadcast(sb_comm *comm, void *data, size_t bytes) {
  (void)comm;
  (void)data;
  (void)bytes;
}

void sb_comm_broadcast_from(sb_comm *comm, int rank, void *data, size_t bytes) {
  (void)rank;
  sb_comm_broadcast(comm, data, bytes);
}

void sb_comm_broadcast_node(sb_comm *comm, void *data, size_t bytes) {
  sb_comm_broadcast(comm, data, bytes);
}

static void keep_i64(sb_comm *comm, int64_t *values, int n) {
  (void)comm;
  (void)values;
  (void)n;
}

void sb_comm_sum_i64(sb_comm *comm, int64_t *values, int n) { keep_i64(comm, values, n); }
void sb_comm_max_i64(sb_comm *comm, int64_t *values, int n) { keep_i64(comm, values, n); }
void sb_comm_min_i64(sb_comm *comm, int64_t *values, int n) { keep_i64(comm, values, n); }

void sb_comm_max_f64(sb_comm *comm, double *values, int *rank, int n) {
  (void)comm;
  (void)values;
  for (int i = 0; rank != NULL && i < n; i++) rank[i] = 0;
}

void sb_comm_sum_f64(sb_comm *comm, double *values, int n) {
  (void)comm;
  (void)values;
  (void)n;
}

void sb_comm_gather(sb_comm *comm, const void *mine, size_t bytes, void *all) {
  (void)comm;
  if (all != mine && bytes > 0) memcpy(all, mine, bytes);
}

void sb_comm_gather_node(sb_comm *comm, const void *mine, size_t bytes, void *all) {
  sb_comm_gather(comm, mine, bytes, all);
}

void sb_comm_gather_nodes(sb_comm *comm, const void *mine, size_t bytes, void *all) {
  sb_comm_gather(comm, mine, bytes, all);
}

sb_status sb_comm_worst(sb_comm *comm, sb_status status) { return (void)comm, status; }
bool sb_comm_failed_together(const sb_comm *comm) { return (void)comm, true; }

bool sb_comm_waiting(void) { return false; }

void sb_comm_wait_turn(sb_comm *comm, int64_t turn) {
  (void)comm;
  (void)turn;
}

void sb_comm_wait_over(sb_comm *comm) { (void)comm; }

void sb_comm_count_sent(sb_comm *comm, int64_t bytes) {
  (void)comm;
  (void)bytes;
}

int64_t sb_comm_bytes_sent(const sb_comm *comm) { return (void)comm, 0; }

const char *sb_comm_library(void) { return "none"; }

const char *sb_comm_variant(void) { return sb_threads_built() ? "omp" : "serial"; }
