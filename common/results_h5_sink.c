#include "results_h5_sink.h"

#include <hdf5_hl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Up to here an array lies inside its object header, under the header's checksum. */
static const hsize_t COMPACT_BYTES = 32768;

static hid_t here(const sb_h5_sink *sink) { return sink->group >= 0 ? sink->group : sink->root; }

static hid_t stored_type(sb_item_type type) {
  switch (type) {
    case SB_F64:
      return H5T_IEEE_F64LE;
    case SB_I64:
      return H5T_STD_I64LE;
    case SB_I8:
      return H5T_STD_I8LE;
    case SB_CHARS:
      break;
  }
  return H5T_C_S1;
}

static hid_t native_type(sb_item_type type) {
  switch (type) {
    case SB_F64:
      return H5T_NATIVE_DOUBLE;
    case SB_I64:
      return H5T_NATIVE_INT64;
    case SB_I8:
      return H5T_NATIVE_INT8;
    case SB_CHARS:
      break;
  }
  return H5T_C_S1;
}

static sb_status enter_group(sb_sink *base, const char *name) {
  sb_h5_sink *sink = (sb_h5_sink *)base;
  if (sb_h5_close(&sink->group) < 0) return sb_h5_fail(sink->file, name);
  sink->group = sb_h5_group(sink->root, name);
  return sink->group >= 0 ? SB_OK : sb_h5_fail(sink->file, name);
}

static sb_status write_attribute(sb_sink *base, const char *name, sb_item_type type,
                                 const void *value) {
  sb_h5_sink *sink = (sb_h5_sink *)base;
  const herr_t result = type == SB_CHARS ? sb_h5_text(here(sink), name, value)
                                         : sb_h5_attribute(here(sink), name, stored_type(type),
                                                           native_type(type), value);
  return result >= 0 ? SB_OK : sb_h5_fail(sink->file, name);
}

/* Small arrays compact, others in chunks with Fletcher32: either way a flipped bit is found. */
static herr_t choose_layout(hid_t creation, int dims, const hsize_t *n, size_t element) {
  const hsize_t row = dims == 2 ? n[1] : 1;
  const hsize_t elements = dims == 0 ? 1 : n[0] * row;
  if (elements * element <= COMPACT_BYTES) return H5Pset_layout(creation, H5D_COMPACT);
  const hsize_t most = (1U << 20) / element;
  const hsize_t across = row < most ? row : most, down = most / across;
  const hsize_t chunk[2] = {n[0] < down ? n[0] : down, across};
  return H5Pset_chunk(creation, dims, chunk) < 0 ? -1 : H5Pset_fletcher32(creation);
}

/* Creates, fills and leaves open. */
static hid_t new_dataset(hid_t group, const char *name, sb_item_type type, int dims,
                         const hsize_t *n, const void *data) {
  hid_t dataset = -1, creation = sb_h5_dataset_properties();
  hid_t space = dims == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(dims, n, NULL);
  const hid_t stored = stored_type(type);
  if (creation >= 0 && space >= 0 && choose_layout(creation, dims, n, H5Tget_size(stored)) >= 0) {
    dataset = H5Dcreate2(group, name, stored, space, H5P_DEFAULT, creation, H5P_DEFAULT);
  }
  if (dataset >= 0 &&
      H5Dwrite(dataset, native_type(type), H5S_ALL, H5S_ALL, H5P_DEFAULT, data) < 0) {
    sb_h5_close(&dataset);
  }
  sb_h5_close(&space);
  sb_h5_close(&creation);
  return dataset;
}

/* A dimension without coordinates, in the words that netCDF has for it. */
static herr_t new_text_axis(hid_t group, const char *name, hsize_t width) {
  char label[96];
  snprintf(label, sizeof label, "This is a netCDF dimension but not a netCDF variable.%10" PRIu64,
           (uint64_t)width);
  hid_t creation = sb_h5_dataset_properties(), space = H5Screate_simple(1, &width, NULL);
  hid_t dataset = -1;
  if (creation >= 0 && space >= 0) {
    dataset = H5Dcreate2(group, name, H5T_STD_I8LE, space, H5P_DEFAULT, creation, H5P_DEFAULT);
  }
  herr_t result = -1;
  if (dataset >= 0 && H5DSset_scale(dataset, label) >= 0 &&
      sb_h5_text(dataset, "long_name", "character of a text") >= 0) {
    result = sb_h5_text(dataset, "units", "1");
  }
  if (sb_h5_close(&dataset) < 0) result = -1;
  sb_h5_close(&space);
  sb_h5_close(&creation);
  return result;
}

