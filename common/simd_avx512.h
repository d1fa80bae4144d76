/* simd_avx512.h: the vocabulary of simd.h in AVX-512 F and DQ. Include simd.h instead. */
#ifndef SCALEBAR_SIMD_AVX512_H
#define SCALEBAR_SIMD_AVX512_H

#include <immintrin.h>

enum { SB_LANES = 8, SB_LANES_F64 = 8, SB_REGISTERS = 32 };

typedef __m512i sb_word, sb_wide, sb_tally, sb_u64;
typedef __m512d sb_f64;

static inline sb_word sb_word_all(uint32_t x) { return _mm512_set1_epi32((int32_t)x); }
static inline sb_word sb_word_xor(sb_word a, sb_word b) { return _mm512_xor_si512(a, b); }

static inline sb_word sb_word_xor3(sb_word a, sb_word b, sb_word c) {
  return _mm512_ternarylogic_epi64(a, b, c, 0x96); /* truth table of a ^ b ^ c */
}

static inline sb_wide sb_word_mul(sb_word a, sb_word b) { return _mm512_mul_epu32(a, b); }

static inline sb_wide sb_word_square(sb_word a) {
  SB_OPAQUE("v", a); /* Clang makes the square of a product's low half a 64-bit product */
  return _mm512_mul_epi32(a, a);
}

static inline sb_wide sb_wide_all(uint64_t x) { return _mm512_set1_epi64((int64_t)x); }

static inline sb_wide sb_wide_ramp(uint64_t step) {
  return _mm512_mullo_epi64(_mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0), sb_wide_all(step));
}

static inline sb_wide sb_wide_add(sb_wide a, sb_wide b) { return _mm512_add_epi64(a, b); }
static inline sb_word sb_wide_low(sb_wide a) { return a; }

/* A shuffle, not a shift: products and shifts share a port on Intel, shuffles have their own. */
static inline sb_word sb_wide_high(sb_wide a) { return _mm512_shuffle_epi32(a, _MM_PERM_DDBB); }

static inline sb_tally sb_tally_zero(void) { return _mm512_setzero_si512(); }

/* Both vectors' high halves fit into one register of 16 words. */
static inline sb_tally sb_tally_below(sb_tally t, sb_wide a, sb_wide b, sb_word limit) {
  const __m512 high = _mm512_shuffle_ps(_mm512_castsi512_ps(a), _mm512_castsi512_ps(b), 0xDD);
  const __mmask16 below = _mm512_cmplt_epu32_mask(_mm512_castps_si512(high), limit);
  sb_word one = sb_word_all(1);
  SB_OPAQUE("v", one); /* keeps Clang from widening the mask into a vector first */
  return _mm512_mask_add_epi32(t, below, t, one);
}

static inline uint64_t sb_u64_sum(sb_u64 a) { return (uint64_t)_mm512_reduce_add_epi64(a); }

static inline uint64_t sb_tally_sum(sb_tally t) {
  return sb_u64_sum(_mm512_srli_epi64(t, 32)) +
         sb_u64_sum(_mm512_and_si512(t, _mm512_set1_epi64(UINT32_MAX)));
}

static inline sb_u64 sb_u64_all(uint64_t x) { return sb_wide_all(x); }
static inline sb_u64 sb_u64_load(const uint64_t *x) { return _mm512_loadu_si512(x); }
static inline sb_u64 sb_u64_mul(sb_u64 a, sb_u64 b) { return _mm512_mullo_epi64(a, b); }

static inline sb_f64 sb_u64_select(sb_u64 a, sb_u64 mask, sb_u64 bits) {
  /* truth table of (a & mask) | bits */
  return _mm512_castsi512_pd(_mm512_ternarylogic_epi64(a, mask, bits, 0xEA));
}

static inline sb_f64 sb_f64_all(double x) { return _mm512_set1_pd(x); }
static inline sb_f64 sb_f64_add(sb_f64 a, sb_f64 b) { return _mm512_add_pd(a, b); }
static inline sb_f64 sb_f64_sub(sb_f64 a, sb_f64 b) { return _mm512_sub_pd(a, b); }
static inline sb_f64 sb_f64_mul(sb_f64 a, sb_f64 b) { return _mm512_mul_pd(a, b); }
static inline sb_f64 sb_f64_fma(sb_f64 a, sb_f64 b, sb_f64 c) { return _mm512_fmadd_pd(a, b, c); }

static inline sb_f64 sb_f64_load(const double *x) { return _mm512_loadu_pd(x); }
static inline void sb_f64_store(double *x, sb_f64 a) { _mm512_storeu_pd(x, a); }
static inline void sb_f64_stream(double *x, sb_f64 a) { _mm512_stream_pd(x, a); }
static inline void sb_stream_end(void) { _mm_sfence(); }

/* Every load beside a vector's place crosses a cache line and costs two. */
static inline sb_f64 sb_f64_west(const double *x, sb_f64 before, sb_f64 here) {
  (void)x;
  return _mm512_castsi512_pd(
      _mm512_alignr_epi64(_mm512_castpd_si512(here), _mm512_castpd_si512(before), 7));
}

static inline sb_f64 sb_f64_east(const double *x, sb_f64 here, sb_f64 after) {
  (void)x;
  return _mm512_castsi512_pd(
      _mm512_alignr_epi64(_mm512_castpd_si512(after), _mm512_castpd_si512(here), 1));
}

static inline sb_u64 sb_u64_count(sb_u64 count, sb_f64 a, sb_f64 b) {
  const __mmask8 within = _mm512_cmp_pd_mask(a, b, _CMP_LE_OQ);
  return _mm512_mask_add_epi64(count, within, count, _mm512_set1_epi64(1));
}

#endif
