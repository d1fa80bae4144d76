/* checkpoints.h: names of the state files that belong to a run's output. Local, but where it says
 * otherwise.
 *
 * Beside OUTPUT = DIR/run.h5 lie DIR/run.checkpoint.<step>.h5, of which the newest two are kept,
 * and DIR/run.snapshot.<step>.h5, all of which are; <step> has 12 digits.
 */
#ifndef SCALEBAR_CHECKPOINTS_H
#define SCALEBAR_CHECKPOINTS_H

#include <stddef.h>
#include <stdint.h>

#include "comm.h"

enum { SB_CHECKPOINTS_KEPT = 2, SB_CHECKPOINTS_MOST = 64 };

/* kind: "checkpoint", "snapshot". SB_BAD_INPUT where the name does not fit into `bytes`. */
sb_status sb_state_path(const char *output, const char *kind, int64_t step, char *path,
                        size_t bytes);

/* Steps of the checkpoints that lie beside `output`, newest first, at most SB_CHECKPOINTS_MOST.
 * Rank 0 looks; all ranks get the same. SB_BAD_INPUT where there is none. Collective. */
sb_status sb_checkpoints_find(sb_comm *comm, const char *output, int64_t *steps, int *found);

/* Removes checkpoints older than the newest SB_CHECKPOINTS_KEPT, and temporary files that killed
 * writers of checkpoints left beside `output`. Call it on one rank after a new one is in place. */
void sb_checkpoints_prune(const char *output);

#endif
