/* A state written by some ranks is read by others, in other boxes, bit by bit; where it cannot be,
 * all ranks hear of it.
 *
 * With arguments this program is a generator: `FILE NZ NY NX SEED` writes a state file, cut along
 * the first of these axes that is longer than 1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "own_folder.h"
#include "results.h"
#include "toy_state.h"

static sb_comm *comm;

static sb_status read_back(const char *path, const int64_t n[3], const int parts[3], double **data,
                           int64_t *step) {
  const sb_field f = toy_state_field(n, parts, sb_comm_rank(comm));
  *data = calloc((size_t)sb_field_held(&f) + 1, sizeof **data);
  assert_non_null(*data);
  return sb_state_read(comm, path, "toy", toy_problem, &f, *data, step);
}

static void read_same(const char *path, const int64_t n[3], const int parts[3], int64_t seed,
                      int64_t step) {
  double *data = NULL;
  int64_t found = -1;
  assert_int_equal(read_back(path, n, parts, &data, &found), SB_OK);
  assert_true(found == step);
  const sb_field f = toy_state_field(n, parts, sb_comm_rank(comm));
  assert_true(toy_state_same(&f, data, seed));
  free(data);
}

enum { CUTS = 6 };

/* Ways to cut for this many ranks: slabs of each axis, pencils, one rank alone, and as many as
 * there are but one (which then holds nothing). */
static void cut(int way, int ranks, int parts[3]) {
  const int half = ranks % 2 == 0 ? 2 : 1;
  const int ways[CUTS][3] = {{ranks, 1, 1}, {1, ranks, 1},
                             {1, 1, ranks}, {half, ranks / half, 1},
                             {1, 1, 1},     {1, ranks > 1 ? ranks - 1 : 1, 1}};
  memcpy(parts, ways[way], sizeof ways[way]);
}

/* Each rank's runs one element at a time; all ranks together, some rows at a time; as it is. */
static void choose_pieces(int way) {
  static const char *const bytes[] = {"8", "60", "0"};
  assert_int_equal(setenv("SB_PIECE_BYTES", bytes[way % 3], 1), 0);
}

static void reads_what_others_wrote(void **state) {
  (void)state;
  /* Each cut is written once for each shape, and read in another: MPI libraries that wait without
   * giving way take long where ranks share cores. */
  static const int64_t shapes[][3] = {{6, 5, 7}, {1, 9, 16}, {1, 1, 4}};
  int64_t seed = 1;
  const size_t most = sb_comm_size(comm) > 4 ? 2 : sizeof shapes / sizeof *shapes;
  for (size_t s = 0; s < most; s++) {
    for (int w = 0; w < CUTS; w++, seed++) {
      int written[3], read[3];
      choose_pieces(w + (int)s);
      cut(w, sb_comm_size(comm), written);
      assert_int_equal(toy_state_write(comm, path_of("s.h5"), shapes[s], written, seed, 100 + seed),
                       SB_OK);
      cut((w + 1 + (int)s) % CUTS, sb_comm_size(comm), read);
      read_same(path_of("s.h5"), shapes[s], read, seed, 100 + seed);
    }
  }
  choose_pieces(2);
}

/* All ranks get `expected`; rank 0 has the words. */
static void refused(sb_status status, sb_status expected, const char *words) {
  int64_t seen[2] = {status, -(int64_t)status};
  sb_comm_max_i64(comm, seen, 2);
  assert_int_equal(seen[0], expected);
  assert_int_equal(-seen[1], expected);
  if (sb_comm_rank(comm) == 0 && strstr(sb_message(), words) == NULL) {
    fail_msg("\"%s\" does not say \"%s\"", sb_message(), words);
  }
  sb_clear();
}

static const int64_t small[3] = {4, 5, 6};

static void refuses_what_one_rank_finds_damaged(void **state) {
  (void)state;
  int parts[3];
  double *data = NULL;
  int64_t step = 0;
  cut(0, sb_comm_size(comm), parts);
  assert_int_equal(toy_state_write(comm, path_of("s.h5"), small, parts, 1, 1), SB_OK);
  if (sb_comm_rank(comm) == 0) { /* the data of the last rank: they lie at the end of the file */
    FILE *file = fopen(path_of("s.h5"), "r+b");
    assert_non_null(file);
    double last = 0.0;
    const double all = toy_state_value(1, 4 * 5 * 6 - 1);
    long at = -1;
    for (long i = 0; fseek(file, i, SEEK_SET) == 0 && fread(&last, sizeof last, 1, file) == 1; i++)
      if (memcmp(&last, &all, sizeof all) == 0) at = i;
    assert_true(at > 0);
    fseek(file, at, SEEK_SET);
    fputc(0x55, file);
    fclose(file);
  }
  sb_comm_barrier(comm);
  refused(read_back(path_of("s.h5"), small, parts, &data, &step), SB_IO_ERROR, "digest");
  free(data);
}

