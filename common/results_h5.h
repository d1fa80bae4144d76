/* results_h5.h: HDF5 in the few words that result files need. Local, but where it says otherwise.
 */
#ifndef SCALEBAR_RESULTS_H5_H
#define SCALEBAR_RESULTS_H5_H

#include <hdf5.h>

#include "results_newfile.h"

/* Call this before the first HDF5 function: files are closed by those who opened them, and a file
 * that could not be written must not make HDF5 crash when the program ends. */
void sb_h5_start(void);

/* Between these two, HDF5 prints nothing about its errors; the first one is kept instead. */
typedef struct {
  H5E_auto2_t handler;
  void *data;
} sb_h5_errors;

void sb_h5_begin(sb_h5_errors *before);
void sb_h5_end(const sb_h5_errors *before);

/* SB_IO_ERROR with "cannot VERB PATH (WHAT): REASON". The reason is the operating system's where
 * HDF5 passes it on, else what HDF5's innermost function says, of the first error since
 * sb_h5_begin. sb_h5_fail: with the verb "write". */
sb_status sb_h5_cannot(const char *verb, const char *path, const char *what);
sb_status sb_h5_fail(const sb_newfile *file, const char *what);

/* File access that keeps to the format of HDF5 1.8 to 1.10, which all readers know and whose
 * metadata carry checksums, and takes no locks: the temporary name is this run's own. < 0 on
 * failure. */
hid_t sb_h5_access(void);

/* A new, empty file under the temporary name; an existing one is an error. */
sb_status sb_h5_create(const sb_newfile *file, hid_t access, hid_t *opened);

/* The file that is there under the temporary name; `mode` is HDF5's. Collective when `access` is
 * parallel. */
sb_status sb_h5_open(const sb_newfile *file, hid_t access, unsigned mode, hid_t *opened);

/* A new group that remembers the order of its members, as netCDF wants it. < 0 on failure. */
hid_t sb_h5_group(hid_t parent, const char *name);

/* Properties of a dataset that remembers the order of its attributes. < 0 on failure. */
hid_t sb_h5_dataset_properties(void);

/* One attribute of a single value, kept as `stored`. < 0 on failure. */
herr_t sb_h5_attribute(hid_t object, const char *name, hid_t stored, hid_t native,
                       const void *value);

/* A text attribute: UTF-8 of fixed length, NUL-padded; an empty text is one NUL. < 0 on failure. */
herr_t sb_h5_text(hid_t object, const char *name, const char *value);

/* Reads one back, at most bytes - 1 characters; < 0 where there is none, or one of another kind, or
 * a longer one. */
herr_t sb_h5_read_text(hid_t object, const char *name, char *text, size_t bytes);

/* Flushes and closes a file that was written to, if it is open. Returns `status`, or a failure of
 * this when that was SB_OK. Collective when the file is parallel. */
sb_status sb_h5_finish(const sb_newfile *file, hid_t *root, sb_status status);

/* Notes that a file could not be closed, for sb_results_must_abort. */
void sb_h5_left_open(void);

/* Makes that known to all ranks. Collective. */
void sb_h5_agree_left_open(sb_comm *comm);

/* Closes what is open (>= 0) and sets *id to -1. Closing writes, so its failure counts: < 0. */
herr_t sb_h5_close(hid_t *id);

#endif
