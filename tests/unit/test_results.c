/* Result files appear whole or not at all, under their final name alone.
 *
 * With arguments this program is a generator: `test_results OUT.h5 OUT.json [WORD...]` writes what
 * tests/schema/check_schema.py then reads; linked with MPI it does so on several ranks. Words:
 * compress, no-fields, no-warmup. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "own_folder.h"
#include "results_text.h"
#include "toy_record.h"

static sb_comm *comm;

typedef sb_status (*writer)(sb_comm *, const sb_record *, const char *);
static const writer writers[] = {sb_results_write_hdf5, sb_results_write_json};
enum { WRITERS = sizeof writers / sizeof *writers };

static void put(const char *path, const char *text) {
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fputs(text, file);
  assert_int_equal(fclose(file), 0);
}

/* The caller frees it. */
static char *get(const char *path) {
  FILE *file = fopen(path, "r");
  assert_non_null(file);
  char *text = calloc(1, 1 << 20);
  assert_non_null(text);
  assert_true(fread(text, 1, (1 << 20) - 1, file) > 0);
  fclose(file);
  return text;
}

/* cmocka skips what this build cannot do. */
static void need_hdf5(void) {
  if (sb_results_have_hdf5() != SB_OK) skip();
}

static void writes_and_replaces(void **state) {
  (void)state;
  need_hdf5();
  toy_run *toy = toy_create(comm);
  for (int w = 0; w < WRITERS; w++) {
    const char *path = path_of("out");
    put(path, "old");
    assert_int_equal(writers[w](comm, &toy->record, path), SB_OK);
    char *text = get(path);
    assert_memory_equal(text, w == 0 ? "\x89HDF" : "{\n  \"schema_name\": \"scalebar\"",
                        w == 0 ? 4 : 29);
    free(text);
    assert_int_equal(files_in_folder(), 1);
  }
  free(toy);
}

static void refuses_what_is_no_plain_file(void **state) {
  (void)state;
  need_hdf5();
  toy_run *toy = toy_create(comm);
  char fifo[512];
  snprintf(fifo, sizeof fifo, "%s", path_of("fifo"));
  assert_int_equal(mkfifo(fifo, 0600), 0);
  const char *const targets[] = {fifo, folder};
  for (int w = 0; w < WRITERS; w++) {
    for (int t = 0; t < 2; t++) {
      sb_clear();
      assert_int_equal(writers[w](comm, &toy->record, targets[t]), SB_BAD_INPUT);
      assert_non_null(strstr(sb_message(), "not a plain file"));
    }
  }
  struct stat there;
  assert_int_equal(stat(fifo, &there), 0);
  assert_true(S_ISFIFO(there.st_mode));
  assert_int_equal(files_in_folder(), 1);
  free(toy);
}

static void says_why_a_folder_cannot_be_written(void **state) {
  (void)state;
  need_hdf5();
  toy_run *toy = toy_create(comm);
  for (int w = 0; w < WRITERS; w++) {
    sb_clear();
    assert_int_equal(writers[w](comm, &toy->record, path_of("absent/out")), SB_IO_ERROR);
    assert_non_null(strstr(sb_message(), "No such file or directory"));
    assert_null(strchr(sb_message(), '\n'));
  }
  free(toy);
}

/* A file size limit stands in for a full disk: every length up to the whole file fails in its own
 * place. An old result stays, no new file is left, and the sentence names file and reason. */
static void survive_a_full_disk(bool fields) {
  need_hdf5();
  toy_run *toy = toy_create(comm);
  toy->common.fields = fields;
  struct rlimit unlimited;
  assert_int_equal(getrlimit(RLIMIT_FSIZE, &unlimited), 0);
  for (int w = 0; w < WRITERS; w++) {
    char path[512];
    snprintf(path, sizeof path, "%s", path_of("out"));
    assert_int_equal(writers[w](comm, &toy->record, path), SB_OK);
    struct stat whole;
    assert_int_equal(stat(path, &whole), 0);
    put(path, "old");
    for (rlim_t limit = 0; limit < (rlim_t)whole.st_size; limit += (rlim_t)whole.st_size / 40) {
      sb_clear();
      const struct rlimit lowered = {.rlim_cur = limit, .rlim_max = unlimited.rlim_max};
      assert_int_equal(setrlimit(RLIMIT_FSIZE, &lowered), 0);
      const sb_status status = writers[w](comm, &toy->record, path);
      assert_int_equal(setrlimit(RLIMIT_FSIZE, &unlimited), 0);
      assert_int_equal(status, SB_IO_ERROR);
      assert_non_null(strstr(sb_message(), path));
      assert_non_null(strstr(sb_message(), "File too large"));
      assert_int_equal(files_in_folder(), 1);
      char *text = get(path);
      assert_string_equal(text, "old");
      free(text);
    }
  }
  free(toy);
}