static void refuses_what_one_rank_cannot_open(void **state) {
  (void)state;
  int parts[3];
  double *data = NULL;
  int64_t step = 0;
  cut(0, sb_comm_size(comm), parts);
  assert_int_equal(toy_state_write(comm, path_of("s.h5"), small, parts, 1, 1), SB_OK);
  const bool last = sb_comm_rank(comm) == sb_comm_size(comm) - 1;
  refused(read_back(path_of(last ? "absent.h5" : "s.h5"), small, parts, &data, &step), SB_IO_ERROR,
          "absent.h5: No such file or directory");
  free(data);
}

/* The same name in folders of each node's own. */
static void refuses_files_of_different_steps(void **state) {
  (void)state;
  int parts[3];
  double *data = NULL;
  int64_t step = 0;
  if (sb_comm_size(comm) == 1) return;
  cut(0, sb_comm_size(comm), parts);
  assert_int_equal(toy_state_write(comm, path_of("s.h5"), small, parts, 1, 1), SB_OK);
  assert_int_equal(toy_state_write(comm, path_of("t.h5"), small, parts, 1, 2), SB_OK);
  const bool last = sb_comm_rank(comm) == sb_comm_size(comm) - 1;
  refused(read_back(path_of(last ? "t.h5" : "s.h5"), small, parts, &data, &step), SB_IO_ERROR,
          "different steps");
  free(data);
}

static void refuses_boxes_with_holes(void **state) {
  (void)state;
  const int64_t n[3] = {1, 64, 3};
  const int too_many[3] = {1, sb_comm_size(comm) + 1, 1};
  refused(toy_state_write(comm, path_of("holes.h5"), n, too_many, 1, 1), SB_INTERNAL,
          "temperature");
  assert_int_not_equal(access(path_of("holes.h5"), F_OK), 0);
}

/* A limit of one rank alone, wherever it bites: all hear of it, and the older file stays. */
static void hears_of_a_rank_that_cannot_write(void **state) {
  (void)state;
  const int ranks = sb_comm_size(comm);
  struct rlimit unlimited;
  int parts[3];
  cut(0, ranks, parts);
  if (sb_comm_rank(comm) == 0) unlink(path_of("t.h5"));
  assert_int_equal(toy_state_write(comm, path_of("s.h5"), small, parts, 1, 1), SB_OK);
  assert_int_equal(getrlimit(RLIMIT_FSIZE, &unlimited), 0);
  for (int rank = 0; rank<ranks; rank += ranks> 2 ? ranks - 1 : 1) { /* the first, the last */
    const struct rlimit lowered = {.rlim_cur = 1000, .rlim_max = unlimited.rlim_max};
    if (sb_comm_rank(comm) == rank) assert_int_equal(setrlimit(RLIMIT_FSIZE, &lowered), 0);
    const sb_status status = toy_state_write(comm, path_of("s.h5"), small, parts, 2, 2);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &unlimited), 0);
    refused(status, SB_IO_ERROR, "File too large");
    assert_false(sb_results_must_abort());
    assert_true(sb_comm_rank(comm) != 0 || files_in_folder() == 1);
    read_same(path_of("s.h5"), small, parts, 1, 1);
  }
}

static int generate(char **argv) {
  const int64_t n[3] = {atol(argv[2]), atol(argv[3]), atol(argv[4])}, seed = atol(argv[5]);
  int parts[3] = {1, 1, 1};
  parts[n[0] > 1 ? 0 : 1] = sb_comm_size(comm);
  const sb_status status = toy_state_write(comm, argv[1], n, parts, seed, seed);
  if (status != SB_OK && sb_comm_rank(comm) == 0) fprintf(stderr, "ERROR %s\n", sb_message());
  sb_comm_barrier(comm);
  if (status != SB_OK && sb_results_must_abort()) sb_comm_abort(SB_FAILED);
  return status == SB_OK ? 0 : 1;
}

int main(int argc, char **argv) {
  if (sb_comm_start(&argc, &argv, &comm) != SB_OK) return 1;
  int result = 1;
  snprintf(folder, sizeof folder, "%s/scalebar_state_%ld", folder_of_folders(), (long)getpid());
  sb_comm_broadcast(comm, folder, sizeof folder);
  if (argc == 6) {
    result = generate(argv);
  } else {
    if (sb_comm_rank(comm) == 0) mkdir(folder, 0700);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_others_wrote),
        cmocka_unit_test(refuses_what_one_rank_finds_damaged),
        cmocka_unit_test(refuses_what_one_rank_cannot_open),
        cmocka_unit_test(refuses_files_of_different_steps),
        cmocka_unit_test(refuses_boxes_with_holes),
        cmocka_unit_test(hears_of_a_rank_that_cannot_write),
    };
    result = cmocka_run_group_tests(tests, NULL, NULL);
    if (sb_comm_rank(comm) == 0) {
      unlink(path_of("s.h5"));
      unlink(path_of("t.h5"));
      rmdir(folder);
    }
  }
  sb_comm_finish(&comm);
  return result;
}
