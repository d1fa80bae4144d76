/* results_mpio.c: fields of all ranks, written by parallel HDF5. */
#include <errno.h>
#include <fcntl.h>
#include <mpi.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "comm_common.h"
#include "results_hdf5.h"

/* How the ranks' boxes of a field go into its dataset. A box is runs of bytes in the file.
 *
 * Direct: each rank writes its own runs without waiting for others, in pieces that the system then
 * carries to the disk while the next are copied. Gathered: all ranks write together, so that MPI-IO
 * can make long runs of short ones, which costs a copy of all data through messages. The disk of
 * one node takes runs as they come; where nodes write to one file, ranges of it are locked, and
 * short runs of one between those of others would pass the locks to and fro. */
static const int64_t SHORTEST_OF_NODE = INT64_C(16) << 10, SHORTEST_OF_NODES = INT64_C(1) << 20;

/* MPI counts in int, and MPI-IO keeps copies of what it gathers: at most so much in a piece. */
static const int64_t DIRECT_BYTES = INT64_C(32) << 20, GATHERED_BYTES = INT64_C(256) << 20;

static const char GATHERED_BUFFER[] =
    "16777216"; /* bytes that a writer of a node collects at once */

/* SB_PIECE_BYTES in the environment lowers all of these, for tests. */
static int64_t limit(int64_t bytes) {
  const int lowered = sb_environment_int("SB_PIECE_BYTES", 0);
  return lowered > 0 && lowered < bytes ? lowered : bytes;
}

/* Elements start .. end - 1 along each axis: a part of this rank's box, in one piece there too. */
typedef struct {
  int64_t start[SB_FIELD_DIMS], end[SB_FIELD_DIMS];
} piece;

const char *sb_results_storage(void) { return "parallel"; }

/* Whether the file holds the elements of a dataset in one piece; chunks are compressed ones, which
 * HDF5 writes collectively alone. */
static bool is_contiguous(hid_t dataset) {
  hid_t creation = H5Dget_create_plist(dataset);
  const bool contiguous = creation >= 0 && H5Pget_layout(creation) == H5D_CONTIGUOUS;
  sb_h5_close(&creation);
  return contiguous;
}

/* First axis from which on the box spans all others to the last: rows along it are one run. */
static int run_axis(const sb_field *field) {
  int axis = field->dims - 1;
  while (axis > 0 && field->hi[axis] - field->lo[axis] == field->axis[axis].n) axis--;
  return axis;
}

/* Elements of the box in one row of `axis`, that is, along the axes after it. */
static int64_t row_elements(const sb_field *field, int axis) {
  int64_t elements = 1;
  for (int d = axis + 1; d < field->dims; d++) elements *= field->hi[d] - field->lo[d];
  return elements;
}

/* A box in pieces, numbered as they lie in memory: `rows` rows of `axis` each, of one place along
 * the axes before it. */
typedef struct {
  int axis;
  int64_t rows, of_run; /* rows of a piece; pieces of one place */
  int64_t count;        /* of all places */
} division;

/* Pieces of at most `bytes`, rows of `axis` if one of those is no longer, else of an axis after it.
 */
static division divide(const sb_field *field, int axis, int64_t bytes) {
  const int64_t most = bytes / (int64_t)sizeof(double);
  while (axis < field->dims - 1 && row_elements(field, axis) > most) axis++;
  const int64_t row = row_elements(field, axis), length = field->hi[axis] - field->lo[axis];
  division d = {.axis = axis, .rows = row > 0 && row < most ? most / row : 1};
  if (sb_field_held(field) == 0) return d;
  d.count = d.of_run = (length + d.rows - 1) / d.rows;
  for (int before = 0; before < axis; before++) {
    d.count *= field->hi[before] - field->lo[before];
  }
  return d;
}

