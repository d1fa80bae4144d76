/* message_bench: what probe's messages are compared with: the loops that OSU's micro-benchmarks
 * describe (D. Panda and others, MVAPICH: OSU micro-benchmarks), written by hand over plain MPI.
 *
 *   mpiexec -n P message_bench REPEATS LONGEST ALLTOALL [single]
 *
 * Between ranks 0 and 1: half a round trip of 8 bytes (osu_latency); 64 messages to one receive
 * buffer and an answer (osu_bw), and 64 both ways (osu_bibw), the best of the lengths 1, 2, 4 ..
 * LONGEST. Of all ranks: sums of one double and of 1 MiB (osu_allreduce), ALLTOALL bytes from each
 * to each (osu_alltoall), barriers (osu_barrier). A loop runs once unmeasured and then REPEATS
 * times; the median of the slowest rank's times counts.
 *
 * MPI is asked for MPI_THREAD_FUNNELED, as Scalebar's programs ask, for their watchdog is a thread;
 * with `single` it is not, as in OSU's own, and a short message may take less time. */
#include <mpi.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats.h"

enum { REPEATS_MAX = 1001, WINDOW = 64, SUMS = 131072 };

static int rank, ranks, repeats;
static char *data, *room;

static void give_up(const char *why) {
  fprintf(stderr, "message_bench: %s\n", why);
  MPI_Abort(MPI_COMM_WORLD, 1);
}

static void ping_pong(int bytes) {
  if (rank == 0) {
    MPI_Send(data, bytes, MPI_BYTE, 1, 0, MPI_COMM_WORLD);
    MPI_Recv(room, bytes, MPI_BYTE, 1, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  } else if (rank == 1) {
    MPI_Recv(room, bytes, MPI_BYTE, 0, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    MPI_Send(data, bytes, MPI_BYTE, 0, 0, MPI_COMM_WORLD);
  }
}

static void window(int bytes) {
  MPI_Request request[WINDOW];
  MPI_Status ended[WINDOW];
  if (rank == 0) {
    for (int i = 0; i < WINDOW; i++) {
      MPI_Isend(data, bytes, MPI_BYTE, 1, 0, MPI_COMM_WORLD, &request[i]);
    }
    MPI_Waitall(WINDOW, request, ended);
    MPI_Recv(room, 4, MPI_BYTE, 1, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  } else if (rank == 1) {
    for (int i = 0; i < WINDOW; i++) {
      MPI_Irecv(room, bytes, MPI_BYTE, 0, 0, MPI_COMM_WORLD, &request[i]);
    }
    MPI_Waitall(WINDOW, request, ended);
    MPI_Send(data, 4, MPI_BYTE, 0, 1, MPI_COMM_WORLD);
  }
}

static void both_ways(int bytes) {
  MPI_Request request[2 * WINDOW];
  MPI_Status ended[2 * WINDOW];
  if (rank > 1) return;
  for (int i = 0; i < WINDOW; i++) {
    MPI_Irecv(room, bytes, MPI_BYTE, 1 - rank, 0, MPI_COMM_WORLD, &request[i]);
  }
  for (int i = WINDOW; i < 2 * WINDOW; i++) {
    MPI_Isend(data, bytes, MPI_BYTE, 1 - rank, 0, MPI_COMM_WORLD, &request[i]);
  }
  MPI_Waitall(2 * WINDOW, request, ended);
}

static void sum(int doubles) {
  MPI_Allreduce(data, room, doubles, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
}

static void all_to_all(int bytes) {
  MPI_Alltoall(data, bytes, MPI_BYTE, room, bytes, MPI_BYTE, MPI_COMM_WORLD);
}

static void barrier(int unused) {
  (void)unused;
  MPI_Barrier(MPI_COMM_WORLD);
}

/* Seconds of one call. */
static double measure(void (*call)(int), int length, int loops) {
  static double seconds[REPEATS_MAX], scratch[REPEATS_MAX];
  for (int i = -1; i < repeats; i++) {
    MPI_Barrier(MPI_COMM_WORLD);
    const double start = MPI_Wtime();
    for (int l = 0; l < loops; l++) call(length);
    double time = MPI_Wtime() - start;
    MPI_Allreduce(MPI_IN_PLACE, &time, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
    if (i >= 0) seconds[i] = time / loops;
  }
  return sb_summarise(seconds, repeats, scratch).median;
}

static void show(const char *name, double value, const char *unit) {
  if (rank == 0) printf("FOM message.%s=%.6e %s\n", name, value, unit);
}

/* The best of all lengths. */
static double bandwidth(void (*call)(int), int longest, double ways) {
  double best = 0.0;
  for (int bytes = 1; bytes <= longest; bytes *= 2) {
    const double rate = ways * WINDOW * bytes / measure(call, bytes, bytes < 8192 ? 20 : 1);
    if (rate > best) best = rate;
  }
  return best;
}

int main(int argc, char **argv) {
  int provided = MPI_THREAD_SINGLE;
  const bool single = argc == 5 && strcmp(argv[4], "single") == 0;
  MPI_Init_thread(&argc, &argv, single ? MPI_THREAD_SINGLE : MPI_THREAD_FUNNELED, &provided);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  if ((argc != 4 && !single) || ranks < 2) {
    give_up("wants two ranks and REPEATS LONGEST ALLTOALL [single]");
  }
  repeats = atoi(argv[1]);
  const int longest = atoi(argv[2]), from_each = atoi(argv[3]);
  if (repeats < 1 || repeats > REPEATS_MAX || longest < 8 || from_each < 1) {
    give_up("a number is out of range");
  }
  size_t bytes = (size_t)from_each * (size_t)ranks;
  if (bytes < (size_t)longest) bytes = (size_t)longest;
  if (bytes < SUMS * sizeof(double)) bytes = SUMS * sizeof(double);
  data = malloc(bytes);
  room = malloc(bytes);
  if (data == NULL || room == NULL) give_up("no memory");
  memset(data, 0, bytes);
  memset(room, 0, bytes);
  show("latency", 0.5 * measure(ping_pong, 8, 1000), "s");
  show("bandwidth", bandwidth(window, longest, 1.0), "byte/s");
  show("bandwidth_both", bandwidth(both_ways, longest, 2.0), "byte/s");
  show("allreduce", measure(sum, 1, 1000), "s");
  show("allreduce_large", measure(sum, SUMS, 5), "s");
  show("alltoall_time", measure(all_to_all, from_each, 10), "s");
  show("barrier", measure(barrier, 0, 1000), "s");
  free(data);
  free(room);
  return MPI_Finalize();
}
