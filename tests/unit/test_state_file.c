/* A state file gives back what was written, or refuses; no damage to it makes a crash.
 *
 * With arguments this program is a generator, as tests/ranks/test_state_file.c is. */
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
#include "toy_record.h"
#include "toy_state.h"

static sb_comm *comm;
static const int64_t shape[3] = {3, 4, 5};
static const int whole[3] = {1, 1, 1};
enum { SEED = 7, STEP = 42, FILE_MOST = 1 << 20 };

/* The bytes of a sound state file. */
static unsigned char sound[FILE_MOST];
static size_t sound_bytes;

/* Under address sanitizer a read takes ten times as long: every seventh byte then (seven has no
 * factor in common with the bits of a byte, nor with the words that HDF5 writes). */
#ifdef __SANITIZE_ADDRESS__
enum { FLIPS_APART = 7 };
#else
enum { FLIPS_APART = 1 };
#endif

static void put(const char *path, const void *bytes, size_t count) {
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes, 1, count, file), count);
  assert_int_equal(fclose(file), 0);
}

static size_t get(const char *path, unsigned char *bytes) {
  FILE *file = fopen(path, "rb");
  assert_non_null(file);
  const size_t count = fread(bytes, 1, FILE_MOST, file);
  assert_int_equal(fclose(file), 0);
  return count;
}

static int write_sound(void **state) {
  empty_folder(state);
  if (toy_state_write(comm, path_of("s.h5"), shape, whole, SEED, STEP) != SB_OK) return -1;
  sound_bytes = get(path_of("s.h5"), sound);
  return 0;
}

static double box[3 * 4 * 5 * 4];

static sb_status read_as(const char *path, const char *app, const char *problem,
                         const sb_field *field, int64_t *step) {
  sb_clear();
  *step = -1;
  return sb_state_read(comm, path, app, problem, field, box, step);
}

static sb_status read_it(const char *path, int64_t *step) {
  const sb_field f = toy_state_field(shape, whole, 0);
  return read_as(path, "toy", toy_problem, &f, step);
}

static bool is_right(int64_t step) {
  const sb_field f = toy_state_field(shape, whole, 0);
  return step == STEP && toy_state_same(&f, box, SEED);
}

static void refuse(sb_status status, sb_status expected, const char *path, const char *words) {
  if (status != expected || strstr(sb_message(), path) == NULL ||
      strstr(sb_message(), words) == NULL || strchr(sb_message(), '\n') != NULL) {
    fail_msg("status %d, \"%s\"; expected %d, %s, \"%s\"", status, sb_message(), expected, path,
             words);
  }
}

static void gives_back_what_was_written(void **state) {
  (void)state;
  int64_t step;
  assert_int_equal(read_it(path_of("s.h5"), &step), SB_OK);
  assert_true(is_right(step));
  assert_int_equal(files_in_folder(), 1);
}

static void refuses_another_app_problem_or_shape(void **state) {
  (void)state;
  const char *path = path_of("s.h5");
  sb_field f = toy_state_field(shape, whole, 0);
  int64_t step;
  refuse(read_as(path, "heat", toy_problem, &f, &step), SB_BAD_INPUT, path,
         "a state of toy, not of heat");
  refuse(read_as(path, "toy", "dims=3 seed=2", &f, &step), SB_BAD_INPUT, path,
         "this run's is dims=3 seed=2");
  refuse(read_as(path, "toy", "", &f, &step), SB_BAD_INPUT, path, "problem");
  static const int64_t other[][3] = {{3, 4, 6}, {4, 3, 5}, {60, 1, 1}, {3, 4, 4}};
  for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
    const sb_field g = toy_state_field(other[i], whole, 0);
    refuse(read_as(path, "toy", toy_problem, &g, &step), SB_BAD_INPUT, path, "another shape");
  }
  f.dims = 2;
  refuse(read_as(path, "toy", toy_problem, &f, &step), SB_BAD_INPUT, path, "another shape");
  f = toy_state_field(shape, whole, 0);
  f.name = "pressure";
  refuse(read_as(path, "toy", toy_problem, &f, &step), SB_IO_ERROR, path, "pressure");
}

