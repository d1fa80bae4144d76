/* message_bench: what probe's messages are compared with: the loops that OSU's micro-benchmarks
 * describe (D. Panda and others, MVAPICH: OSU micro-benchmarks), written by hand over plain MPI.
 *
 *   mpiexec -n P message_bench REPEATS LONGEST ALLTOALL
 *
 * Between ranks 0 and 1: half a round trip of 8 bytes (osu_latency); windows of up to 64 messages
 * to one receive buffer and an answer (osu_bw), and both ways (osu_bibw), the best of the lengths
 * 1, 2, 4
 * .. LONGEST; windows are as short for long messages as probe's. Of all ranks: sums of one double
 * and of 1 MiB (osu_allreduce), ALLTOALL bytes from each to each (osu_alltoall), barriers
 * (osu_barrier). A loop runs once unmeasured and then REPEATS times, in turn with probe's own on
 * the same memory; the median of the slowest rank's times counts, and that of the ratios of the two
 * (name_ratio).
 *
 * MPI runs with MPI_THREAD_FUNNELED, as Scalebar's programs ask, for their watchdog is a thread. */
#include <mpi.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "comm_raw.h"
#include "probe_latency.h"
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
    for (int i = 0; i < probe_window(bytes); i++) {
      MPI_Isend(data, bytes, MPI_BYTE, 1, 0, MPI_COMM_WORLD, &request[i]);
    }
    MPI_Waitall(probe_window(bytes), request, ended);
    MPI_Recv(room, 4, MPI_BYTE, 1, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  } else if (rank == 1) {
    for (int i = 0; i < probe_window(bytes); i++) {
      MPI_Irecv(room, bytes, MPI_BYTE, 0, 0, MPI_COMM_WORLD, &request[i]);
    }
    MPI_Waitall(probe_window(bytes), request, ended);
    MPI_Send(data, 4, MPI_BYTE, 0, 1, MPI_COMM_WORLD);
  }
}

