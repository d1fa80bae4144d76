/* results_h5_guard.h: what can be told of a file before HDF5 touches it: HDF5 1.10 trusts what it
 * reads, and may crash on a file that is cut off or that someone made to harm. Local. */
#ifndef SCALEBAR_RESULTS_H5_GUARD_H
#define SCALEBAR_RESULTS_H5_GUARD_H

#include "status.h"

/* Whether `path` is a plain file that begins as ours do (superblock of version 2 or 3, whose
 * checksum HDF5 compares; closed in good order) and is as long as it says. SB_IO_ERROR with "cannot
 * read PATH: REASON". Source: HDF5 File Format Specification 3.0, II.A. */
sb_status sb_h5_guard(const char *path);

#endif
