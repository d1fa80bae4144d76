/* Hits among Philox samples, one block of the generator in each vector lane (simd.h).
 *
 * A round turns words c0..c3 into hi(M1 c2) ^ c1 ^ k0, lo(M1 c2), hi(M0 c0) ^ c3 ^ k1, lo(M0 c0).
 * Blocks of one call differ in the low word of their number alone, and words 2 and 3 start as zero,
 * so much of the first three rounds is the same for all blocks and is computed once:
 *   round 0  M0 c0 grows by M0 from block to block: an addition instead of a product
 *   round 1  M0 c0 is constant
 *   round 2  c3 is constant
 * Every group of lanes runs a chain of 9 rounds that each wait for the one before. CHAINS groups
 * side by side keep the vector units busy. */
#include "pi_kernel.h"
#include "rng.h"
#include "simd.h"

enum {
  /* Measured best. Four words of six chains fit 32 registers; 16 hold too few chains whatever one
   * does, and ten that live in the first-level cache are better than three in registers. */
  CHAINS = SB_REGISTERS == 32 ? 6 : 10,
  FULL = CHAINS * SB_LANES, /* blocks in all chains */
  UNFOLDED = 3              /* the first round that is computed in full */
};

/* What all blocks of a stretch, 2^32 blocks of equal upper number, have in common. */
typedef struct {
  sb_word m0, m1, limit;
  sb_word k0[SB_PHILOX_ROUNDS], k1[SB_PHILOX_ROUNDS];
  sb_word round1_c2; /* hi(M0 c0) ^ k1 of round 1 */
  sb_word round2_k1; /* c3 ^ k1 of round 2 */
} stretch;

typedef struct {
  sb_word c0, c1, c2, c3;
} block;

static stretch stretch_make(uint64_t seed, uint32_t upper) {
  stretch s = {.m0 = sb_word_all(SB_PHILOX_M0),
               .m1 = sb_word_all(SB_PHILOX_M1),
               .limit = sb_word_all(UINT32_C(1) << 30)};
  const uint32_t seed0 = (uint32_t)seed, seed1 = (uint32_t)(seed >> 32);
  for (uint32_t round = 0; round < SB_PHILOX_ROUNDS; round++) {
    s.k0[round] = sb_word_all(seed0 + round * SB_PHILOX_W0);
    s.k1[round] = sb_word_all(seed1 + round * SB_PHILOX_W1);
  }
  const uint64_t p0 = (uint64_t)SB_PHILOX_M0 * (upper ^ seed0);
  s.round1_c2 = sb_word_all((uint32_t)(p0 >> 32) ^ (seed1 + SB_PHILOX_W1));
  s.round2_k1 = sb_word_all((uint32_t)p0 ^ (seed1 + 2 * SB_PHILOX_W1));
  return s;
}

/* Rounds 0 to 2 from p = M0 times the low word of the block's number. */
static inline block folded_rounds(const stretch *s, sb_wide p) {
  const sb_word round0_c2 = sb_word_xor(sb_wide_high(p), s->k1[0]);
  const sb_wide round1_p1 = sb_word_mul(round0_c2, s->m1);
  const sb_word c0 = sb_word_xor(sb_wide_high(round1_p1), s->k0[1]);
  const sb_word c2 = sb_word_xor(sb_wide_low(p), s->round1_c2);
  const sb_wide p0 = sb_word_mul(c0, s->m0), p1 = sb_word_mul(c2, s->m1);
  return (block){.c0 = sb_word_xor3(sb_wide_high(p1), sb_wide_low(round1_p1), s->k0[2]),
                 .c1 = sb_wide_low(p1),
                 .c2 = sb_word_xor(sb_wide_high(p0), s->round2_k1),
                 .c3 = sb_wide_low(p0)};
}

static inline block full_round(const stretch *s, block b, int round) {
  const sb_wide p0 = sb_word_mul(b.c0, s->m0), p1 = sb_word_mul(b.c2, s->m1);
  return (block){.c0 = sb_word_xor3(sb_wide_high(p1), b.c1, s->k0[round]),
                 .c1 = sb_wide_low(p1),
                 .c2 = sb_word_xor3(sb_wide_high(p0), b.c3, s->k1[round]),
                 .c3 = sb_wide_low(p0)};
}

/* Both samples of a block; x*x + y*y < 2^62 shows in the upper half of the sum, < 2^30. */
static inline sb_tally block_hits(const stretch *s, block b, sb_tally tally) {
  const sb_wide even = sb_wide_add(sb_word_square(b.c0), sb_word_square(b.c1));
  const sb_wide odd = sb_wide_add(sb_word_square(b.c2), sb_word_square(b.c3));
  return sb_tally_below(tally, even, odd, s->limit);
}

/* Hits of the blocks first <= b < end within one stretch; their number is a multiple of `chains`
 * times SB_LANES. `chains` must be a constant after inlining. */
static inline __attribute__((always_inline)) uint64_t chained_hits(const stretch *s, uint64_t first,
                                                                   uint64_t end, int chains) {
  sb_tally tally = sb_tally_zero();
  const sb_wide step = sb_wide_all((uint64_t)SB_LANES * SB_PHILOX_M0);
  sb_wide p =
      sb_wide_add(sb_wide_all(SB_PHILOX_M0 * (first & UINT32_MAX)), sb_wide_ramp(SB_PHILOX_M0));
  for (uint64_t b = first; b < end; b += (uint64_t)chains * SB_LANES) {
    block chain[CHAINS];
    for (int j = 0; j < chains; j++, p = sb_wide_add(p, step)) chain[j] = folded_rounds(s, p);
    for (int round = UNFOLDED; round < SB_PHILOX_ROUNDS; round++)
      for (int j = 0; j < chains; j++) chain[j] = full_round(s, chain[j], round);
    for (int j = 0; j < chains; j++) tally = block_hits(s, chain[j], tally);
  }
  return sb_tally_sum(tally);
}

/* Hits of the blocks first <= b < end, all in one stretch. What does not fill the chains, and then
 * what does not fill the lanes, comes last. */
static int64_t stretch_hits(uint64_t seed, uint64_t first, uint64_t end) {
  const stretch s = stretch_make(seed, (uint32_t)(first >> 32));
  const uint64_t chained = end - (end - first) % FULL;
  const uint64_t laned = end - (end - first) % SB_LANES;
  const uint64_t hits =
      chained_hits(&s, first, chained, CHAINS) + chained_hits(&s, chained, laned, 1);
  return (int64_t)hits + pi_hits_plain(seed, (int64_t)(2 * laned), (int64_t)(2 * end));
}

int64_t SB_ISA_NAME(pi_hits)(uint64_t seed, int64_t lo, int64_t hi) {
  const uint64_t first = ((uint64_t)lo + 1) / 2, end = (uint64_t)hi / 2; /* whole blocks */
  if (end < first + SB_LANES) return pi_hits_plain(seed, lo, hi);
  int64_t hits =
      pi_hits_plain(seed, lo, (int64_t)(2 * first)) + pi_hits_plain(seed, (int64_t)(2 * end), hi);
  for (uint64_t b = first, next; b < end; b = next) {
    next = (b | UINT32_MAX) + 1; /* where the upper number changes */
    if (next > end) next = end;
    hits += stretch_hits(seed, b, next);
  }
  return hits;
}
