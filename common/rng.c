#include "rng.h"

void sb_philox4x32_10(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
  uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
  uint32_t k0 = key[0], k1 = key[1];
  for (int round = 0; round < SB_PHILOX_ROUNDS; round++) {
    const uint64_t p0 = (uint64_t)SB_PHILOX_M0 * c0, p1 = (uint64_t)SB_PHILOX_M1 * c2;
    c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
    c1 = (uint32_t)p1;
    c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
    c3 = (uint32_t)p0;
    k0 += SB_PHILOX_W0;
    k1 += SB_PHILOX_W1;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

void sb_random_block(uint64_t seed, uint64_t block, uint32_t out[4]) {
  const uint32_t counter[4] = {(uint32_t)block, (uint32_t)(block >> 32), 0, 0};
  const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
  sb_philox4x32_10(counter, key, out);
}

/* Products may wrap modulo 2^64 before, since 2^46 divides that. */
static uint64_t modulo(uint64_t x) { return x & ((UINT64_C(1) << 46) - 1); }

/* By squaring. */
uint64_t sb_nas_power(uint64_t steps) {
  uint64_t result = 1;
  for (uint64_t power = 1220703125 /* 5^13 */; steps > 0; steps /= 2, power *= power) {
    if (steps % 2 == 1) result *= power;
  }
  return modulo(result);
}

uint64_t sb_nas_next(uint64_t x, uint64_t steps) { return modulo(sb_nas_power(steps) * x); }
