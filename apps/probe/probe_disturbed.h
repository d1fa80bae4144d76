/* probe_disturbed.h: figures that say against each other. */
#ifndef SCALEBAR_PROBE_DISTURBED_H
#define SCALEBAR_PROBE_DISTURBED_H

#include "figures.h"

/* All workers together reach what one core does alone, or more. Where a figure X_all is below
 * PROBE_DISTURBED of its X_core, others used the machine while it was measured. The medians of two
 * quiet measurements of memory differ by a few per cent. */
#define PROBE_DISTURBED 0.9

/* Index of the first such X_all from `start` on, and in `core` that of its X_core; -1: there is
 * none. Local. */
int probe_disturbed(const sb_figures *figures, int start, int *core);

#endif
