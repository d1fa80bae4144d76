/* The first sentence stays until it is cleared; verdicts have the words of the contract. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <string.h>

#include "status.h"

static void the_first_failure_is_the_one_told(void **state) {
  (void)state;
  sb_clear();
  assert_string_equal(sb_message(), "");
  assert_int_equal(sb_fail(SB_IO_ERROR, "disk %d is full", 3), SB_IO_ERROR);
  assert_int_equal(sb_fail(SB_INTERNAL, "something that followed"), SB_INTERNAL);
  assert_string_equal(sb_message(), "disk 3 is full");
  sb_clear();
  assert_string_equal(sb_message(), "");
}

static void long_sentences_are_cut(void **state) {
  (void)state;
  char text[3000];
  memset(text, 'x', sizeof text - 1);
  text[sizeof text - 1] = '\0';
  sb_clear();
  sb_fail(SB_IO_ERROR, "%s", text);
  assert_int_equal(strlen(sb_message()), 1023);
  sb_clear();
}

static sb_status fails_in_the_middle(int *reached) {
  sb_status status = SB_OK;
  SB_TRY(SB_OK);
  *reached = 1;
  SB_TRY(SB_NO_MEMORY);
  *reached = 2;
cleanup:
  return status;
}

static void try_goes_to_cleanup(void **state) {
  (void)state;
  int reached = 0;
  assert_int_equal(fails_in_the_middle(&reached), SB_NO_MEMORY);
  assert_int_equal(reached, 1);
}

static void verdicts_have_words_and_codes(void **state) {
  (void)state;
  assert_string_equal(sb_verdict_word(SB_PASS), "PASS");
  assert_string_equal(sb_verdict_word(SB_FAILED), "ERROR");
  assert_string_equal(sb_verdict_word(SB_WRONG), "WRONG");
  assert_string_equal(sb_verdict_word(SB_SLOW), "SLOW");
  assert_int_equal(SB_PASS, 0);
  assert_int_equal(SB_FAILED, 1);
  assert_int_equal(SB_WRONG, 2);
  assert_int_equal(SB_SLOW, 5);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_first_failure_is_the_one_told),
      cmocka_unit_test(long_sentences_are_cut),
      cmocka_unit_test(try_goes_to_cleanup),
      cmocka_unit_test(verdicts_have_words_and_codes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
