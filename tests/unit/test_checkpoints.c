/* Checkpoints are found and pruned beside their own output, and nothing else is touched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checkpoints.h"
#include "own_folder.h"

static sb_comm *comm;

static void make(const char *name) {
  const int file = open(path_of(name), O_WRONLY | O_CREAT | O_EXCL, 0600);
  assert_true(file >= 0);
  close(file);
}

static void make_step(const char *output, const char *kind, int64_t step) {
  char path[512];
  assert_int_equal(sb_state_path(path_of(output), kind, step, path, sizeof path), SB_OK);
  const int file = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
  assert_true(file >= 0);
  close(file);
}

static bool is_there(const char *name) { return access(path_of(name), F_OK) == 0; }

static void names_hold_output_kind_and_step(void **state) {
  (void)state;
  static const struct {
    const char *output, *kind;
    int64_t step;
    const char *path;
  } known[] = {
      {"run.h5", "checkpoint", 5, "run.checkpoint.000000000005.h5"},
      {"a/b.c/run.h5", "snapshot", 0, "a/b.c/run.snapshot.000000000000.h5"},
      {"/run.2.h5", "checkpoint", 999999999999, "/run.2.checkpoint.999999999999.h5"},
      {"dir.h5/run", "checkpoint", 1, "dir.h5/run.checkpoint.000000000001.h5"},
      {"run.v2", "checkpoint", 1, "run.v2.checkpoint.000000000001.h5"},
      {"run.h5.h5", "checkpoint", 1, "run.h5.checkpoint.000000000001.h5"},
      {"run.h50", "checkpoint", 1, "run.h50.checkpoint.000000000001.h5"},
      {"x/.h5", "checkpoint", 1, "x/.h5.checkpoint.000000000001.h5"},
  };
  char path[64];
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    assert_int_equal(
        sb_state_path(known[i].output, known[i].kind, known[i].step, path, sizeof path), SB_OK);
    assert_string_equal(path, known[i].path);
  }
  assert_int_equal(sb_state_path("run.h5", "checkpoint", 5, path, 31), SB_OK);
  assert_int_equal(sb_state_path("run.h5", "checkpoint", 5, path, 30), SB_BAD_INPUT);
  assert_int_equal(sb_state_path("run.h5", "checkpoint", 1000000000000, path, sizeof path),
                   SB_BAD_INPUT);
  assert_int_equal(sb_state_path("run.h5", "checkpoint", -1, path, sizeof path), SB_BAD_INPUT);
}

static void finds_the_highest_first(void **state) {
  (void)state;
  int64_t steps[SB_CHECKPOINTS_MOST];
  int found = -1;
  static const int64_t made[] = {7, 100, 20, 3, 999999999999};
  for (size_t i = 0; i < sizeof made / sizeof *made; i++)
    make_step("run.h5", "checkpoint", made[i]);
  assert_int_equal(sb_checkpoints_find(comm, path_of("run.h5"), steps, &found), SB_OK);
  static const int64_t expected[] = {999999999999, 100, 20, 7, 3};
  assert_int_equal(found, 5);
  assert_memory_equal(steps, expected, sizeof expected);
}

static void finds_so_many_and_no_more(void **state) {
  (void)state;
  int64_t steps[SB_CHECKPOINTS_MOST];
  int found = -1;
  for (int64_t i = 0; i < SB_CHECKPOINTS_MOST + 30; i++)
    make_step("run.h5", "checkpoint", i * 37 % 94);
  assert_int_equal(sb_checkpoints_find(comm, path_of("run.h5"), steps, &found), SB_OK);
  assert_int_equal(found, SB_CHECKPOINTS_MOST);
  for (int i = 0; i < found; i++) assert_int_equal(steps[i], SB_CHECKPOINTS_MOST + 29 - i);
}

static void says_when_there_is_none(void **state) {
  (void)state;
  int64_t steps[SB_CHECKPOINTS_MOST];
  int found = -1;
  assert_int_equal(sb_checkpoints_find(comm, path_of("run.h5"), steps, &found), SB_BAD_INPUT);
  assert_non_null(strstr(sb_message(), "run.checkpoint.<step>.h5"));
  assert_int_equal(found, 0);
  sb_clear();
  assert_int_equal(sb_checkpoints_find(comm, path_of("absent/run.h5"), steps, &found), SB_IO_ERROR);
  assert_non_null(strstr(sb_message(), "No such file or directory"));
  sb_clear();
  sb_checkpoints_prune(path_of("absent/run.h5"), 1, -1);
  assert_string_equal(sb_message(), "");
}

/* Names that are like those of run.h5's checkpoints, and are none. */
static const char *const others[] = {
    "run.h5",
    "run.snapshot.000000000001.h5",
    "run2.checkpoint.000000000001.h5",
    "run.checkpoint.00000000001.h5",
    "run.checkpoint.0000000000001.h5",
    "run.checkpoint.00000000000x.h5",
    "run.checkpoint.-00000000001.h5",
    "run.checkpoint.000000000001.h5.old",
    "run.checkpoint.000000000001.h5.tmp.",
    "run.checkpoint.000000000001.h5.tmp.mine",
    "run.checkpoint.000000000001.xmf",
    "run.checkpoint.checkpoint.000000000001.h5",
    "run.checkpoint.checkpoint.000000000001.h5.tmp.0123456789abcdef",
    "a.run.checkpoint.000000000001.h5",
    "run.h5.checkpoint.000000000001.h5",
    "runxcheckpoint.000000000001.h5",
    "run.h5.tmp.0123456789abcdef",
    "run.snapshot.000000000001.h5.tmp.mine",
};
enum { OTHERS = sizeof others / sizeof *others };

