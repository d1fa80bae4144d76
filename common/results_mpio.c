/* results_mpio.c: fields of all ranks, written collectively by parallel HDF5. */
#include <errno.h>
#include <fcntl.h>
#include <mpi.h>
#include <string.h>
#include <unistd.h>

#include "results_hdf5.h"

/* MPI counts in int, and some MPI-IO layers keep a copy of what they write: so at a time each rank
 * writes rows of at most this many bytes (or one row of its box's first axis). */
static const int64_t SLAB_BYTES = INT64_C(256) << 20;

const char *sb_results_storage(void) { return "parallel"; }

/* The rows lo .. hi - 1 of the first axis of this rank's box; nothing when lo == hi. */
static herr_t write_rows(hid_t dataset, hid_t transfer, const sb_field *field, int64_t lo,
                         int64_t hi) {
  hsize_t start[SB_FIELD_DIMS], count[SB_FIELD_DIMS], elements = 1;
  int64_t row = 1;
  for (int d = 0; d < field->dims; d++) {
    start[d] = (hsize_t)(d == 0 ? lo : field->lo[d]);
    count[d] = (hsize_t)(d == 0 ? hi - lo : field->hi[d] - field->lo[d]);
    elements *= count[d];
    if (d > 0) row *= (int64_t)count[d];
  }
  hid_t there = H5Dget_space(dataset), here = H5Screate_simple(1, &elements, NULL);
  herr_t selected = there >= 0 && here >= 0 ? 0 : -1;
  if (selected >= 0 && elements == 0) {
    selected = H5Sselect_none(there) < 0 || H5Sselect_none(here) < 0 ? -1 : 0;
  } else if (selected >= 0) {
    selected = H5Sselect_hyperslab(there, H5S_SELECT_SET, start, NULL, count, NULL);
  }
  static const double nothing = 0.0; /* HDF5 wants an address even where nothing is selected */
  const double *data = elements == 0 ? &nothing : field->data + (lo - field->lo[0]) * row;
  herr_t result = -1;
  if (selected >= 0) {
    result = H5Dwrite(dataset, H5T_NATIVE_DOUBLE, here, there, transfer, data);
  }
  sb_h5_close(&here);
  sb_h5_close(&there);
  return result;
}

/* All ranks go round as often as the one with most rows; they agree each time, so that none waits
 * in a collective write for a rank that failed. */
static sb_status write_field(sb_comm *comm, const sb_newfile *file, hid_t dataset, hid_t transfer,
                             const sb_field *field) {
  const int64_t rows = field->hi[0] - field->lo[0], held = sb_field_held(field);
  const int64_t row_bytes = held > 0 ? held / rows * (int64_t)sizeof(double) : 1;
  int64_t at_once = row_bytes < SLAB_BYTES ? SLAB_BYTES / row_bytes : 1;
  int64_t rounds = held > 0 ? (rows + at_once - 1) / at_once : 1;
  sb_comm_max_i64(comm, &rounds, 1);
  for (int64_t round = 0; round < rounds; round++) {
    int64_t lo = field->lo[0] + round * at_once, hi = lo + at_once;
    if (hi > field->hi[0]) hi = field->hi[0];
    if (held == 0 || lo > hi) lo = hi = field->hi[0];
    const herr_t result = write_rows(dataset, transfer, field, lo, hi);
    const sb_status status =
        sb_comm_agree(comm, result >= 0 ? SB_OK : sb_h5_fail(file, field->name));
    if (status != SB_OK) return status;
  }
  return SB_OK;
}

static sb_status write_all(sb_comm *comm, const sb_newfile *file, hid_t root, hid_t transfer,
                           const sb_fields *fields) {
  sb_status status = SB_OK;
  for (int f = 0; f < fields->count; f++) {
    const sb_field *field = &fields->field[f];
    hid_t dataset = sb_h5_open_field(root, field);
    SB_TRY(sb_comm_agree(comm, dataset >= 0 ? SB_OK : sb_h5_fail(file, field->name)));
    SB_TRY(write_field(comm, file, dataset, transfer, field));
    const herr_t closed = sb_h5_close(&dataset);
    SB_TRY(sb_comm_agree(comm, closed >= 0 ? SB_OK : sb_h5_fail(file, field->name)));
  }
cleanup:
  return status;
}

/* Whether this rank can open the file that rank 0 made: not where the folder is one that its node
 * does not share. Inside MPI-IO a rank that cannot would strand the others. */
static sb_status can_open(const sb_newfile *file) {
  const int opened = open(file->temporary, O_RDWR | O_CLOEXEC);
  if (opened >= 0 && close(opened) == 0) return SB_OK;
  return sb_fail(SB_IO_ERROR, "cannot write %s (do all nodes share its folder?): %s", file->path,
                 strerror(errno));
}

sb_status sb_results_write_fields(sb_comm *comm, const sb_newfile *file, const sb_fields *fields) {
  hid_t root = -1, access = sb_h5_access(), transfer = H5Pcreate(H5P_DATASET_XFER);
  /* A file size limit of one rank alone: inside HDF5 its failure would strand the others. */
  sb_status status = sb_newfile_room(file, 0);
  if (access < 0 || transfer < 0 || H5Pset_fapl_mpio(access, MPI_COMM_WORLD, MPI_INFO_NULL) < 0 ||
      H5Pset_dxpl_mpio(transfer, H5FD_MPIO_COLLECTIVE) < 0) {
    status = sb_h5_fail(file, "parallel access");
  }
  SB_TRY(sb_comm_agree(comm, status));
  SB_TRY(sb_comm_agree(comm, can_open(file)));
  SB_TRY(sb_comm_agree(comm, sb_h5_open(file, access, H5F_ACC_RDWR, &root)));
  SB_TRY(write_all(comm, file, root, transfer, fields));
  /* Closing is collective, and a rank that failed to flush would not come: so agree in between. */
  SB_TRY(sb_comm_agree(comm,
                       H5Fflush(root, H5F_SCOPE_GLOBAL) >= 0 ? SB_OK : sb_h5_fail(file, "flush")));
  if (sb_h5_close(&root) < 0) {
    sb_h5_left_open();
    status = sb_h5_fail(file, "close");
  }
  SB_TRY(sb_comm_agree(comm, status));
  /* What a node's ranks wrote must be on the disk before rank 0 calls the file complete. */
  if (sb_comm_node_rank(comm) == 0) status = sb_newfile_sync(file);
  status = sb_comm_agree(comm, status);
cleanup:
  /* After a failure the file stays open: closing it is collective, and a rank that fails in there
   * leaves the others waiting inside HDF5. */
  if (root >= 0) sb_h5_left_open();
  sb_h5_close(&transfer);
  sb_h5_close(&access);
  return status;
}
