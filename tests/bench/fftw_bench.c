/* fftw_bench: what fft is compared with in one process: FFTW with threads of its own.
 *
 *   fftw_bench N THREADS in|out c2c|r2c REPEATS
 *
 * A forward transform of N x N x N points by FFTW (M. Frigo, S. G. Johnson, Proc. IEEE 93(2),
 * 2005), planned with FFTW_MEASURE, in place or out of place, once unmeasured and then REPEATS
 * times; the rate of the median time, 5 N^3 log2 N^3 flop and half of it for real input, goes to
 * stdout as apps print theirs, and on stderr stands which FFTW it was. What a transform in place
 * overwrote is written anew outside the time. */
#include <fftw3.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "memory.h"
#include "stats.h"

enum { REPEATS_MAX = 101 };

typedef struct {
  int n, threads, repeats;
  bool in_place, real;
} request;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void give_up(const char *why) {
  fprintf(stderr, "fftw_bench: %s\n", why);
  exit(1);
}

static double *array_make(int64_t doubles) {
  double *x = NULL;
  if (sb_doubles_create(doubles, &x) != SB_OK) give_up(sb_message());
  return x;
}

static void fill(double *x, int64_t doubles) {
  for (int64_t i = 0; i < doubles; i++) x[i] = (double)(i % 17 - 8) / 8.0;
}

static fftw_plan plan_make(const request *r, double *in, double *out) {
  const int n = r->n;
  fftw_plan plan = r->real ? fftw_plan_dft_r2c_3d(n, n, n, in, (fftw_complex *)out, FFTW_MEASURE)
                           : fftw_plan_dft_3d(n, n, n, (fftw_complex *)in, (fftw_complex *)out,
                                              FFTW_FORWARD, FFTW_MEASURE);
  if (plan == NULL) give_up("FFTW has no plan");
  return plan;
}

/* Seconds of the median repeat. */
static double measure(const request *r) {
  static double seconds[REPEATS_MAX], scratch[REPEATS_MAX];
  const int64_t row = r->real ? r->n / 2 + 1 : r->n;
  const int64_t doubles = 2 * row * r->n * r->n; /* of the output, and no less than the input's */
  double *in = array_make(doubles), *out = r->in_place ? in : array_make(doubles);
  fftw_plan plan = plan_make(r, in, out);
  fill(in, doubles); /* planning overwrote it */
  for (int i = -1; i < r->repeats; i++) {
    if (r->in_place && i >= 0) fill(in, doubles);
    const double start = now();
    fftw_execute(plan);
    if (i >= 0) seconds[i] = now() - start;
  }
  fftw_destroy_plan(plan);
  if (!r->in_place) free(out);
  free(in);
  return sb_summarise(seconds, r->repeats, scratch).median;
}

int main(int argc, char **argv) {
  if (argc != 6) give_up("wants N THREADS in|out c2c|r2c REPEATS");
  const request r = {.n = atoi(argv[1]),
                     .threads = atoi(argv[2]),
                     .in_place = strcmp(argv[3], "in") == 0,
                     .real = strcmp(argv[4], "r2c") == 0,
                     .repeats = atoi(argv[5])};
  if (r.n < 2 || r.threads < 1 || r.repeats < 1 || r.repeats > REPEATS_MAX)
    give_up("a number is out of range");
  if (!r.in_place && strcmp(argv[3], "out") != 0) give_up("allowed in, out");
  if (!r.real && strcmp(argv[4], "c2c") != 0) give_up("allowed c2c, r2c");
  if (fftw_init_threads() == 0) give_up("FFTW has no threads");
  fftw_plan_with_nthreads(r.threads);
  const double points = pow(r.n, 3.0), flop = (r.real ? 2.5 : 5.0) * points * log2(points);
  const double time = measure(&r);
  fprintf(stderr, "%s, %d threads\n", fftw_version, r.threads);
  printf("FOM fftw.rate=%.6e flop/s\n", flop / time);
  fftw_cleanup_threads();
  return 0;
}
