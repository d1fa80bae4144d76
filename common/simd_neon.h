/* simd_neon.h: the vocabulary of simd.h in Arm NEON (AArch64). Include simd.h instead.
 *
 * Words fill a register, four to each; a wide number takes two registers, so that exclusive ors and
 * the separation of low and high halves handle four lanes at once. */
#ifndef SCALEBAR_SIMD_NEON_H
#define SCALEBAR_SIMD_NEON_H

#include <arm_neon.h>

enum { SB_LANES = 4, SB_LANES_F64 = 2, SB_REGISTERS = 32 };

typedef uint32x4_t sb_word, sb_tally;
typedef struct {
  uint64x2_t front, back; /* lanes 0, 1 and 2, 3 */
} sb_wide;
typedef uint64x2_t sb_u64;
typedef float64x2_t sb_f64;

static inline sb_word sb_word_all(uint32_t x) { return vdupq_n_u32(x); }
static inline sb_word sb_word_xor(sb_word a, sb_word b) { return veorq_u32(a, b); }

static inline sb_word sb_word_xor3(sb_word a, sb_word b, sb_word c) {
  return veorq_u32(a, veorq_u32(b, c)); /* a comes last out of a product: b ^ c first */
}

static inline sb_wide sb_word_mul(sb_word a, sb_word b) {
  return (sb_wide){vmull_u32(vget_low_u32(a), vget_low_u32(b)), vmull_high_u32(a, b)};
}

static inline sb_wide sb_word_square(sb_word a) {
  const int32x4_t x = vreinterpretq_s32_u32(a);
  return (sb_wide){vreinterpretq_u64_s64(vmull_s32(vget_low_s32(x), vget_low_s32(x))),
                   vreinterpretq_u64_s64(vmull_high_s32(x, x))};
}

static inline sb_wide sb_wide_all(uint64_t x) { return (sb_wide){vdupq_n_u64(x), vdupq_n_u64(x)}; }

static inline sb_wide sb_wide_ramp(uint64_t step) {
  return (sb_wide){vcombine_u64(vcreate_u64(0), vcreate_u64(step)),
                   vcombine_u64(vcreate_u64(2 * step), vcreate_u64(3 * step))};
}

static inline sb_wide sb_wide_add(sb_wide a, sb_wide b) {
  return (sb_wide){vaddq_u64(a.front, b.front), vaddq_u64(a.back, b.back)};
}

static inline sb_word sb_wide_low(sb_wide a) {
  return vuzp1q_u32(vreinterpretq_u32_u64(a.front), vreinterpretq_u32_u64(a.back));
}

static inline sb_word sb_wide_high(sb_wide a) {
  return vuzp2q_u32(vreinterpretq_u32_u64(a.front), vreinterpretq_u32_u64(a.back));
}

static inline sb_tally sb_tally_zero(void) { return vdupq_n_u32(0); }

static inline sb_tally sb_tally_below(sb_tally t, sb_wide a, sb_wide b, sb_word limit) {
  const sb_tally with_a = vsubq_u32(t, vcltq_u32(sb_wide_high(a), limit));
  return vsubq_u32(with_a, vcltq_u32(sb_wide_high(b), limit));
}

static inline uint64_t sb_tally_sum(sb_tally t) { return vaddlvq_u32(t); }

static inline sb_u64 sb_u64_all(uint64_t x) { return vdupq_n_u64(x); }
static inline sb_u64 sb_u64_load(const uint64_t *x) { return vld1q_u64(x); }

/* From three products of halves; the fourth lies above 2^64. */
static inline sb_u64 sb_u64_mul(sb_u64 a, sb_u64 b) {
  const uint32x2_t a_low = vmovn_u64(a), b_low = vmovn_u64(b);
  const uint64x2_t cross =
      vmlal_u32(vmull_u32(vshrn_n_u64(a, 32), b_low), a_low, vshrn_n_u64(b, 32));
  return vaddq_u64(vmull_u32(a_low, b_low), vshlq_n_u64(cross, 32));
}

static inline sb_f64 sb_u64_select(sb_u64 a, sb_u64 mask, sb_u64 bits) {
  return vreinterpretq_f64_u64(vorrq_u64(vandq_u64(a, mask), bits));
}

static inline sb_f64 sb_f64_all(double x) { return vdupq_n_f64(x); }
static inline sb_f64 sb_f64_add(sb_f64 a, sb_f64 b) { return vaddq_f64(a, b); }
static inline sb_f64 sb_f64_sub(sb_f64 a, sb_f64 b) { return vsubq_f64(a, b); }
static inline sb_f64 sb_f64_mul(sb_f64 a, sb_f64 b) { return vmulq_f64(a, b); }
static inline sb_f64 sb_f64_fma(sb_f64 a, sb_f64 b, sb_f64 c) { return vfmaq_f64(c, a, b); }

static inline sb_f64 sb_f64_load(const double *x) { return vld1q_f64(x); }
static inline void sb_f64_store(double *x, sb_f64 a) { vst1q_f64(x, a); }
static inline void sb_f64_stream(double *x, sb_f64 a) { vst1q_f64(x, a); }
static inline void sb_stream_end(void) {}

static inline sb_f64 sb_f64_west(const double *x, sb_f64 before, sb_f64 here) {
  (void)x;
  return vextq_f64(before, here, 1);
}

static inline sb_f64 sb_f64_east(const double *x, sb_f64 here, sb_f64 after) {
  (void)x;
  return vextq_f64(here, after, 1);
}

static inline sb_u64 sb_u64_count(sb_u64 count, sb_f64 a, sb_f64 b) {
  return vsubq_u64(count, vcleq_f64(a, b));
}

static inline uint64_t sb_u64_sum(sb_u64 a) { return vaddvq_u64(a); }

#endif