static void refuses_what_is_no_state_file(void **state) {
  (void)state;
  int64_t step;
  char path[512];
  snprintf(path, sizeof path, "%s", path_of("x.h5"));
  refuse(read_it(path, &step), SB_IO_ERROR, path, "No such file or directory");
  put(path, "", 0);
  refuse(read_it(path, &step), SB_IO_ERROR, path, "it is empty");
  put(path, "temperature = 1\n", 16);
  refuse(read_it(path, &step), SB_IO_ERROR, path, "no HDF5 file");
  unlink(path);
  assert_int_equal(mkdir(path, 0700), 0);
  refuse(read_it(path, &step), SB_IO_ERROR, path, "not a plain file");
  rmdir(path);
  assert_int_equal(mkfifo(path, 0600), 0);
  refuse(read_it(path, &step), SB_IO_ERROR, path, "not a plain file");
  unlink(path);
  toy_run *toy = toy_create(comm);
  assert_int_equal(sb_results_write_hdf5(comm, &toy->record, path), SB_OK);
  free(toy);
  refuse(read_it(path, &step), SB_IO_ERROR, path, "no state file (kind)");
}

static void refuses_every_truncation(void **state) {
  (void)state;
  int64_t step;
  const char *path = path_of("s.h5");
  for (size_t bytes = 0; bytes < sound_bytes; bytes += bytes < 100 ? 1 : 97) {
    put(path, sound, bytes);
    refuse(read_it(path, &step), SB_IO_ERROR, path, "cannot read");
  }
  static unsigned char longer[FILE_MOST + 1];
  memcpy(longer, sound, sound_bytes);
  put(path, longer, sound_bytes + 1);
  refuse(read_it(path, &step), SB_IO_ERROR, path, "bytes");
  put(path, sound, sound_bytes);
  assert_int_equal(read_it(path, &step), SB_OK);
}

/* In every byte one bit (under address sanitizer in some), which one changes from byte to byte: the
 * state is refused in a sentence, or it is the one that was written (what lies between HDF5's
 * objects, or describes axes, is not read).
 */
static void no_flipped_bit_gives_another_state(void **state) {
  (void)state;
  int64_t step;
  int refused = 0;
  const char *path = path_of("s.h5");
  for (size_t at = 0; at < sound_bytes; at += FLIPS_APART) {
    sound[at] ^= (unsigned char)(1u << (at * 5 + at / 8) % 8);
    put(path, sound, sound_bytes);
    sound[at] ^= (unsigned char)(1u << (at * 5 + at / 8) % 8);
    const sb_status status = read_it(path, &step);
    if (status != SB_OK) {
      refuse(status, SB_IO_ERROR, path, "cannot read");
      refused++;
    } else if (!is_right(step)) {
      fail_msg("a bit flipped in byte %zu gave another state", at);
    }
  }
  /* At least the superblock, the data, and the headers of the root and of the field. */
  assert_in_range(refused, (48 + sizeof(double) * 60 + 1000) / FLIPS_APART, sound_bytes);
}

/* Pieces of the file zeroed, or put elsewhere, as disks do. */
static void no_torn_piece_gives_another_state(void **state) {
  (void)state;
  static unsigned char torn[FILE_MOST];
  int64_t step;
  const char *path = path_of("s.h5");
  for (size_t piece = 16; piece <= 4096; piece *= 4) {
    for (size_t at = 0; at + piece <= sound_bytes; at += piece / 2) {
      for (int what = 0; what < 2; what++) {
        const size_t from = (at + 3 * piece) % (sound_bytes - piece);
        memcpy(torn, sound, sound_bytes);
        memset(torn + at, 0, piece);
        if (what == 1) memcpy(torn + at, sound + from, piece);
        put(path, torn, sound_bytes);
        const sb_status status = read_it(path, &step);
        if (status != SB_OK) {
          refuse(status, SB_IO_ERROR, path, "cannot read");
        } else if (!is_right(step)) {
          fail_msg("%zu bytes at %zu gave another state", piece, at);
        }
      }
    }
  }
}

