/* dgemm_bench: what matmul is compared with in one process: OpenBLAS with threads of its own.
 *
 *   OPENBLAS_NUM_THREADS=2 dgemm_bench M N K REPEATS
 *
 * C(M x N) = A(M x K) B(K x N), once unmeasured and then REPEATS times; the rate of the median time
 * goes to stdout as apps print theirs, and on stderr stands which BLAS it was. */
#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "memory.h"
#include "stats.h"

enum { REPEATS_MAX = 101 };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double *matrix_make(int64_t doubles) {
  double *x = NULL;
  if (sb_doubles_create(doubles, &x) != SB_OK) {
    fprintf(stderr, "dgemm_bench: %s\n", sb_message());
    exit(1);
  }
  for (int64_t i = 0; i < doubles; i++) x[i] = (double)(i % 17 - 8) / 8.0;
  return x;
}

int main(int argc, char **argv) {
  static double seconds[REPEATS_MAX], scratch[REPEATS_MAX];
  int given[4] = {0};
  for (int i = 0; argc == 5 && i < 4; i++) given[i] = atoi(argv[i + 1]);
  const int m = given[0], n = given[1], k = given[2], repeats = given[3];
  if (m < 1 || n < 1 || k < 1 || repeats < 1 || repeats > REPEATS_MAX) {
    fprintf(stderr, "dgemm_bench: wants M N K REPEATS\n");
    return 1;
  }
  double *a = matrix_make((int64_t)m * k), *b = matrix_make((int64_t)k * n);
  double *c = matrix_make((int64_t)m * n);
  for (int i = -1; i < repeats; i++) {
    const double start = now();
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1.0, a, k, b, n, 0.0, c, n);
    if (i >= 0) seconds[i] = now() - start;
  }
  fprintf(stderr, "%s, %d threads\n", openblas_get_config(), openblas_get_num_threads());
  printf("FOM dgemm.rate=%.6e flop/s\n",
         2.0 * m * n * k / sb_summarise(seconds, repeats, scratch).median);
  free(a);
  free(b);
  free(c);
  return 0;
}
