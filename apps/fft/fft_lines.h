/* fft_lines.h: columns of a rank's pencils, gathered from where they are, transformed in a block
 * that a cache holds, and put where the next step reads them. Local, by all threads.
 */
#ifndef SCALEBAR_FFT_LINES_H
#define SCALEBAR_FFT_LINES_H

#include "fft.h"

/* The pencils of this rank as a view of their own columns along an axis. */
fft_view fft_view_of(const fft_state *state, int pencils, int axis);

/* Transforms the columns along FFT_Y (FFT_Z) of planes lo .. hi - 1 across it, counted within this
 * rank's box.
 *   views   [in]  where the columns come from; they cover the axis in order
 *   pencils [in]  FFT_IN_Y or FFT_IN_Z: whose array is written. It may be what the views show */
void fft_lines(const fft_state *state, const fft_view *views, int count, int pencils, int axis,
               fft_sign sign, int64_t lo, int64_t hi);

/* Planes lo .. hi - 1 of the x-pencils along x and y, in place. */
void fft_planes(const fft_state *state, fft_sign sign, int64_t lo, int64_t hi);

/* Rows of x of planes lo .. hi - 1 of the x-pencils, in place. */
void fft_rows(const fft_state *state, fft_sign sign, int64_t lo, int64_t hi);

#endif
