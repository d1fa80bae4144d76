/* state_file.h: fields at one moment of a run, in an HDF5 file of their own: a snapshot to look at,
 * or a checkpoint to go on from. Written whole or not at all, as result files are.
 *
 * Layout: root attributes schema_name "scalebar", schema_version, title, kind "state", app,
 * variant, problem, created_utc, hdf5_library, `step` (int64), `time` (double), time_units "1", and
 * /fields as in result files: contiguous, with dimension scales, units and digest.
 */
#ifndef SCALEBAR_STATE_FILE_H
#define SCALEBAR_STATE_FILE_H

#include "comm.h"
#include "fields.h"

typedef struct {
  const char *app;     /* "heat" */
  const char *problem; /* all that decides the state besides the step: "dims=2 nx=100 ... seed=1";
                          fewer than SB_TEXT_SIZE characters (options.h) */
  int64_t step;        /* steps done, >= 0 */
  double time;         /* of the science, unit 1 */
} sb_state_info;

/* Writes `path` (a final name; the temporary one is removed on failure, and an older file is as it
 * was). Every rank gets the same status: SB_BAD_INPUT where this program has no HDF5 or `path` is
 * no plain file, SB_IO_ERROR where it cannot be written (then see sb_results_must_abort). Boxes
 * that are one run of bytes in the file (cut along the first axis of more than one element) are
 * written at the speed of the disk; others take a detour through MPI-IO's buffers. Collective. */
sb_status sb_state_write(sb_comm *comm, const char *path, const sb_state_info *info,
                         const sb_fields *fields);

/* Reads the box of `field` (name, dims, axes, lo, hi; whatever the boxes were when it was written;
 * `field->data` is not used) into `data`, room for sb_field_held doubles. What it gives is what was
 * written, bit by bit, or it refuses with a sentence that names path and reason:
 *   SB_IO_ERROR   unreadable, cut off, damaged (a digest of all ranks' boxes is compared), not a
 *                 state file; an older one may be better
 *   SB_BAD_INPUT  a sound state of another app, problem or shape
 * Every rank gets the same status; after a failure `data` and `step` may hold anything. Each rank
 * opens the file for itself. Collective.
 *   step [out] steps done */
sb_status sb_state_read(sb_comm *comm, const char *path, const char *app, const char *problem,
                        const sb_field *field, double *data, int64_t *step);

/* Whether `path` is a state file of this app and problem, its data aside. Local. */
bool sb_state_is_of(const char *path, const char *app, const char *problem);

#endif
