/* simd_avx2.h: the vocabulary of simd.h in AVX2. Include simd.h instead. */
#ifndef SCALEBAR_SIMD_AVX2_H
#define SCALEBAR_SIMD_AVX2_H

#include <immintrin.h>

enum { SB_LANES = 4, SB_LANES_F64 = 4, SB_REGISTERS = 16 };

typedef __m256i sb_word, sb_wide, sb_tally, sb_u64;
typedef __m256d sb_f64;

static inline sb_word sb_word_all(uint32_t x) { return _mm256_set1_epi32((int32_t)x); }
static inline sb_word sb_word_xor(sb_word a, sb_word b) { return _mm256_xor_si256(a, b); }

static inline sb_word sb_word_xor3(sb_word a, sb_word b, sb_word c) {
  return _mm256_xor_si256(a,
                          _mm256_xor_si256(b, c)); /* a comes last out of a product: b ^ c first */
}

static inline sb_wide sb_word_mul(sb_word a, sb_word b) { return _mm256_mul_epu32(a, b); }

static inline sb_wide sb_word_square(sb_word a) {
  SB_OPAQUE("x", a); /* Clang makes the square of a product's low half a 64-bit product */
  return _mm256_mul_epi32(a, a);
}

static inline sb_wide sb_wide_all(uint64_t x) { return _mm256_set1_epi64x((int64_t)x); }

static inline sb_wide sb_wide_ramp(uint64_t step) {
  return _mm256_set_epi64x((int64_t)(3 * step), (int64_t)(2 * step), (int64_t)step, 0);
}

static inline sb_wide sb_wide_add(sb_wide a, sb_wide b) { return _mm256_add_epi64(a, b); }
static inline sb_word sb_wide_low(sb_wide a) { return a; }

/* A shuffle, not a shift: products and shifts share ports on Intel, shuffles have their own. */
static inline sb_word sb_wide_high(sb_wide a) { return _mm256_shuffle_epi32(a, 0xF5); }

static inline sb_tally sb_tally_zero(void) { return _mm256_setzero_si256(); }

/* Both vectors' high halves fit into one register of 8 words. AVX2 compares signed words alone:
 * flipping the top bit of both sides keeps the order of unsigned ones. */
static inline sb_tally sb_tally_below(sb_tally t, sb_wide a, sb_wide b, sb_word limit) {
  const __m256i top = sb_word_all(UINT32_C(1) << 31);
  const __m256 high = _mm256_shuffle_ps(_mm256_castsi256_ps(a), _mm256_castsi256_ps(b), 0xDD);
  const __m256i biased = _mm256_xor_si256(_mm256_castps_si256(high), top);
  return _mm256_sub_epi32(t, _mm256_cmpgt_epi32(_mm256_xor_si256(limit, top), biased));
}

static inline uint64_t sb_u64_sum(sb_u64 a) {
  uint64_t lane[SB_LANES_F64];
  memcpy(lane, &a, sizeof lane);
  return lane[0] + lane[1] + lane[2] + lane[3];
}

static inline uint64_t sb_tally_sum(sb_tally t) {
  return sb_u64_sum(_mm256_srli_epi64(t, 32)) +
         sb_u64_sum(_mm256_and_si256(t, _mm256_set1_epi64x(UINT32_MAX)));
}

static inline sb_u64 sb_u64_all(uint64_t x) { return sb_wide_all(x); }
static inline sb_u64 sb_u64_load(const uint64_t *x) { return _mm256_loadu_si256((const void *)x); }

/* From three products of halves; the fourth lies above 2^64. */
static inline sb_u64 sb_u64_mul(sb_u64 a, sb_u64 b) {
  const __m256i cross = _mm256_add_epi64(_mm256_mul_epu32(_mm256_srli_epi64(a, 32), b),
                                         _mm256_mul_epu32(a, _mm256_srli_epi64(b, 32)));
  return _mm256_add_epi64(_mm256_mul_epu32(a, b), _mm256_slli_epi64(cross, 32));
}

static inline sb_f64 sb_u64_select(sb_u64 a, sb_u64 mask, sb_u64 bits) {
  return _mm256_castsi256_pd(_mm256_or_si256(_mm256_and_si256(a, mask), bits));
}

static inline sb_f64 sb_f64_all(double x) { return _mm256_set1_pd(x); }
static inline sb_f64 sb_f64_add(sb_f64 a, sb_f64 b) { return _mm256_add_pd(a, b); }
static inline sb_f64 sb_f64_sub(sb_f64 a, sb_f64 b) { return _mm256_sub_pd(a, b); }
static inline sb_f64 sb_f64_mul(sb_f64 a, sb_f64 b) { return _mm256_mul_pd(a, b); }
static inline sb_f64 sb_f64_fma(sb_f64 a, sb_f64 b, sb_f64 c) { return _mm256_fmadd_pd(a, b, c); }

static inline sb_f64 sb_f64_load(const double *x) { return _mm256_loadu_pd(x); }
static inline void sb_f64_store(double *x, sb_f64 a) { _mm256_storeu_pd(x, a); }
static inline void sb_f64_stream(double *x, sb_f64 a) { _mm256_stream_pd(x, a); }
static inline void sb_stream_end(void) { _mm_sfence(); }

static inline sb_f64 sb_f64_west(const double *x, sb_f64 before, sb_f64 here) {
  (void)before;
  (void)here;
  return sb_f64_load(x - 1);
}

static inline sb_f64 sb_f64_east(const double *x, sb_f64 here, sb_f64 after) {
  (void)here;
  (void)after;
  return sb_f64_load(x + 1);
}

#define SB_F64_KEPT
static inline sb_f64 sb_f64_west_kept(sb_f64 before, sb_f64 here) {
  return _mm256_shuffle_pd(_mm256_permute2f128_pd(before, here, 0x21), here, 0x5);
}

static inline sb_f64 sb_f64_east_kept(sb_f64 here, sb_f64 after) {
  return _mm256_shuffle_pd(here, _mm256_permute2f128_pd(here, after, 0x21), 0x5);
}

static inline sb_u64 sb_u64_count(sb_u64 count, sb_f64 a, sb_f64 b) {
  return _mm256_sub_epi64(count, _mm256_castpd_si256(_mm256_cmp_pd(a, b, _CMP_LE_OQ)));
}

#endif
