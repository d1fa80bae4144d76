/* Words that tell where they belong: a byte that is wrong, or in the wrong place, is counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <string.h>

#include "probe_pattern.h"

enum { WORDS = 40, BYTES = 8 * WORDS };

static void every_flipped_bit_is_one_byte(void **state) {
  (void)state;
  uint64_t room[WORDS];
  unsigned char *byte = (unsigned char *)room;
  probe_words(3, 5, room, WORDS);
  for (int bytes = 0; bytes <= BYTES; bytes++) {
    assert_int_equal(probe_words_wrong(3, 5, room, bytes), 0);
  }
  for (int bit = 0; bit < 8 * BYTES; bit++) {
    byte[bit / 8] ^= (unsigned char)(1 << bit % 8);
    assert_int_equal(probe_words_wrong(3, 5, room, BYTES), 1);
    assert_int_equal(probe_words_wrong(3, 5, room, bit / 8), 0); /* it lies behind these */
    assert_int_equal(probe_words_wrong(3, 5, room, bit / 8 + 1), 1);
    byte[bit / 8] ^= (unsigned char)(1 << bit % 8);
  }
}

/* Some bytes of different words are equal by chance, but none of 40 words. */
static void other_seeds_streams_and_places_differ(void **state) {
  (void)state;
  uint64_t room[WORDS], other[WORDS];
  probe_words(3, 5, room, WORDS);
  assert_true(probe_words_wrong(4, 5, room, BYTES) > BYTES / 2);
  assert_true(probe_words_wrong(3, 6, room, BYTES) > BYTES / 2);
  memcpy(other, room + 1, sizeof other - sizeof *other);
  assert_true(probe_words_wrong(3, 5, other, BYTES - 8) > BYTES / 2);
}

static void elements_are_small_integers(void **state) {
  (void)state;
  int seen[1025] = {0};
  for (int64_t i = 0; i < 100000; i++) {
    const double b = probe_b(1, i), c = probe_c(1, i);
    assert_true(b >= 0.0 && b <= 1023.0 && b == (double)(int)b);
    assert_true(c >= 1.0 && c <= 1024.0 && c == (double)(int)c);
    seen[(int)c]++;
  }
  assert_int_equal(seen[0], 0); /* with c = 0 a triad would look like a copy */
  for (int i = 1; i <= 1024; i++) assert_true(seen[i] > 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_flipped_bit_is_one_byte),
      cmocka_unit_test(other_seeds_streams_and_places_differ),
      cmocka_unit_test(elements_are_small_integers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
