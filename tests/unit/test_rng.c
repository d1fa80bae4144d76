/* Philox 4x32-10 gives the published answers, and numbered blocks are what rng.h says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <string.h>

#include "rng.h"

/* Random123 1.09, tests/kat_vectors, philox4x32 10. */
static const struct {
  uint32_t counter[4], key[2], answer[4];
} known[] = {
    {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
    {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
     {0xffffffff, 0xffffffff},
     {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
    {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
     {0xa4093822, 0x299f31d0},
     {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
};

static void gives_the_published_answers(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
    uint32_t out[4];
    sb_philox4x32_10(known[i].counter, known[i].key, out);
    assert_memory_equal(out, known[i].answer, sizeof out);
  }
}

static void may_write_over_its_counter(void **state) {
  (void)state;
  uint32_t words[4];
  memcpy(words, known[2].counter, sizeof words);
  sb_philox4x32_10(words, known[2].key, words);
  assert_memory_equal(words, known[2].answer, sizeof words);
}

static void a_numbered_block_is_a_counter_and_a_key(void **state) {
  (void)state;
  const uint64_t seed = UINT64_C(0x8123456700abcdef), block = UINT64_C(0xfedcba9800000001);
  const uint32_t counter[4] = {1, 0xfedcba98, 0, 0}, key[2] = {0x00abcdef, 0x81234567};
  uint32_t expected[4], out[4];
  sb_philox4x32_10(counter, key, expected);
  sb_random_block(seed, block, out);
  assert_memory_equal(out, expected, sizeof out);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(gives_the_published_answers),
      cmocka_unit_test(may_write_over_its_counter),
      cmocka_unit_test(a_numbered_block_is_a_counter_and_a_key),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
