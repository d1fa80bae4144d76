/* fft_nas.c: the evolution of NAS FT and its published sums. */
#include <math.h>

#include "fft_checks.h"
#include "threads.h"

typedef struct {
  int64_t nx, ny, nz, steps;
  const double (*sum)[2];
} nas_class;

/* D. Bailey et al., NAS Parallel Benchmarks, FT: the verification values of NPB 3 (ft.f, verify).
 */
static const double class_s[][2] = {
    {5.546087004964e+02, 4.845363331978e+02}, {5.546385409189e+02, 4.865304269511e+02},
    {5.546148406171e+02, 4.883910722336e+02}, {5.545423607415e+02, 4.901273169046e+02},
    {5.544255039624e+02, 4.917475857993e+02}, {5.542683411902e+02, 4.932597244941e+02},
};
static const double class_w[][2] = {
    {5.673612178944e+02, 5.293246849175e+02}, {5.631436885271e+02, 5.282149986629e+02},
    {5.594024089970e+02, 5.270996558037e+02}, {5.560698047020e+02, 5.260027904925e+02},
    {5.530898991250e+02, 5.249400845633e+02}, {5.504159734538e+02, 5.239212247086e+02},
};
static const double class_a[][2] = {
    {5.046735008193e+02, 5.114047905510e+02}, {5.059412319734e+02, 5.098809666433e+02},
    {5.069376896287e+02, 5.098144042213e+02}, {5.077892868474e+02, 5.101336130759e+02},
    {5.085233095391e+02, 5.104914655194e+02}, {5.091487099959e+02, 5.107917842803e+02},
};
static const nas_class classes[] = {
    {64, 64, 64, 6, class_s}, {128, 128, 32, 6, class_w}, {256, 256, 128, 6, class_a}};

const double *fft_nas_published(const fft_config *c, int64_t step) {
  for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
    const nas_class *k = &classes[i];
    if (c->nx == k->nx && c->ny == k->ny && c->nz == k->nz && step >= 1 && step <= k->steps)
      return k->sum[step - 1];
  }
  return NULL;
}

/* The frequency that index i of n stands for, -n/2 .. n/2 - 1. */
static double frequency(int64_t i, int64_t n) {
  const int64_t half = n / 2;
  return (double)((i + half) % n - half);
}

void fft_nas_evolve(fft_state *s, int64_t step) {
  const double pi = 3.14159265358979323846, alpha = 1e-6;
  const int pencils = fft_result(&s->config);
  const sb_box *box = &s->box[pencils];
  const int64_t *n = s->roots.n;
  const int64_t rows = box->hi[FFT_Y] - box->lo[FFT_Y], row = box->hi[FFT_X] - box->lo[FFT_X];
  const int64_t all = sb_box_empty(box) ? 0 : (box->hi[FFT_Z] - box->lo[FFT_Z]) * rows;
#pragma omp parallel for schedule(static)
  for (int64_t r = 0; r < all; r++) {
    const double kz = frequency(box->lo[FFT_Z] + r / rows, n[FFT_Z]);
    const double ky = frequency(box->lo[FFT_Y] + r % rows, n[FFT_Y]);
    for (int64_t i = 0; i < row; i++) {
      const double kx = frequency(box->lo[FFT_X] + i, n[FFT_X]);
      const double by = exp(-4.0 * alpha * pi * pi * (double)step * (kx * kx + ky * ky + kz * kz));
      for (int part = 0; part < 2; part++) {
        const int64_t at = 2 * (r * row + i) + part;
        s->array[pencils][at] = s->saved[at] * by;
      }
    }
  }
}

void fft_nas_checksum(const fft_state *s, double sum[2]) {
  const sb_box *box = &s->box[FFT_IN_X];
  const int64_t *n = s->roots.n;
  const int64_t row = 2 * n[FFT_X], rows = box->hi[FFT_Y] - box->lo[FFT_Y];
  sum[0] = sum[1] = 0.0;
  for (int64_t j = 1; j <= 1024; j++) {
    const int64_t x = j % n[FFT_X], y = 3 * j % n[FFT_Y], z = 5 * j % n[FFT_Z];
    if (z < box->lo[FFT_Z] || z >= box->hi[FFT_Z]) continue;
    if (y < box->lo[FFT_Y] || y >= box->hi[FFT_Y]) continue;
    const double *cell =
        s->array[FFT_IN_X] + ((z - box->lo[FFT_Z]) * rows + y - box->lo[FFT_Y]) * row + 2 * x;
    sum[0] += cell[0];
    sum[1] += cell[1];
  }
  sb_comm_sum_f64(s->run->comm, sum, 2);
  sum[0] /= fft_points(&s->config);
  sum[1] /= fft_points(&s->config);
}
