/* heat_states.h: snapshots, checkpoints, and going on from one. */
#ifndef SCALEBAR_HEAT_STATES_H
#define SCALEBAR_HEAT_STATES_H

#include "heat.h"

/* The first step after `step` at which a snapshot or a checkpoint is due, at most problem.steps.
 * Local. */
int64_t heat_next_stop(const heat_config *config, int64_t step);

/* Writes what is due at state->step, as phase SB_IO. Collective. */
sb_status heat_write_due(heat_state *state, sb_clock *clock);

/* Copies the own cells without halo into the array that is not in use, and describes them: the
 * field is valid until the next step. Local. */
void heat_pack(heat_state *state, sb_field *field);

/* Fills the own cells from the newest checkpoint of config.restart that is whole and of the same
 * problem, and sets config.first_step and step. SB_BAD_INPUT or SB_IO_ERROR with the newest one's
 * reason where there is none. Collective. */
sb_status heat_restart(heat_state *state);

/* Writes the sidecar of the output, with its snapshots. One rank calls it. */
sb_status heat_sidecar(const heat_state *state, const char *output);

#endif
