/* The command line and the rules between keys: what is accepted, what is refused, in which words.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include "toy_folder.h"

static void defaults_and_tiny(void **state) {
  (void)state;
  accept(ARGS(NULL));
  assert_int_equal(toy_request.action, SB_RUN);
  assert_int_equal(toy_config.n, 2000); /* of tiny.ini, not of the table */
  assert_int_equal(toy_config.blocks, 0);
  assert_true(toy_config.r == 0.125);
  assert_int_equal(toy_config.rng, 0);
  assert_string_equal(toy_config.note, "");
  assert_int_equal(toy_common.size, SB_SIZE_TINY);
  assert_int_equal(toy_common.scaling, SB_STRONG);
  assert_int_equal(toy_common.per, SB_PER_WORKER);
  assert_int_equal(toy_common.exchange, SB_EXCHANGE_AUTO);
  assert_int_equal(toy_common.threads, 0);
  assert_int_equal(toy_common.warmup, 2);
  assert_int_equal(toy_common.min_reps, 10);
  assert_int_equal(toy_common.max_reps, 100);
  assert_true(toy_common.time_limit == 60 && toy_common.ci == 0.025);
  assert_true(toy_common.watchdog == 0 && toy_common.memory == 0);
  assert_int_equal(toy_common.seed, 1);
  assert_false(toy_common.fields || toy_common.compress);
  assert_string_equal(toy_common.output, "");
  assert_string_equal(toy_common.json, "");
  assert_string_equal(toy_common.expect, "");
  assert_false(toy_request.seed_given || toy_request.memory_given);
  assert_string_equal(toy_request.input, "");
  assert_string_equal(toy_request.command_line, "toy_mpi");
}

static void every_way_to_write_an_option(void **state) {
  (void)state;
  accept(ARGS("--n", "7", "--rng=nas", "--min-reps", "3", "--time-limit=1e3", "--dry-run"));
  assert_int_equal(toy_config.n, 7);
  assert_int_equal(toy_config.rng, 1);
  assert_int_equal(toy_common.min_reps, 3);
  assert_true(toy_common.time_limit == 1000);
  assert_int_equal(toy_request.action, SB_DRY_RUN);
  accept(ARGS("--blocks", "-3", "--log", "yes", "--note=--a value=b"));
  assert_int_equal(toy_config.blocks, -3);
  assert_int_equal(toy_config.log, 1);
  assert_string_equal(toy_config.note, "--a value=b");
  assert_int_equal(toy_request.action, SB_RUN);
}

static void help_and_version_win(void **state) {
  (void)state;
  accept(ARGS("--n", "x", "nowhere.ini", "--help"));
  assert_int_equal(toy_request.action, SB_HELP);
  assert_int_equal(toy_config.n, 1000);
  accept(ARGS("--version", "--smaples"));
  assert_int_equal(toy_request.action, SB_VERSION);
}

static void bad_arguments(void **state) {
  (void)state;
  refuse(ARGS("--n", "0"), "command line: n = 0 is out of range; allowed 1 .. 2^53");
  refuse(ARGS("--n=-5"), "command line: n = -5 is out of range; allowed 1 .. 2^53");
  refuse(ARGS("--n", "1e3x"), "command line: n = 1e3x is not a whole number; allowed 1 .. 2^53");
  refuse(ARGS("--n", "nan"), "command line: n = nan is not a whole number; allowed 1 .. 2^53");
  refuse(ARGS("--n="), "command line: n = \"\" is not a whole number; allowed 1 .. 2^53");
  refuse(ARGS("--n", ""), "command line: n = \"\" is not a whole number; allowed 1 .. 2^53");
  refuse(ARGS("--n", "1e999"), "command line: n = 1e999 is out of range; allowed 1 .. 2^53");
  refuse(ARGS("--blocks", "none"),
         "command line: blocks = none is not a whole number; allowed auto or -8 .. 1e6");
  refuse(ARGS("--r", "inf"), "command line: r = inf is not a finite number; allowed 0 .. 0.25");
  refuse(ARGS("--r", "nan"), "command line: r = nan is not a finite number; allowed 0 .. 0.25");
  refuse(ARGS("--r", "1e-999"), "command line: r = 1e-999 is out of range; allowed 0 .. 0.25");
  refuse(ARGS("--r", "0.3"), "command line: r = 0.3 is out of range; allowed 0 .. 0.25");
  refuse(ARGS("--rng", "phil"),
         "command line: rng = phil is not one of its choices; allowed philox, nas");
  refuse(ARGS("--rng", "philox|nas"),
         "command line: rng = philox|nas is not one of its choices; allowed philox, nas");
  refuse(ARGS("--log", "maybe"),
         "command line: log = maybe is neither yes nor no; allowed yes, no");
  refuse(ARGS("--note="), "command line: note = \"\" says nothing; allowed none or a path");
  refuse(ARGS("--note", "a\nRESULT toy_mpi PASS"),
         "command line: note = \"a\\x0aRESULT toy_mpi PASS\" holds a control character or is not "
         "UTF-8; allowed none or a path");
  refuse(
      ARGS("--size", "custom"),
      "command line: size = custom is not one of its choices; allowed tiny, small, medium, large");
  refuse(ARGS("--size", "../../etc"),
         "command line: size = ../../etc is not one of its choices; allowed tiny, small, medium, "
         "large");
}