/* An empty piece where there is none of this number. */
static piece piece_of(const sb_field *field, const division *d, int64_t number) {
  piece p;
  memcpy(p.start, field->lo, sizeof p.start);
  memcpy(p.end, field->hi, sizeof p.end);
  if (number >= d->count) {
    memcpy(p.end, field->lo, sizeof p.end);
    return p;
  }
  int64_t place = number / d->of_run;
  for (int before = d->axis - 1; before >= 0; before--) {
    const int64_t length = field->hi[before] - field->lo[before];
    p.start[before] = field->lo[before] + place % length;
    p.end[before] = p.start[before] + 1;
    place /= length;
  }
  p.start[d->axis] = field->lo[d->axis] + number % d->of_run * d->rows;
  const int64_t end = p.start[d->axis] + d->rows;
  if (end < p.end[d->axis]) p.end[d->axis] = end;
  return p;
}

static int64_t piece_bytes(const sb_field *field, const piece *p) {
  int64_t elements = 1;
  for (int d = 0; d < field->dims; d++) elements *= p->end[d] - p->start[d];
  return elements * (int64_t)sizeof(double);
}

/* The same on all ranks. Collective. */
static bool choose_direct(sb_comm *comm, hid_t dataset, const sb_field *field) {
  const int axis = run_axis(field);
  const int64_t held = sb_field_held(field);
  const int64_t run =
      held > 0 ? row_elements(field, axis) * (field->hi[axis] - field->lo[axis]) : 0;
  int64_t shortest = run == held ? INT64_MAX : run * (int64_t)sizeof(double);
  if (!is_contiguous(dataset)) shortest = 0;
  sb_comm_min_i64(comm, &shortest, 1);
  return shortest >= limit(sb_comm_nodes(comm) == 1 ? SHORTEST_OF_NODE : SHORTEST_OF_NODES);
}

/* Nothing where `p` is empty. Collective, or local: as `transfer` is. */
static herr_t write_piece(hid_t dataset, hid_t transfer, const sb_field *field, const piece *p) {
  hsize_t start[SB_FIELD_DIMS], count[SB_FIELD_DIMS], elements = 1;
  int64_t at = 0;
  for (int d = 0; d < field->dims; d++) {
    start[d] = (hsize_t)p->start[d];
    count[d] = (hsize_t)(p->end[d] - p->start[d]);
    elements *= count[d];
    at = at * (field->hi[d] - field->lo[d]) + p->start[d] - field->lo[d];
  }
  hid_t there = H5Dget_space(dataset), here = H5Screate_simple(1, &elements, NULL);
  herr_t selected = there >= 0 && here >= 0 ? 0 : -1;
  if (selected >= 0 && elements == 0) {
    selected = H5Sselect_none(there) < 0 || H5Sselect_none(here) < 0 ? -1 : 0;
  } else if (selected >= 0) {
    selected = H5Sselect_hyperslab(there, H5S_SELECT_SET, start, NULL, count, NULL);
  }
  static const double nothing = 0.0; /* HDF5 wants an address even where nothing is selected */
  const double *data = elements == 0 ? &nothing : field->data + at;
  herr_t result = -1;
  if (selected >= 0) {
    result = H5Dwrite(dataset, H5T_NATIVE_DOUBLE, here, there, transfer, data);
  }
  sb_h5_close(&here);
  sb_h5_close(&there);
  return result;
}

/* Lets the system begin to carry to the disk what lies from the start of one piece to the end of
 * another. */
static void hurry(const sb_newfile *file, hid_t dataset, const sb_field *field, const piece *first,
                  const piece *last) {
  const haddr_t data = H5Dget_offset(dataset);
  int64_t from = 0, to = 0;
  for (int d = 0; d < field->dims; d++) {
    from = from * field->axis[d].n + first->start[d];
    to = to * field->axis[d].n + last->end[d] - 1;
  }
  const int64_t size = (int64_t)sizeof(double);
  if (data == HADDR_UNDEF) return;
  sb_newfile_hurry(file, (int64_t)data + from * size, (to + 1 - from) * size);
}

