/* INI files: what is accepted, what is refused, in which words and with which line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include "hash.h"
#include "toy_folder.h"

/* Parses `bytes` as run.ini; leaves no file behind. */
static sb_status parse_bytes(const char *text, size_t bytes) {
  toy_write_bytes("run.ini", text, bytes);
  const sb_status status = toy_parse(ARGS("run.ini"));
  assert_int_equal(remove("run.ini"), 0);
  return status;
}

static void accept_ini(const char *text) {
  const sb_status status = parse_bytes(text, strlen(text));
  assert_string_equal(sb_message(), "");
  assert_int_equal(status, SB_OK);
}

static void refuse_ini(const char *text, const char *sentence) {
  assert_int_equal(parse_bytes(text, strlen(text)), SB_BAD_INPUT);
  assert_string_equal(sb_message(), sentence);
}

static void good_files(void **state) {
  (void)state;
  accept_ini("");
  accept_ini("\n\n; nothing\n# at all\n  ; indented comment\n \t \n");
  accept_ini("[toy]\nn = 7\nrng=nas ; a comment\nr\t=\t0.2\n\nnote = a;b c\nseed = 3");
  assert_int_equal(toy_config.n, 7);
  assert_int_equal(toy_config.rng, 1);
  assert_true(toy_config.r == 0.2);
  assert_string_equal(toy_config.note, "a;b c");
  assert_int_equal(toy_common.seed, 3);
  assert_true(toy_request.seed_given);
  assert_int_equal(toy_common.size, SB_SIZE_CUSTOM);
  assert_string_equal(toy_request.input, "run.ini");
  assert_string_equal(toy_request.command_line, "toy_mpi run.ini");
  accept_ini("[toy] ; one\nn = 7\n[toy]\nr = 0\n");
  accept_ini("\xef\xbb\xbf[toy]\r\nn = 8\r\n\r\nr = 0.1\r\n"); /* byte-order mark, CRLF */
  assert_int_equal(toy_config.n, 8);
  assert_true(toy_config.r == 0.1);
  accept_ini("[toy]\nsize = small\n");
  assert_int_equal(toy_config.n, 1 << 20);
  assert_int_equal(toy_common.size, SB_SIZE_SMALL);
}

static void command_line_wins(void **state) {
  (void)state;
  toy_write("run.ini", "[toy]\nn = 7\nsize = small\nmin_reps = 20\n");
  accept(ARGS("run.ini", "--n", "9", "--max_reps", "30"));
  assert_int_equal(toy_config.n, 9);
  assert_int_equal(toy_common.min_reps, 20);
  refuse(ARGS("--max_reps=5", "run.ini"),
         "run.ini:4: min_reps = 20 is above max_reps; allowed 1 .. 5");
  accept(ARGS("--size", "tiny", "run.ini"));
  assert_non_null(strstr(toy_request.size_file, "tiny.ini"));
  refuse(ARGS("run.ini", "--output", "./run.ini"),
         "command line: output = ./run.ini is a file that this run reads; name another");
  remove("run.ini");

  /* What the command line overrides must still be right, and stand there once. */
  toy_write("run.ini", "[toy]\nn = 7\nn = 7\n");
  refuse(ARGS("run.ini", "--n", "9"), "run.ini:3: n is given a second time; allowed is once");
  toy_write("run.ini", "[toy]\nn = x\n");
  refuse(ARGS("run.ini", "--n", "9"), "run.ini:2: n = x is not a whole number; allowed 1 .. 2^53");
  remove("run.ini");
}

static void bad_values(void **state) {
  (void)state;
  refuse_ini("[toy]\n\nn = 1e3x\n", "run.ini:3: n = 1e3x is not a whole number; allowed 1 .. 2^53");
  refuse_ini("[toy]\nn = 0\n", "run.ini:2: n = 0 is out of range; allowed 1 .. 2^53");
  refuse_ini("[toy]\nn =\n", "run.ini:2: n = \"\" is not a whole number; allowed 1 .. 2^53");
  refuse_ini("[toy]\nn = ; none\n", "run.ini:2: n = \"\" is not a whole number; allowed 1 .. 2^53");
  refuse_ini("[toy]\nci = nan\n", "run.ini:2: ci = nan is not a finite number; allowed 0 .. 1");
  refuse_ini("[toy]\nn = 5 # five\n",
             "run.ini:2: n = \"5 # five\" has '#' behind a blank; comments begin with ';'");
  refuse_ini("[toy]\noutput = nowhere/a.h5\n",
             "run.ini:2: output = nowhere/a.h5: there is no folder nowhere; make it first");
  refuse_ini("[toy]\nexpect = inputs\n",
             "run.ini:2: expect: inputs is a directory; a file belongs here");
}

static void bad_keys(void **state) {
  (void)state;
  refuse_ini("[toy]\nblcoks = 3\n",
             "run.ini:2: blcoks is not a key of toy (did you mean blocks?); see toy_mpi --help");
  refuse_ini(
      "[toy]\nmin-reps = 3\n",
      "run.ini:2: min-reps is not a key of toy (did you mean min_reps?); see toy_mpi --help");
  refuse_ini("[toy]\nn = 3\nr = 0\nn = 3\n",
             "run.ini:4: n is given a second time; allowed is once");
  refuse_ini("[toy]\nn = 3\n[toy]\nn = 3\n",
             "run.ini:4: n is given a second time; allowed is once");
  refuse_ini("n = 3\n", "run.ini:1: \"n = 3\" stands before any [section]; put one above it");
  refuse_ini("[toy]\n= 3\n", "run.ini:2: \"= 3\" has no key; write key = value");
  refuse_ini("[toy]\nn 3\nr = 0\n", "run.ini:2: \"n 3\" has no '='; write key = value");
  refuse_ini("[toy]\nn ; = 3\n", "run.ini:2: \"n ; = 3\" has no key; write key = value");
}

