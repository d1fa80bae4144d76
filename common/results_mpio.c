/* results_mpio.c: fields of all ranks, written by parallel HDF5. */
#include <errno.h>
#include <fcntl.h>
#include <mpi.h>
#include <string.h>
#include <unistd.h>

#include "results_hdf5.h"

/* How the ranks' boxes of a field go into its dataset: slab by slab, a slab being some rows of the
 * first axis along which the box has more than one.
 *
 * Where every box is one run of bytes in the file, each rank writes its own without waiting for
 * others, in small slabs that the system then carries to the disk while the next are copied. Other
 * boxes all ranks write together, so that MPI-IO can gather the rows of several into long runs;
 * that costs a copy of all data through messages. (A gibibyte from two ranks, against plain write()
 * and fsync(): 1.1 and 0.8 of its speed.) */
typedef struct {
  int cut;        /* axis that slabs are cut along */
  bool run;       /* one run of bytes in each box */
  int64_t lo, hi; /* rows of this rank, lo == hi where it has none */
  int64_t rows;   /* in a slab: MPI counts in int, MPI-IO keeps copies */
} slabs;
static const int64_t RUN_BYTES = INT64_C(32) << 20, GATHERED_BYTES = INT64_C(256) << 20;

const char *sb_results_storage(void) { return "parallel"; }

/* Whether the file holds the elements of a dataset in one piece; chunks are compressed ones, which
 * HDF5 writes collectively alone. */
static bool is_contiguous(hid_t dataset) {
  hid_t creation = H5Dget_create_plist(dataset);
  const bool contiguous = creation >= 0 && H5Pget_layout(creation) == H5D_CONTIGUOUS;
  sb_h5_close(&creation);
  return contiguous;
}

/* Chooses the same `run` on all ranks. Collective. */
static slabs choose_slabs(sb_comm *comm, hid_t dataset, const sb_field *field) {
  const int64_t held = sb_field_held(field);
  slabs s = {.cut = 0};
  while (s.cut < field->dims - 1 && field->hi[s.cut] - field->lo[s.cut] == 1) s.cut++;
  int64_t run = is_contiguous(dataset);
  for (int d = s.cut + 1; d < field->dims && held > 0; d++) {
    if (field->hi[d] - field->lo[d] < field->axis[d].n) run = 0;
  }
  sb_comm_min_i64(comm, &run, 1);
  s.run = run != 0;
  s.hi = field->hi[s.cut];
  s.lo = held > 0 ? field->lo[s.cut] : s.hi;
  const int64_t row = held > 0 ? held / (s.hi - s.lo) * (int64_t)sizeof(double) : 1;
  const int64_t bytes = s.run ? RUN_BYTES : GATHERED_BYTES;
  s.rows = row < bytes ? bytes / row : 1;
  return s;
}

/* The rows lo .. hi - 1 of axis `cut` of this rank's box; nothing when lo == hi. */
static herr_t write_rows(hid_t dataset, hid_t transfer, const sb_field *field, int cut, int64_t lo,
                         int64_t hi) {
  hsize_t start[SB_FIELD_DIMS], count[SB_FIELD_DIMS], elements = 1;
  int64_t row = 1;
  for (int d = 0; d < field->dims; d++) {
    start[d] = (hsize_t)(d == cut ? lo : field->lo[d]);
    count[d] = (hsize_t)(d == cut ? hi - lo : field->hi[d] - field->lo[d]);
    elements *= count[d];
    if (d > cut) row *= (int64_t)count[d];
  }
  hid_t there = H5Dget_space(dataset), here = H5Screate_simple(1, &elements, NULL);
  herr_t selected = there >= 0 && here >= 0 ? 0 : -1;
  if (selected >= 0 && elements == 0) {
    selected = H5Sselect_none(there) < 0 || H5Sselect_none(here) < 0 ? -1 : 0;
  } else if (selected >= 0) {
    selected = H5Sselect_hyperslab(there, H5S_SELECT_SET, start, NULL, count, NULL);
  }
  static const double nothing = 0.0; /* HDF5 wants an address even where nothing is selected */
  const double *data = elements == 0 ? &nothing : field->data + (lo - field->lo[cut]) * row;
  herr_t result = -1;
  if (selected >= 0) {
    result = H5Dwrite(dataset, H5T_NATIVE_DOUBLE, here, there, transfer, data);
  }
  sb_h5_close(&here);
  sb_h5_close(&there);
  return result;
}