static void survives_a_full_disk_at_any_length(void **state) {
  (void)state;
  survive_a_full_disk(false);
}

static void survives_a_full_disk_with_fields(void **state) {
  (void)state;
  survive_a_full_disk(true);
}

static void json_holds_what_is_no_number(void **state) {
  (void)state;
  toy_run *toy = toy_create(comm);
  toy->checks.check[1].error = (double)NAN;
  toy->record.warnings = "two lines\nand \"quotes\" \\ \xff \xc3\xa9";
  assert_int_equal(sb_results_write_json(comm, &toy->record, path_of("out")), SB_OK);
  char *text = get(path_of("out"));
  assert_non_null(strstr(text, "\"value\": [0, null]"));
  assert_non_null(strstr(text, "two lines\\u000aand \\\"quotes\\\" \\\\ ? \xc3\xa9"));
  assert_non_null(strstr(text, "9007199254740993"));
  assert_non_null(strstr(text, "\"file\": \"secret.dat\""));
  assert_null(strstr(text, "canary"));
  free(text);
  free(toy);
}

static void refuses_fields_with_holes(void **state) {
  (void)state;
  need_hdf5();
  toy_run *toy = toy_create(comm);
  toy->fields.field[1].hi[0]--;
  assert_int_equal(sb_results_write_hdf5(comm, &toy->record, path_of("out")), SB_INTERNAL);
  assert_non_null(strstr(sb_message(), "temperature"));
  assert_int_equal(files_in_folder(), 0);
  free(toy);
}

static void knows_utf8(void **state) {
  (void)state;
  const struct {
    const char *text;
    size_t length;
  } known[] = {{"a", 1},
               {"\xc3\xa9", 2},
               {"\xe2\x82\xac", 3},
               {"\xf0\x9f\x98\x80", 4},
               {"\xc3", 0},
               {"\xa9", 0},
               {"\xc0\x80", 0},
               {"\xe0\x80\x80", 0},
               {"\xed\xa0\x80", 0},
               {"\xf4\x90\x80\x80", 0},
               {"\xff", 0},
               {"\xe2\x82", 0}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    assert_int_equal(sb_utf8_length(known[i].text), known[i].length);
  }
}

static int generate(int argc, char **argv) {
  toy_run *toy = toy_create(comm);
  for (int i = 3; i < argc; i++) {
    if (strcmp(argv[i], "compress") == 0) toy->common.compress = 1;
    if (strcmp(argv[i], "no-fields") == 0) toy->common.fields = 0;
    if (strcmp(argv[i], "no-warmup") == 0) toy->measurement.warmups = 0;
  }
  sb_status status = SB_OK;
  const double began = sb_now();
  SB_TRY(sb_results_write_hdf5(comm, &toy->record, argv[1]));
  const double between = sb_now();
  SB_TRY(sb_results_write_json(comm, &toy->record, argv[2]));
  if (sb_comm_rank(comm) == 0) {
    printf("hdf5 %.1f ms, json %.1f ms\n", 1e3 * (between - began), 1e3 * (sb_now() - between));
  }
cleanup:
  if (status != SB_OK && sb_comm_rank(comm) == 0) fprintf(stderr, "%s\n", sb_message());
  sb_comm_barrier(comm);
  if (sb_results_must_abort()) sb_comm_abort(SB_FAILED);
  free(toy);
  return status == SB_OK ? 0 : 1;
}

int main(int argc, char **argv) {
  if (sb_comm_start(&argc, &argv, &comm) != SB_OK) return 1;
  int result = 1;
  snprintf(folder, sizeof folder, "%s/scalebar_results_XXXXXX", folder_of_folders());
  if (argc > 2) {
    result = generate(argc, argv);
  } else if (mkdtemp(folder) != NULL) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(writes_and_replaces, empty_folder),
        cmocka_unit_test_setup(refuses_what_is_no_plain_file, empty_folder),
        cmocka_unit_test_setup(says_why_a_folder_cannot_be_written, empty_folder),
        cmocka_unit_test_setup(survives_a_full_disk_at_any_length, empty_folder),
        cmocka_unit_test_setup(survives_a_full_disk_with_fields, empty_folder),
        cmocka_unit_test_setup(json_holds_what_is_no_number, empty_folder),
        cmocka_unit_test_setup(refuses_fields_with_holes, empty_folder),
        cmocka_unit_test(knows_utf8),
    };
    result = cmocka_run_group_tests(tests, NULL, NULL);
    empty_folder(NULL);
    rmdir(folder);
  }
  sb_comm_finish(&comm);
  return result;
}
