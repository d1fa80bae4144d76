/* matmul_kernel_bench: speed of the products of one thread.
 *
 *   matmul_kernel_bench [n [k [rounds]]]        default 1000, n, 11
 *
 * c(n x n) = a(n x k) b(k x n) by every kernel that runs here, up to n = 512 by three loops also,
 * and by BLAS where there is one. They take turns, round after round; each line gives the median of
 * the rates, and of the ratios to the last line of the same round. Seconds are those of the process
 * on its cores: what others do there meanwhile does not count, and a BLAS with threads of its own
 * is measured by the core. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "matmul_kernel.h"
#include "memory.h"
#include "stats.h"

enum { NAIVE_MOST = 512, ROUNDS_MAX = 101, LINES_MAX = SB_ISA_LEVELS + 2 };

typedef struct {
  const char *name, *kind;
  void (*multiply)(const matmul_block *, double *);
  double rate[ROUNDS_MAX], ratio[ROUNDS_MAX];
} bench;

static bench benches[LINES_MAX];

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void naive(const matmul_block *block, double *unused) {
  (void)unused;
  matmul_naive(block);
}

static void blas(const matmul_block *block, double *unused) {
  (void)unused;
  matmul_blas(block);
}

static int find_kernels(int64_t n) {
  int count = 0;
  if (n <= NAIVE_MOST) benches[count++] = (bench){.name = "naive", .kind = "", .multiply = naive};
  for (int isa = 0; isa < SB_ISA_LEVELS; isa++) {
    if (!sb_isa_built((sb_isa)isa) || !sb_isa_runs((sb_isa)isa)) continue;
    matmul_kernels found;
    if (matmul_kernels_choose(sb_isa_name((sb_isa)isa), &found) != SB_OK) exit(1);
    benches[count++] = (bench){.name = "blocked", .kind = found.name, .multiply = found.blocked};
  }
  if (matmul_have_blas()) {
    benches[count++] = (bench){.name = "blas", .kind = "", .multiply = blas};
  }
  return count;
}

static double *matrix_make(int64_t doubles) {
  double *x = NULL;
  if (sb_doubles_create(doubles, &x) != SB_OK) {
    fprintf(stderr, "%s\n", sb_message());
    exit(1);
  }
  for (int64_t i = 0; i < doubles; i++) x[i] = (double)(i % 17 - 8);
  return x;
}

int main(int argc, char **argv) {
  static double scratch[ROUNDS_MAX];
  const int64_t n = argc > 1 ? atol(argv[1]) : 1000, k = argc > 2 ? atol(argv[2]) : n;
  const int rounds = argc > 3 ? atoi(argv[3]) : 11;
  if (n < 1 || k < 1 || rounds < 1 || rounds > ROUNDS_MAX) {
    fprintf(stderr, "usage: %s [n [k [rounds, 1 .. %d]]]\n", argv[0], ROUNDS_MAX);
    return 1;
  }
  double *a = matrix_make(n * k), *b = matrix_make(k * n), *c = matrix_make(n * n);
  double *packed = matrix_make(matmul_blocked_scratch());
  const matmul_block block = {
      .m = n, .n = n, .k = k, .a = a, .b = b, .c = c, .lda = k, .ldb = n, .ldc = n};
  const double operations = 2.0 * (double)n * (double)n * (double)k;
  const int count = find_kernels(n);
  for (int i = -1; i < rounds; i++) { /* the first round warms up */
    const int round = i < 0 ? 0 : i;
    for (int line = 0; line < count; line++) {
      const double start = now();
      benches[line].multiply(&block, packed);
      benches[line].rate[round] = operations / (now() - start);
    }
    for (int line = 0; line < count; line++) {
      benches[line].ratio[round] = benches[line].rate[round] / benches[count - 1].rate[round];
    }
  }
  printf("n = %lld, k = %lld, %d rounds, one core; BLAS: %s\n", (long long)n, (long long)k, rounds,
         matmul_blas_name());
  for (int line = 0; line < count; line++) {
    printf("%-8s %-9s %7.2f GFLOP/s  %6.3f of %s\n", benches[line].name, benches[line].kind,
           1e-9 * sb_summarise(benches[line].rate, rounds, scratch).median,
           sb_summarise(benches[line].ratio, rounds, scratch).median, benches[count - 1].name);
  }
  free(a);
  free(b);
  free(c);
  free(packed);
  return 0;
}