static void leaves_other_files_alone(void **state) {
  (void)state;
  int64_t steps[SB_CHECKPOINTS_MOST];
  int found = -1;
  for (int i = 0; i < OTHERS; i++) make(others[i]);
  assert_int_equal(sb_checkpoints_find(comm, path_of("run.h5"), steps, &found), SB_BAD_INPUT);
  assert_int_equal(mkdir(path_of("run.checkpoint.000000000002.h5"), 0700), 0);
  sb_checkpoints_prune(path_of("run.h5"), 7, -1);
  sb_states_tidy(path_of("run.h5"));
  for (int i = 0; i < OTHERS; i++) assert_true(is_there(others[i]));
  assert_int_equal(files_in_folder(), OTHERS + 1);
  /* It can be no checkpoint, but whoever reads it shall say so. */
  assert_int_equal(sb_checkpoints_find(comm, path_of("run.h5"), steps, &found), SB_OK);
  assert_int_equal(found, 1);
}

static void tidies_what_killed_writers_left(void **state) {
  (void)state;
  make_step("run.h5", "checkpoint", 20);
  make_step("run.h5", "snapshot", 20);
  make("run.checkpoint.000000000020.h5.tmp.0123456789abcdef");
  make("run.checkpoint.000000000070.h5.tmp.fedcba9876543210-17.sm");
  make("run.snapshot.000000000070.h5.tmp.fedcba9876543210");
  sb_checkpoints_prune(path_of("run.h5"), 20, -1);
  assert_int_equal(files_in_folder(), 5);
  sb_states_tidy(path_of("run.h5"));
  assert_int_equal(files_in_folder(), 2);
  sb_states_tidy(path_of("absent/run.h5"));
  assert_string_equal(sb_message(), "");
}

static void knows_the_names_beside_an_output(void **state) {
  (void)state;
  assert_true(sb_state_owns("a/run.h5", "a/run.xmf"));
  assert_true(sb_state_owns("a/run.h5", "a/run.checkpoint.000000000020.h5"));
  assert_true(sb_state_owns("a/run.h5", "a/run.snapshot.x"));
  assert_true(sb_state_owns("run", "run.xmf"));
  assert_false(sb_state_owns("a/run.h5", "a/run.json"));
  assert_false(sb_state_owns("a/run.h5", "run.xmf"));
  assert_false(sb_state_owns("run.xmf", "run.xmf"));
  assert_false(sb_state_owns("run.h5", ""));
}

/* Step 30 is another run's. */
static void keeps_the_new_one_and_the_one_before(void **state) {
  (void)state;
  static const int64_t made[] = {10, 20, 30, 40, 50, 60};
  for (size_t i = 0; i < sizeof made / sizeof *made; i++)
    make_step("run.h5", "checkpoint", made[i]);
  make_step("run.h5", "snapshot", 10);
  make_step("run.b", "checkpoint", 10);
  sb_checkpoints_prune(path_of("run.h5"), 40, 20);
  assert_true(is_there("run.checkpoint.000000000040.h5"));
  assert_true(is_there("run.checkpoint.000000000020.h5"));
  assert_true(is_there("run.snapshot.000000000010.h5"));
  assert_true(is_there("run.b.checkpoint.000000000010.h5"));
  assert_int_equal(files_in_folder(), 4);
  sb_checkpoints_prune(path_of("run.h5"), 40, 20);
  assert_int_equal(files_in_folder(), 4);
  sb_checkpoints_prune(path_of("run.h5"), 40, -1);
  assert_false(is_there("run.checkpoint.000000000020.h5"));
  assert_int_equal(files_in_folder(), 3);
}

/* An output without a folder lies in the present one. */
static void works_in_the_present_folder(void **state) {
  (void)state;
  int64_t steps[SB_CHECKPOINTS_MOST];
  int found = -1;
  char before[512];
  make_step("run", "checkpoint", 1);
  make_step("run", "checkpoint", 2);
  make_step("run", "checkpoint", 3);
  assert_non_null(getcwd(before, sizeof before));
  assert_int_equal(chdir(folder), 0);
  assert_int_equal(sb_checkpoints_find(comm, "run", steps, &found), SB_OK);
  sb_checkpoints_prune("run", 3, 2);
  assert_int_equal(chdir(before), 0);
  assert_int_equal(found, 3);
  assert_int_equal(files_in_folder(), 2);
}

int main(int argc, char **argv) {
  if (sb_comm_start(&argc, &argv, &comm) != SB_OK) return 1;
  snprintf(folder, sizeof folder, "%s/scalebar_checkpoints_XXXXXX", folder_of_folders());
  if (mkdtemp(folder) == NULL) return 1;
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_hold_output_kind_and_step),
      cmocka_unit_test_setup(finds_the_highest_first, empty_folder),
      cmocka_unit_test_setup(finds_so_many_and_no_more, empty_folder),
      cmocka_unit_test_setup(says_when_there_is_none, empty_folder),
      cmocka_unit_test_setup(leaves_other_files_alone, empty_folder),
      cmocka_unit_test_setup(tidies_what_killed_writers_left, empty_folder),
      cmocka_unit_test(knows_the_names_beside_an_output),
      cmocka_unit_test_setup(keeps_the_new_one_and_the_one_before, empty_folder),
      cmocka_unit_test_setup(works_in_the_present_folder, empty_folder),
  };
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  empty_folder(NULL);
  rmdir(folder);
  sb_comm_finish(&comm);
  return failed;
}
