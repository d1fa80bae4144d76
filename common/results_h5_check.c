#include "results_h5_check.h"

#include <stdlib.h>
#include <string.h>

/* HDF5 compares its checksums when an object is opened and its data are read. Fields carry none and
 * are compared by their digests. */
static herr_t read_object(hid_t root, const char *name, const H5L_info_t *info, void *unused) {
  (void)info;
  (void)unused;
  if (strncmp(name, "fields/", 7) == 0) return 0;
  hid_t object = H5Oopen(root, name, H5P_DEFAULT), space = -1, type = -1;
  herr_t result = object >= 0 ? 0 : -1;
  if (object >= 0 && H5Iget_type(object) == H5I_DATASET) {
    space = H5Dget_space(object);
    type = H5Dget_type(object);
    const hssize_t elements = space >= 0 ? H5Sget_simple_extent_npoints(space) : -1;
    const size_t bytes = type >= 0 ? H5Tget_size(type) : 0;
    char *data = elements >= 0 && bytes > 0 ? malloc((size_t)elements * bytes + 1) : NULL;
    result = data != NULL ? H5Dread(object, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) : -1;
    free(data);
  }
  sb_h5_close(&type);
  sb_h5_close(&space);
  sb_h5_close(&object);
  return result < 0 ? -1 : 0;
}

static sb_status check_name(const sb_newfile *file, hid_t root) {
  char text[16];
  if (sb_h5_read_text(root, "schema_name", text, sizeof text) >= 0 && strcmp(text, "scalebar") == 0)
    return SB_OK;
  return sb_h5_fail(file, "schema_name, read back");
}

static sb_status check(const sb_newfile *file, const sb_fields *fields, const uint64_t *digest) {
  hid_t root = -1, access = sb_h5_access();
  sb_status status = SB_OK;
  SB_TRY(sb_h5_open(file, access, H5F_ACC_RDONLY, &root));
  SB_TRY(check_name(file, root));
  if (H5Lvisit(root, H5_INDEX_NAME, H5_ITER_NATIVE, read_object, NULL) < 0) {
    status = sb_h5_fail(file, "read back");
  }
  if (status == SB_OK && fields != NULL) status = sb_h5_check_fields(file, root, fields, digest);
cleanup:
  if (sb_h5_close(&root) < 0) {
    sb_h5_left_open();
    if (status == SB_OK) status = sb_h5_fail(file, "close after reading back");
  }
  sb_h5_close(&access);
  return status;
}

sb_status sb_h5_seal(const sb_newfile *file, const sb_fields *fields, const uint64_t *digest) {
  sb_status status = SB_OK;
  SB_TRY(sb_newfile_sync(file));
  SB_TRY(check(file, fields, digest));
  SB_TRY(sb_newfile_commit(file));
cleanup:
  return status;
}
