/* Text and values: what a number may look like, and that nothing else is one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <stdlib.h>
#include <string.h>

#include "options_parts.h"
#include "toy_options.h"

static void good_whole(const char *text, int64_t expected) {
  int64_t value = -77;
  assert_int_equal(sb_read_whole(text, &value), SB_NUMBER_GOOD);
  assert_true(value == expected);
}

static void whole_numbers(void **state) {
  (void)state;
  good_whole("0", 0);
  good_whole("-0", 0);
  good_whole("007", 7);
  good_whole("1000", 1000);
  good_whole("-3", -3);
  good_whole("1e9", 1000000000);
  good_whole("1E9", 1000000000);
  good_whole("25e0", 25);
  good_whole("0e999999999999999999999", 0);
  good_whole("2^24", 16777216);
  good_whole("3^0", 1);
  good_whole("0^5", 0);
  good_whole("1^999999999999999999999", 1);
  good_whole("-2^10", -1024);
  good_whole("2^62", INT64_C(1) << 62);
  good_whole("9223372036854775807", INT64_MAX);
  good_whole("922337203685477580e1", INT64_C(9223372036854775800));
  good_whole("9e18", INT64_C(9000000000000000000));
  good_whole("9007199254740993", INT64_C(9007199254740993)); /* not a double */
}

static void not_whole_numbers(void **state) {
  (void)state;
  static const char *const bad[] = {"",      "-",     "+5",   "1.5",     "1.0",   "1e3x", "0x10",
                                    "nan",   "inf",   " 5",   "5 ",      "1e",    "1e-3", "1e+3",
                                    "2^",    "^2",    "e5",   "2^3^4",   "1e2e3", "2^-1", "--5",
                                    "1,000", "1_000", "five", "\xc2\xb2"};
  static const char *const large[] = {"9223372036854775808",
                                      "99999999999999999999",
                                      "1e19",
                                      "2^63",
                                      "10^19",
                                      "1e999999999999999",
                                      "-9223372036854775808",
                                      "3^999999999999999999999"};
  int64_t value;
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
    assert_int_equal(sb_read_whole(bad[i], &value), SB_NUMBER_BAD);
  for (size_t i = 0; i < sizeof large / sizeof large[0]; i++)
    assert_int_equal(sb_read_whole(large[i], &value), SB_NUMBER_TOO_LARGE);
}

static void real_numbers(void **state) {
  (void)state;
  double value;
  assert_int_equal(sb_read_real("0.025", &value), SB_NUMBER_GOOD);
  assert_true(value == 0.025);
  assert_int_equal(sb_read_real("-1e-3", &value), SB_NUMBER_GOOD);
  assert_true(value == -0.001);
  assert_int_equal(sb_read_real("1e999", &value), SB_NUMBER_TOO_LARGE);
  assert_int_equal(sb_read_real("1e-999", &value), SB_NUMBER_TOO_LARGE);
  static const char *const bad[] = {"",      "nan",  "NaN", "inf", "-inf", "infinity",
                                    "0x1p3", "1e3x", " 1",  "1 ",  "1..2", "1e2.5",
                                    "e",     ".",    "-",   "1,5"};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
    assert_int_equal(sb_read_real(bad[i], &value), SB_NUMBER_BAD);
}

/* A number in range at its very bounds, and not one step beyond. */
static void ranges_hold_their_bounds(void **state) {
  (void)state;
  sb_value value;
  assert_int_equal(sb_option_read(&toy_options[0], "1", "here", &value), SB_OK);
  assert_int_equal(sb_option_read(&toy_options[0], "2^53", "here", &value), SB_OK);
  assert_true(value.whole == INT64_C(1) << 53);
  static const char *const out[] = {"0", "-1", "9007199254740993", "2^54"};
  for (size_t i = 0; i < 4; i++) {
    sb_clear();
    assert_int_equal(sb_option_read(&toy_options[0], out[i], "here", &value), SB_BAD_INPUT);
  }
  assert_string_equal(sb_message(), "here: n = 2^54 is out of range; allowed 1 .. 2^53");
  sb_clear();
  assert_int_equal(sb_option_read(&toy_options[2], "0.25", "here", &value), SB_OK);
  assert_int_equal(sb_option_read(&toy_options[2], "0.2500000000000001", "here", &value),
                   SB_BAD_INPUT);
}

