/* Each word of simd.h does what the header says, at the vector width of this build's flags. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <math.h>

#include "rng.h"
#include "simd.h"

static const uint32_t words[] = {0,          1,          2,          0x7fffffff,   0x80000000,
                                 0x80000001, 0xfffffffe, 0xffffffff, SB_PHILOX_M0, SB_PHILOX_M1};
enum { WORDS = sizeof words / sizeof words[0] };

/* Number of lanes, of the two arguments together, whose 64 bits are below 2^32 * limit. */
static uint64_t below(sb_wide a, sb_wide b, uint32_t limit) {
  return sb_tally_sum(sb_tally_below(sb_tally_zero(), a, b, sb_word_all(limit)));
}

/* Whether all lanes hold x, told by comparing their upper halves from both sides, then the lower
 * ones by moving them up. */
static int holds(sb_wide a, uint64_t x) {
  const uint32_t half[2] = {(uint32_t)(x >> 32), (uint32_t)x};
  const sb_wide shifted = sb_word_mul(sb_wide_low(a), sb_word_all(1));
  for (int i = 0; i < 2; i++) {
    /* low half times 2^31, twice, puts it where sb_tally_below looks */
    const sb_wide once = sb_word_mul(sb_wide_low(shifted), sb_word_all(UINT32_C(1) << 31));
    const sb_wide v = i == 0 ? a : sb_wide_add(once, once);
    if (below(v, v, half[i]) != 0) return 0;
    if (half[i] != UINT32_MAX && below(v, v, half[i] + 1) != UINT64_C(2) * SB_LANES) return 0;
  }
  return 1;
}

static void products_are_full(void **state) {
  (void)state;
  for (int i = 0; i < WORDS; i++)
    for (int j = 0; j < WORDS; j++)
      assert_true(holds(sb_word_mul(sb_word_all(words[i]), sb_word_all(words[j])),
                        (uint64_t)words[i] * words[j]));
}

static void squares_are_signed(void **state) {
  (void)state;
  for (int i = 0; i < WORDS; i++) {
    const int64_t x = (int32_t)words[i];
    assert_true(holds(sb_word_square(sb_word_all(words[i])), (uint64_t)(x * x)));
  }
}

/* The corner (-2^31, -2^31) of the square: x*x + y*y is 2^63, a negative number when signed. */
static void the_far_corner_is_not_below(void **state) {
  (void)state;
  const sb_wide square = sb_word_square(sb_word_all(UINT32_C(1) << 31));
  const sb_wide corner = sb_wide_add(square, square), centre = sb_wide_all(0);
  assert_true(holds(corner, UINT64_C(1) << 63));
  assert_int_equal(below(corner, corner, UINT32_C(1) << 30), 0);
  assert_int_equal(below(corner, centre, UINT32_C(1) << 30), SB_LANES);
  assert_int_equal(below(centre, corner, UINT32_C(1) << 30), SB_LANES);
}

static void the_limit_itself_is_not_below(void **state) {
  (void)state;
  const uint64_t limit = UINT64_C(1) << 62;
  const sb_wide on = sb_wide_all(limit), inside = sb_wide_all(limit - 1);
  assert_int_equal(below(on, on, UINT32_C(1) << 30), 0);
  assert_int_equal(below(inside, on, UINT32_C(1) << 30), SB_LANES);
  assert_int_equal(below(inside, inside, UINT32_C(1) << 30), 2 * SB_LANES);
}

static void halves_and_exclusive_ors_are_exact(void **state) {
  (void)state;
  const sb_wide a = sb_wide_all(UINT64_C(0x8123456789abcdef));
  const sb_word one = sb_word_all(1), low = sb_wide_low(a), high = sb_wide_high(a);
  assert_true(holds(sb_word_mul(low, one), 0x89abcdef));
  assert_true(holds(sb_word_mul(high, one), 0x81234567));
  assert_true(holds(sb_word_mul(sb_word_xor(low, high), one), 0x89abcdef ^ 0x81234567));
  assert_true(holds(sb_word_mul(sb_word_xor3(low, high, sb_word_all(0xffff0000)), one),
                    0x89abcdef ^ 0x81234567 ^ 0xffff0000));
}

/* Lane i of the ramp holds i * 2^32: i lanes lie below i. */
static void a_ramp_counts_its_lanes(void **state) {
  (void)state;
  const sb_wide ramp = sb_wide_ramp(UINT64_C(1) << 32), top = sb_wide_all(UINT64_MAX);
  for (uint32_t i = 0; i <= SB_LANES; i++) assert_int_equal(below(ramp, top, i), i);
}

static void tallies_count_beyond_one_call(void **state) {
  (void)state;
  sb_tally tally = sb_tally_zero();
  const sb_wide zero = sb_wide_all(0);
  for (int i = 0; i < 100000; i++) tally = sb_tally_below(tally, zero, zero, sb_word_all(1));
  assert_int_equal(sb_tally_sum(tally), 200000 * SB_LANES);
}