static void bad_options(void **state) {
  (void)state;
  refuse(ARGS("--smaples", "3"), "command line: --smaples is not a key of toy; see toy_mpi --help");
  refuse(ARGS("--blokcs=3"),
         "command line: --blokcs is not a key of toy (did you mean blocks?); see toy_mpi --help");
  refuse(
      ARGS("--min-rep", "3"),
      "command line: --min-rep is not a key of toy (did you mean min_reps?); see toy_mpi --help");
  refuse(ARGS("--ic=0"),
         "command line: --ic is not a key of toy (did you mean ci?); see toy_mpi --help");
  refuse(ARGS("--no=0"),
         "command line: --no is not a key of toy (did you mean n?); see toy_mpi --help");
  refuse(ARGS("--dryrun"),
         "command line: --dryrun is not a key of toy (did you mean dry-run?); see toy_mpi --help");
  refuse(ARGS("--"), "command line: -- is not a key of toy; see toy_mpi --help");
  refuse(ARGS("--n"), "command line: --n has no value; allowed 1 .. 2^53");
  refuse(ARGS("--output", "--n", "3"),
         "command line: --output has no value; allowed none or a path");
  refuse(ARGS("--n", "3", "--n=3"), "command line: n is given a second time; allowed is once");
  refuse(ARGS("--min_reps", "3", "--min-reps", "4"),
         "command line: min_reps is given a second time; allowed is once");
  refuse(ARGS("-n", "3"),
         "command line: -n is not an option; options begin with --, see toy_mpi --help");
  refuse(ARGS("n=3"), "command line: n=3 is not an option; write --n=VALUE");
  refuse(ARGS(""), "command line: an argument is empty; leave it out");
  refuse(ARGS("a.ini", "b.ini"),
         "command line: b.ini is a second input file after a.ini; allowed is one");
  refuse(ARGS("nowhere.ini"), "command line: cannot read nowhere.ini: No such file or directory");
  refuse(ARGS("inputs"), "command line: inputs is a directory; a file belongs here");
  refuse(ARGS("/dev/zero"), "command line: /dev/zero is not a regular file");
}

static void long_arguments(void **state) {
  (void)state;
  char path[1500];
  memset(path, 'p', sizeof path - 1);
  path[sizeof path - 1] = '\0';
  refuse(ARGS(path),
         "command line: ppppppppppppppppppppppppppppppppppppppppp... is no path that can be read; "
         "allowed are up to 1023 bytes of UTF-8 without control characters");
  refuse(ARGS("--output", path),
         "command line: output = ppppppppppppppppppppppppppppppppppppppppp... is too long; allowed "
         "none or a path");
  path[1024] = '\0';
  assert_int_equal(toy_parse(ARGS("--note", path)), SB_BAD_INPUT);
  path[1023] = '\0';
  accept(ARGS("--note", path));
  assert_string_equal(toy_config.note, path);
  assert_int_equal(strlen(toy_request.command_line), SB_TEXT_SIZE - 1);
  assert_string_equal(toy_request.command_line + SB_TEXT_SIZE - 4, "...");
  path[200] = '\0';
  accept(ARGS("--output", path));
  path[200] = 'p';
  path[201] = '\0';
  assert_int_equal(toy_parse(ARGS("--output", path)), SB_BAD_INPUT);
  assert_non_null(strstr(sb_message(), "name has 201 bytes; allowed are up to 200"));
}

