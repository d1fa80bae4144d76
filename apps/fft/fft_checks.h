/* fft_checks.h: whether the last repetition left the transform of its input. Collective.
 *
 * With u = 2^-53, norms ||.|| over all cells and F the exact transform, FFTs are off by at most
 * e ||F||, e = 7 u L, L the sum over the axes of log2 n (Higham, Accuracy and Stability of
 * Numerical Algorithms, 2nd ed., theorem 24.2), for n with prime factors beyond 13 of 3 log2(4 n) +
 * 8 instead: FFTW then makes a longer cyclic convolution of three transforms. Every rank compares
 * what it holds with the bound of all, so that VERIFY lines name the rank that is off. README.md
 * has the bounds.
 */
#ifndef SCALEBAR_FFT_CHECKS_H
#define SCALEBAR_FFT_CHECKS_H

#include "fft.h"

/* Leaves the result that was checked in state->saved. */
sb_status fft_check(fft_state *state, sb_checks *checks);

/* Local. */
double fft_rounding(const fft_config *config); /* e */

/* NAS FT on what is saved: evolves it, transforms it back, sums. `steps` pairs into `sums`.
 * Collective. */
void fft_nas_evolve(fft_state *state, int64_t step);
void fft_nas_checksum(const fft_state *state, double sum[2]);

/* The published sum of that step, NULL where this is no class. */
const double *fft_nas_published(const fft_config *config, int64_t step);

#endif
