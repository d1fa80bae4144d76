/* blas.h: the BLAS of this build, one thread's work at a time. Local.
 *
 * blas.c over its C interface, or blas_none.c where none was found; both are a library of their own
 * (scalebar_blas), so that apps without BLAS link none. Threads may call at the same time, each for
 * its own product.
 */
#ifndef SCALEBAR_BLAS_H
#define SCALEBAR_BLAS_H

#include <stdbool.h>

bool sb_blas_built(void);

/* As the library names itself, "none" without one. */
const char *sb_blas_name(void);

/* c(m x n) = a(m x k) b(k x n), or c += a b with `add`, row-major: element (i, j) of x is
 * x[i * ldx + j]; each ldx is at least 1 and at least the columns of x. Without a BLAS this ends
 * the run: whoever gets here did not ask sb_blas_built. */
void sb_blas_multiply(int m, int n, int k, const double *a, int lda, const double *b, int ldb,
                      bool add, double *c, int ldc);

#endif
