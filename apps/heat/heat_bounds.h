/* heat_bounds.h: how far rounding alone can take a right field from what it is exactly. Local.
 *
 * Derived in heat_bounds.c from the number of operations, the steps and the law; the exact law has
 * c = 1 - 2 dims r for the r given. Whatever is farther off is wrong. */
#ifndef SCALEBAR_HEAT_BOUNDS_H
#define SCALEBAR_HEAT_BOUNDS_H

#include "heat_start.h"

/* start=mode: of a cell, against G^steps, rounded to double, times its start value. */
double heat_bound_mode(const heat_problem *problem);

/* start=hotspot: of the exact sum of all cells, against that of the start, heat_hot_sum. */
double heat_bound_sum(const heat_problem *problem);

/* start=hotspot: of the exact sum of all cells times the wave (products rounded), against G^steps
 * times that of the start, heat_hot_projection. */
double heat_bound_projection(const heat_problem *problem);

/* start=hotspot: of a cell, above 1 or below 0. */
double heat_bound_range(const heat_problem *problem);

/* Of the start field: its sum (exact below 2^53), and its projection on the wave. */
double heat_hot_sum(const heat_problem *problem);
double heat_hot_projection(const heat_problem *problem);

#endif