/* Each rank its own runs, one after the other. Local. */
static herr_t write_direct(const sb_newfile *file, hid_t dataset, const sb_field *field) {
  const int64_t most = limit(DIRECT_BYTES);
  const division d = divide(field, run_axis(field), most);
  int64_t bytes = 0;
  piece first = {.start = {0}};
  for (int64_t number = 0; number < d.count; number++) {
    const piece p = piece_of(field, &d, number);
    if (bytes == 0) first = p;
    if (write_piece(dataset, H5P_DEFAULT, field, &p) < 0) return -1;
    bytes += piece_bytes(field, &p);
    if (bytes < most) continue;
    hurry(file, dataset, field, &first, &p);
    bytes = 0;
  }
  return 0;
}

/* All ranks go round as often as the one with most to write; they agree each time, so that none
 * waits in a collective write for a rank that failed. */
static sb_status write_gathered(sb_comm *comm, const sb_newfile *file, hid_t dataset,
                                const sb_field *field) {
  const division d = divide(field, 0, limit(GATHERED_BYTES));
  int64_t rounds = d.count > 0 ? d.count : 1;
  sb_comm_max_i64(comm, &rounds, 1);
  sb_status status = SB_OK;
  hid_t transfer = H5Pcreate(H5P_DATASET_XFER);
  if (transfer < 0 || H5Pset_dxpl_mpio(transfer, H5FD_MPIO_COLLECTIVE) < 0) {
    status = sb_h5_fail(file, "parallel transfer");
  }
  SB_TRY(sb_comm_agree(comm, status));
  for (int64_t round = 0; round < rounds; round++) {
    const piece p = piece_of(field, &d, round);
    const herr_t result = write_piece(dataset, transfer, field, &p);
    SB_TRY(sb_comm_agree(comm, result >= 0 ? SB_OK : sb_h5_fail(file, field->name)));
  }
cleanup:
  sb_h5_close(&transfer);
  return status;
}

static sb_status write_field(sb_comm *comm, const sb_newfile *file, hid_t dataset,
                             const sb_field *field) {
  if (!choose_direct(comm, dataset, field)) return write_gathered(comm, file, dataset, field);
  const herr_t result = write_direct(file, dataset, field);
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

/* What MPI-IO should know that it cannot see: where nodes write to one file, one rank of each
 * gathers what its node has, in long runs. A library ignores hints that it does not know (MPI 3.1,
 * 9). MPI_INFO_NULL on one node. To be freed. Local. */
static MPI_Info hints_for(const sb_comm *comm) {
  MPI_Info hints = MPI_INFO_NULL;
  const int nodes = sb_comm_nodes(comm);
  if (nodes == 1) return hints;
  char writers[16];
  snprintf(writers, sizeof writers, "%d", nodes);
  MPI_Info_create(&hints);
  MPI_Info_set(hints, "collective_buffering", "true"); /* MPI's own name */
  MPI_Info_set(hints, "romio_cb_write", "enable");     /* ROMIO's, as in MPICH and its kin */
  MPI_Info_set(hints, "cb_nodes", writers);
  MPI_Info_set(hints, "cb_buffer_size", GATHERED_BUFFER);
  return hints;
}

sb_status sb_results_write_fields(sb_comm *comm, const sb_newfile *file, const sb_fields *fields) {
  hid_t root = -1, access = sb_h5_access();
  /* A file size limit of one rank alone: inside HDF5 its failure would strand the others. */
  sb_status status = sb_newfile_room(file, 0);
  MPI_Info hints = hints_for(comm);
  if (access < 0 || H5Pset_fapl_mpio(access, MPI_COMM_WORLD, hints) < 0) {
    status = sb_h5_fail(file, "parallel access");
  }
  if (hints != MPI_INFO_NULL) MPI_Info_free(&hints); /* HDF5 keeps a copy */
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