static void both_ways(int bytes) {
  const int messages = probe_window(bytes);
  MPI_Request request[2 * WINDOW];
  MPI_Status ended[2 * WINDOW];
  if (rank > 1) return;
  for (int i = 0; i < probe_window(bytes); i++) {
    MPI_Irecv(room, bytes, MPI_BYTE, 1 - rank, 0, MPI_COMM_WORLD, &request[i]);
  }
  for (int i = messages; i < 2 * messages; i++) {
    MPI_Isend(data, bytes, MPI_BYTE, 1 - rank, 0, MPI_COMM_WORLD, &request[i]);
  }
  MPI_Waitall(2 * messages, request, ended);
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

/* probe's ways of the same, on the same memory. */
static sb_comm *comm;
static probe_mail mail;

static void probe_trip(int bytes, int loops) {
  if (rank < 2) probe_ping_pong(&mail, 1 - rank, bytes, loops);
}

static void probe_window_one(int bytes, int loops) {
  if (rank < 2) probe_windows(&mail, 1 - rank, bytes, loops);
}

static void probe_window_both(int bytes, int loops) {
  if (rank < 2) probe_windows_both(&mail, 1 - rank, bytes, loops);
}

static void probe_sum(int doubles, int loops) {
  for (int l = 0; l < loops; l++) {
    sb_raw_sum(comm, (const double *)data, (double *)room, doubles);
  }
}

static void probe_all(int bytes, int loops) {
  for (int l = 0; l < loops; l++) sb_raw_alltoall(comm, data, room, bytes);
}

static void probe_barrier(int unused, int loops) {
  (void)unused;
  for (int l = 0; l < loops; l++) sb_comm_barrier(comm);
}

typedef struct {
  void (*theirs)(int);
  void (*ours)(int, int);
} pair;

static double seconds_of(const pair *way, bool ours, int length, int loops) {
  MPI_Barrier(MPI_COMM_WORLD);
  const double start = MPI_Wtime();
  if (ours) {
    way->ours(length, loops);
  } else {
    for (int l = 0; l < loops; l++) way->theirs(length);
  }
  double time = MPI_Wtime() - start;
  MPI_Allreduce(MPI_IN_PLACE, &time, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
  return time / loops;
}

/* Seconds of one call of theirs; *ratio [out]: of theirs to ours, which take turns, each beginning
 * as often as the other. */
static double measure(const pair *way, int length, int loops, sb_summary *ratio) {
  static double seconds[REPEATS_MAX], ratios[REPEATS_MAX], scratch[REPEATS_MAX];
  for (int i = -1; i < repeats; i++) {
    const bool ours_first = i % 2 == 0;
    double ours = ours_first ? seconds_of(way, true, length, loops) : 0.0;
    const double theirs = seconds_of(way, false, length, loops);
    if (!ours_first) ours = seconds_of(way, true, length, loops);
    if (i < 0) continue;
    seconds[i] = theirs;
    ratios[i] = theirs / ours;
  }
  *ratio = sb_summarise(ratios, repeats, scratch);
  return sb_summarise(seconds, repeats, scratch).median;
}

static void show(const char *name, double value, const char *unit, const sb_summary *ratio) {
  if (rank != 0) return;
  printf("FOM message.%s=%.6e %s\n", name, value, unit);
  printf("FOM message.%s_ratio=%.4f 1\n", name, ratio->median);
  printf("# %s: probe's speed %.3f of it, 95 %% interval %.3f .. %.3f\n", name, ratio->median,
         ratio->low, ratio->high);
}

static void measure_time(const char *name, pair way, double factor, int length, int loops) {
  sb_summary ratio;
  const double seconds = factor * measure(&way, length, loops, &ratio);
  show(name, seconds, "s", &ratio);
}

/* The best of all lengths. */
static void measure_bandwidth(const char *name, pair way, int longest, double ways) {
  double best = 0.0;
  sb_summary best_ratio = {.n = 0};
  for (int bytes = 1; bytes <= longest; bytes *= 2) {
    sb_summary ratio;
    const double messages = ways * probe_window(bytes);
    const double seconds = measure(&way, bytes, bytes < 8192 ? 20 : 1, &ratio);
    if (messages * bytes / seconds < best) continue;
    best = messages * bytes / seconds;
    best_ratio = ratio;
  }
  show(name, best, "byte/s", &best_ratio);
}

/* As large as any of the measurements needs. */
static void make_room(int longest, int from_each) {
  size_t bytes = (size_t)from_each * (size_t)ranks;
  if (bytes < (size_t)longest) bytes = (size_t)longest;
  if (bytes < SUMS * sizeof(double)) bytes = SUMS * sizeof(double);
  const sb_run run = {.comm = comm};
  const probe_state state = {.run = &run, .seed = 1};
  if (probe_mail_create(&state, (int64_t)bytes, &mail) != SB_OK) give_up(sb_message());
  data = (char *)mail.send;
  room = (char *)mail.room;
  memset(data, 0, bytes);
}

int main(int argc, char **argv) {
  if (sb_comm_start(&argc, &argv, &comm) != SB_OK) return 1;
  rank = sb_comm_rank(comm);
  ranks = sb_comm_size(comm);
  if (argc != 4 || ranks < 2) give_up("wants two ranks and REPEATS LONGEST ALLTOALL");
  repeats = atoi(argv[1]);
  const int longest = atoi(argv[2]), from_each = atoi(argv[3]);
  if (repeats < 1 || repeats > REPEATS_MAX || longest < 8 || from_each < 1) {
    give_up("a number is out of range");
  }
  make_room(longest, from_each);
  measure_time("latency", (pair){ping_pong, probe_trip}, 0.5, 8, 1000);
  measure_bandwidth("bandwidth", (pair){window, probe_window_one}, longest, 1.0);
  measure_bandwidth("bandwidth_both", (pair){both_ways, probe_window_both}, longest, 2.0);
  measure_time("allreduce", (pair){sum, probe_sum}, 1.0, 1, 1000);
  measure_time("allreduce_large", (pair){sum, probe_sum}, 1.0, SUMS, 5);
  measure_time("alltoall_time", (pair){all_to_all, probe_all}, 1.0, from_each, 10);
  measure_time("barrier", (pair){barrier, probe_barrier}, 1.0, 0, 1000);
  probe_mail_destroy(&mail);
  sb_comm_finish(&comm);
  return 0;
}
