/* Multiply-adds from registers alone.
 *
 * A multiply-add takes 4 cycles (A64FX: 9) until its result is there, and two begin in each cycle:
 * 8 (18) chains keep the units busy. With 16 registers there is room for 12, beside factor and
 * term; with 32 for 24. */
#include "probe_kernel.h"
#include "simd.h"

enum { CHAINS = SB_REGISTERS == 32 ? 24 : 12 };

int SB_ISA_NAME(probe_chains)(int64_t steps, double factor, double term, const double *start,
                              double *end) {
  const sb_f64 by = sb_f64_all(factor), more = sb_f64_all(term);
  sb_f64 x[CHAINS];
#pragma GCC unroll 24
  for (int c = 0; c < CHAINS; c++) x[c] = sb_f64_load(start + (int64_t)c * SB_LANES_F64);
  for (int64_t step = 0; step < steps; step++) {
#pragma GCC unroll 24
    for (int c = 0; c < CHAINS; c++) x[c] = sb_f64_fma(x[c], by, more);
  }
#pragma GCC unroll 24
  for (int c = 0; c < CHAINS; c++) sb_f64_store(end + (int64_t)c * SB_LANES_F64, x[c]);
  return CHAINS * SB_LANES_F64;
}
