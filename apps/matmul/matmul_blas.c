/* matmul_blas.c: the product as BLAS does it (J. Dongarra et al., A set of level 3 basic linear
 * algebra subprograms, ACM TOMS 16, 1990). A build without BLAS has matmul_blas_none.c instead. */
#include <cblas.h>
#include <limits.h>

#include "matmul_cut.h"
#include "matmul_kernel.h"

/* OpenBLAS alone has these; with another BLAS they are NULL. */
__attribute__((weak)) char *openblas_get_config(void);
__attribute__((weak)) void openblas_set_num_threads(int threads);

/* Our threads call BLAS: one that came with threads of its own (no serial one was there to link)
 * would put them on the same cores. Before main, as no later place is ahead of every thread. */
__attribute__((constructor)) static void without_own_threads(void) {
  if (openblas_set_num_threads) openblas_set_num_threads(1);
}

static void dgemm(const matmul_block *p) {
  cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)p->m, (int)p->n, (int)p->k, 1.0, p->a,
              (int)p->lda, p->b, (int)p->ldb, p->add ? 1.0 : 0.0, p->c, (int)p->ldc);
}

bool matmul_have_blas(void) { return true; }

void matmul_blas(const matmul_block *block) { matmul_cut(block, INT_MAX, dgemm); }

const char *matmul_blas_name(void) { return openblas_get_config ? openblas_get_config() : "BLAS"; }
