/* results_hdf5.h: how the fields of all ranks get into a new file: the one step that differs
 * between results_mpio.c (parallel HDF5) and results_seq.c (one rank). */
#ifndef SCALEBAR_RESULTS_HDF5_H
#define SCALEBAR_RESULTS_HDF5_H

#include "results_h5_fields.h"

/* Writes all ranks' data into the datasets that /fields of the temporary file has for them, and
 * nothing else. Every rank gets the same status. After a failure a file may stay open that only all
 * ranks together could close (sb_results_must_abort). Collective. */
sb_status sb_results_write_fields(sb_comm *comm, const sb_newfile *file, const sb_fields *fields);

/* "serial", "parallel". Local. */
const char *sb_results_storage(void);

#endif
