/* matmul_kernel.h: products of blocks that lie in one thread's reach. Local, one thread's work.
 *
 * All matrices are row-major: element (i, j) of X is x[i * ldx + j], and ldx >= its columns. With
 * entries whose partial sums are exact (matmul_entries.h) all kernels give the same bits.
 */
#ifndef SCALEBAR_MATMUL_KERNEL_H
#define SCALEBAR_MATMUL_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "isa.h"

/* c(m x n) = a(m x k) b(k x n), or c += a b. Nothing is done where m or n is 0; with k = 0 a
 * product that is not added is zeros. */
typedef struct {
  int64_t m, n, k;
  const double *a; /* [in]  m x k */
  const double *b; /* [in]  k x n */
  double *c;       /* [out], with `add` [in,out]  m x n; overlaps neither a nor b */
  int64_t lda, ldb, ldc;
  bool add;
} matmul_block;

/* Three loops: start reading here. */
void matmul_naive(const matmul_block *block);

/* Tiles that stay in the caches, in vectors: packed panels and a register tile (K. Goto, R. van de
 * Geijn, Anatomy of high-performance matrix multiplication, ACM TOMS 34, 2008).
 *   scratch  matmul_blocked_scratch() doubles, aligned to 64 bytes, of this thread alone */
SB_ISA_DECLARE(void, matmul_blocked, (const matmul_block *block, double *scratch));
int64_t matmul_blocked_scratch(void);

/* What is packed at a time: K rows of b, N columns wide (3 MiB, of the third-level cache), and K
 * columns of a, M rows high (384 KiB, of the second level). */
enum { MATMUL_PACKED_M = 192, MATMUL_PACKED_N = 1536, MATMUL_PACKED_K = 256 };

/* BLAS by its C interface; m, n, k beyond what its integers hold are cut into pieces. */
bool matmul_have_blas(void);
void matmul_blas(const matmul_block *block);
const char *matmul_blas_name(void); /* as the library names itself; "none" without one */

/* The blocked kernel of one instruction set, as sb_isa_choose takes it ("auto", "avx2"). */
typedef struct {
  const char *name; /* "avx512" */
  void (*blocked)(const matmul_block *, double *);
} matmul_kernels;

sb_status matmul_kernels_choose(const char *name, matmul_kernels *kernels);

#endif
