/* results_h5_check.h: a finished file is read back before it gets its name. Local. */
#ifndef SCALEBAR_RESULTS_H5_CHECK_H
#define SCALEBAR_RESULTS_H5_CHECK_H

#include "results_h5_fields.h"

/* The last steps of a new file, on one rank: onto the disk, opened again and read (fields as
 * sb_h5_check_fields does; NULL: there are none), renamed. */
sb_status sb_h5_seal(const sb_newfile *file, const sb_fields *fields, const uint64_t *digest);

#endif
