/* checkpoints.h: names of the state files that belong to a run's output. Local, but where it says
 * otherwise.
 *
 * Beside OUTPUT = DIR/run.h5 lie DIR/run.checkpoint.<step>.h5, of which two are kept, and
 * DIR/run.snapshot.<step>.h5, all of which are; <step> has 12 digits. Of OUTPUT's name only an
 * ending .h5 is left out: DIR/run.v2 has DIR/run.v2.checkpoint.<step>.h5.
 */
#ifndef SCALEBAR_CHECKPOINTS_H
#define SCALEBAR_CHECKPOINTS_H

#include <stddef.h>
#include <stdint.h>

#include "comm.h"

enum { SB_CHECKPOINTS_MOST = 64 };

/* Length of DIR/run in DIR/run.h5; of other names all. */
size_t sb_output_stem(const char *output);

/* Whether `path` is a name that a snapshot, a checkpoint or the sidecar of `output` may have. */
bool sb_state_owns(const char *output, const char *path);

/* kind: "checkpoint", "snapshot". SB_BAD_INPUT where the name does not fit into `bytes`, or the
 * step into its digits. */
sb_status sb_state_path(const char *output, const char *kind, int64_t step, char *path,
                        size_t bytes);

/* Steps of the checkpoints that lie beside `output`, highest first, at most SB_CHECKPOINTS_MOST (of
 * more, the highest). Rank 0 looks; all ranks get the same. SB_BAD_INPUT where there is none,
 * SB_IO_ERROR where the folder cannot be read. Collective.
 *   steps [out] room for SB_CHECKPOINTS_MOST */
sb_status sb_checkpoints_find(sb_comm *comm, const char *output, int64_t *steps, int *found);

/* After the checkpoint of `step` is in place: keeps it and the one that this run wrote, or began
 * with, before it (`before`, -1 where there is none), and removes the others: they are from an
 * earlier run, or were found damaged. A file that cannot be removed stays. Call it on one rank. */
void sb_checkpoints_prune(const char *output, int64_t step, int64_t before);

/* Removes the temporary files that killed writers of checkpoints and snapshots left. Call it on one
 * rank, before the first of them. */
void sb_states_tidy(const char *output);

#endif
