/* fft_start.h: the numbers to transform, as a function of where they stand, so that any rank makes
 * any of them. Local, cannot fail unless said.
 *
 *   random  real and imaginary part uniform on [-1/2, 1/2): cell e (its row-major index) takes
 * words 0, 1 and 2, 3 of the Philox block e under the seed (rng.h), the upper 53 bits of each pair;
 * real numbers take the first pair mode    plane waves a exp(2 pi i (kx x/nx + ky y/ny + kz z/nz))
 * with random k and a; their real parts with transform=r2c nas     NAS FT: cell e is the numbers 2e
 * + 1 and 2e + 2 of x -> 5^13 x mod 2^46 from 314159265, divided by 2^46 (Bailey et al., The NAS
 * Parallel Benchmarks, RNR-94-007, section 2.3)
 *
 * A wave has an exact answer: with the sign of a forward transform, exp(-2 pi i ...), it becomes a
 * N at (kz, ky, kx) and nothing elsewhere; a real part a N/2 there and its conjugate at -k.
 */
#ifndef SCALEBAR_FFT_START_H
#define SCALEBAR_FFT_START_H

#include "fft_plan.h"

/* exp(2 pi i j / n) for every index j of an axis, correct to an ulp. */
typedef struct {
  double *root[SB_AXES];
  int64_t n[SB_AXES];
} fft_roots;

sb_status fft_roots_create(const fft_config *config, fft_roots *roots); /* SB_NO_MEMORY */
void fft_roots_destroy(fft_roots *roots);

/* exp(2 pi i j k / n) on an axis; 0 <= j, k < n <= 2^31. */
static inline const double *fft_root(const fft_roots *roots, int axis, int64_t j, int64_t k) {
  return roots->root[axis] + 2 * (j * k % roots->n[axis]);
}

enum { FFT_WAVES = 4 };

typedef struct {
  int64_t k[SB_AXES];
  double a[2];
} fft_wave;

typedef struct {
  const fft_roots *roots;
  bool real;
  bool has_random, has_nas; /* besides the waves */
  uint64_t seed;
  fft_wave wave[FFT_WAVES + 1]; /* room for one more, which checks add */
  int waves;
} fft_start;

/* What the configuration asks for. */
fft_start fft_start_make(const fft_config *config, const fft_roots *roots, int64_t seed);

/* Nothing but one wave of amplitude 1, of a number of its own. */
fft_start fft_start_wave(const fft_start *like, uint32_t number);

/* Cells x = 0 .. nx - 1 of a row: complex numbers, or real ones (transform=r2c). */
void fft_start_row(const fft_start *start, int64_t z, int64_t y, double *out);

/* One cell. */
void fft_start_cell(const fft_start *start, int64_t z, int64_t y, int64_t x, double out[2]);

/* What waves alone become at a frequency, for N cells. */
void fft_start_answer(const fft_start *start, const int64_t k[SB_AXES], double points,
                      double out[2]);

/* A random frequency, or cell. */
void fft_start_choose(const fft_roots *roots, uint64_t seed, uint32_t number,
                      int64_t index[SB_AXES]);

#endif
