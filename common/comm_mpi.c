/* comm_mpi.c: comm.h over MPI. */
#include "comm_mpi.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "simulation.h"
#include "threads.h"

/* MPI's own handler ends a run with whatever code the library likes; ours is always 1. */
static void on_error(MPI_Comm *world, int *code, ...) {
  int rank = 0, length = 0;
  char text[MPI_MAX_ERROR_STRING] = "";
  MPI_Comm_rank(*world, &rank);
  MPI_Error_string(*code, text, &length);
  fprintf(stderr, "ERROR rank %d: MPI: %s\n", rank, text);
  sb_comm_abort(SB_FAILED);
}

sb_status sb_comm_start(int *argc, char ***argv, sb_comm **comm) {
  int provided = MPI_THREAD_SINGLE;
  /* Open MPI 4 writes the names of files over the end of an array, where they are longer than about
   * 200 characters, in one of its ways to share file pointers, which nothing here uses. */
  setenv("OMPI_MCA_sharedfp", "^lockedfile", 0);
  MPI_Init_thread(argc, argv, MPI_THREAD_FUNNELED, &provided);
  /* Ranks of a simulated machine are no processes, and have no threads. */
  if (provided < MPI_THREAD_FUNNELED && sb_simulated_platform() == NULL) {
    return sb_fail(SB_MPI_ERROR,
                   "this MPI library was built without threads (MPI_THREAD_FUNNELED)");
  }
  sb_comm *c = calloc(1, sizeof *c);
  if (c == NULL) return sb_fail(SB_NO_MEMORY, "no memory for a rank's description");
  c->world = MPI_COMM_WORLD;
  c->machine = c->local = c->leaders = MPI_COMM_NULL;
  MPI_Errhandler handler;
  MPI_Comm_create_errhandler(on_error, &handler);
  MPI_Comm_set_errhandler(c->world, handler);
  MPI_Errhandler_free(&handler);
  MPI_Comm_rank(c->world, &c->rank);
  MPI_Comm_size(c->world, &c->size);
  *comm = c;
  return sb_comm_find_nodes(c);
}

void sb_comm_finish(sb_comm **comm) {
  if (*comm != NULL) {
    MPI_Comm *const parts[] = {&(*comm)->leaders, &(*comm)->local, &(*comm)->machine};
    for (int i = 0; i < 3; i++) {
      if (*parts[i] != MPI_COMM_NULL) MPI_Comm_free(parts[i]);
    }
  }
  free(*comm);
  *comm = NULL;
  int started = 0, finished = 0;
  MPI_Initialized(&started);
  MPI_Finalized(&finished);
  if (started && !finished) MPI_Finalize();
}

void sb_comm_abort(int code) {
  /* Launchers may drop what they have not read yet when a rank aborts (seen with MPICH's hydra). */
  static const struct timespec read_what_we_said = {.tv_nsec = 200000000};
  fflush(stdout);
  int started = 0, finished = 0;
  MPI_Initialized(&started);
  MPI_Finalized(&finished);
  if (started && !finished) {
    nanosleep(&read_what_we_said, NULL);
    MPI_Abort(MPI_COMM_WORLD, sb_exit_code(code));
  }
  _exit(sb_exit_code(code));
}

int sb_comm_rank(const sb_comm *comm) { return comm->rank; }
int sb_comm_size(const sb_comm *comm) { return comm->size; }
int sb_comm_node(const sb_comm *comm) { return comm->node; }
int sb_comm_nodes(const sb_comm *comm) { return comm->nodes; }
int sb_comm_node_rank(const sb_comm *comm) { return comm->node_rank; }
int sb_comm_node_size(const sb_comm *comm) { return comm->node_size; }
int sb_comm_uniform_node_size(const sb_comm *comm) { return comm->uniform_node_size; }
const char *sb_comm_host(const sb_comm *comm) { return comm->host; }

int sb_comm_node_rank_of(const sb_comm *comm, int rank) {
  MPI_Group all, node;
  MPI_Comm_group(comm->world, &all);
  MPI_Comm_group(comm->local, &node);
  int node_rank = MPI_UNDEFINED;
  MPI_Group_translate_ranks(all, 1, &rank, node, &node_rank);
  MPI_Group_free(&node);
  MPI_Group_free(&all);
  return node_rank == MPI_UNDEFINED ? -1 : node_rank;
}

/* Set around every collective call. */
static atomic_bool waiting;

bool sb_comm_waiting(void) { return atomic_load_explicit(&waiting, memory_order_relaxed); }

void sb_comm_set_waiting(bool now) { atomic_store_explicit(&waiting, now, memory_order_relaxed); }

/* Long enough for a neighbour that is on its way, short beside a time slice of the system. */
enum { SHORT_TURNS = 400, TURNS_A_PROBE = 16 };

void sb_comm_wait_turn(sb_comm *comm, int64_t turn) {
  if (turn == 0) sb_comm_set_waiting(true);
  if (turn % TURNS_A_PROBE == 0) {
    int found = 0;
    MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, comm->world, &found, MPI_STATUS_IGNORE);
  }
  if (turn >= SHORT_TURNS) sched_yield();
}

void sb_comm_wait_over(sb_comm *comm) {
  (void)comm;
  sb_comm_set_waiting(false);
}

void sb_comm_barrier(sb_comm *comm) {
  sb_comm_set_waiting(true);
  MPI_Barrier(comm->world);
  sb_comm_set_waiting(false);
}

