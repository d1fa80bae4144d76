/* heat_rounding.h: whether the kernels of this program round each operation by itself. Local. */
#ifndef SCALEBAR_HEAT_ROUNDING_H
#define SCALEBAR_HEAT_ROUNDING_H

#include "heat_kernel.h"

/* Cells of a small grid that a step by the textbook sweep, by the streaming sweep or by a tile
 * leaves with other bits than the law evaluated one rounded operation after the other. A compiler
 * that fuses products with sums makes it more than 0. */
int heat_rounding_errors(const heat_law *law, const heat_kernels *kernels);

#endif
