/* blas_none.c: stands in for blas.c where no BLAS was found. */
#include "blas.h"

#include <stdio.h>
#include <stdlib.h>

bool sb_blas_built(void) { return false; }

const char *sb_blas_name(void) { return "none"; }

/* A c left as it was must not pass for a product. */
void sb_blas_multiply(int m, int n, int k, const double *a, int lda, const double *b, int ldb,
                      bool add, double *c, int ldc) {
  (void)m;
  (void)n;
  (void)k;
  (void)a;
  (void)lda;
  (void)b;
  (void)ldb;
  (void)add;
  (void)c;
  (void)ldc;
  fputs("ERROR this build has no BLAS\n", stderr);
  abort();
}
