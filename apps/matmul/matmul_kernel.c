#include "matmul_kernel.h"

void matmul_naive(const matmul_block *block) {
  const double *a = block->a, *b = block->b;
  for (int64_t i = 0; i < block->m; i++) {
    for (int64_t j = 0; j < block->n; j++) {
      double *c = block->c + i * block->ldc + j;
      double sum = block->add ? *c : 0.0;
      for (int64_t p = 0; p < block->k; p++) {
        sum += a[i * block->lda + p] * b[p * block->ldb + j];
      }
      *c = sum;
    }
  }
}

int64_t matmul_blocked_scratch(void) {
  return (int64_t)MATMUL_PACKED_K * (MATMUL_PACKED_M + MATMUL_PACKED_N);
}

sb_status matmul_kernels_choose(const char *name, matmul_kernels *kernels) {
  static void (*const blocked[SB_ISA_LEVELS])(const matmul_block *, double *) =
      SB_ISA_TABLE(matmul_blocked);
  sb_status status = SB_OK;
  sb_isa isa = SB_ISA_BASELINE;
  SB_TRY(sb_isa_choose("simd", name, &isa));
  *kernels = (matmul_kernels){.name = sb_isa_name(isa), .blocked = blocked[isa]};
cleanup:
  return status;
}
