/* write_bench: how fast a field gets onto the disk, against the disk.
 *
 *   mpiexec -n RANKS write_bench_mpi FOLDER [ny [nx [rounds [columns]]]]
 *
 * Default 8192 16384 (1 GiB) 7 1. The field is cut into `columns` across x, and the rest of the
 * ranks along y: 1 makes each box one run of bytes in the file, others take MPI-IO's buffers.
 *
 * In each round, first rank 0 alone writes as many bytes to a plain file, with write() and one
 * fsync(); then all ranks write a state file of a (1, ny, nx) field, with digest, fsync, check and
 * rename. What is in a round's ratio met the same disk. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "comm.h"
#include "decomp.h"
#include "memory.h"
#include "state_file.h"
#include "stats.h"
#include "timing.h"

enum { ROUNDS_MAX = 101 };

/* Seconds from when all ranks were here until the slowest is done. */
static double elapsed(sb_comm *comm, double start) {
  double seconds = sb_now() - start;
  sb_comm_max_f64(comm, &seconds, NULL, 1);
  return seconds;
}

static double begin(sb_comm *comm, const char *path) {
  if (sb_comm_rank(comm) == 0) unlink(path); /* untimed: giving a gigabyte back takes a while */
  sb_comm_barrier(comm);
  return sb_now();
}

/* Rank 0 writes `bytes`, taken from its `held` bytes again and again. */
static double write_plain(sb_comm *comm, const char *path, const double *data, size_t held,
                          size_t bytes) {
  enum { PIECE = 8 << 20 };
  const double start = begin(comm, path);
  if (sb_comm_rank(comm) == 0) {
    const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    size_t done = 0;
    while (file >= 0 && done < bytes) {
      const size_t at = done % held, left = held - at < bytes - done ? held - at : bytes - done;
      const ssize_t n = write(file, (const char *)data + at, left < PIECE ? left : PIECE);
      if (n <= 0) break;
      done += (size_t)n;
    }
    if (done < bytes || fsync(file) != 0 || close(file) != 0) {
      perror(path);
      sb_comm_abort(1);
    }
  }
  return elapsed(comm, start);
}

static double write_state(sb_comm *comm, const char *path, const sb_fields *fields) {
  const sb_state_info info = {.app = "bench", .problem = "none", .step = 1};
  const double start = begin(comm, path);
  const sb_status status = sb_state_write(comm, path, &info, fields);
  const double seconds = elapsed(comm, start);
  if (status != SB_OK) {
    fprintf(stderr, "%s\n", sb_message());
    sb_comm_abort(1);
  }
  return seconds;
}

static void describe(sb_comm *comm, int64_t ny, int64_t nx, int columns, sb_field *field) {
  const int rank = sb_comm_rank(comm), rows = sb_comm_size(comm) / columns;
  const sb_range y = sb_split(ny, 1, rows, rank / columns),
                 x = sb_split(nx, 1, columns, rank % columns);
  *field = (sb_field){.name = "temperature",
                      .long_name = "temperature",
                      .units = "1",
                      .dims = 3,
                      .axis = {{"z", "z", "1", 1, 0.5, 1.0, NULL},
                               {"y", "y", "1", ny, 0.5, 1.0, NULL},
                               {"x", "x", "1", nx, 0.5, 1.0, NULL}},
                      .lo = {0, y.lo, x.lo},
                      .hi = {1, y.hi, x.hi}};
}

static void report(const char *name, const double *seconds, int rounds, double bytes) {
  double scratch[ROUNDS_MAX];
  const double median = sb_summarise(seconds, rounds, scratch).median;
  printf("%-32s %6.3f s  %5.2f GB/s\n", name, median, 1e-9 * bytes / median);
}

int main(int argc, char **argv) {
  static double plain[ROUNDS_MAX], state[ROUNDS_MAX], ratio[ROUNDS_MAX], scratch[ROUNDS_MAX];
  sb_comm *comm = NULL;
  if (sb_comm_start(&argc, &argv, &comm) != SB_OK) return 1;
  const char *folder = argc > 1 ? argv[1] : ".";
  const int64_t ny = argc > 2 ? atol(argv[2]) : 8192, nx = argc > 3 ? atol(argv[3]) : 16384;
  const int rounds = argc > 4 ? atoi(argv[4]) : 7;
  const int columns = argc > 5 ? atoi(argv[5]) : 1;
  double *data = NULL;
  char path[2][512];
  sb_fields fields = {.count = 0};
  sb_field *field = sb_fields_add(&fields);
  if (ny < sb_comm_size(comm) || nx < columns || rounds < 1 || rounds > ROUNDS_MAX || columns < 1 ||
      sb_comm_size(comm) % columns != 0) {
    sb_comm_abort(1);
  }
  describe(comm, ny, nx, columns, field);
  const int64_t held = sb_field_held(field);
  const size_t bytes = (size_t)sb_field_elements(field) * sizeof *data;
  if (sb_doubles_create(held, &data) != SB_OK) sb_comm_abort(1);
  for (int64_t i = 0; i < held; i++) data[i] = 1.0 / (double)(i + 1 + sb_comm_rank(comm));
  field->data = data;
  snprintf(path[0], sizeof path[0], "%s/write_bench_plain", folder);
  snprintf(path[1], sizeof path[1], "%s/write_bench.h5", folder);

  for (int i = -1; i < rounds; i++) { /* the first round warms up */
    const int round = i < 0 ? 0 : i;
    plain[round] = write_plain(comm, path[0], data, (size_t)held * sizeof *data, bytes);
    state[round] = write_state(comm, path[1], &fields);
    ratio[round] = plain[round] / state[round];
  }
  if (sb_comm_rank(comm) == 0) {
    printf("%" PRId64 " x %" PRId64 " doubles, %d ranks, %d columns, %d rounds\n", ny, nx,
           sb_comm_size(comm), columns, rounds);
    report("plain write and fsync, one rank", plain, rounds, (double)bytes);
    report("state file, all ranks", state, rounds, (double)bytes);
    const double middle = sb_summarise(ratio, rounds, scratch).median;
    printf("state file reaches %.0f %% of plain\n", 100.0 * middle);
    unlink(path[0]);
    unlink(path[1]);
  }
  free(data);
  sb_comm_finish(&comm);
  return 0;
}
