/* heat_run.h: advances a rank's cells, step by step and in step with its neighbours. */
#ifndef SCALEBAR_HEAT_RUN_H
#define SCALEBAR_HEAT_RUN_H

#include "heat.h"

/* Advances state->array[state->now] from state->step to `until`, by all threads of the rank. Enters
 * the phases on the clock and ends in SB_COMPUTE. Collective. */
void heat_advance(heat_state *state, int64_t until, sb_clock *clock);

/* Sets the cells beyond the sides of the whole grid to zero in an array, where it has such. */
void heat_zero_sides(const heat_state *state, const heat_grid *grid);

#endif
