/* HDF5's core driver keeps a file in memory and gives it up when the file is closed.
 * H5Fget_file_image would copy it before, but HDF5 1.10 clears a flag in the copy and leaves the
 * checksum over it as it was: such a file cannot be opened. So we take the memory itself, at the
 * moment it is freed. */
#include "results_h5_memory.h"

#include <stdbool.h>
#include <stdlib.h>

enum { GROWTH = 65536 };

static void *resize(void *bytes, size_t size, H5FD_file_image_op_t operation, void *data) {
  (void)operation;
  sb_h5_memory *memory = data;
  void *resized = realloc(bytes, size);
  if (resized != NULL) memory->capacity = size;
  return resized;
}

static herr_t keep(void *bytes, H5FD_file_image_op_t operation, void *data) {
  sb_h5_memory *memory = data;
  if (operation == H5FD_FILE_IMAGE_OP_FILE_CLOSE) {
    memory->bytes = bytes;
  } else {
    free(bytes);
  }
  return 0;
}

/* All copies of the access list mean the one memory. */
static void *share(void *data) { return data; }
static herr_t forget(void *data) {
  (void)data;
  return 0;
}

herr_t sb_h5_use_memory(hid_t access, sb_h5_memory *memory) {
  H5FD_file_image_callbacks_t calls = {.image_realloc = resize,
                                       .image_free = keep,
                                       .udata_copy = share,
                                       .udata_free = forget,
                                       .udata = memory};
  if (H5Pset_fapl_core(access, GROWTH, false) < 0) return -1;
  return H5Pset_file_image_callbacks(access, &calls);
}