/* Lets the system begin to carry rows of a run to the disk. */
static void hurry(const sb_newfile *file, hid_t dataset, const sb_field *field, int cut, int64_t lo,
                  int64_t hi) {
  const haddr_t start = H5Dget_offset(dataset);
  int64_t first = 0, row = 1;
  for (int d = 0; d < field->dims; d++) {
    first = first * field->axis[d].n + (d == cut ? lo : field->lo[d]);
    if (d > cut) row *= field->axis[d].n;
  }
  if (start == HADDR_UNDEF || hi <= lo) return;
  sb_newfile_hurry(file, (int64_t)start + first * (int64_t)sizeof(double),
                   (hi - lo) * row * (int64_t)sizeof(double));
}

/* Each rank by itself. Local. */
static herr_t write_run(const sb_newfile *file, hid_t dataset, const sb_field *field, slabs s) {
  herr_t result = 0;
  for (int64_t lo = s.lo; lo < s.hi && result >= 0; lo += s.rows) {
    const int64_t hi = lo + s.rows < s.hi ? lo + s.rows : s.hi;
    result = write_rows(dataset, H5P_DEFAULT, field, s.cut, lo, hi);
    if (result >= 0) hurry(file, dataset, field, s.cut, lo, hi);
  }
  return result;
}

/* All ranks go round as often as the one with most rows; they agree each time, so that none waits
 * in a collective write for a rank that failed. */
static sb_status write_gathered(sb_comm *comm, const sb_newfile *file, hid_t dataset,
                                const sb_field *field, slabs s) {
  int64_t rounds = (s.hi - s.lo + s.rows - 1) / s.rows;
  if (rounds == 0) rounds = 1;
  sb_comm_max_i64(comm, &rounds, 1);
  sb_status status = SB_OK;
  hid_t transfer = H5Pcreate(H5P_DATASET_XFER);
  if (transfer < 0 || H5Pset_dxpl_mpio(transfer, H5FD_MPIO_COLLECTIVE) < 0) {
    status = sb_h5_fail(file, "parallel transfer");
  }
  SB_TRY(sb_comm_agree(comm, status));
  for (int64_t round = 0; round < rounds; round++) {
    int64_t lo = s.lo + round * s.rows, hi = lo + s.rows;
    if (hi > s.hi) hi = s.hi;
    if (lo > hi) lo = hi;
    const herr_t result = write_rows(dataset, transfer, field, s.cut, lo, hi);
    SB_TRY(sb_comm_agree(comm, result >= 0 ? SB_OK : sb_h5_fail(file, field->name)));
  }
cleanup:
  sb_h5_close(&transfer);
  return status;
}

static sb_status write_field(sb_comm *comm, const sb_newfile *file, hid_t dataset,
                             const sb_field *field) {
  const slabs s = choose_slabs(comm, dataset, field);
  if (!s.run) return write_gathered(comm, file, dataset, field, s);
  const herr_t result = write_run(file, dataset, field, s);
  return sb_comm_agree(comm, result >= 0 ? SB_OK : sb_h5_fail(file, field->name));
}

static sb_status write_all(sb_comm *comm, const sb_newfile *file, hid_t root,
                           const sb_fields *fields) {
  sb_status status = SB_OK;
  for (int f = 0; f < fields->count; f++) {
    const sb_field *field = &fields->field[f];
    hid_t dataset = sb_h5_open_field(root, field);
    SB_TRY(sb_comm_agree(comm, dataset >= 0 ? SB_OK : sb_h5_fail(file, field->name)));
    SB_TRY(write_field(comm, file, dataset, field));
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
  hid_t root = -1, access = sb_h5_access();
  /* A file size limit of one rank alone: inside HDF5 its failure would strand the others. */
  sb_status status = sb_newfile_room(file, 0);
  if (access < 0 || H5Pset_fapl_mpio(access, MPI_COMM_WORLD, MPI_INFO_NULL) < 0) {
    status = sb_h5_fail(file, "parallel access");
  }
  SB_TRY(sb_comm_agree(comm, status));
  SB_TRY(sb_comm_agree(comm, can_open(file)));
  SB_TRY(sb_comm_agree(comm, sb_h5_open(file, access, H5F_ACC_RDWR, &root)));
  SB_TRY(write_all(comm, file, root, fields));
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
  sb_h5_close(&access);
  return status;
}
