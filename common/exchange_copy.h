/* exchange_copy.h: copies a block of cells from one place in memory to another. Local. */
#ifndef SCALEBAR_EXCHANGE_COPY_H
#define SCALEBAR_EXCHANGE_COPY_H

#include "exchange.h"

/* Copies count[0] * count[1] * count[2] cells, none where a count is 0; `cell` is the first one on
 * both sides, which do not overlap. Rows, and whole planes where they are contiguous on both sides,
 * go by memcpy. */
void sb_copy_block(const sb_array *to, const sb_array *from, const int64_t count[SB_AXES]);

/* The cells of `box`, one behind the other, from `cell` on. */
sb_array sb_packed(double *cell, const sb_box *box);

/* The same cells in the array of a rank whose own box is `own`. */
sb_array sb_within(const sb_array *array, const sb_box *own, const sb_box *box);

#endif
