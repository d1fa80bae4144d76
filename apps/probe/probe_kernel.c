#include "probe_kernel.h"

#include <math.h>
#include <string.h>

sb_status probe_kernels_choose(const char *name, probe_kernels *kernels) {
  static void (*const copy[SB_ISA_LEVELS])(double *, const double *, int64_t) =
      SB_ISA_TABLE(probe_copy);
  static void (*const copy_stream[SB_ISA_LEVELS])(double *, const double *, int64_t) =
      SB_ISA_TABLE(probe_copy_stream);
  static void (*const triad[SB_ISA_LEVELS])(double *, const double *, const double *, double,
                                            int64_t) = SB_ISA_TABLE(probe_triad);
  static void (*const triad_stream[SB_ISA_LEVELS])(double *, const double *, const double *, double,
                                                   int64_t) = SB_ISA_TABLE(probe_triad_stream);
  static int (*const chains[SB_ISA_LEVELS])(int64_t, double, double, const double *, double *) =
      SB_ISA_TABLE(probe_chains);
  sb_status status = SB_OK;
  sb_isa isa = SB_ISA_BASELINE;
  SB_TRY(sb_isa_choose("simd", name, &isa));
  *kernels = (probe_kernels){.name = sb_isa_name(isa),
                             .copy = {copy[isa], copy_stream[isa]},
                             .triad = {triad[isa], triad_stream[isa]},
                             .chains = chains[isa]};
cleanup:
  return status;
}

/* (1 + e)(1 - e) - 1 is -e^2 when it is rounded once, and 0 when the product is rounded first. */
bool probe_chains_fused(const probe_kernels *kernels) {
  const double e = 0x1p-30;
  double start[PROBE_LANES_MOST], end[PROBE_LANES_MOST];
  for (int i = 0; i < PROBE_LANES_MOST; i++) start[i] = 1.0 - e;
  kernels->chains(1, 1.0 + e, -1.0, start, end);
  return end[0] != 0.0;
}

void probe_chains_plain(bool fused, int64_t steps, double factor, double term, int lanes,
                        const double *start, double *end) {
  memcpy(end, start, (size_t)lanes * sizeof *end);
  for (int64_t step = 0; step < steps; step++) {
    if (fused) {
      for (int i = 0; i < lanes; i++) end[i] = fma(end[i], factor, term);
    } else {
      for (int i = 0; i < lanes; i++) end[i] = end[i] * factor + term;
    }
  }
}