/* A file size limit stands in for a full disk. */
static void older_states_survive_a_full_disk(void **state) {
  (void)state;
  struct rlimit unlimited;
  static unsigned char now[FILE_MOST];
  const char *path = path_of("s.h5");
  assert_int_equal(getrlimit(RLIMIT_FSIZE, &unlimited), 0);
  for (rlim_t limit = 0; limit < (rlim_t)sound_bytes; limit += (rlim_t)sound_bytes / 40) {
    const struct rlimit lowered = {.rlim_cur = limit, .rlim_max = unlimited.rlim_max};
    sb_clear();
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &lowered), 0);
    const sb_status status = toy_state_write(comm, path, shape, whole, SEED + 1, STEP + 1);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &unlimited), 0);
    refuse(status, SB_IO_ERROR, path, "File too large");
    assert_int_equal(files_in_folder(), 1);
    assert_int_equal(get(path, now), sound_bytes);
    assert_memory_equal(now, sound, sound_bytes);
  }
}

static void refuses_to_write_what_could_not_be_read(void **state) {
  (void)state;
  static char endless[SB_TEXT_SIZE + 1];
  const sb_fields none = {.count = 0};
  memset(endless, 'x', SB_TEXT_SIZE);
  const sb_state_info long_problem = {.app = "toy", .problem = endless};
  assert_int_equal(sb_state_write(comm, path_of("x.h5"), &long_problem, &none), SB_INTERNAL);
  const sb_state_info no_step = {.app = "toy", .problem = "", .step = -1};
  assert_int_equal(sb_state_write(comm, path_of("x.h5"), &no_step, &none), SB_INTERNAL);
  sb_clear();
  assert_int_equal(toy_state_write(comm, folder, shape, whole, SEED, STEP), SB_BAD_INPUT);
  assert_non_null(strstr(sb_message(), "not a plain file"));
  assert_int_equal(files_in_folder(), 1);
}

static int generate(char **argv) {
  const int64_t n[3] = {atol(argv[2]), atol(argv[3]), atol(argv[4])}, seed = atol(argv[5]);
  const sb_status status = toy_state_write(comm, argv[1], n, whole, seed, seed);
  if (status != SB_OK) fprintf(stderr, "ERROR %s\n", sb_message());
  return status == SB_OK ? 0 : 1;
}

int main(int argc, char **argv) {
  if (sb_comm_start(&argc, &argv, &comm) != SB_OK) return 1;
  if (argc == 6) return generate(argv);
  if (sb_results_have_hdf5() != SB_OK) {
    printf("SKIPPED: no HDF5 in this build\n");
    return 77; /* tests/CMakeLists.txt */
  }
  snprintf(folder, sizeof folder, "%s/scalebar_state_XXXXXX", folder_of_folders());
  if (mkdtemp(folder) == NULL) return 1;
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup(gives_back_what_was_written, write_sound),
      cmocka_unit_test_setup(refuses_another_app_problem_or_shape, write_sound),
      cmocka_unit_test_setup(refuses_what_is_no_state_file, write_sound),
      cmocka_unit_test_setup(refuses_every_truncation, write_sound),
      cmocka_unit_test_setup(no_flipped_bit_gives_another_state, write_sound),
      cmocka_unit_test_setup(no_torn_piece_gives_another_state, write_sound),
      cmocka_unit_test_setup(older_states_survive_a_full_disk, write_sound),
      cmocka_unit_test_setup(refuses_to_write_what_could_not_be_read, write_sound),
  };
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  empty_folder(NULL);
  rmdir(folder);
  sb_comm_finish(&comm);
  return failed;
}
