/* fft_run.h: the distributed transform. Collective.
 *
 * Forward: exp(-2 pi i ...), from x-pencils to z-pencils (layout=transposed) or back to x-pencils
 * (natural); inverse: exp(+2 pi i ...), the way back. Neither divides by the number of cells. Both
 * destroy what they read.
 */
#ifndef SCALEBAR_FFT_RUN_H
#define SCALEBAR_FFT_RUN_H

#include "fft.h"

/* Views of the pieces of all swaps, once the pool is there. SB_NO_MEMORY. Local. */
sb_status fft_views_create(fft_state *state);
void fft_views_destroy(fft_state *state);

/* Before anything but a transform writes to an array. The clock may be NULL, here and below. */
void fft_claim(fft_state *state, int pencils, sb_clock *clock);

void fft_forward(fft_state *state, sb_clock *clock);
void fft_inverse(fft_state *state, sb_clock *clock);

#endif
