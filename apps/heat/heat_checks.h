/* heat_checks.h: whether a field can be right; README.md says what each check is sure to find. */
#ifndef SCALEBAR_HEAT_CHECKS_H
#define SCALEBAR_HEAT_CHECKS_H

#include "heat.h"

/* Expects and records all checks of state->array[state->now], the field after problem.steps steps.
 * Collective. */
sb_status heat_check(heat_state *state, sb_checks *checks);

/* This rank's share of the field's digest (sb_field_digest of fields.h, of an array with a halo).
 * With `mirrored` on an axis, each value counts with the index of its mirror image on that axis: a
 * field that is symmetric, bit by bit, has equal digests. Local; all threads share the work. */
uint64_t heat_digest(const heat_state *state, const bool mirrored[HEAT_AXES]);

#endif
