/* SHA-256 against the examples of FIPS 180-4. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hash.h"

static const char abc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
static const char nothing[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
/* FIPS 180-4's example of one million times "a". */
static const char million[] = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

static void skip_without_libcrypto(void) {
  if (!sb_sha256_built()) skip();
}

static void known_answers(void **state) {
  (void)state;
  char hex[SB_SHA256_SIZE];
  skip_without_libcrypto();
  sb_sha256(NULL, 0, hex);
  assert_string_equal(hex, nothing);
  sb_sha256(&(sb_piece){"abc", 3}, 1, hex);
  assert_string_equal(hex, abc);
}

static void pieces_stand_one_after_the_other(void **state) {
  (void)state;
  char hex[SB_SHA256_SIZE];
  skip_without_libcrypto();
  const sb_piece pieces[] = {{"a", 1}, {NULL, 0}, {"bc", 2}};
  sb_sha256(pieces, 3, hex);
  assert_string_equal(hex, abc);
}

static void a_file_of_many_blocks(void **state) {
  (void)state;
  char hex[SB_SHA256_SIZE], path[] = "/tmp/scalebar-test-XXXXXX";
  skip_without_libcrypto();
  const int descriptor = mkstemp(path);
  assert_true(descriptor >= 0);
  FILE *file = fdopen(descriptor, "wb");
  assert_non_null(file);
  for (int i = 0; i < 1000000; i++) fputc('a', file);
  fclose(file);
  sb_sha256_file(path, hex);
  remove(path);
  assert_string_equal(hex, million);
}

static void what_cannot_be_read_is_unknown(void **state) {
  (void)state;
  char hex[SB_SHA256_SIZE];
  sb_sha256_file("/nowhere/at/all", hex);
  assert_string_equal(hex, "unknown");
  sb_sha256_file("/", hex);
  assert_string_equal(hex, "unknown");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(known_answers),
      cmocka_unit_test(pieces_stand_one_after_the_other),
      cmocka_unit_test(a_file_of_many_blocks),
      cmocka_unit_test(what_cannot_be_read_is_unknown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
