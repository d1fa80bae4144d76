#include "pi_kernel.h"

#include <string.h>

#include "rng.h"

int64_t pi_hits_plain(uint64_t seed, int64_t lo, int64_t hi) {
  const uint64_t circle = UINT64_C(1) << 62; /* the square of its radius, 2^31 */
  int64_t hits = 0;
  uint32_t word[4];
  for (int64_t s = lo; s < hi; s++) {
    const int half = (int)(s % 2) * 2; /* an even sample takes words 0 and 1, an odd one 2 and 3 */
    if (half == 0 || s == lo) sb_random_block(seed, (uint64_t)s / 2, word);
    const int64_t x = (int32_t)word[half], y = (int32_t)word[half + 1];
    hits += (uint64_t)(x * x) + (uint64_t)(y * y) < circle; /* up to 2^63: unsigned */
  }
  return hits;
}

/* Modulo 2^46; products may wrap modulo 2^64 before, since 2^46 divides that. */
static uint64_t modulo(uint64_t x) { return x & ((UINT64_C(1) << 46) - 1); }

int64_t pi_hits_nas_plain(int64_t lo, int64_t hi) {
  const uint64_t factor = sb_nas_power(1);
  const double scale = 1.0 / (double)(UINT64_C(1) << 46);
  int64_t hits = 0;
  uint64_t x = modulo(sb_nas_power(2 * (uint64_t)lo) * PI_NAS_SEED);
  for (int64_t s = lo; s < hi; s++) {
    x = modulo(factor * x);
    const double a = 2.0 * (scale * (double)x) - 1.0;
    x = modulo(factor * x);
    const double b = 2.0 * (scale * (double)x) - 1.0;
    hits += a * a + b * b <= 1.0;
  }
  return hits;
}

sb_status pi_counter_choose(const char *name, pi_counter *counter) {
  static const pi_counter plain = {"plain", pi_hits_plain, pi_hits_nas_plain};
  static int64_t (*const philox[SB_ISA_LEVELS])(uint64_t, int64_t, int64_t) = SB_ISA_TABLE(pi_hits);
  static int64_t (*const nas[SB_ISA_LEVELS])(int64_t, int64_t) = SB_ISA_TABLE(pi_hits_nas);
  sb_status status = SB_OK;
  sb_isa isa = SB_ISA_BASELINE;
  *counter = plain;
  if (strcmp(name, plain.name) == 0) return SB_OK;
  SB_TRY(sb_isa_choose("kernel", name, &isa));
  *counter = (pi_counter){.name = sb_isa_name(isa), .philox = philox[isa], .nas = nas[isa]};
cleanup:
  return status;
}
