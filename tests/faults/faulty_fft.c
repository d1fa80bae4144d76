/* faulty_fft.c: the mini-app fft with one wrong number planted, or compared with FFTW's own
 * transform. The linker puts these functions in place of fft_check, fft_forward and fft_inverse
 * (--wrap), around the real ones.
 *
 * SB_FAULT="kind=bit rank=1 bit=45"
 *   bit       flips a bit of the middle number of this rank's part of the result
 *   nan       makes that number NaN
 *   conj      takes the conjugate of the cell after the middle one
 *   block     exchanges the first half of this rank's part with the second half
 *   swap      exchanges two neighbouring numbers in the middle, in every forward transform
 *   identity  leaves out all transforms of all ranks
 *   fftw      no fault: records how far the result is from FFTW's transform of the same data, as
 *             the check "fftw" */
#include <fftw3.h>
#include <math.h>

#include "faulty_number.h"
#include "fft_checks.h"
#include "fft_run.h"

sb_status __real_fft_check(fft_state *state, sb_checks *checks);
sb_status __wrap_fft_check(fft_state *state, sb_checks *checks);
void __real_fft_forward(fft_state *state, sb_clock *clock);
void __wrap_fft_forward(fft_state *state, sb_clock *clock);
void __real_fft_inverse(fft_state *state, sb_clock *clock);
void __wrap_fft_inverse(fft_state *state, sb_clock *clock);

static bool is_asked(const char *kind) {
  const char *text = getenv("SB_FAULT");
  return text != NULL && strstr(text, kind) != NULL;
}

static void swap_neighbours(const fft_state *s) {
  const int pencils = fft_result(&s->config);
  double *middle = s->array[pencils] + 2 * (sb_box_count(&s->box[pencils]) / 2);
  for (int part = 0; part < 2; part++) {
    const double kept = middle[part];
    middle[part] = middle[2 + part];
    middle[2 + part] = kept;
  }
}

void __wrap_fft_forward(fft_state *s, sb_clock *clock) {
  if (is_asked("kind=identity")) return;
  __real_fft_forward(s, clock);
  own_rank = sb_comm_rank(s->run->comm);
  if (is_asked("kind=swap") && is_due("swap", 1)) swap_neighbours(s);
}

void __wrap_fft_inverse(fft_state *s, sb_clock *clock) {
  if (!is_asked("kind=identity")) __real_fft_inverse(s, clock);
}

/* All of the input, transformed by one plan of FFTW in place. */
static fftw_complex *transform_whole(const fft_state *s) {
  const fft_config *c = &s->config;
  const int64_t row = fft_row(c);
  double *all = fftw_malloc(sizeof(double) * (size_t)(2 * row * c->ny * c->nz));
  fftw_complex *z = (fftw_complex *)(void *)all;
  if (all == NULL) abort();
  const int nz = (int)c->nz, ny = (int)c->ny, nx = (int)c->nx;
  fftw_plan plan = c->transform == FFT_R2C
                       ? fftw_plan_dft_r2c_3d(nz, ny, nx, all, z, FFTW_ESTIMATE)
                       : fftw_plan_dft_3d(nz, ny, nx, z, z, FFTW_FORWARD, FFTW_ESTIMATE);
  for (int64_t r = 0; r < c->nz * c->ny; r++) {
    fft_start_row(&s->start, r / c->ny, r % c->ny, all + 2 * row * r);
  }
  fftw_execute(plan);
  fftw_destroy_plan(plan);
  return z;
}

/* ||result - FFTW's|| over ||FFTW's||; both are off by what rounding makes. */
static void compare(const fft_state *s, sb_checks *checks) {
  const sb_box *box = &s->box[fft_result(&s->config)];
  const double *result = s->array[fft_result(&s->config)];
  const int64_t ny = s->config.ny, row = fft_row(&s->config);
  fftw_complex *whole = transform_whole(s);
  double off = 0.0, size = 0.0;
  for (int64_t i = 0; i < row * ny * s->config.nz; i++) {
    size += whole[i][0] * whole[i][0] + whole[i][1] * whole[i][1];
  }
  for (int64_t z = box->lo[0]; z < box->hi[0] && !sb_box_empty(box); z++) {
    for (int64_t y = box->lo[1]; y < box->hi[1]; y++) {
      for (int64_t x = box->lo[2]; x < box->hi[2]; x++, result += 2) {
        const double *there = whole[(z * ny + y) * row + x];
        off += (result[0] - there[0]) * (result[0] - there[0]) +
               (result[1] - there[1]) * (result[1] - there[1]);
      }
    }
  }
  fftw_free(whole);
  sb_checks_expect(checks, "fftw", "rounding of two transforms");
  sb_checks_record(checks, "fftw", sqrt(off / size), 2.0 * fft_rounding(&s->config));
}

static void swap_halves(double *cell, int64_t doubles) {
  const int64_t half = doubles / 2;
  for (int64_t i = 0; i < half; i++) {
    const double kept = cell[i];
    cell[i] = cell[doubles - half + i];
    cell[doubles - half + i] = kept;
  }
}

sb_status __wrap_fft_check(fft_state *s, sb_checks *checks) {
  const int pencils = fft_result(&s->config);
  const int64_t cells = sb_box_count(&s->box[pencils]);
  double *middle = s->array[pencils] + 2 * (cells / 2);
  own_rank = sb_comm_rank(s->run->comm);
  if (is_asked("kind=fftw")) compare(s, checks);
  if (is_due("bit", 1)) flip(middle);
  if (is_due("nan", 1)) *middle = (double)NAN;
  if (is_due("conj", 1)) middle[3] = -middle[3]; /* the middle may be its own conjugate */
  if (is_due("block", 1)) swap_halves(s->array[pencils], 2 * cells);
  (void)is_due("identity", 1);
  return __real_fft_check(s, checks);
}