static void outputs_that_cannot_be(void **state) {
  (void)state;
  accept(ARGS("--output", "../out.h5", "--json", "./out.json"));
  refuse(ARGS("--output", "inputs"),
         "command line: output = inputs is a directory; a file belongs here");
  refuse(ARGS("--output", "inputs/"),
         "command line: output = inputs/ is a directory; a file belongs here");
  refuse(ARGS("--json", "nowhere/a.json"),
         "command line: json = nowhere/a.json: there is no folder nowhere; make it first");
  refuse(ARGS("--json", "inputs/toy/tiny.ini/a.json"),
         "command line: json = inputs/toy/tiny.ini/a.json: there is no folder inputs/toy/tiny.ini; "
         "make it first");
  refuse(ARGS("--output", "/dev/null"), "command line: output = /dev/null is not a regular file");
  refuse(ARGS("--output", "a", "--json", "./a"),
         "command line: json = ./a is the output file too; name another");
  refuse(ARGS("--output", "inputs/toy/tiny.ini"),
         "command line: output = inputs/toy/tiny.ini is a file that this run reads; name another");
  refuse(ARGS("--expect", "e.ini"),
         "command line: expect: cannot read e.ini: No such file or directory");
  refuse(ARGS("--expect", "inputs"),
         "command line: expect: inputs is a directory; a file belongs here");
}

static void outputs_beside_a_reference_file(void **state) {
  (void)state;
  toy_write("e.ini", "");
  accept(ARGS("--expect", "e.ini", "--output", "o.h5", "--json", "o.json"));
  assert_string_equal(toy_common.expect, "e.ini");
  refuse(ARGS("--expect", "e.ini", "--json", "./e.ini"),
         "command line: json = ./e.ini is a file that this run reads; name another");
  assert_int_equal(remove("e.ini"), 0);
}

static void an_unwritable_folder(void **state) {
  (void)state;
  if (geteuid() == 0) skip(); /* root may write everywhere */
  refuse(ARGS("--output", "/a.h5"),
         "command line: output = /a.h5: cannot write into folder /: Permission denied");
}

static void sizes(void **state) {
  (void)state;
  accept(ARGS("--size", "small"));
  assert_int_equal(toy_config.n, 1 << 20);
  assert_int_equal(toy_common.size, SB_SIZE_SMALL);
  assert_non_null(strstr(toy_request.size_file, "/inputs/toy/small.ini"));
  accept(ARGS("--size", "small", "--n", "1048576")); /* the same number, yet the user's */
  assert_int_equal(toy_common.size, SB_SIZE_CUSTOM);
  accept(ARGS("--rng", "nas"));
  assert_int_equal(toy_common.size, SB_SIZE_TINY);
  accept(ARGS("--memory", "0.5", "--seed", "0"));
  assert_int_equal(toy_common.size, SB_SIZE_CUSTOM);
  assert_true(toy_request.memory_given && toy_request.seed_given);
  assert_int_equal(toy_parse(ARGS("--size", "medium")), SB_BAD_INPUT);
  assert_non_null(
      strstr(sb_message(), "/medium.ini:3: r is not a size key; allowed here are size keys alone"));
  assert_int_equal(toy_parse(ARGS("--size", "large")), SB_BAD_INPUT);
  assert_non_null(strstr(sb_message(), "size = large: cannot read /"));
}

