/* fftw_mpi_bench: what fft is compared with on several ranks.
 *
 *   mpiexec -n P fftw_mpi_bench N transposed|natural REPEATS [in|out]
 *
 * A forward complex transform of N x N x N points in slabs by FFTW's own MPI, planned with
 * FFTW_MEASURE, whose result stays transposed (FFTW_MPI_TRANSPOSED_OUT) or comes back to the slabs
 * of the input, in place (the default) or out of place, where it may destroy its input as fft does;
 * once unmeasured and then REPEATS times, between barriers. The rate of the median of the slowest
 * rank's times, 5 N^3 log2 N^3 flop, goes to stdout as apps print theirs. The input is written anew
 * outside the time. */
#include <fftw3-mpi.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "stats.h"

enum { REPEATS_MAX = 101 };

typedef struct {
  int n, repeats;
  bool transposed, in_place;
} request;

static void give_up(const char *why) {
  fprintf(stderr, "fftw_mpi_bench: %s\n", why);
  MPI_Abort(MPI_COMM_WORLD, 1);
}

static double *array_make(int64_t doubles) {
  double *x = NULL;
  if (sb_doubles_create(doubles, &x) != SB_OK) give_up(sb_message());
  return x;
}

static void fill(double *x, int64_t doubles) {
  for (int64_t i = 0; i < doubles; i++) x[i] = (double)(i % 17 - 8) / 8.0;
}

/* Seconds of the median repeat. */
static double measure(const request *r) {
  static double seconds[REPEATS_MAX], scratch[REPEATS_MAX];
  const ptrdiff_t n = r->n;
  ptrdiff_t planes, first, planes_out, first_out;
  const ptrdiff_t cells = fftw_mpi_local_size_3d_transposed(n, n, n, MPI_COMM_WORLD, &planes,
                                                            &first, &planes_out, &first_out);
  const unsigned layout = r->transposed ? FFTW_MPI_TRANSPOSED_OUT : 0;
  const unsigned flags = FFTW_MEASURE | FFTW_DESTROY_INPUT | layout;
  double *in = array_make(2 * cells), *out = r->in_place ? in : array_make(2 * cells);
  fftw_plan plan = fftw_mpi_plan_dft_3d(n, n, n, (fftw_complex *)in, (fftw_complex *)out,
                                        MPI_COMM_WORLD, FFTW_FORWARD, flags);
  if (plan == NULL) give_up("FFTW has no plan");
  for (int i = -1; i < r->repeats; i++) {
    fill(in, 2 * planes * n * n);
    MPI_Barrier(MPI_COMM_WORLD);
    const double start = MPI_Wtime();
    fftw_execute(plan);
    MPI_Barrier(MPI_COMM_WORLD);
    double time = MPI_Wtime() - start;
    MPI_Allreduce(MPI_IN_PLACE, &time, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
    if (i >= 0) seconds[i] = time;
  }
  fftw_destroy_plan(plan);
  if (!r->in_place) free(out);
  free(in);
  return sb_summarise(seconds, r->repeats, scratch).median;
}

int main(int argc, char **argv) {
  int rank = 0;
  MPI_Init(&argc, &argv);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  fftw_mpi_init();
  if (argc != 4 && argc != 5) give_up("wants N transposed|natural REPEATS [in|out]");
  const char *place = argc == 5 ? argv[4] : "in";
  const request r = {.n = atoi(argv[1]),
                     .transposed = strcmp(argv[2], "transposed") == 0,
                     .repeats = atoi(argv[3]),
                     .in_place = strcmp(place, "in") == 0};
  if (r.n < 2 || r.repeats < 1 || r.repeats > REPEATS_MAX) give_up("a number is out of range");
  if (!r.transposed && strcmp(argv[2], "natural") != 0) give_up("allowed transposed, natural");
  if (!r.in_place && strcmp(place, "out") != 0) give_up("allowed in, out");
  const double points = pow(r.n, 3.0), flop = 5.0 * points * log2(points);
  const double time = measure(&r);
  if (rank == 0) printf("FOM fftw_mpi.rate=%.6e flop/s\n", flop / time);
  fftw_mpi_cleanup();
  return MPI_Finalize();
}
