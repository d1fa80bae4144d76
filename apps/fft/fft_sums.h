/* fft_sums.h: sums over what a rank holds, for the checks. Local, by all threads.
 *
 * Rows are summed in double precision, sums of rows in long double.
 */
#ifndef SCALEBAR_FFT_SUMS_H
#define SCALEBAR_FFT_SUMS_H

#include "fft.h"

/* Writes a start into the x-pencils, once others have read what was there. */
void fft_fill(fft_state *state, const fft_start *start);

/* Sum of |.|^2 of the cells of pencils; `spectrum`: of r2c, conjugates counted with them. */
double fft_sum_squares(const fft_state *state, int pencils, const double *data, bool spectrum);

/* The same of the input, made again. */
double fft_sum_start(const fft_state *state);

/* Sum over the input, made again, of u exp(-2 pi i k x / n): the transform at frequency k. */
void fft_sum_input(const fft_state *state, const int64_t k[SB_AXES], double sum[2]);

/* Sum over state->saved of F exp(+2 pi i k x / n): N times the input at cell x. */
void fft_sum_result(const fft_state *state, const int64_t x[SB_AXES], double sum[2]);

/* state->saved at a frequency; false where another rank holds it. */
bool fft_result_at(const fft_state *state, const int64_t k[SB_AXES], double value[2]);

/* Sum of |result - base - answer|^2, `answer` being what the waves of a start become; base may be
 * NULL. Conjugates are not counted. */
double fft_sum_off(const fft_state *state, const fft_start *start, const double *result,
                   const double *base);

/* Sum of |x-pencils - N start|^2. */
double fft_sum_restored(const fft_state *state, const fft_start *start);

#endif