/* What a share of memory sets is not given beside it, wherever the two stand. */
static void memory_beside_sizes(void **state) {
  (void)state;
  refuse(ARGS("--n", "7", "--memory", "0.1"),
         "command line: n = 7 and memory = 0.1 both set the size of the problem; allowed is one of "
         "the two");
  refuse(ARGS("--memory", "0.1", "--size", "small"),
         "command line: size = small and memory = 0.1 both set the size of the problem; allowed is "
         "one of the two");
  toy_write("run.ini", "[toy]\nn = 7\n");
  refuse(ARGS("run.ini", "--memory", "0.1"),
         "run.ini:2: n = 7 and memory = 0.1 (command line) both set the size of the problem; "
         "allowed is one of the two");
  accept(ARGS("run.ini", "--memory", "0"));
  assert_int_equal(toy_config.n, 7);
  toy_write("run.ini", "[toy]\nmemory = 0.25\nsize = tiny\n");
  refuse(ARGS("run.ini"),
         "run.ini:3: size = tiny and memory = 0.25 (run.ini:2) both set the size of the problem; "
         "allowed is one of the two");
  toy_write("run.ini", "[toy]\nmemory = 0.25\nblocks = 3\n");
  refuse(ARGS("run.ini", "--n", "8"),
         "command line: n = 8 and memory = 0.25 (run.ini:2) both set the size of the problem; "
         "allowed is one of the two");
  accept(ARGS("run.ini", "--rng", "nas"));
  accept(ARGS("run.ini", "--n", "8", "--memory", "0")); /* the command line wins */
  assert_int_equal(remove("run.ini"), 0);
}

static void repetitions(void **state) {
  (void)state;
  accept(ARGS("--max_reps", "3"));
  assert_int_equal(toy_common.min_reps, 3);
  accept(ARGS("--min_reps", "300"));
  assert_int_equal(toy_common.max_reps, 300);
  accept(ARGS("--min_reps", "5", "--max_reps", "5"));
  refuse(ARGS("--min_reps", "5", "--max_reps", "4"),
         "command line: min_reps = 5 is above max_reps; allowed 1 .. 4");
}

static void command_line_without_paths(void **state) {
  (void)state;
  accept(ARGS("--output", "/tmp/secret.h5", "--note=/home/me/a b", "--n", "1e3", "--dry-run"));
  assert_string_equal(toy_request.command_line,
                      "toy_mpi --output secret.h5 --note='a b' --n 1e3 --dry-run");
}

/* bin/ and share/ lie side by side, in a build tree and in an installation. */
static void share_lies_beside_the_program(void **state) {
  (void)state;
  char program[4096], expected[4200], path[SB_TEXT_SIZE];
  for (int i = 0; i < 2; i++) {
    if (i == 0) assert_int_equal(unsetenv("SB_SHARE"), 0);
    if (i == 1) assert_int_equal(setenv("SB_SHARE", "", 1), 0); /* the same as none */
    const ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length < 0) skip(); /* not Linux */
    program[length] = '\0';
    *strrchr(program, '/') = '\0';
    *strrchr(program, '/') = '\0';
    snprintf(expected, sizeof expected, "%s/share/scalebar/inputs/toy/tiny.ini", program);
    assert_int_equal(sb_share_path("inputs/toy/tiny.ini", path, sizeof path), SB_OK);
    assert_string_equal(path, expected);
    sb_clear();
    assert_int_equal(sb_share_path("inputs/toy/tiny.ini", path, 20), SB_BAD_INPUT);
  }
  assert_int_equal(setenv("SB_SHARE", toy_folder, 1), 0);
}

static void help_names_every_key(void **state) {
  (void)state;
  char *text = NULL;
  size_t bytes = 0;
  FILE *out = open_memstream(&text, &bytes);
  sb_options_help(&toy_set, out);
  fclose(out);
  for (int table = 0; table < 2; table++) {
    for (const sb_option *o = table ? sb_common_options : toy_options; o->key != NULL; o++) {
      char line[64];
      snprintf(line, sizeof line, "\n  %s%s ", o->key, o->sizes ? "*" : "");
      assert_non_null(strstr(text, line));
    }
  }
  for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1)
    assert_true(strcspn(line, "\n") <= 100);
  free(text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(defaults_and_tiny),
      cmocka_unit_test(every_way_to_write_an_option),
      cmocka_unit_test(help_and_version_win),
      cmocka_unit_test(bad_arguments),
      cmocka_unit_test(bad_options),
      cmocka_unit_test(long_arguments),
      cmocka_unit_test(outputs_that_cannot_be),
      cmocka_unit_test(an_unwritable_folder),
      cmocka_unit_test(outputs_beside_a_reference_file),
      cmocka_unit_test(sizes),
      cmocka_unit_test(memory_beside_sizes),
      cmocka_unit_test(repetitions),
      cmocka_unit_test(command_line_without_paths),
      cmocka_unit_test(help_names_every_key),
      cmocka_unit_test(share_lies_beside_the_program),
  };
  return cmocka_run_group_tests(tests, toy_enter, toy_leave);
}
