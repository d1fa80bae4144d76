/* The instruction set is chosen as the name asks, or refused with a sentence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <string.h>

#include "isa.h"
#include "isa_guard.h"

static int forget(void **state) {
  (void)state;
  sb_clear();
  return 0;
}

static void the_baseline_is_always_there(void **state) {
  (void)state;
  assert_true(sb_isa_built(SB_ISA_BASELINE) && sb_isa_runs(SB_ISA_BASELINE));
}

static void the_best_is_the_highest_that_can_run(void **state) {
  (void)state;
  const sb_isa best = sb_isa_best();
  assert_true(sb_isa_built(best) && sb_isa_runs(best));
  for (int isa = (int)best + 1; isa < SB_ISA_LEVELS; isa++)
    assert_false(sb_isa_built((sb_isa)isa) && sb_isa_runs((sb_isa)isa));
}

static void a_level_needs_what_those_below_it_need(void **state) {
  (void)state;
  for (int isa = 1; isa < SB_ISA_LEVELS; isa++)
    if (sb_isa_runs((sb_isa)isa)) assert_true(sb_isa_runs((sb_isa)(isa - 1)));
}

static void a_name_chooses_its_level_or_says_why_not(void **state) {
  (void)state;
  for (int i = 0; i < SB_ISA_LEVELS; i++) {
    const sb_isa level = (sb_isa)i;
    sb_isa chosen = SB_ISA_LEVELS;
    const sb_status status = sb_isa_choose("simd", sb_isa_name(level), &chosen);
    if (sb_isa_built(level) && sb_isa_runs(level)) {
      assert_int_equal(status, SB_OK);
      assert_int_equal(chosen, level);
    } else {
      assert_int_equal(status, SB_BAD_INPUT);
      assert_non_null(strstr(sb_message(), sb_isa_name(level)));
      assert_non_null(strstr(sb_message(), sb_isa_name(sb_isa_best())));
      sb_clear();
    }
  }
}

static void auto_is_the_best_and_nonsense_is_refused(void **state) {
  (void)state;
  sb_isa chosen = SB_ISA_LEVELS;
  assert_int_equal(sb_isa_choose("simd", "auto", &chosen), SB_OK);
  assert_int_equal(chosen, sb_isa_best());
  assert_int_equal(sb_isa_choose("simd", "avx", &chosen), SB_BAD_INPUT);
  assert_non_null(strstr(sb_message(), "simd = avx is unknown"));
}

/* Were it not so, this test would have ended before main. */
static void this_processor_has_what_the_build_assumes(void **state) {
  (void)state;
  assert_true((sb_sets_assumed & ~sb_sets_of_cpu()) == 0);
}

/* isa_built.c reads the same macros as this file, which is compiled with the same flags. */
static void assumed_sets_follow_the_flags_of_the_build(void **state) {
  (void)state;
#ifdef __AVX2__
  assert_true((sb_sets_assumed & SB_SET(AVX2)) != 0);
#else
  assert_true((sb_sets_assumed & SB_SET(AVX2)) == 0);
#endif
#ifdef __AVX512F__
  assert_true((sb_sets_assumed & SB_SET(AVX512F)) != 0);
#else
  assert_true((sb_sets_assumed & SB_SET(AVX512F)) == 0);
#endif
}

static void the_complaint_names_host_and_sets(void **state) {
  (void)state;
  char text[512];
  sb_sets_complaint(SB_SET(AVX2) | SB_SET(AVX512F), "node17", text, sizeof text);
  assert_non_null(strstr(text, "host node17 lacks (avx2 avx512f);"));
  assert_int_equal(text[strlen(text) - 1], '\n');
}

static void a_long_complaint_is_cut_to_fit(void **state) {
  (void)state;
  char text[512];
  sb_sets_complaint(UINT64_MAX, "node17", text, sizeof text);
  assert_non_null(strstr(text, "avx512vpopcntdq"));
  memset(text, 'x', sizeof text);
  sb_sets_complaint(UINT64_MAX, "node17", text, 16);
  assert_int_equal(strlen(text), 15);
  assert_int_equal(text[16], 'x');
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup(the_baseline_is_always_there, forget),
      cmocka_unit_test_setup(the_best_is_the_highest_that_can_run, forget),
      cmocka_unit_test_setup(a_level_needs_what_those_below_it_need, forget),
      cmocka_unit_test_setup(a_name_chooses_its_level_or_says_why_not, forget),
      cmocka_unit_test_setup(auto_is_the_best_and_nonsense_is_refused, forget),
      cmocka_unit_test_setup(this_processor_has_what_the_build_assumes, forget),
      cmocka_unit_test_setup(assumed_sets_follow_the_flags_of_the_build, forget),
      cmocka_unit_test_setup(the_complaint_names_host_and_sets, forget),
      cmocka_unit_test_setup(a_long_complaint_is_cut_to_fit, forget),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
