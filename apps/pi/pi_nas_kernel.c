/* Hits among the pairs of NAS EP, one pair in each vector lane (simd.h).
 *
 * Lane i of chain j holds number 2s+1 of the sequence for pair s = start + j * SB_LANES_F64 + i,
 * and leaps to the pair PAIRS further on by one product. Products wrap modulo 2^64, which 2^46
 * divides: bits 46 and above are never looked at, so nothing need clear them. */
#include "pi_kernel.h"
#include "simd.h"

enum { CHAINS = 4, PAIRS = CHAINS * SB_LANES_F64 };

/* A number x < 2^46 put into the low bits of the double 2^52 makes 2^52 + x exactly; less 2^52 and
 * half the range it is 2^45 times EP's 2 (x / 2^46) - 1. A power of two changes no rounding, so the
 * comparison with (2^45)^2 instead of 1 decides as EP does. */
typedef struct {
  sb_u64 leap, factor, mask, exponent;
  sb_f64 centre, circle;
} constants;

static constants constants_make(void) {
  const double two45 = (double)(UINT64_C(1) << 45), two52 = (double)(UINT64_C(1) << 52);
  return (constants){.leap = sb_u64_all(sb_nas_power(UINT64_C(2) * PAIRS)),
                     .factor = sb_u64_all(sb_nas_power(1)),
                     .mask = sb_u64_all((UINT64_C(1) << 46) - 1),
                     .exponent = sb_u64_all(UINT64_C(0x433) << 52), /* the bits of 2^52 */
                     .centre = sb_f64_all(two52 + two45),
                     .circle = sb_f64_all(two45 * two45)};
}

static inline sb_f64 coordinate(const constants *c, sb_u64 number) {
  return sb_f64_sub(sb_u64_select(number, c->mask, c->exponent), c->centre);
}

static inline sb_u64 pair_hits(const constants *c, sb_u64 number, sb_u64 hits) {
  const sb_f64 a = coordinate(c, number), b = coordinate(c, sb_u64_mul(number, c->factor));
  return sb_u64_count(hits, sb_f64_add(sb_f64_mul(a, a), sb_f64_mul(b, b)), c->circle);
}

int64_t SB_ISA_NAME(pi_hits_nas)(int64_t lo, int64_t hi) {
  const int64_t end = hi - (hi - lo) % PAIRS; /* pairs beyond fill no vector */
  const constants c = constants_make();
  const uint64_t to_next_pair = sb_nas_power(2);
  uint64_t first[PAIRS];
  first[0] = sb_nas_power(2 * (uint64_t)lo + 1) * PI_NAS_SEED;
  for (int i = 1; i < PAIRS; i++) first[i] = first[i - 1] * to_next_pair;
  sb_u64 number[CHAINS], hits[CHAINS];
  for (int64_t j = 0; j < CHAINS; j++) {
    number[j] = sb_u64_load(&first[j * SB_LANES_F64]);
    hits[j] = sb_u64_all(0);
  }
  for (int64_t s = lo; s < end; s += PAIRS)
    for (int64_t j = 0; j < CHAINS; j++) {
      hits[j] = pair_hits(&c, number[j], hits[j]);
      number[j] = sb_u64_mul(number[j], c.leap);
    }
  uint64_t sum = 0;
  for (int j = 0; j < CHAINS; j++) sum += sb_u64_sum(hits[j]);
  return (int64_t)sum + pi_hits_nas_plain(end, hi);
}