static void products_of_64_bits_wrap(void **state) {
  (void)state;
  for (uint64_t trial = 0; trial < 100; trial++) {
    uint32_t r[4];
    uint64_t a[SB_LANES_F64], sum = 0;
    sb_random_block(5, trial, r);
    const uint64_t b = (uint64_t)r[0] << 32 | r[1];
    for (uint64_t i = 0; i < SB_LANES_F64; i++) {
      a[i] = ((uint64_t)r[2] << 32 | r[3]) * (2 * i + 1);
      sum += a[i] * b;
    }
    assert_true(sb_u64_sum(sb_u64_mul(sb_u64_load(a), sb_u64_all(b))) == sum);
  }
}

/* 2^52 + 3 from bits, then (3 - 1) * 3 + 0.5 <= 6.5 and not less. */
static void doubles_compare_exactly(void **state) {
  (void)state;
  const sb_f64 number =
      sb_u64_select(sb_u64_all(0xff3), sb_u64_all(0xf), sb_u64_all(UINT64_C(0x433) << 52));
  const sb_f64 three = sb_f64_sub(number, sb_f64_all(4503599627370496.0));
  const sb_f64 x =
      sb_f64_add(sb_f64_mul(sb_f64_sub(three, sb_f64_all(1.0)), three), sb_f64_all(0.5));
  const sb_u64 zero = sb_u64_all(0);
  assert_int_equal(sb_u64_sum(sb_u64_count(zero, x, sb_f64_all(6.5))), SB_LANES_F64);
  assert_int_equal(sb_u64_sum(sb_u64_count(zero, x, sb_f64_all(6.4))), 0);
  assert_int_equal(sb_u64_sum(sb_u64_count(zero, sb_f64_all(6.5), x)), SB_LANES_F64);
}

/* Exact products and sums are the same fused or not; of (1 + e)(1 - e) - 1 = -e^2 only the fused
 * one keeps anything. All lanes do the same. */
static void products_are_added(void **state) {
  (void)state;
  const double e = ldexp(1.0, -30), fused = -e * e;
  double factor[SB_LANES_F64], term[SB_LANES_F64], sum[SB_LANES_F64], tiny[SB_LANES_F64];
  for (int i = 0; i < SB_LANES_F64; i++) {
    factor[i] = i + 0.5;
    term[i] = 1000.0 * i - 7.0;
  }
  sb_f64_store(sum, sb_f64_fma(sb_f64_load(factor), sb_f64_all(-6.0), sb_f64_load(term)));
  sb_f64_store(tiny, sb_f64_fma(sb_f64_all(1.0 + e), sb_f64_all(1.0 - e), sb_f64_all(-1.0)));
  for (int i = 0; i < SB_LANES_F64; i++) {
    assert_true(sum[i] == factor[i] * -6.0 + term[i]);
    assert_true(tiny[i] == tiny[0] && (tiny[i] == fused || tiny[i] == 0.0));
  }
}

/* A row that is loaded, looked at one cell to either side, and stored: each lane has its own place.
 */
static void neighbours_in_a_row(void **state) {
  (void)state;
  _Alignas(64) double row[5 * SB_LANES_F64], stored[SB_LANES_F64], streamed[SB_LANES_F64];
  for (int i = 0; i < 5 * SB_LANES_F64; i++) row[i] = i + 0.5;
  const double *x = row + 2 * SB_LANES_F64;
  const sb_f64 before = sb_f64_load(x - SB_LANES_F64), here = sb_f64_load(x);
  const sb_f64 after = sb_f64_load(x + SB_LANES_F64);
  sb_f64_store(stored, sb_f64_west(x, before, here));
  sb_f64_stream(streamed, sb_f64_east(x, here, after));
  sb_stream_end();
  for (int i = 0; i < SB_LANES_F64; i++) {
    assert_true(stored[i] == x[i - 1]);
    assert_true(streamed[i] == x[i + 1]);
  }
  sb_f64_store(stored, sb_f64_west_kept(before, here));
  sb_f64_store(streamed, sb_f64_east_kept(here, after));
  for (int i = 0; i < SB_LANES_F64; i++) {
    assert_true(stored[i] == x[i - 1]);
    assert_true(streamed[i] == x[i + 1]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(products_are_full),
      cmocka_unit_test(squares_are_signed),
      cmocka_unit_test(the_far_corner_is_not_below),
      cmocka_unit_test(the_limit_itself_is_not_below),
      cmocka_unit_test(halves_and_exclusive_ors_are_exact),
      cmocka_unit_test(a_ramp_counts_its_lanes),
      cmocka_unit_test(tallies_count_beyond_one_call),
      cmocka_unit_test(products_of_64_bits_wrap),
      cmocka_unit_test(doubles_compare_exactly),
      cmocka_unit_test(products_are_added),
      cmocka_unit_test(neighbours_in_a_row),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
