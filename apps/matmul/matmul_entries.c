#include "matmul_entries.h"

#include "rng.h"

enum { MOST_BITS = 27, REAL_BITS = 53 };

/* k 2^(2b-2) <= 2^52 as k <= 2^(54-2b), which does not overflow. */
matmul_entries matmul_entries_make(bool integer, int64_t k, int64_t seed) {
  int bits = 0;
  if (integer) {
    for (bits = MOST_BITS; bits > 1 && k > INT64_C(1) << (54 - 2 * bits);) bits--;
  }
  return (matmul_entries){.seed = (uint64_t)seed, .bits = bits};
}

/* The upper `bits` of the 64 in two words, as a signed number. Compilers shift the sign in. */
static inline double upper_bits(uint32_t low, uint32_t high, int bits) {
  return (double)((int64_t)((uint64_t)high << 32 | low) >> (64 - bits));
}

/* Entries 2 * block and 2 * block + 1. */
static inline void make_pair(const matmul_entries *entries, matmul_operand operand, uint64_t block,
                             double pair[2]) {
  const uint32_t counter[4] = {(uint32_t)block, (uint32_t)(block >> 32), (uint32_t)operand, 0};
  const uint32_t key[2] = {(uint32_t)entries->seed, (uint32_t)(entries->seed >> 32)};
  const int bits = entries->bits == 0 ? REAL_BITS : entries->bits;
  const double unit = entries->bits == 0 ? 0x1p-52 : 1.0;
  uint32_t word[4];
  sb_philox4x32_10(counter, key, word);
  pair[0] = unit * upper_bits(word[0], word[1], bits);
  pair[1] = unit * upper_bits(word[2], word[3], bits);
}

void matmul_entries_row(const matmul_entries *entries, matmul_operand operand, int64_t row,
                        int64_t columns, int64_t first, int64_t count, double *out) {
  int64_t e = row * columns + first;
  const int64_t end = e + count;
  double pair[2];
  if (e < end && e % 2 == 1) {
    make_pair(entries, operand, (uint64_t)e++ / 2, pair);
    *out++ = pair[1];
  }
  for (; e + 2 <= end; e += 2, out += 2) make_pair(entries, operand, (uint64_t)e / 2, out);
  if (e < end) {
    make_pair(entries, operand, (uint64_t)e / 2, pair);
    *out = pair[0];
  }
}
