/* Reading state files. Each rank opens the file for itself, read-only and without MPI-IO, so a
 * damaged file strands nobody; what a file says of itself is compared with what this run expects
 * before any of it is believed. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results_h5_fields.h"
#include "results_h5_guard.h"
#include "results_text.h"
#include "state_file.h"

typedef struct {
  const char *path, *app, *problem;
  const sb_field *field; /* its data is where the box goes */
  double *data;
  int64_t step;    /* [out] */
  uint64_t digest; /* [out] of the whole field, as the file has it */
} reading;

static sb_status damaged(const reading *r, const char *what) {
  return sb_fail(SB_IO_ERROR, "cannot read %s: it is damaged, or no state file (%s)", r->path,
                 what);
}

static sb_status check_texts(const reading *r, hid_t root) {
  char text[SB_TEXT_SIZE], problem[SB_TEXT_SIZE];
  static const char *const fixed[][2] = {{"schema_name", "scalebar"}, {"kind", "state"}};
  for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
    if (sb_h5_read_text(root, fixed[i][0], text, sizeof text) < 0 ||
        strcmp(text, fixed[i][1]) != 0) {
      return damaged(r, fixed[i][0]);
    }
  }
  if (sb_h5_read_text(root, "app", text, sizeof text) < 0) return damaged(r, "app");
  if (strcmp(text, r->app) != 0) {
    return sb_fail(SB_BAD_INPUT, "cannot use %s: it holds a state of %.32s, not of %s", r->path,
                   text, r->app);
  }
  if (sb_h5_read_text(root, "problem", text, sizeof text) < 0) return damaged(r, "problem");
  snprintf(problem, sizeof problem, "%s", r->problem);
  sb_utf8_clean(problem); /* as it was stored */
  if (strcmp(text, problem) != 0) {
    return sb_fail(SB_BAD_INPUT, "cannot use %s: its problem is %.350s; this run's is %.350s",
                   r->path, text, problem);
  }
  return SB_OK;
}

static sb_status read_step(reading *r, hid_t root) {
  hid_t attribute = H5Aopen(root, "step", H5P_DEFAULT);
  hid_t type = attribute >= 0 ? H5Aget_type(attribute) : -1;
  hid_t space = attribute >= 0 ? H5Aget_space(attribute) : -1;
  r->step = -1;
  if (type >= 0 && space >= 0 && H5Tequal(type, H5T_STD_I64LE) > 0 &&
      H5Sget_simple_extent_npoints(space) == 1 &&
      H5Aread(attribute, H5T_NATIVE_INT64, &r->step) < 0) {
    r->step = -1;
  }
  sb_h5_close(&space);
  sb_h5_close(&type);
  sb_h5_close(&attribute);
  return r->step >= 0 ? SB_OK : damaged(r, "step");
}

static sb_status read_digest(reading *r, hid_t dataset) {
  char text[18];
  if (sb_h5_read_text(dataset, "digest", text, sizeof text) < 0 || strlen(text) != 16 ||
      strspn(text, "0123456789abcdef") != 16) {
    return damaged(r, "digest");
  }
  r->digest = strtoull(text, NULL, 16);
  return SB_OK;
}

/* A link that stays within the file; others could lead to any file of the user's. */
static bool is_inside(hid_t parent, const char *name) {
  H5L_info_t link;
  return H5Lget_info(parent, name, &link, H5P_DEFAULT) >= 0 && link.type == H5L_TYPE_HARD;
}

static hid_t open_field(const reading *r, hid_t root) {
  if (!is_inside(root, "fields")) return -1;
  hid_t group = H5Gopen2(root, "fields", H5P_DEFAULT), dataset = -1;
  if (group >= 0 && is_inside(group, r->field->name)) {
    dataset = H5Dopen2(group, r->field->name, H5P_DEFAULT);
  }
  sb_h5_close(&group);
  return dataset;
}

/* Doubles of our format, all in one piece inside the file. */
static bool is_plain(const reading *r, hid_t dataset) {
  hid_t type = H5Dget_type(dataset), creation = H5Dget_create_plist(dataset);
  const bool plain =
      type >= 0 && creation >= 0 && H5Tequal(type, H5T_IEEE_F64LE) > 0 &&
      H5Pget_layout(creation) == H5D_CONTIGUOUS && H5Pget_external_count(creation) == 0 &&
      H5Dget_offset(dataset) != HADDR_UNDEF &&
      H5Dget_storage_size(dataset) == (hsize_t)sb_field_elements(r->field) * sizeof(double);
  sb_h5_close(&creation);
  sb_h5_close(&type);
  return plain;
}

static sb_status check_shape(const reading *r, hid_t space) {
  const sb_field *field = r->field;
  hsize_t n[H5S_MAX_RANK] = {0};
  const int dims = H5Sget_simple_extent_dims(space, n, NULL);
  bool same = dims == field->dims;
  for (int d = 0; same && d < dims; d++) same = n[d] == (hsize_t)field->axis[d].n;
  if (same) return SB_OK;
  return sb_fail(SB_BAD_INPUT, "cannot use %s: its field %s has another shape", r->path,
                 field->name);
}

