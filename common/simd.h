/* simd.h: vectors for hot kernels, one small vocabulary over every instruction set.
 *
 * The width and the instructions follow the compiler's flags, so a kernel source is compiled once
 * per level of isa.h. Compilers turn the 32 x 32-bit products of Philox into slow 64-bit ones when
 * left to themselves; here each operation names the instruction it stands for.
 *
 * Words and wide numbers, SB_LANES of them at a time:
 *   sb_word   an unsigned 32-bit word in every lane. Where registers hold it in the low half of a
 *             64-bit lane, the upper half is undefined.
 *   sb_wide   an unsigned 64-bit number in every lane.
 *   sb_tally  counts of lanes.
 *
 *   sb_word  sb_word_all(uint32_t x)                   x in every lane
 *   sb_word  sb_word_xor(sb_word a, sb_word b)
 *   sb_word  sb_word_xor3(sb_word a, sb_word b, sb_word c)
 *   sb_wide  sb_word_mul(sb_word a, sb_word b)         the full product
 *   sb_wide  sb_word_square(sb_word a)                 of the word taken as signed
 *   sb_wide  sb_wide_all(uint64_t x)
 *   sb_wide  sb_wide_ramp(uint64_t step)               lane i holds i * step, modulo 2^64
 *   sb_wide  sb_wide_add(sb_wide a, sb_wide b)         modulo 2^64
 *   sb_word  sb_wide_low(sb_wide a)                    low halves
 *   sb_word  sb_wide_high(sb_wide a)                   high halves
 *   sb_tally sb_tally_zero(void)
 *   sb_tally sb_tally_below(sb_tally t, sb_wide a, sb_wide b, sb_word limit)
 *              adds the number of lanes of a, and of b, whose high half is below `limit`, which
 *              sb_word_all made. A tally holds at least 2^32 - 1 lanes' worth of either argument.
 *   uint64_t sb_tally_sum(sb_tally t)
 *
 * Numbers in floating point and their bits, SB_LANES_F64 of them at a time:
 *   sb_u64   sb_u64_all(uint64_t x),  sb_u64_load(const uint64_t *x)   no alignment needed
 *   sb_u64   sb_u64_mul(sb_u64 a, sb_u64 b)            modulo 2^64
 *   sb_f64   sb_u64_select(sb_u64 a, sb_u64 mask, sb_u64 bits)  the double of (a & mask) | bits
 *   sb_f64   sb_f64_all(double x),  sb_f64_add(a, b),  sb_f64_sub(a, b),  sb_f64_mul(a, b)
 *   sb_f64   sb_f64_fma(a, b, c)                       a * b + c, rounded once where the processor
 *              has such an instruction, after the product and after the sum elsewhere: the one word
 *              whose bits differ between levels unless the product is exact
 *   sb_u64   sb_u64_count(sb_u64 count, sb_f64 a, sb_f64 b)  adds 1 in the lanes where a <= b
 *   uint64_t sb_u64_sum(sb_u64 a)                      over the lanes, modulo 2^64
 *
 * Rows of an array in memory:
 *   sb_f64   sb_f64_load(const double *x)              no alignment needed
 *   void     sb_f64_store(double *x, sb_f64 a)         no alignment needed
 *   void     sb_f64_stream(double *x, sb_f64 a)        past the caches where the processor can; x
 *              is aligned to a vector. Compilers do not do this by themselves.
 *   void     sb_fetch(const double *x)                 begins to bring in the cache line of any
 *              address
 *   void     sb_stream_end(void)                       before others may read what was streamed
 *   sb_f64   sb_f64_west(const double *x, sb_f64 before, sb_f64 here)   the vector at x - 1
 *   sb_f64   sb_f64_east(const double *x, sb_f64 here, sb_f64 after)    the vector at x + 1
 *              where `before`, `here` and `after` are the vectors at x - SB_LANES_F64, x and
 *              x + SB_LANES_F64: taken from registers or from memory, as is faster
 *   sb_f64   sb_f64_west_kept(before, here),  sb_f64_east_kept(here, after)   the same from
 *              registers alone: where memory may be overwritten meanwhile
 *
 * SB_REGISTERS is the number of vector registers: how many values a kernel can keep at hand.
 */
#ifndef SCALEBAR_SIMD_H
#define SCALEBAR_SIMD_H

#include <stdint.h>
#include <string.h>

/* Hides from the compiler how `x` came about, at no cost: a rewrite of the next instruction into
 * "something better" was measured to be slower. */
#define SB_OPAQUE(register_class, x) __asm__("" : "+" register_class(x))

#ifdef SB_ISA
/* The flags of a level must be the last ones: a -march=native after them makes all levels equal. */
#define SB_SIMD_baseline 0
#define SB_SIMD_avx2 1
#define SB_SIMD_avx512 2
#define SB_SIMD_LEVEL_(level) SB_SIMD_##level
#define SB_SIMD_LEVEL(level) SB_SIMD_LEVEL_(level)
#ifdef __AVX512F__
#define SB_SIMD_SEEN 2
#elif defined(__AVX2__)
#define SB_SIMD_SEEN 1
#else
#define SB_SIMD_SEEN 0
#endif
#if SB_SIMD_LEVEL(SB_ISA) != SB_SIMD_SEEN
#error "the flags of the level SB_ISA (isa.h) must come after all others, -march=native among them"
#endif
#endif

static inline void sb_fetch(const double *x) { __builtin_prefetch(x, 0, 3); }

#if defined(__AVX512F__) && defined(__AVX512DQ__)
#include "simd_avx512.h"
#elif defined(__AVX2__)
#include "simd_avx2.h"
#elif defined(__SSE2__)
#include "simd_sse2.h"
#elif defined(__ARM_NEON) && defined(__aarch64__) && !defined(__AARCH64EB__)
#include "simd_neon.h"
#else
#include "simd_plain.h"
#endif

#ifndef SB_F64_KEPT /* where the others take registers already */
static inline sb_f64 sb_f64_west_kept(sb_f64 before, sb_f64 here) {
  return sb_f64_west((const double *)0, before, here);
}

static inline sb_f64 sb_f64_east_kept(sb_f64 here, sb_f64 after) {
  return sb_f64_east((const double *)0, here, after);
}
#endif

#endif
