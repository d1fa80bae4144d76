/* Entries are what the header says, whoever makes them and in whatever pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <math.h>
#include <string.h>

#include "matmul_entries.h"
#include "rng.h"

enum { COLUMNS = 1001, SEED = -5, MANY = 20000 };

/* Entry e by itself. Its 64 bits with the uppermost flipped count up from the lowest number. */
static double entry(int64_t seed, matmul_operand operand, int64_t e, int bits) {
  const uint32_t counter[4] = {(uint32_t)(e / 2 % (INT64_C(1) << 32)), (uint32_t)(e >> 33),
                               operand == MATMUL_B, 0};
  const uint32_t key[2] = {(uint32_t)(uint64_t)seed, (uint32_t)((uint64_t)seed >> 32)};
  uint32_t word[4];
  sb_philox4x32_10(counter, key, word);
  const uint32_t low = e % 2 == 0 ? word[0] : word[2], high = e % 2 == 0 ? word[1] : word[3];
  const uint64_t up = (high ^ UINT32_C(0x80000000)) * (UINT64_C(1) << 32) + low;
  if (bits == 0) return (double)(up / 2048) / 4503599627370496.0 - 1.0;
  return (double)(up >> (64 - bits)) - ldexp(1.0, bits - 1);
}

static void entries_stand_where_they_stand(void **state) {
  (void)state;
  static double out[COLUMNS];
  /* An odd number of columns: rows begin in the middle of a block. In the last one the number of
   * the block takes two words. */
  static const int64_t rows[] = {0, 1, 2, 7, INT64_C(3000000001)};
  for (int integer = 0; integer <= 1; integer++) {
    const matmul_entries entries = matmul_entries_make(integer, COLUMNS, SEED);
    for (int r = 0; r < 5; r++) {
      for (int operand = MATMUL_A; operand <= MATMUL_B; operand++) {
        const int64_t columns = r < 4 ? COLUMNS : INT64_C(1000000007);
        matmul_entries_row(&entries, (matmul_operand)operand, rows[r], columns, 0, COLUMNS, out);
        for (int64_t j = 0; j < COLUMNS; j++) {
          assert_true(out[j] ==
                      entry(SEED, (matmul_operand)operand, rows[r] * columns + j, entries.bits));
        }
      }
    }
  }
}

static void any_piece_of_a_row_is_the_same(void **state) {
  (void)state;
  static double row[COLUMNS];
  const matmul_entries entries = matmul_entries_make(false, COLUMNS, SEED);
  matmul_entries_row(&entries, MATMUL_B, 3, COLUMNS, 0, COLUMNS, row);
  for (int64_t first = 0; first < 20; first++) {
    for (int64_t count = 0; count < 20; count++) {
      double piece[22];
      for (int i = 0; i < 22; i++) piece[i] = -777.0;
      matmul_entries_row(&entries, MATMUL_B, 3, COLUMNS, first, count, piece + 1);
      assert_memory_equal(piece + 1, row + first, (size_t)count * sizeof *piece);
      assert_true(piece[0] == -777.0 && piece[count + 1] == -777.0);
    }
  }
}

static void matrices_and_seeds_differ(void **state) {
  (void)state;
  static double a[COLUMNS], other[COLUMNS];
  const int64_t seeds[] = {SEED, 1, 1 + (INT64_C(1) << 32), INT64_MIN};
  for (int integer = 0; integer <= 1; integer++) {
    for (int s = 0; s < 4; s++) {
      const matmul_entries entries = matmul_entries_make(integer, COLUMNS, seeds[s]);
      const matmul_entries next = matmul_entries_make(integer, COLUMNS, seeds[(s + 1) % 4]);
      matmul_entries_row(&entries, MATMUL_A, 0, COLUMNS, 0, COLUMNS, a);
      matmul_entries_row(&entries, MATMUL_B, 0, COLUMNS, 0, COLUMNS, other);
      assert_memory_not_equal(a, other, sizeof a);
      matmul_entries_row(&next, MATMUL_A, 0, COLUMNS, 0, COLUMNS, other);
      assert_memory_not_equal(a, other, sizeof a);
      matmul_entries_row(&entries, MATMUL_A, 1, COLUMNS, 0, COLUMNS, other);
      assert_memory_not_equal(a, other, sizeof a);
    }
  }
}

/* A product is largest where both factors are -2^(b-1). */
static void bits_are_as_many_as_sums_allow(void **state) {
  (void)state;
  assert_int_equal(matmul_entries_make(false, 1000, 1).bits, 0);
  for (int power = 0; power <= 52; power++) {
    for (int d = -1; d <= 1; d++) {
      const int64_t k = (INT64_C(1) << power) + d;
      if (k < 1 || k > INT64_C(1) << 52) continue;
      const int bits = matmul_entries_make(true, k, 1).bits;
      assert_in_range(bits, 1, 27);
      assert_true(ldexp((double)k, 2 * bits - 2) <= 0x1p52);
      if (bits < 27) assert_true(ldexp((double)k, 2 * bits) > 0x1p52);
    }
  }
  assert_int_equal(matmul_entries_make(true, 1, 1).bits, 27);
  assert_int_equal(matmul_entries_make(true, INT64_C(1) << 52, 1).bits, 1);
}

/* Least and largest of many: within the range, and close to both of its ends. */
static void extremes(const matmul_entries *entries, double *least, double *largest) {
  static double out[MANY];
  matmul_entries_row(entries, MATMUL_A, 0, MANY, 0, MANY, out);
  *least = *largest = out[0];
  for (int i = 0; i < MANY; i++) {
    *least = fmin(*least, out[i]);
    *largest = fmax(*largest, out[i]);
    assert_true(entries->bits == 0 || out[i] == floor(out[i]));
  }
}

static void values_fill_their_range(void **state) {
  (void)state;
  double least, largest;
  const matmul_entries reals = matmul_entries_make(false, 1, SEED);
  extremes(&reals, &least, &largest);
  assert_true(-1.0 <= least && least < -0.999 && 0.999 < largest && largest < 1.0);
  for (int power = 0; power <= 52; power += 4) {
    const matmul_entries whole = matmul_entries_make(true, INT64_C(1) << power, SEED);
    const double end = ldexp(1.0, whole.bits - 1);
    extremes(&whole, &least, &largest);
    assert_true(-end <= least && least <= -0.999 * end);
    assert_true(largest <= end - 1.0 && 0.999 * end - 1.0 <= largest);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(entries_stand_where_they_stand),
      cmocka_unit_test(any_piece_of_a_row_is_the_same),
      cmocka_unit_test(matrices_and_seeds_differ),
      cmocka_unit_test(bits_are_as_many_as_sums_allow),
      cmocka_unit_test(values_fill_their_range),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
