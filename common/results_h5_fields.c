#include "results_h5_fields.h"

#include <hdf5_hl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const int64_t READ_BACK_BYTES = INT64_C(64) << 20;

/* Chunks of at most a megabyte: whole rows where they fit, so that a slab of rows is few chunks. */
static herr_t set_chunks(hid_t creation, const sb_field *field) {
  const int64_t most = (1 << 20) / (int64_t)sizeof(double);
  hsize_t chunk[SB_FIELD_DIMS];
  int64_t left = most;
  for (int d = field->dims - 1; d >= 0; d--) {
    const int64_t n = field->axis[d].n < left ? field->axis[d].n : left;
    chunk[d] = (hsize_t)(n > 0 ? n : 1);
    left /= (int64_t)chunk[d];
    if (left < 1) left = 1;
  }
  if (H5Pset_chunk(creation, field->dims, chunk) < 0) return -1;
  if (H5Pset_shuffle(creation) < 0 || H5Pset_deflate(creation, 4) < 0) return -1;
  return H5Pset_fletcher32(creation);
}

static hid_t new_field(hid_t group, const sb_field *field, bool compress) {
  hsize_t n[SB_FIELD_DIMS];
  for (int d = 0; d < field->dims; d++) n[d] = (hsize_t)field->axis[d].n;
  hid_t dataset = -1, creation = sb_h5_dataset_properties();
  hid_t space = H5Screate_simple(field->dims, n, NULL);
  /* Every element is written, so fill values would only cost time. */
  if (creation >= 0 && space >= 0 && H5Pset_fill_time(creation, H5D_FILL_TIME_NEVER) >= 0 &&
      H5Pset_alloc_time(creation, H5D_ALLOC_TIME_EARLY) >= 0 &&
      (!compress || set_chunks(creation, field) >= 0)) {
    dataset =
        H5Dcreate2(group, field->name, H5T_IEEE_F64LE, space, H5P_DEFAULT, creation, H5P_DEFAULT);
  }
  sb_h5_close(&space);
  sb_h5_close(&creation);
  return dataset;
}

/* The coordinates of an axis as a dimension scale; -1 on failure. */
static hid_t new_scale(hid_t group, const sb_axis *axis) {
  const hsize_t n = (hsize_t)axis->n;
  double *place = calloc((size_t)n + 1, sizeof *place);
  if (place == NULL) return -1;
  for (int64_t i = 0; i < axis->n; i++) {
    place[i] = axis->places != NULL ? axis->places[i] : axis->first + (double)i * axis->step;
  }
  hid_t dataset = -1, space = H5Screate_simple(1, &n, NULL);
  hid_t creation = sb_h5_dataset_properties();
  if (space >= 0 && creation >= 0) {
    dataset =
        H5Dcreate2(group, axis->name, H5T_IEEE_F64LE, space, H5P_DEFAULT, creation, H5P_DEFAULT);
  }
  if (dataset >= 0 &&
      (H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, place) < 0 ||
       H5DSset_scale(dataset, axis->name) < 0 ||
       sb_h5_text(dataset, "long_name", axis->long_name) < 0 ||
       sb_h5_text(dataset, "units", axis->units) < 0)) {
    sb_h5_close(&dataset);
  }
  sb_h5_close(&creation);
  sb_h5_close(&space);
  free(place);
  return dataset;
}

/* Axes of one name are one scale, made when first met. */
static herr_t attach(hid_t group, hid_t dataset, const sb_axis *axis, unsigned dimension) {
  const htri_t there = H5Lexists(group, axis->name, H5P_DEFAULT);
  if (there < 0) return -1;
  hid_t scale = there > 0 ? H5Dopen2(group, axis->name, H5P_DEFAULT) : new_scale(group, axis);
  herr_t result = scale >= 0 ? H5DSattach_scale(dataset, scale, dimension) : -1;
  if (sb_h5_close(&scale) < 0) result = -1;
  return result;
}

static herr_t describe(hid_t group, const sb_field *field, uint64_t digest, bool compress) {
  char hex[17];
  snprintf(hex, sizeof hex, "%016" PRIx64, digest);
  hid_t dataset = new_field(group, field, compress);
  if (dataset < 0) return -1;
  herr_t result = -1;
  if (sb_h5_text(dataset, "long_name", field->long_name) >= 0 &&
      sb_h5_text(dataset, "units", field->units) >= 0 && sb_h5_text(dataset, "digest", hex) >= 0) {
    result = sb_h5_text(dataset, "digest_method", sb_digest_method);
  }
  for (int d = 0; d < field->dims && result >= 0; d++) {
    result = attach(group, dataset, &field->axis[d], (unsigned)d);
  }
  if (sb_h5_close(&dataset) < 0) result = -1;
  return result;
}

sb_status sb_h5_describe_fields(const sb_newfile *file, hid_t root, const sb_fields *fields,
                                const uint64_t *digest, bool compress) {
  sb_status status = SB_OK;
  hid_t group = sb_h5_group(root, "fields");
  if (group < 0) return sb_h5_fail(file, "fields");
  for (int f = 0; f < fields->count && status == SB_OK; f++) {
    if (describe(group, &fields->field[f], digest[f], compress) < 0) {
      status = sb_h5_fail(file, fields->field[f].name);
    }
  }
  if (sb_h5_close(&group) < 0 && status == SB_OK) status = sb_h5_fail(file, "fields");
  return status;
}

int64_t sb_h5_fields_bytes(const sb_fields *fields) {
  int64_t elements = 0;
  for (int f = 0; f < fields->count; f++) {
    const sb_field *field = &fields->field[f];
    elements += sb_field_elements(field);
    for (int d = 0; d < field->dims; d++) elements += field->axis[d].n;
  }
  return elements * (int64_t)sizeof(double);
}

hid_t sb_h5_open_field(hid_t root, const sb_field *field) {
  hid_t group = H5Gopen2(root, "fields", H5P_DEFAULT);
  const hid_t dataset = group >= 0 ? H5Dopen2(group, field->name, H5P_DEFAULT) : -1;
  sb_h5_close(&group);
  return dataset;
}

static sb_status check_field(const sb_newfile *file, hid_t root, const sb_field *field,
                             uint64_t digest) {
  sb_field whole = *field;
  for (int d = 0; d < field->dims; d++) {
    whole.lo[d] = 0;
    whole.hi[d] = field->axis[d].n;
  }
  double *data = NULL;
  sb_status status = SB_OK;
  hid_t dataset = sb_h5_open_field(root, field);
  if (dataset < 0) return sb_h5_fail(file, field->name);
  const int64_t elements = sb_field_elements(field);
  if (elements <= READ_BACK_BYTES / (int64_t)sizeof *data) {
    data = malloc((size_t)elements * sizeof *data + 1);
    if (data == NULL) {
      status = sb_fail(SB_NO_MEMORY, "no memory to read %s back", field->name);
    } else if (H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) < 0) {
      status = sb_h5_fail(file, field->name);
    } else {
      whole.data = data;
      if (sb_field_digest(&whole) != digest) {
        status = sb_fail(SB_IO_ERROR, "cannot write %s (%s): read back, the data differ",
                         file->path, field->name);
      }
    }
  }
  sb_h5_close(&dataset);
  free(data);
  return status;
}

sb_status sb_h5_check_fields(const sb_newfile *file, hid_t root, const sb_fields *fields,
                             const uint64_t *digest) {
  sb_status status = SB_OK;
  for (int f = 0; f < fields->count && status == SB_OK; f++) {
    status = check_field(file, root, &fields->field[f], digest[f]);
  }
  return status;
}
