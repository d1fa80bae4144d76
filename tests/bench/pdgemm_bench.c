/* pdgemm_bench: what matmul is compared with on several ranks.
 *
 *   mpiexec -n P*Q pdgemm_bench M N K BLOCK P Q REPEATS
 *
 * C(M x N) = A(M x K) B(K x N) by ScaLAPACK's pdgemm (L. S. Blackford et al., ScaLAPACK Users'
 * Guide, SIAM 1997) in square blocks over a grid of P x Q ranks, once unmeasured and then REPEATS
 * times; the rate of the median time goes to stdout as apps print theirs. */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

#include "memory.h"
#include "stats.h"

enum { REPEATS_MAX = 101, DESCRIPTOR = 9 };

/* The C interface of the BLACS and ScaLAPACK's Fortran one have no header. */
void Cblacs_get(int context, int what, int *value);
void Cblacs_gridinit(int *context, const char *order, int rows, int columns);
void Cblacs_gridinfo(int context, int *rows, int *columns, int *row, int *column);
int numroc_(const int *n, const int *block, const int *me, const int *first, const int *parts);
void descinit_(int *descriptor, const int *m, const int *n, const int *block_m, const int *block_n,
               const int *first_row, const int *first_column, const int *context, const int *ld,
               int *info);
void pdgemm_(const char *trans_a, const char *trans_b, const int *m, const int *n, const int *k,
             const double *alpha, const double *a, const int *ia, const int *ja, const int *desc_a,
             const double *b, const int *ib, const int *jb, const int *desc_b, const double *beta,
             double *c, const int *ic, const int *jc, const int *desc_c);

static int context, rows, columns, row, column;

static void give_up(const char *why) {
  fprintf(stderr, "pdgemm_bench: %s\n", why);
  MPI_Abort(MPI_COMM_WORLD, 1);
}

/* This rank's part of an m x n matrix of small numbers, columns first as Fortran has it. */
static double *matrix_make(int m, int n, int block, int descriptor[DESCRIPTOR]) {
  static const int zero = 0;
  const int own_rows = numroc_(&m, &block, &row, &zero, &rows);
  const int own_columns = numroc_(&n, &block, &column, &zero, &columns);
  const int ld = own_rows > 0 ? own_rows : 1;
  const int64_t doubles = (int64_t)ld * own_columns;
  double *x = NULL;
  int info = 0;
  descinit_(descriptor, &m, &n, &block, &block, &zero, &zero, &context, &ld, &info);
  if (info != 0) give_up("a matrix was refused");
  if (sb_doubles_create(doubles > 0 ? doubles : 1, &x) != SB_OK) give_up(sb_message());
  for (int64_t i = 0; i < doubles; i++) x[i] = (double)(i % 17 - 8) / 8.0;
  return x;
}

static double measure(const int size[3], int block, int repeats) {
  static const int one = 1;
  static const double alpha = 1.0, beta = 0.0;
  static double seconds[REPEATS_MAX], scratch[REPEATS_MAX];
  const int m = size[0], n = size[1], k = size[2];
  int desc_a[DESCRIPTOR], desc_b[DESCRIPTOR], desc_c[DESCRIPTOR];
  double *a = matrix_make(m, k, block, desc_a), *b = matrix_make(k, n, block, desc_b);
  double *c = matrix_make(m, n, block, desc_c);
  for (int i = -1; i < repeats; i++) {
    MPI_Barrier(MPI_COMM_WORLD);
    const double start = MPI_Wtime();
    pdgemm_("N", "N", &m, &n, &k, &alpha, a, &one, &one, desc_a, b, &one, &one, desc_b, &beta, c,
            &one, &one, desc_c);
    double time = MPI_Wtime() - start;
    MPI_Allreduce(MPI_IN_PLACE, &time, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
    if (i >= 0) seconds[i] = time;
  }
  free(a);
  free(b);
  free(c);
  return 2.0 * m * n * k / sb_summarise(seconds, repeats, scratch).median;
}

int main(int argc, char **argv) {
  int given[7]; /* m, n, k, block, rows and columns of the grid, repeats */
  MPI_Init(&argc, &argv);
  if (argc != 8) give_up("wants M N K BLOCK P Q REPEATS");
  for (int i = 0; i < 7; i++) {
    given[i] = atoi(argv[i + 1]);
    if (given[i] < 1 || (i == 6 && given[i] > REPEATS_MAX)) give_up("a number is out of range");
  }
  Cblacs_get(-1, 0, &context);
  Cblacs_gridinit(&context, "Row", given[4], given[5]);
  Cblacs_gridinfo(context, &rows, &columns, &row, &column);
  if (row < 0 || column < 0) give_up("as many ranks as the grid has");
  const double rate = measure(given, given[3], given[6]);
  if (row == 0 && column == 0) printf("FOM pdgemm.rate=%.6e flop/s\n", rate);
  return MPI_Finalize();
}