void sb_comm_broadcast(sb_comm *comm, void *data, size_t bytes) {
  sb_comm_broadcast_from(comm, 0, data, bytes);
}

void sb_comm_broadcast_from(sb_comm *comm, int rank, void *data, size_t bytes) {
  sb_comm_set_waiting(true);
  MPI_Bcast(data, (int)bytes, MPI_BYTE, rank, comm->world);
  sb_comm_set_waiting(false);
}

void sb_comm_broadcast_node(sb_comm *comm, void *data, size_t bytes) {
  sb_comm_set_waiting(true);
  MPI_Bcast(data, (int)bytes, MPI_BYTE, 0, comm->local);
  sb_comm_set_waiting(false);
}

static void reduce_i64(sb_comm *comm, int64_t *values, int n, MPI_Op operation) {
  sb_comm_set_waiting(true);
  MPI_Allreduce(MPI_IN_PLACE, values, n, MPI_INT64_T, operation, comm->world);
  sb_comm_set_waiting(false);
}

/* Two's complement wraps in every MPI library, which makes sums of digests exact modulo 2^64. */
void sb_comm_sum_i64(sb_comm *comm, int64_t *values, int n) {
  reduce_i64(comm, values, n, MPI_SUM);
}
void sb_comm_max_i64(sb_comm *comm, int64_t *values, int n) {
  reduce_i64(comm, values, n, MPI_MAX);
}
void sb_comm_min_i64(sb_comm *comm, int64_t *values, int n) {
  reduce_i64(comm, values, n, MPI_MIN);
}

void sb_comm_max_f64(sb_comm *comm, double *values, int *rank, int n) {
  enum { BATCH = 16 };
  for (int begin = 0; begin < n; begin += BATCH) {
    const int count = n - begin < BATCH ? n - begin : BATCH;
    int64_t mine[BATCH], most[BATCH];
    for (int i = 0; i < count; i++) most[i] = mine[i] = sb_ordered_from_double(values[begin + i]);
    sb_comm_max_i64(comm, most, count);
    for (int i = 0; i < count; i++) values[begin + i] = sb_double_from_ordered(most[i]);
    if (rank == NULL) continue;
    for (int i = 0; i < count; i++) mine[i] = mine[i] == most[i] ? comm->rank : comm->size;
    sb_comm_min_i64(comm, mine, count);
    for (int i = 0; i < count; i++) rank[begin + i] = (int)mine[i];
  }
}

void sb_comm_sum_f64(sb_comm *comm, double *values, int n) {
  sb_comm_set_waiting(true);
  MPI_Allreduce(MPI_IN_PLACE, values, n, MPI_DOUBLE, MPI_SUM, comm->world);
  sb_comm_set_waiting(false);
}

static void gather(MPI_Comm group, const void *mine, size_t bytes, void *all) {
  sb_comm_set_waiting(true);
  MPI_Gather(mine, (int)bytes, MPI_BYTE, all, (int)bytes, MPI_BYTE, 0, group);
  sb_comm_set_waiting(false);
}

void sb_comm_gather(sb_comm *comm, const void *mine, size_t bytes, void *all) {
  gather(comm->world, mine, bytes, all);
}

void sb_comm_gather_node(sb_comm *comm, const void *mine, size_t bytes, void *all) {
  gather(comm->local, mine, bytes, all);
}

void sb_comm_gather_nodes(sb_comm *comm, const void *mine, size_t bytes, void *all) {
  if (comm->leaders != MPI_COMM_NULL) gather(comm->leaders, mine, bytes, all);
}

sb_status sb_comm_worst(sb_comm *comm, sb_status status) {
  /* One maximum finds the worst code and, among those, the lowest rank. */
  int64_t worst = ((int64_t)status << 32) + (comm->size - 1 - comm->rank);
  sb_comm_max_i64(comm, &worst, 1);
  const sb_status code = (sb_status)(worst >> 32);
  comm->failed_together = code != SB_OK;
  if (code == SB_OK) return SB_OK;

  const int rank = comm->size - 1 - (int)(worst & INT32_MAX);
  struct {
    char host[SB_HOST_SIZE], text[1024];
  } news = {.host = ""};
  snprintf(news.host, sizeof news.host, "%s", comm->host);
  snprintf(news.text, sizeof news.text, "%s", sb_message());
  sb_comm_broadcast_from(comm, rank, &news, sizeof news);
  sb_clear();
  return rank == 0 ? sb_fail(code, "%s", news.text)
                   : sb_fail(code, "rank %d (%s): %s", rank, news.host, news.text);
}

bool sb_comm_failed_together(const sb_comm *comm) { return comm->failed_together; }

void sb_comm_count_sent(sb_comm *comm, int64_t bytes) { comm->bytes_sent += bytes; }
int64_t sb_comm_bytes_sent(const sb_comm *comm) { return comm->bytes_sent; }

const char *sb_comm_library(void) {
  static char text[128];
  if (text[0] == '\0') {
    char version[MPI_MAX_LIBRARY_VERSION_STRING] = "";
    int length = 0;
    MPI_Get_library_version(version, &length);
    version[strcspn(version, "\n")] = '\0';
    for (char *c = version; *c != '\0'; c++) {
      if (*c == '\t') *c = ' ';
    }
    snprintf(text, sizeof text, "%.127s", version);
  }
  return text;
}

const char *sb_comm_variant(void) { return sb_threads_built() ? "hybrid" : "mpi"; }