static void text_of_values(void **state) {
  (void)state;
  static const struct {
    int option; /* of toy_options */
    const char *written, *text;
  } cases[] = {{0, "12", "12"},         {0, "1e3", "1000"},   {1, "auto", "auto"},
               {1, "-8", "-8"},         {1, "0", "auto"},     {2, "0.1", "0.1"},
               {2, "0", "0"},           {2, "1e-7", "1e-07"}, {3, "nas", "nas"},
               {3, "philox", "philox"}, {4, "yes", "yes"},    {4, "no", "no"},
               {5, "a b", "a b"},       {5, "none", "none"}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const sb_option *option = &toy_options[cases[i].option];
    toy values;
    sb_value value;
    char text[SB_TEXT_SIZE];
    memset(&values, 0, sizeof values);
    assert_int_equal(sb_option_read(option, cases[i].written, "here", &value), SB_OK);
    sb_option_store(option, &value, &values);
    sb_option_text(option, &values, text, sizeof text);
    assert_string_equal(text, cases[i].text);
  }
}

static void reals_read_back_exactly(void **state) {
  (void)state;
  const double values[] = {1.0 / 3, 0.1, 60, 1e6, 0.2 + 0.1, 1e-300, 0.025};
  for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
    toy t = {.r = values[i]};
    char text[64];
    sb_option_text(&toy_options[2], &t, text, sizeof text);
    assert_true(strtod(text, NULL) == values[i]);
    assert_true(strlen(text) < 24);
  }
}

static void custom_has_a_name(void **state) {
  (void)state;
  sb_common common = {.size = SB_SIZE_CUSTOM};
  char text[32];
  sb_option_text(&sb_common_options[0], &common, text, sizeof text);
  assert_string_equal(text, "custom");
  common.size = SB_SIZE_LARGE;
  sb_option_text(&sb_common_options[0], &common, text, sizeof text);
  assert_string_equal(text, "large");
}

static void what_was_written_is_shown_safely(void **state) {
  (void)state;
  char shown[SB_SHOWN_SIZE], place[SB_PLACE_SIZE], path[2000];
  assert_string_equal(sb_shown("1e3x", shown), "1e3x");
  assert_string_equal(sb_shown("", shown), "\"\"");
  assert_string_equal(sb_shown("a b", shown), "\"a b\"");
  assert_string_equal(sb_shown("a\nRESULT toy PASS", shown), "\"a\\x0aRESULT toy PASS\"");
  assert_string_equal(sb_shown("\x1b[2J\xff", shown), "\\x1b[2J\\xff");
  memset(path, '\x01', sizeof path - 1);
  path[sizeof path - 1] = '\0';
  assert_true(strlen(sb_shown(path, shown)) < SB_SHOWN_SIZE);
  assert_true(strlen(sb_place(path, 2147483647, place)) < SB_PLACE_SIZE);
  memset(path, 'd', sizeof path - 1);
  memcpy(path + sizeof path - 7, "/a.ini", 7);
  sb_place(path, 3, place);
  assert_memory_equal(place, "...ddd", 6);
  assert_string_equal(place + strlen(place) - 8, "/a.ini:3");
}

static void plain_text_is_utf8_without_controls(void **state) {
  (void)state;
  static const char *const good[] = {"",
                                     "a b",
                                     "gr\xc3\xb6n",
                                     "\xc2\xa0",
                                     "\xe0\xa0\x80",
                                     "\xe2\x82\xac",
                                     "\xf0\x9f\x98\x80",
                                     "\xf4\x8f\xbf\xbf"};
  static const char *const bad[] = {"a\nb",         "\t",       "\x7f",
                                    "\x1b[0m",      "\xff",     "\xc3",
                                    "\xc3x",        "\xc0\xaf", "\xe0\x80\xaf",
                                    "\xed\xa0\x80", "\xe2\x82", "\xf4\x90\x80\x80",
                                    "\xc2\x9b",     "\x80",     "\xf8\x88\x80\x80\x80"};
  for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) assert_true(sb_plain_text(good[i]));
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) assert_false(sb_plain_text(bad[i]));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(whole_numbers),
      cmocka_unit_test(not_whole_numbers),
      cmocka_unit_test(real_numbers),
      cmocka_unit_test(ranges_hold_their_bounds),
      cmocka_unit_test(text_of_values),
      cmocka_unit_test(reals_read_back_exactly),
      cmocka_unit_test(custom_has_a_name),
      cmocka_unit_test(what_was_written_is_shown_safely),
      cmocka_unit_test(plain_text_is_utf8_without_controls),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
