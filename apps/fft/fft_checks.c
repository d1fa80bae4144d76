#include "fft_checks.h"

#include <math.h>
#include <string.h>

#include "fft_run.h"
#include "fft_sums.h"
#include "memory.h"

static const double UNIT = 0x1p-53;
static const char higham[] = "rounding of FFTs: Higham (2002), theorem 24.2";

static double levels(int64_t n) {
  int64_t rest = n;
  for (int64_t prime = 2; prime <= 13; prime++) {
    while (rest % prime == 0) rest /= prime;
  }
  return rest == 1 ? log2((double)n) : 3.0 * log2(4.0 * (double)n) + 8.0;
}

double fft_rounding(const fft_config *c) {
  return 7.0 * UNIT * fmax(levels(c->nx) + levels(c->ny) + levels(c->nz), 1.0);
}

/* What summing over all cells adds, for a bound in units of the sum of sizes: partial sums of rows,
 * then of rows of planes, with errors that are independent (Higham and Mary, 2019). */
static double summing(const fft_config *c) {
  return 8.0 * UNIT * (sqrt((double)c->nx) + sqrt((double)c->ny) + sqrt((double)c->nz) + 4.0);
}

static sb_status save(fft_state *s) {
  const int pencils = fft_result(&s->config);
  const int64_t doubles = 2 * sb_box_count(&s->box[pencils]);
  const sb_status status = sb_doubles_create(doubles, &s->saved);
  if (status == SB_OK) memcpy(s->saved, s->array[pencils], (size_t)doubles * sizeof(double));
  return status;
}

static double squares_over_ranks(const fft_state *s, double square) {
  sb_comm_sum_f64(s->run->comm, &square, 1);
  return square;
}

/* ||F||^2 = N ||u||^2. The right side is made from the start again, so that a wrong result does not
 * widen the bounds that it is held to. Returns ||F||. */
static double check_parseval(fft_state *s, sb_checks *checks) {
  const double input = fft_points(&s->config) * squares_over_ranks(s, fft_sum_start(s));
  const double found =
      squares_over_ranks(s, fft_sum_squares(s, fft_result(&s->config), s->saved, true));
  sb_checks_record(checks, "parseval", fabs(found - input) / input,
                   2.0 * fft_rounding(&s->config) + 2.0 * summing(&s->config));
  return sqrt(input);
}

/* Frequencies of the result against sums over the input, and the other way round. */
static void check_sums(fft_state *s, double norm, sb_checks *checks) {
  enum { TIMES = 3 };
  const fft_config *c = &s->config;
  const double bound = fft_rounding(c) + summing(c), points = fft_points(c);
  for (uint32_t i = 0; i < TIMES; i++) {
    int64_t at[SB_AXES];
    double sum[2], here[2];
    fft_start_choose(&s->roots, s->start.seed, 100 + i, at);
    if (at[FFT_X] >= fft_row(c)) at[FFT_X] -= fft_row(c);
    fft_sum_input(s, at, sum);
    sb_comm_sum_f64(s->run->comm, sum, 2);
    double error = 0.0;
    if (fft_result_at(s, at, here)) error = hypot(here[0] - sum[0], here[1] - sum[1]) / norm;
    sb_checks_record(checks, "frequencies", error, bound);

    fft_start_choose(&s->roots, s->start.seed, 200 + i, at);
    fft_sum_result(s, at, sum);
    sb_comm_sum_f64(s->run->comm, sum, 2);
    fft_start_cell(&s->start, at[FFT_Z], at[FFT_Y], at[FFT_X], here);
    error = hypot(sum[0] - points * here[0], sum[1] - points * here[1]);
    sb_checks_record(checks, "cells", error / (norm * sqrt(points)), bound);
  }
}

/* A start with waves of known answer, transformed: what it is off from `base` (NULL: nothing) plus
 * the answers. */
static void check_waves(fft_state *s, const fft_start *start, const double *base, double size,
                        const char *name, sb_checks *checks) {
  const double off = sqrt(fft_sum_off(s, start, s->array[fft_result(&s->config)], base));
  const double times = base != NULL ? 2.0 : 1.0;
  sb_checks_record(checks, name, off / size, times * fft_rounding(&s->config) + 8.0 * UNIT);
}

/* One random wave alone, then added to the input; then back. */
static void check_again(fft_state *s, double norm, sb_checks *checks) {
  const double points = fft_points(&s->config);
  const fft_start wave = fft_start_wave(&s->start, 0);
  fft_fill(s, &wave);
  fft_forward(s, NULL);
  check_waves(s, &wave, NULL, points, "impulse", checks);

  fft_start both = s->start;
  const fft_start other = fft_start_wave(&s->start, 1);
  both.wave[both.waves++] = other.wave[0];
  fft_fill(s, &both);
  fft_forward(s, NULL);
  check_waves(s, &other, s->saved, norm + points, "linearity", checks);

  sb_comm_barrier(s->run->comm);
  const double began = sb_now();
  fft_inverse(s, NULL);
  s->inverse_time = sb_now() - began;
  sb_comm_max_f64(s->run->comm, &s->inverse_time, NULL, 1);
  const double off = sqrt(fft_sum_restored(s, &both));
  sb_checks_record(checks, "inverse", off / (sqrt(points) * (norm + points)),
                   2.0 * fft_rounding(&s->config) + 16.0 * UNIT);
}

static bool has_published(const fft_config *c) {
  return c->start == FFT_NAS && fft_nas_published(c, 1) != NULL;
}

static void check_nas(fft_state *s, sb_checks *checks) {
  for (int64_t step = 1; step <= s->config.steps; step++) {
    fft_claim(s, fft_result(&s->config), NULL);
    fft_nas_evolve(s, step);
    fft_inverse(s, NULL);
    fft_nas_checksum(s, s->checksum);
    const double *published = fft_nas_published(&s->config, step);
    for (int part = 0; published != NULL && part < 2; part++) {
      sb_checks_record(checks, "checksums",
                       fabs(s->checksum[part] - published[part]) / published[part], 1e-12);
    }
  }
}

static void expect(const fft_config *c, sb_checks *checks) {
  sb_checks_expect(checks, "parseval", higham);
  sb_checks_expect(checks, "frequencies", higham);
  sb_checks_expect(checks, "cells", higham);
  sb_checks_expect(checks, "impulse", higham);
  sb_checks_expect(checks, "linearity", higham);
  sb_checks_expect(checks, "inverse", higham);
  if (c->start == FFT_MODE) sb_checks_expect(checks, "modes", higham);
  if (has_published(c)) sb_checks_expect(checks, "checksums", "NAS FT, published sums");
}

sb_status fft_check(fft_state *s, sb_checks *checks) {
  sb_status status = SB_OK;
  expect(&s->config, checks);
  SB_TRY(sb_comm_agree(s->run->comm, save(s)));
  const double norm = check_parseval(s, checks);
  check_sums(s, norm, checks);
  if (s->config.start == FFT_MODE) {
    const double off = sqrt(fft_sum_off(s, &s->start, s->saved, NULL));
    sb_checks_record(checks, "modes", off / norm, fft_rounding(&s->config) + 8.0 * UNIT);
  }
  check_again(s, norm, checks);
  if (s->config.start == FFT_NAS) check_nas(s, checks);
cleanup:
  return status;
}
