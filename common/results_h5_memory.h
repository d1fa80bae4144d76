/* results_h5_memory.h: an HDF5 file made in memory, to be written by ourselves: HDF5 then never
 * meets an error of the disk, which it does not survive. Local. */
#ifndef SCALEBAR_RESULTS_H5_MEMORY_H
#define SCALEBAR_RESULTS_H5_MEMORY_H

#include <hdf5.h>
#include <stddef.h>

/* The bytes of the file once it is closed. Starts all zero; free(bytes) at the end. It must stay
 * where it is while the file is open. */
typedef struct {
  void *bytes;
  size_t capacity;
} sb_h5_memory;

/* Makes `access` one to memory. < 0 on failure. */
herr_t sb_h5_use_memory(hid_t access, sb_h5_memory *memory);

#endif
