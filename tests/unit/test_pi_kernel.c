/* Every kernel counts what the textbook loop counts, and that counts what is published. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <string.h>

#include "pi_kernel.h"
#include "rng.h"

static const int64_t two33 = INT64_C(1) << 33; /* the block's upper word changes here */
static const uint64_t seeds[] = {1, 0, UINT64_C(1) << 63, UINT64_MAX, UINT64_C(0x9E3779B97F4A7C15)};
enum { SEEDS = sizeof seeds / sizeof seeds[0] };

/* The kernels of all instruction sets that are built and run here. */
static pi_counter kernels[SB_ISA_LEVELS];
static int kernel_count;

static int find_kernels(void **state) {
  (void)state;
  for (int isa = 0; isa < SB_ISA_LEVELS; isa++) {
    if (pi_counter_choose(sb_isa_name((sb_isa)isa), &kernels[kernel_count]) == SB_OK)
      kernel_count++;
    sb_clear();
  }
  return kernel_count == 0;
}

static void agree(uint64_t seed, int64_t lo, int64_t hi) {
  const int64_t philox = pi_hits_plain(seed, lo, hi), nas = pi_hits_nas_plain(lo, hi);
  for (int k = 0; k < kernel_count; k++) {
    assert_int_equal(kernels[k].philox(seed, lo, hi), philox);
    assert_int_equal(kernels[k].nas(lo, hi), nas);
  }
}

static void short_ranges_agree(void **state) {
  (void)state;
  for (int64_t lo = 0; lo < 6; lo++)
    for (int64_t n = 0; n < 260; n++) agree(1, lo, lo + n); /* past a full set of chains */
}

static void random_ranges_agree(void **state) {
  (void)state;
  for (uint64_t trial = 0; trial < 400; trial++) {
    uint32_t r[4];
    sb_random_block(2024, trial, r);
    const int64_t lo = (int64_t)(((uint64_t)r[0] << 32 | r[1]) >> (2 + r[2] % 60));
    agree(seeds[trial % SEEDS], lo, lo + r[3] % 5000);
  }
}

static void ranges_across_2_to_the_32_blocks_agree(void **state) {
  (void)state;
  for (int64_t below = 0; below < 300; below += 7)
    for (int64_t above = 0; above < 300; above += 11)
      agree(seeds[above % SEEDS], two33 - below, two33 + above);
  agree(1, 3 * two33 - 1001, 3 * two33 + 1001);
}

static void ranges_at_the_upper_end_agree(void **state) {
  (void)state;
  const int64_t most = INT64_C(1) << 62;
  agree(7, most - 3001, most);
  agree(7, most, most);
  agree(7, PI_NAS_MOST - 3001, PI_NAS_MOST + 3001);
}

static void pieces_add_up(void **state) {
  (void)state;
  const int64_t n = 1000003;
  for (int k = 0; k < kernel_count; k++) {
    int64_t philox = 0, nas = 0;
    for (int64_t lo = 0, hi; lo < n; lo = hi) {
      hi = lo + 1 + lo % 7919;
      if (hi > n) hi = n;
      philox += kernels[k].philox(1, lo, hi);
      nas += kernels[k].nas(lo, hi);
    }
    assert_int_equal(philox, kernels[k].philox(1, 0, n));
    assert_int_equal(nas, kernels[k].nas(0, n));
  }
}

/* Computed with a Philox written in numpy, and the hit test in its 64-bit integers. */
static void philox_counts_are_the_reference(void **state) {
  (void)state;
  assert_int_equal(pi_hits_plain(1, 0, 1000000), 785315);
  for (int k = 0; k < kernel_count; k++) {
    assert_int_equal(kernels[k].philox(1, 0, 1000000), 785315);
    assert_int_equal(kernels[k].philox(1, 0, 100000000), 78539778);
  }
}

/* The samples among the first 2^32 that lie closest to the circle: a bound that is off by 2^-30 of
 * itself moves one of them to the other side. Found by search; |r^2 - 2^62| < 2^32 for philox with
 * seed 1, |r^2 - 1| < 4e-10 for nas. */
static const struct {
  int64_t sample;
  int nas, hit;
} rim[] = {{INT64_C(1661532140), 0, 0}, {INT64_C(2909698935), 0, 0}, {INT64_C(3370162838), 0, 1},
           {INT64_C(3899501377), 0, 1}, {INT64_C(460069429), 1, 0},  {INT64_C(1776052930), 1, 0},
           {INT64_C(2279560131), 1, 1}, {INT64_C(3016060996), 1, 0}};

static void samples_at_the_rim_are_told_apart(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof rim / sizeof rim[0]; i++) {
    const int64_t s = rim[i].sample;
    assert_int_equal(rim[i].nas ? pi_hits_nas_plain(s, s + 1) : pi_hits_plain(1, s, s + 1),
                     rim[i].hit);
    agree(1, s - 500, s + 500);
  }
}

/* NAS Parallel Benchmarks 3.4, EP: the Gaussian pairs of classes S (2^24) and W (2^25). */
static void nas_counts_are_the_published_ones(void **state) {
  (void)state;
  const int64_t class_s = INT64_C(1) << 24, class_w = INT64_C(1) << 25;
  assert_int_equal(pi_hits_nas_plain(0, class_s), 13176389);
  for (int k = 0; k < kernel_count; k++) {
    assert_int_equal(kernels[k].nas(0, class_s), 13176389);
    assert_int_equal(kernels[k].nas(0, class_w), 26354769);
  }
}

static void nas_leaps_are_steps(void **state) {
  (void)state;
  const uint64_t modulus = UINT64_C(1) << 46;
  uint64_t stepped = 1;
  for (uint64_t k = 0; k < 1000; k++) {
    assert_true(sb_nas_power(k) == stepped);
    stepped = stepped * UINT64_C(1220703125) % modulus;
  }
  assert_true(sb_nas_power(UINT64_C(1) << 44) == 1); /* the period */
  assert_true(sb_nas_power((UINT64_C(1) << 44) - 1) * 1220703125 % modulus == 1);
}

static void the_textbook_is_a_kernel_too(void **state) {
  (void)state;
  pi_counter counter;
  assert_int_equal(pi_counter_choose("plain", &counter), SB_OK);
  assert_string_equal(counter.name, "plain");
  assert_true(counter.philox == pi_hits_plain && counter.nas == pi_hits_nas_plain);
}

static void auto_is_the_best_kernel(void **state) {
  (void)state;
  pi_counter counter;
  assert_int_equal(pi_counter_choose("auto", &counter), SB_OK);
  assert_string_equal(counter.name, sb_isa_name(sb_isa_best()));
  assert_int_equal(pi_counter_choose("sse9", &counter), SB_BAD_INPUT);
  sb_clear();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(short_ranges_agree),
      cmocka_unit_test(random_ranges_agree),
      cmocka_unit_test(ranges_across_2_to_the_32_blocks_agree),
      cmocka_unit_test(ranges_at_the_upper_end_agree),
      cmocka_unit_test(pieces_add_up),
      cmocka_unit_test(philox_counts_are_the_reference),
      cmocka_unit_test(samples_at_the_rim_are_told_apart),
      cmocka_unit_test(nas_counts_are_the_published_ones),
      cmocka_unit_test(nas_leaps_are_steps),
      cmocka_unit_test(the_textbook_is_a_kernel_too),
      cmocka_unit_test(auto_is_the_best_kernel),
  };
  return cmocka_run_group_tests(tests, find_kernels, NULL);
}
