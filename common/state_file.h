/* state_file.h: a field at one moment of a run, in an HDF5 file of its own: a snapshot to look at,
 * or a checkpoint to go on from. Written whole or not at all, as result files are.
 *
 * Layout: the schema's root attributes that make sense here (schema_name "scalebar",
 * schema_version, app, variant, kind = "state"), `step` (int64), `time`, `problem`, and /fields as
 * in result files: dimension scales, units, digest.
 */
#ifndef SCALEBAR_STATE_FILE_H
#define SCALEBAR_STATE_FILE_H

#include "comm.h"
#include "fields.h"

typedef struct {
  const char *app;     /* "heat" */
  const char *problem; /* all that decides the state besides the step: "dims=2 nx=100 ... seed=1" */
  int64_t step;        /* steps done */
  double time;         /* of the science, unit 1 */
} sb_state_info;

/* Writes `path` (a final name; the temporary one is removed on failure). Every rank gets the same
 * status. SB_BAD_INPUT where this program has no HDF5. Collective. */
sb_status sb_state_write(sb_comm *comm, const char *path, const sb_state_info *info,
                         const sb_fields *fields);

/* Reads the box of `field` (name, dims, axes, lo, hi as when it was written, whatever the boxes
 * were then) into `data`, room for sb_field_held doubles. Refuses, with a sentence that names path
 * and reason, a file that is damaged (anywhere: its digest is computed anew from all ranks' boxes),
 * of another app or problem. Every rank gets the same status; after a failure `data` may hold
 * anything. Collective.
 *   step [out] steps done */
sb_status sb_state_read(sb_comm *comm, const char *path, const char *app, const char *problem,
                        const sb_field *field, double *data, int64_t *step);

#endif
