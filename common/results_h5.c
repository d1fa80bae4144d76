#include "results_h5.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results.h"
#include "results_text.h"

static char first_error[SB_TEXT_SIZE];

/* Walking upward begins at the innermost function: entry 0 is the cause. */
static herr_t keep_cause(unsigned n, const H5E_error2_t *error, void *data) {
  (void)data;
  if (n == 0 && error->desc != NULL) {
    snprintf(first_error, sizeof first_error, "%s", error->desc);
  }
  return 0;
}

/* HDF5 calls this where it would print its error stack; later calls would empty the stack. */
static herr_t on_error(hid_t stack, void *data) {
  (void)data;
  if (first_error[0] == '\0') H5Ewalk2(stack, H5E_WALK_UPWARD, keep_cause, NULL);
  return 0;
}

void sb_h5_start(void) { (void)H5dont_atexit(); }

void sb_h5_begin(sb_h5_errors *before) {
  first_error[0] = '\0';
  sb_h5_start();
  if (H5Eget_auto2(H5E_DEFAULT, &before->handler, &before->data) < 0) before->handler = NULL;
  H5Eset_auto2(H5E_DEFAULT, on_error, NULL);
}

void sb_h5_end(const sb_h5_errors *before) {
  H5Eset_auto2(H5E_DEFAULT, before->handler, before->data);
}

sb_status sb_h5_cannot(const char *verb, const char *path, const char *what) {
  static const char mark[] = "error message = '";
  char text[SB_TEXT_SIZE];
  snprintf(text, sizeof text, "%s", first_error);
  char *reason = strstr(text, mark);
  if (reason != NULL) {
    reason += sizeof mark - 1;
    reason[strcspn(reason, "'")] = '\0';
  } else {
    reason = text;
    reason[strcspn(reason, "\n")] = '\0';
  }
  return sb_fail(SB_IO_ERROR, "cannot %s %s (%s): %s", verb, path, what,
                 *reason != '\0' ? reason : "HDF5 gives no reason");
}

sb_status sb_h5_fail(const sb_newfile *file, const char *what) {
  return sb_h5_cannot("write", file->path, what);
}

herr_t sb_h5_close(hid_t *id) {
  herr_t result = 0;
  if (*id >= 0) result = H5Idec_ref(*id);
  *id = -1;
  return result < 0 ? -1 : 0;
}

static bool left_open;

void sb_h5_left_open(void) { left_open = true; }

void sb_h5_agree_left_open(sb_comm *comm) {
  int64_t open_somewhere = left_open;
  sb_comm_max_i64(comm, &open_somewhere, 1);
  left_open = open_somewhere != 0;
}

bool sb_results_must_abort(void) { return left_open; }

sb_status sb_h5_finish(const sb_newfile *file, hid_t *root, sb_status status) {
  if (*root < 0) return status;
  if (status == SB_OK && H5Fflush(*root, H5F_SCOPE_GLOBAL) < 0) status = sb_h5_fail(file, "flush");
  /* A file beyond use needs no space; with its space free again HDF5 may be able to close it. */
  if (status != SB_OK) sb_newfile_empty(file);
  if (sb_h5_close(root) < 0) {
    sb_h5_left_open();
    if (status == SB_OK) status = sb_h5_fail(file, "close");
  }
  return status;
}

hid_t sb_h5_access(void) {
  hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  if (access < 0) return -1;
  herr_t result = H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V110);
  /* Without this buffer H5Dwrite itself meets a full disk, not H5Dclose, which would not survive.
   */
  if (result >= 0) result = H5Pset_sieve_buf_size(access, 0);
#if H5_VERSION_GE(1, 10, 7)
  if (result >= 0) result = H5Pset_file_locking(access, false, true);
#endif
  if (result < 0) sb_h5_close(&access);
  return access;
}

static const unsigned ORDERED = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;

sb_status sb_h5_create(const sb_newfile *file, hid_t access, hid_t *opened) {
  hid_t creation = H5Pcreate(H5P_FILE_CREATE);
  if (creation >= 0 && H5Pset_link_creation_order(creation, ORDERED) >= 0 &&
      H5Pset_attr_creation_order(creation, ORDERED) >= 0) {
    *opened = H5Fcreate(file->temporary, H5F_ACC_EXCL, creation, access);
  }
  const sb_status status = *opened >= 0 ? SB_OK : sb_h5_fail(file, "new file");
  sb_h5_close(&creation);
  return status;
}

sb_status sb_h5_open(const sb_newfile *file, hid_t access, unsigned mode, hid_t *opened) {
  *opened = H5Fopen(file->temporary, mode, access);
  return *opened >= 0 ? SB_OK : sb_h5_fail(file, "opening it again");
}

hid_t sb_h5_group(hid_t parent, const char *name) {
  hid_t group = -1, creation = H5Pcreate(H5P_GROUP_CREATE);
  if (creation >= 0 && H5Pset_link_creation_order(creation, ORDERED) >= 0 &&
      H5Pset_attr_creation_order(creation, ORDERED) >= 0) {
    group = H5Gcreate2(parent, name, H5P_DEFAULT, creation, H5P_DEFAULT);
  }
  sb_h5_close(&creation);
  return group;
}

hid_t sb_h5_dataset_properties(void) {
  hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
  if (creation >= 0 && (H5Pset_attr_creation_order(creation, ORDERED) < 0 ||
                        H5Pset_obj_track_times(creation, false) < 0)) {
    sb_h5_close(&creation);
  }
  return creation;
}

herr_t sb_h5_attribute(hid_t object, const char *name, hid_t stored, hid_t native,
                       const void *value) {
  hid_t attribute = -1, space = H5Screate(H5S_SCALAR);
  herr_t result = -1;
  if (space >= 0) {
    attribute = H5Acreate2(object, name, stored, space, H5P_DEFAULT, H5P_DEFAULT);
  }
  if (attribute >= 0) result = H5Awrite(attribute, native, value);
  if (sb_h5_close(&attribute) < 0) result = -1;
  sb_h5_close(&space);
  return result;
}

herr_t sb_h5_text(hid_t object, const char *name, const char *value) {
  char *text = strdup(value);
  hid_t type = H5Tcopy(H5T_C_S1);
  herr_t result = -1;
  if (text != NULL && type >= 0) {
    sb_utf8_clean(text);
    const size_t length = strlen(text);
    if (H5Tset_size(type, length > 0 ? length : 1) >= 0 &&
        H5Tset_strpad(type, H5T_STR_NULLPAD) >= 0 && H5Tset_cset(type, H5T_CSET_UTF8) >= 0) {
      result = sb_h5_attribute(object, name, type, type, text);
    }
  }
  sb_h5_close(&type);
  free(text);
  return result;
}

herr_t sb_h5_read_text(hid_t object, const char *name, char *text, size_t bytes) {
  hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
  hid_t type = attribute >= 0 ? H5Aget_type(attribute) : -1;
  hid_t space = attribute >= 0 ? H5Aget_space(attribute) : -1;
  herr_t result = -1;
  memset(text, 0, bytes);
  if (type >= 0 && space >= 0 && H5Tget_class(type) == H5T_STRING &&
      H5Tis_variable_str(type) == 0 && H5Tget_size(type) < bytes &&
      H5Sget_simple_extent_npoints(space) == 1) {
    result = H5Aread(attribute, type, text);
  }
  sb_h5_close(&space);
  sb_h5_close(&type);
  sb_h5_close(&attribute);
  return result;
}