static void bad_sections(void **state) {
  (void)state;
  refuse_ini("[toy]\nn = 3\n[heat]\n",
             "run.ini:3: [heat] is not a section of this program; allowed [toy]");
  refuse_ini("[]\n", "run.ini:1: [\"\"] is not a section of this program; allowed [toy]");
  refuse_ini("[toy\nn = 3\n", "run.ini:1: [toy has no closing ]; write [section]");
  refuse_ini("[toy] n = 3\n", "run.ini:1: \"[toy] n = 3\" has text behind ]; begin a new line");
  refuse_ini("[toytoytoytoytoytoytoytoytoytoytoytoytoytoytoytoytoytoy]\n",
             "run.ini:1: [toytoytoytoytoytoytoytoytoytoytoytoytoyto...] is not a section of this "
             "program; allowed [toy]");
}

/* inih itself would take an indented line as more of the value above. */
static void bad_lines(void **state) {
  (void)state;
  refuse_ini("[toy]\nnote = a\n  b = c\n",
             "run.ini:3: \"  b = c\" is indented; begin lines without blanks");
  refuse_ini("[toy]\n\tn = 3\n",
             "run.ini:2: \"\\x09n = 3\" is indented; begin lines without blanks");
  refuse_ini("[toy]\nnote = a\x07\n",
             "run.ini:2: \"note = a\\x07\" holds a control character; only text is allowed");
  refuse_ini("[toy]\rn = 3\r",
             "run.ini:1: \"[toy]\\x0dn = 3\" holds a control character; only text is allowed");
  refuse_ini("[toy]\nnote = \xff\n",
             "run.ini:2: note = \\xff holds a control character or is not UTF-8; allowed none or a "
             "path");
  const char nul[] = "[toy]\nn = 3\nr = \0 0.1\n";
  assert_int_equal(parse_bytes(nul, sizeof nul - 1), SB_BAD_INPUT);
  assert_string_equal(sb_message(), "run.ini:3: the line holds a NUL byte; only text is allowed");
}

/* A second line of `length` characters, "note=" and digits, and what stands behind it. */
static const char *long_line(size_t length, const char *behind) {
  static char text[1000];
  snprintf(text, sizeof text, "[toy]\nnote=%0*d%s", (int)length - 5, 1, behind);
  return text;
}

static void long_lines(void **state) {
  (void)state;
  accept_ini(long_line(190, ""));
  assert_int_equal(strlen(toy_config.note), 185);
  accept_ini(long_line(190, "\r\n"));
  refuse_ini(long_line(191, "\n"), "run.ini:2: the line has 191 characters; allowed are up to 190");
  /* inih cuts lines at 199 characters: what is behind would be a line of its own. */
  refuse_ini(long_line(199, "r=0.1\n"),
             "run.ini:2: the line has 204 characters; allowed are up to 190");
  char comment[500];
  memset(comment, '=', sizeof comment);
  comment[0] = ';';
  comment[sizeof comment - 1] = '\0';
  accept_ini(comment); /* as long as it likes */
}

static void large_files(void **state) {
  (void)state;
  const size_t bytes = (1 << 20) + 1;
  char *text = malloc(bytes);
  assert_non_null(text);
  memset(text, '\n', bytes);
  assert_int_equal(parse_bytes(text, bytes - 1), SB_OK);
  assert_int_equal(parse_bytes(text, bytes), SB_BAD_INPUT);
  assert_string_equal(sb_message(),
                      "command line: run.ini is too large; allowed are up to 1048576 bytes");
  snprintf(text + bytes - 8, 8, "[toy]\nn"); /* its NUL is not written */
  assert_int_equal(parse_bytes(text, bytes - 1), SB_BAD_INPUT);
  assert_string_equal(sb_message(), "run.ini:1048571: n has no '='; write key = value");
  free(text);
}

static void an_unreadable_file(void **state) {
  (void)state;
  if (geteuid() == 0) skip(); /* root may read everything */
  toy_write("run.ini", "[toy]\n");
  assert_int_equal(chmod("run.ini", 0), 0);
  refuse(ARGS("run.ini"), "command line: cannot read run.ini: Permission denied");
  remove("run.ini");
}

/* The hash is of both files' bytes: size file, then INPUT.ini. */
static void hash_of_inputs(void **state) {
  (void)state;
  char first[65];
  accept(ARGS(NULL));
  memcpy(first, toy_request.input_sha256, sizeof first);
  if (!sb_sha256_built()) skip();
  /* printf '[toy]\nn = 2000 ; cells\n' | sha256sum */
  assert_string_equal(first, "f2f4cec699b794fa7d4d8a8f37f738c98d4655d13bca7f64eba25f9f001a3a71");
  accept_ini("[toy]\nseed = 2\n");
  /* the same and '[toy]\nseed = 2\n' behind it */
  assert_string_equal(toy_request.input_sha256,
                      "28bafe22766ae91849b3296fb46fba0af7373cc02bd5e70e42c36693a094054e");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(good_files),     cmocka_unit_test(command_line_wins),
      cmocka_unit_test(bad_values),     cmocka_unit_test(bad_keys),
      cmocka_unit_test(bad_sections),   cmocka_unit_test(bad_lines),
      cmocka_unit_test(long_lines),     cmocka_unit_test(large_files),
      cmocka_unit_test(hash_of_inputs), cmocka_unit_test(an_unreadable_file),
  };
  return cmocka_run_group_tests(tests, toy_enter, toy_leave);
}