/* Axes of the present group hide those of the root. */
static herr_t attach(const sb_h5_sink *sink, hid_t dataset, const char *axis, unsigned dimension) {
  const htri_t near = H5Lexists(here(sink), axis, H5P_DEFAULT);
  if (near < 0) return -1;
  hid_t scale = H5Dopen2(near > 0 ? here(sink) : sink->root, axis, H5P_DEFAULT);
  herr_t result = scale >= 0 ? H5DSattach_scale(dataset, scale, dimension) : -1;
  if (sb_h5_close(&scale) < 0) result = -1;
  return result;
}

static herr_t describe(hid_t dataset, const char *long_name, const char *units) {
  if (sb_h5_text(dataset, "long_name", long_name) < 0) return -1;
  if (units != NULL) return sb_h5_text(dataset, "units", units);
  return sb_h5_text(dataset, "_Encoding", "utf-8"); /* netCDF's word: characters make texts */
}

static herr_t add_interval(hid_t dataset, const sb_figure *figure) {
  const int64_t n = figure->n;
  if (sb_h5_attribute(dataset, "ci_low", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &figure->low) < 0 ||
      sb_h5_attribute(dataset, "ci_high", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &figure->high) < 0) {
    return -1;
  }
  return sb_h5_attribute(dataset, "n", H5T_STD_I64LE, H5T_NATIVE_INT64, &n);
}

/* Makes the axis of a text's characters, NAME_length, and attaches it. */
static herr_t add_characters(const sb_h5_sink *sink, hid_t dataset, const sb_item *item) {
  char name[64];
  snprintf(name, sizeof name, "%s_length", item->name);
  if (new_text_axis(here(sink), name, (hsize_t)item->width) < 0) return -1;
  return attach(sink, dataset, name, (unsigned)item->dims);
}

static herr_t finish_item(const sb_h5_sink *sink, hid_t dataset, const sb_item *item) {
  const int64_t missing = -1;
  if (describe(dataset, item->long_name, item->units) < 0) return -1;
  if (item->interval != NULL && add_interval(dataset, item->interval) < 0) return -1;
  if (item->unknown &&
      sb_h5_attribute(dataset, "missing_value", H5T_STD_I64LE, H5T_NATIVE_INT64, &missing) < 0) {
    return -1;
  }
  for (int d = 0; d < item->dims; d++) {
    if (attach(sink, dataset, item->axis[d], (unsigned)d) < 0) return -1;
  }
  return item->type == SB_CHARS ? add_characters(sink, dataset, item) : 0;
}

static sb_status write_item(sb_sink *base, const sb_item *item) {
  sb_h5_sink *sink = (sb_h5_sink *)base;
  hsize_t n[SB_ITEM_DIMS + 1] = {1, 1, 1};
  int dims = item->dims;
  for (int d = 0; d < dims; d++) n[d] = (hsize_t)item->n[d];
  /* netCDF 4.9.0 crashes on arrays of fixed-length strings; characters in rows are its own way. */
  if (item->type == SB_CHARS) n[dims++] = (hsize_t)item->width;
  hid_t dataset = new_dataset(here(sink), item->name, item->type, dims, n, item->data);
  herr_t result = dataset >= 0 ? finish_item(sink, dataset, item) : -1;
  if (sb_h5_close(&dataset) < 0) result = -1;
  return result >= 0 ? SB_OK : sb_h5_fail(sink->file, item->name);
}

static sb_status write_axis(sb_sink *base, const char *name, const char *long_name, int64_t n) {
  sb_h5_sink *sink = (sb_h5_sink *)base;
  int64_t *index = calloc((size_t)n + 1, sizeof *index);
  if (index == NULL) return sb_fail(SB_NO_MEMORY, "no memory for the axis %s", name);
  for (int64_t i = 0; i < n; i++) index[i] = i;
  const hsize_t length = (hsize_t)n;
  hid_t dataset = new_dataset(here(sink), name, SB_I64, 1, &length, index);
  herr_t result = dataset >= 0 ? H5DSset_scale(dataset, name) : -1;
  if (result >= 0) result = describe(dataset, long_name, "1");
  if (sb_h5_close(&dataset) < 0) result = -1;
  free(index);
  return result >= 0 ? SB_OK : sb_h5_fail(sink->file, name);
}

void sb_h5_sink_start(sb_h5_sink *sink, const sb_newfile *file, hid_t root) {
  *sink = (sb_h5_sink){.sink = {.group = enter_group,
                                .attribute = write_attribute,
                                .axis = write_axis,
                                .item = write_item},
                       .file = file,
                       .root = root,
                       .group = -1};
}

sb_status sb_h5_sink_end(sb_h5_sink *sink, sb_status status) {
  const herr_t result = sb_h5_close(&sink->group);
  return status == SB_OK && result < 0 ? sb_h5_fail(sink->file, "group") : status;
}
