/* simd_sse2.h: the vocabulary of simd.h in SSE2, the baseline of x86-64. Include simd.h instead. */
#ifndef SCALEBAR_SIMD_SSE2_H
#define SCALEBAR_SIMD_SSE2_H

#include <emmintrin.h>

enum { SB_LANES = 2, SB_LANES_F64 = 2, SB_REGISTERS = 16 };

typedef __m128i sb_word, sb_wide, sb_tally, sb_u64;
typedef __m128d sb_f64;

static inline sb_word sb_word_all(uint32_t x) { return _mm_set1_epi32((int32_t)x); }
static inline sb_word sb_word_xor(sb_word a, sb_word b) { return _mm_xor_si128(a, b); }

static inline sb_word sb_word_xor3(sb_word a, sb_word b, sb_word c) {
  return _mm_xor_si128(a, _mm_xor_si128(b, c)); /* a comes last out of a product: b ^ c first */
}

static inline sb_wide sb_word_mul(sb_word a, sb_word b) { return _mm_mul_epu32(a, b); }

/* SSE2 has no signed product: squares the absolute value, which fits an unsigned word. */
static inline sb_wide sb_word_square(sb_word a) {
  const __m128i sign = _mm_srai_epi32(a, 31);
  __m128i magnitude = _mm_sub_epi32(_mm_xor_si128(a, sign), sign);
  SB_OPAQUE("x", magnitude); /* Clang makes the square of a product's low half a 64-bit product */
  return _mm_mul_epu32(magnitude, magnitude);
}

static inline sb_wide sb_wide_all(uint64_t x) { return _mm_set1_epi64x((int64_t)x); }
static inline sb_wide sb_wide_ramp(uint64_t step) { return _mm_set_epi64x((int64_t)step, 0); }
static inline sb_wide sb_wide_add(sb_wide a, sb_wide b) { return _mm_add_epi64(a, b); }
static inline sb_word sb_wide_low(sb_wide a) { return a; }
static inline sb_word sb_wide_high(sb_wide a) { return _mm_shuffle_epi32(a, 0xF5); }

static inline sb_tally sb_tally_zero(void) { return _mm_setzero_si128(); }

/* Both vectors' high halves fit into one register of 4 words. SSE2 compares signed words alone:
 * flipping the top bit of both sides keeps the order of unsigned ones. */
static inline sb_tally sb_tally_below(sb_tally t, sb_wide a, sb_wide b, sb_word limit) {
  const __m128i top = sb_word_all(UINT32_C(1) << 31);
  const __m128 high = _mm_shuffle_ps(_mm_castsi128_ps(a), _mm_castsi128_ps(b), 0xDD);
  const __m128i biased = _mm_xor_si128(_mm_castps_si128(high), top);
  return _mm_sub_epi32(t, _mm_cmpgt_epi32(_mm_xor_si128(limit, top), biased));
}

static inline uint64_t sb_u64_sum(sb_u64 a) {
  uint64_t lane[SB_LANES_F64];
  memcpy(lane, &a, sizeof lane);
  return lane[0] + lane[1];
}

static inline uint64_t sb_tally_sum(sb_tally t) {
  return sb_u64_sum(_mm_srli_epi64(t, 32)) + sb_u64_sum(_mm_and_si128(t, sb_wide_all(UINT32_MAX)));
}

static inline sb_u64 sb_u64_all(uint64_t x) { return sb_wide_all(x); }
static inline sb_u64 sb_u64_load(const uint64_t *x) { return _mm_loadu_si128((const void *)x); }

/* From three products of halves; the fourth lies above 2^64. */
static inline sb_u64 sb_u64_mul(sb_u64 a, sb_u64 b) {
  const __m128i cross = _mm_add_epi64(_mm_mul_epu32(_mm_srli_epi64(a, 32), b),
                                      _mm_mul_epu32(a, _mm_srli_epi64(b, 32)));
  return _mm_add_epi64(_mm_mul_epu32(a, b), _mm_slli_epi64(cross, 32));
}

static inline sb_f64 sb_u64_select(sb_u64 a, sb_u64 mask, sb_u64 bits) {
  return _mm_castsi128_pd(_mm_or_si128(_mm_and_si128(a, mask), bits));
}

static inline sb_f64 sb_f64_all(double x) { return _mm_set1_pd(x); }
static inline sb_f64 sb_f64_add(sb_f64 a, sb_f64 b) { return _mm_add_pd(a, b); }
static inline sb_f64 sb_f64_sub(sb_f64 a, sb_f64 b) { return _mm_sub_pd(a, b); }
static inline sb_f64 sb_f64_mul(sb_f64 a, sb_f64 b) { return _mm_mul_pd(a, b); }
static inline sb_f64 sb_f64_fma(sb_f64 a, sb_f64 b, sb_f64 c) {
  return _mm_add_pd(_mm_mul_pd(a, b), c);
}

static inline sb_f64 sb_f64_load(const double *x) { return _mm_loadu_pd(x); }
static inline void sb_f64_store(double *x, sb_f64 a) { _mm_storeu_pd(x, a); }
static inline void sb_f64_stream(double *x, sb_f64 a) { _mm_stream_pd(x, a); }
static inline void sb_stream_end(void) { _mm_sfence(); }

static inline sb_f64 sb_f64_west(const double *x, sb_f64 before, sb_f64 here) {
  (void)x;
  return _mm_shuffle_pd(before, here, 1);
}

static inline sb_f64 sb_f64_east(const double *x, sb_f64 here, sb_f64 after) {
  (void)x;
  return _mm_shuffle_pd(here, after, 1);
}

static inline sb_u64 sb_u64_count(sb_u64 count, sb_f64 a, sb_f64 b) {
  return _mm_sub_epi64(count, _mm_castpd_si128(_mm_cmple_pd(a, b)));
}

#endif
