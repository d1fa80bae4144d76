/* Fields are written in pieces that are no longer than the limit, whatever the shape: MPI-IO below
 * HDF5 1.10 counts in int, and refuses a piece of 2^31 bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <hdf5.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "free_memory.h"
#include "own_folder.h"
#include "results.h"
#include "toy_state.h"

static sb_comm *comm;
static hssize_t longest;
static char writers[16]; /* of the last file that all ranks opened, by its hints */

herr_t __real_H5Dwrite(hid_t dataset, hid_t type, hid_t here, hid_t there, hid_t transfer,
                       const void *data);
herr_t __wrap_H5Dwrite(hid_t dataset, hid_t type, hid_t here, hid_t there, hid_t transfer,
                       const void *data);

/* What the linker puts in the place of H5Dwrite: axes and attributes are written by rank 0 as a
 * whole, fields from a space of memory. */
herr_t __wrap_H5Dwrite(hid_t dataset, hid_t type, hid_t here, hid_t there, hid_t transfer,
                       const void *data) {
  if (here != H5S_ALL && H5Sget_select_npoints(here) > longest) {
    longest = H5Sget_select_npoints(here);
  }
  return __real_H5Dwrite(dataset, type, here, there, transfer, data);
}

herr_t __real_H5Pset_fapl_mpio(hid_t access, MPI_Comm ranks, MPI_Info hints);
herr_t __wrap_H5Pset_fapl_mpio(hid_t access, MPI_Comm ranks, MPI_Info hints);

herr_t __wrap_H5Pset_fapl_mpio(hid_t access, MPI_Comm ranks, MPI_Info hints) {
  int given = 0;
  if (hints != MPI_INFO_NULL) {
    MPI_Info_get(hints, "cb_nodes", (int)sizeof writers - 1, writers, &given);
  }
  if (!given) snprintf(writers, sizeof writers, "none");
  return __real_H5Pset_fapl_mpio(access, ranks, hints);
}

static void one_rank_of_each_node_writes(void **state) {
  (void)state;
  const int64_t shape[] = {6, 5, 7};
  const int parts[] = {1, sb_comm_size(comm), 1}, nodes = sb_comm_nodes(comm);
  char expected[16] = "none";
  if (nodes > 1) snprintf(expected, sizeof expected, "%d", nodes);
  snprintf(writers, sizeof writers, "not asked");
  assert_int_equal(toy_state_write(comm, path_of("p.h5"), shape, parts, 7, 1), SB_OK);
  assert_string_equal(writers, expected);
}

static void no_piece_is_longer(void **state) {
  (void)state;
  static const int64_t shapes[][3] = {{6, 5, 7}, {1, 9, 16}, {1, 1, 40}, {3, 1, 20}};
  static const struct {
    const char *bytes;
    int64_t elements;
  } limits[] = {{"8", 1}, {"40", 5}, {"100", 12}, {"300", 37}};
  const int size = sb_comm_size(comm);
  for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
    for (size_t l = 0; l < sizeof limits / sizeof *limits; l++) {
      for (int axis = 0; axis < 3; axis++) {
        int parts[3] = {1, 1, 1};
        parts[axis] = size;
        longest = 0;
        assert_int_equal(setenv("SB_PIECE_BYTES", limits[l].bytes, 1), 0);
        assert_int_equal(toy_state_write(comm, path_of("p.h5"), shapes[s], parts, 7, 1), SB_OK);
        int64_t most = longest;
        sb_comm_max_i64(comm, &most, 1);
        assert_in_range(most, 1, limits[l].elements);
      }
    }
  }
  assert_int_equal(unsetenv("SB_PIECE_BYTES"), 0);
}

/* A file, what is written, what is read and what is expected all lie in memory at the end. */
static bool room_for(int64_t bytes) {
  struct statvfs there;
  if (statvfs(folder, &there) != 0) return false;
  const double disk = (double)there.f_bavail * (double)there.f_frsize;
  return disk > 1.1 * (double)bytes && free_memory() > 5.0 * (double)bytes;
}

/* One plane of more than 2^31 bytes: of one rank, directly; of two nodes, together. */
static void a_real_field_beyond_the_count_of_mpi(void **state) {
  (void)state;
  const int64_t n[] = {1, 16400, 16400}, bytes = 8 * n[1] * n[2];
  const int size = sb_comm_size(comm), parts[] = {1, 1, size};
  const bool pretended = getenv("SB_NODE_SIZE") != NULL;
  if (size > 2 || sb_comm_nodes(comm) != size || pretended != (size == 2)) return;
  int64_t fits = room_for(bytes);
  sb_comm_min_i64(comm, &fits, 1);
  if (!fits) {
    print_message("no room for a field of 2 GiB: not tried\n");
    skip();
  }
  longest = 0;
  assert_int_equal(toy_state_write(comm, path_of("p.h5"), n, parts, 7, 1), SB_OK);
  assert_in_range(longest, 1, ((INT64_C(1) << 31) - 1) / 8);
  const sb_field f = toy_state_field(n, parts, sb_comm_rank(comm));
  double *data = malloc((size_t)sb_field_held(&f) * sizeof *data);
  assert_non_null(data);
  int64_t step = 0;
  assert_int_equal(sb_state_read(comm, path_of("p.h5"), "toy", toy_problem, &f, data, &step),
                   SB_OK);
  assert_true(toy_state_same(&f, data, 7));
  free(data);
}

int main(int argc, char **argv) {
  if (sb_comm_start(&argc, &argv, &comm) != SB_OK) return 1;
  snprintf(folder, sizeof folder, "%s/scalebar_pieces_%ld", folder_of_folders(), (long)getpid());
  sb_comm_broadcast(comm, folder, sizeof folder);
  if (sb_comm_rank(comm) == 0) mkdir(folder, 0700);
  const struct CMUnitTest tests[] = {cmocka_unit_test(no_piece_is_longer),
                                     cmocka_unit_test(one_rank_of_each_node_writes),
                                     cmocka_unit_test(a_real_field_beyond_the_count_of_mpi)};
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  if (sb_comm_rank(comm) == 0) {
    unlink(path_of("p.h5"));
    rmdir(folder);
  }
  sb_comm_finish(&comm);
  return failed;
}
