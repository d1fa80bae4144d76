/* matmul_blas_none.c: stands in for matmul_blas.c where no BLAS was found. */
#include "comm.h"
#include "matmul_kernel.h"

bool matmul_have_blas(void) { return false; }

/* The options refuse kernel=blas. Whoever gets here all the same must not see a c left as it was.
 */
void matmul_blas(const matmul_block *block) {
  (void)block;
  sb_comm_abort(1);
}

const char *matmul_blas_name(void) { return "none"; }
