/* matmul_blas.c: the product as BLAS does it, in pieces that its integers can count. */
#include <limits.h>

#include "blas.h"
#include "matmul_cut.h"
#include "matmul_kernel.h"

static void multiply(const matmul_block *p) {
  sb_blas_multiply((int)p->m, (int)p->n, (int)p->k, p->a, (int)p->lda, p->b, (int)p->ldb, p->add,
                   p->c, (int)p->ldc);
}

bool matmul_have_blas(void) { return sb_blas_built(); }

/* Without a BLAS the options refuse kernel=blas. */
void matmul_blas(const matmul_block *block) { matmul_cut(block, INT_MAX, multiply); }

const char *matmul_blas_name(void) { return sb_blas_name(); }
