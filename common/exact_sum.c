#include "exact_sum.h"

#include <math.h>
#include <string.h>

/* An addition changes a digit by less than 2^33, so that so many stay below 2^62. */
static const int64_t MOST_PENDING = INT64_C(1) << 29;

enum { DIGIT_BITS = 32, LAST = SB_EXACT_DIGITS - 1, NOT_FINITE = SB_EXACT_DIGITS };
static const uint64_t DIGIT = UINT64_C(0xffffffff);

void sb_exact_clear(sb_exact *sum) { *sum = (sb_exact){.pending = 0}; }

void sb_exact_add(sb_exact *sum, double x) {
  enum { FRACTION_BITS = 52, EXPONENTS = 0x7ff };
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  const int exponent = (int)(bits >> FRACTION_BITS & EXPONENTS);
  if (exponent == EXPONENTS) {
    sum->word[NOT_FINITE]++;
    return;
  }
  /* |x| = integer * 2^(place - 1074); exponent 0 are the subnormal numbers */
  const uint64_t fraction = bits & ((UINT64_C(1) << FRACTION_BITS) - 1);
  const uint64_t integer = fraction | (uint64_t)(exponent > 0) << FRACTION_BITS;
  const int place = exponent - (exponent > 0), shift = place % DIGIT_BITS;
  const uint64_t low = (integer & DIGIT) << shift, high = (integer >> DIGIT_BITS) << shift;
  const int64_t sign = bits >> 63 ? -1 : 1;
  int64_t *word = &sum->word[place / DIGIT_BITS];
  word[0] += sign * (int64_t)(low & DIGIT);
  word[1] += sign * (int64_t)((low >> DIGIT_BITS) + (high & DIGIT));
  word[2] += sign * (int64_t)(high >> DIGIT_BITS);
  if (++sum->pending >= MOST_PENDING) sb_exact_settle(sum);
}

void sb_exact_merge(sb_exact *sum, sb_exact *other) {
  sb_exact_settle(other);
  for (int i = 0; i < SB_EXACT_WORDS; i++) sum->word[i] += other->word[i];
  if (++sum->pending >= MOST_PENDING) sb_exact_settle(sum);
}

void sb_exact_settle(sb_exact *sum) {
  int64_t carry = 0;
  for (int i = 0; i < LAST; i++) {
    const int64_t all = sum->word[i] + carry, low = all & (int64_t)DIGIT;
    sum->word[i] = low;
    carry = (all - low) / (INT64_C(1) << DIGIT_BITS); /* without remainder, also below zero */
  }
  sum->word[LAST] += carry;
  sum->pending = 0;
}

/* The 64 bits from `place` up of a settled number >= 0. */
static uint64_t bits_from(const sb_exact *sum, int place) {
  const int digit = place / DIGIT_BITS, shift = place % DIGIT_BITS;
  const int64_t *word = &sum->word[digit];
  const uint64_t low = (uint64_t)word[0] | (uint64_t)word[1] << DIGIT_BITS;
  if (shift == 0) return low;
  return low >> shift | (uint64_t)(digit + 2 < SB_EXACT_DIGITS ? word[2] : 0) << (64 - shift);
}

/* Whether a settled number >= 0 has any bit below `place`. */
static uint64_t any_below(const sb_exact *sum, int place) {
  for (int i = 0; i < place / DIGIT_BITS; i++) {
    if (sum->word[i] != 0) return 1;
  }
  const uint64_t below = (UINT64_C(1) << place % DIGIT_BITS) - 1;
  return ((uint64_t)sum->word[place / DIGIT_BITS] & below) != 0;
}

double sb_exact_value(sb_exact *sum) {
  sb_exact_settle(sum);
  if (sum->word[NOT_FINITE] != 0) return (double)NAN;
  sb_exact size = *sum;
  const double sign = size.word[LAST] < 0 ? -1.0 : 1.0;
  if (sign < 0.0) {
    for (int i = 0; i < SB_EXACT_DIGITS; i++) size.word[i] = -size.word[i];
    sb_exact_settle(&size);
  }
  int digit = LAST;
  while (digit > 0 && size.word[digit] == 0) digit--;
  int top = digit * DIGIT_BITS - 1; /* bits up to the highest one that is set, but for `digit` */
  for (int64_t rest = size.word[digit]; rest > 0; rest /= 2) top++;
  /* 64 bits are 11 more than a double has: with a last bit that tells whether any below is set, the
   * conversion rounds them as it would the whole number. ldexp does not round again: what would be
   * subnormal has less than 53 bits in all. */
  const int place = top > 63 ? top - 63 : 0;
  const uint64_t rounded_last = bits_from(&size, place) | (place > 0 ? any_below(&size, place) : 0);
  return sign * ldexp((double)rounded_last, place - 1074);
}