static sb_status read_box(const reading *r, hid_t dataset, hid_t space) {
  const sb_field *field = r->field;
  const hsize_t held = (hsize_t)sb_field_held(field);
  hsize_t start[SB_FIELD_DIMS], count[SB_FIELD_DIMS];
  if (held == 0) return SB_OK;
  for (int d = 0; d < field->dims; d++) {
    start[d] = (hsize_t)field->lo[d];
    count[d] = (hsize_t)(field->hi[d] - field->lo[d]);
  }
  hid_t here = H5Screate_simple(1, &held, NULL);
  herr_t result = -1;
  if (here >= 0 && H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0) {
    result = H5Dread(dataset, H5T_NATIVE_DOUBLE, here, space, H5P_DEFAULT, r->data);
  }
  sb_h5_close(&here);
  return result >= 0 ? SB_OK : sb_h5_cannot("read", r->path, field->name);
}

static sb_status read_field(reading *r, hid_t root) {
  hid_t space = -1, dataset = open_field(r, root);
  sb_status status = SB_OK;
  if (dataset < 0 || (space = H5Dget_space(dataset)) < 0) {
    status = damaged(r, r->field->name);
    goto cleanup;
  }
  SB_TRY(check_shape(r, space));
  if (!is_plain(r, dataset)) {
    status = damaged(r, r->field->name);
    goto cleanup;
  }
  SB_TRY(read_digest(r, dataset));
  SB_TRY(read_box(r, dataset, space));
cleanup:
  sb_h5_close(&space);
  sb_h5_close(&dataset);
  return status;
}

bool sb_state_is_of(const char *path, const char *app, const char *problem) {
  const reading r = {.path = path, .app = app, .problem = problem};
  sb_h5_errors before;
  sb_h5_begin(&before);
  hid_t access = -1, root = -1;
  bool is = false;
  if (sb_h5_guard(path) == SB_OK) {
    access = sb_h5_access();
    if (access >= 0) root = H5Fopen(path, H5F_ACC_RDONLY, access);
    is = root >= 0 && check_texts(&r, root) == SB_OK;
  }
  sb_h5_close(&root);
  sb_h5_close(&access);
  sb_h5_end(&before);
  if (!is) sb_clear();
  return is;
}

/* This rank's part, by itself. */
static sb_status read_file(reading *r) {
  static const size_t SIEVE_BYTES = 1 << 20; /* boxes of short rows: not one read() for each */
  hid_t root = -1, access = -1;
  sb_status status = SB_OK;
  SB_TRY(sb_h5_guard(r->path));
  access = sb_h5_access();
  if (access >= 0 && H5Pset_sieve_buf_size(access, SIEVE_BYTES) >= 0) {
    root = H5Fopen(r->path, H5F_ACC_RDONLY, access);
  }
  if (root < 0) {
    status = sb_h5_cannot("read", r->path, "opening it");
    goto cleanup;
  }
  SB_TRY(check_texts(r, root));
  SB_TRY(read_step(r, root));
  SB_TRY(read_field(r, root));
cleanup:
  sb_h5_close(&root);
  sb_h5_close(&access);
  return status;
}

/* What all ranks together find. Collective. */
static sb_status check_whole(sb_comm *comm, const reading *r) {
  sb_field box = *r->field;
  box.data = r->data;
  int64_t sums[2] = {(int64_t)sb_field_digest(&box), sb_field_held(&box)};
  int64_t most[2] = {r->step, -r->step};
  sb_comm_sum_i64(comm, sums, 2);
  sb_comm_max_i64(comm, most, 2);
  sb_status status = SB_OK;
  if (sums[1] != sb_field_elements(&box)) {
    status = sb_fail(SB_INTERNAL, "field %s: ranks read %" PRId64 " of %" PRId64 " elements",
                     box.name, sums[1], sb_field_elements(&box));
  } else if ((uint64_t)sums[0] != r->digest) {
    status = sb_fail(SB_IO_ERROR, "cannot read %s: the data of %s are not those of its digest",
                     r->path, box.name);
  } else if (most[0] != -most[1]) {
    status = sb_fail(SB_IO_ERROR, "cannot read %s: ranks see files of different steps", r->path);
  }
  return sb_comm_agree(comm, status);
}

sb_status sb_state_read(sb_comm *comm, const char *path, const char *app, const char *problem,
                        const sb_field *field, double *data, int64_t *step) {
  reading r = {.path = path, .app = app, .problem = problem, .field = field, .data = data};
  sb_h5_errors before;
  sb_h5_begin(&before);
  sb_status status = sb_comm_agree(comm, read_file(&r));
  if (status == SB_OK) status = check_whole(comm, &r);
  *step = r.step;
  sb_h5_end(&before);
  return status;
}
