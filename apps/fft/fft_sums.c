#include "fft_sums.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fft_run.h"

/* The rows of a box, numbered. */
typedef struct {
  const sb_box *box;
  int64_t rows, row; /* in all; cells of one */
} row_list;

static row_list rows_of(const sb_box *box) {
  const int64_t row = box->hi[FFT_X] - box->lo[FFT_X];
  return (row_list){.box = box, .row = row, .rows = row > 0 ? sb_box_count(box) / row : 0};
}

static void place_of(const row_list *list, int64_t r, int64_t at[SB_AXES]) {
  const int64_t ny = list->box->hi[FFT_Y] - list->box->lo[FFT_Y];
  at[FFT_Z] = list->box->lo[FFT_Z] + r / ny;
  at[FFT_Y] = list->box->lo[FFT_Y] + r % ny;
  at[FFT_X] = list->box->lo[FFT_X];
}

static int words_of(const fft_state *s) { return s->start.real ? 1 : 2; }

void fft_fill(fft_state *s, const fft_start *start) {
  const row_list list = rows_of(&s->box[FFT_IN_X]);
  fft_claim(s, FFT_IN_X, NULL);
#pragma omp parallel for schedule(static)
  for (int64_t r = 0; r < list.rows; r++) {
    int64_t at[SB_AXES];
    place_of(&list, r, at);
    double *row = s->array[FFT_IN_X] + 2 * list.row * r;
    fft_start_row(start, at[FFT_Z], at[FFT_Y], row);
    const int64_t used = words_of(s) * s->config.nx;
    memset(row + used, 0, (size_t)(2 * list.row - used) * sizeof *row);
  }
}

/* What this thread has summed, to the sums of all. (A reduction of long doubles would want another
 * library with some compilers.) */
static void add_to(long double all[2], long double re, long double im) {
#pragma omp critical
  {
    all[0] += re;
    all[1] += im;
  }
}

/* How often a number of a spectrum counts: those between the ends of a row of r2c stand for their
 * conjugates too. */
static double times(const fft_state *s, int64_t x) {
  return s->start.real && x != 0 && 2 * x != s->config.nx ? 2.0 : 1.0;
}

double fft_sum_squares(const fft_state *s, int pencils, const double *data, bool spectrum) {
  const row_list list = rows_of(&s->box[pencils]);
  long double all[2] = {0.0L, 0.0L};
#pragma omp parallel
  {
    long double sum = 0.0L;
#pragma omp for schedule(static) nowait
    for (int64_t r = 0; r < list.rows; r++) {
      const double *row = data + 2 * list.row * r;
      double part = 0.0;
      for (int64_t i = 0; i < list.row; i++) {
        const double square = row[2 * i] * row[2 * i] + row[2 * i + 1] * row[2 * i + 1];
        part += spectrum ? times(s, list.box->lo[FFT_X] + i) * square : square;
      }
      sum += (long double)part;
    }
    add_to(all, sum, 0.0L);
  }
  return (double)all[0];
}

/* Rows of the input, one after the other, to a function that adds up. */
typedef void add_row(const fft_state *s, const int64_t at[SB_AXES], const double *row,
                     const void *context, double sum[2]);

static void over_input(const fft_state *s, const fft_start *start, add_row *add,
                       const void *context, double sum[2]) {
  const row_list list = rows_of(&s->box[FFT_IN_X]);
  long double all[2] = {0.0L, 0.0L};
#pragma omp parallel
  {
    long double re = 0.0L, im = 0.0L;
    double *row = malloc((size_t)(2 * s->config.nx) * sizeof *row);
    if (row == NULL) re = (long double)NAN; /* no check passes */
#pragma omp for schedule(static) nowait
    for (int64_t r = 0; r < list.rows; r++) {
      int64_t at[SB_AXES];
      double part[2] = {0.0, 0.0};
      if (row == NULL) continue;
      place_of(&list, r, at);
      fft_start_row(start, at[FFT_Z], at[FFT_Y], row);
      add(s, at, row, context, part);
      re += (long double)part[0];
      im += (long double)part[1];
    }
    free(row);
    add_to(all, re, im);
  }
  sum[0] = (double)all[0];
  sum[1] = (double)all[1];
}

static void add_squares(const fft_state *s, const int64_t at[SB_AXES], const double *row,
                        const void *context, double sum[2]) {
  (void)at;
  (void)context;
  for (int64_t i = 0; i < words_of(s) * s->config.nx; i++) sum[0] += row[i] * row[i];
}

double fft_sum_start(const fft_state *s) {
  double sum[2];
  over_input(s, &s->start, add_squares, NULL, sum);
  return sum[0];
}

/* a b, or a conj(b). */
static void multiply(const double a[2], const double b[2], bool conjugate, double out[2]) {
  const double im = conjugate ? -b[1] : b[1];
  const double re = a[0] * b[0] - a[1] * im, i = a[0] * im + a[1] * b[0];
  out[0] = re;
  out[1] = i;
}

static void add_phases(const fft_state *s, const int64_t at[SB_AXES], const double *row,
                       const void *context, double sum[2]) {
  const int64_t *k = context;
  double total[2] = {0.0, 0.0}, term[2];
  for (int64_t x = 0; x < s->config.nx; x++) {
    const double cell[2] = {row[words_of(s) * x], s->start.real ? 0.0 : row[2 * x + 1]};
    multiply(cell, fft_root(&s->roots, FFT_X, x, k[FFT_X]), true, term);
    total[0] += term[0];
    total[1] += term[1];
  }
  multiply(total, fft_root(&s->roots, FFT_Y, at[FFT_Y], k[FFT_Y]), true, total);
  multiply(total, fft_root(&s->roots, FFT_Z, at[FFT_Z], k[FFT_Z]), true, sum);
}

void fft_sum_input(const fft_state *s, const int64_t k[SB_AXES], double sum[2]) {
  over_input(s, &s->start, add_phases, k, sum);
}

void fft_sum_result(const fft_state *s, const int64_t x[SB_AXES], double sum[2]) {
  const row_list list = rows_of(&s->box[fft_result(&s->config)]);
  long double all[2] = {0.0L, 0.0L};
#pragma omp parallel
  {
    long double re = 0.0L, im = 0.0L;
#pragma omp for schedule(static) nowait
    for (int64_t r = 0; r < list.rows; r++) {
      const double *row = s->saved + 2 * list.row * r;
      double total[2] = {0.0, 0.0}, term[2];
      int64_t at[SB_AXES];
      place_of(&list, r, at);
      const double *zroot = fft_root(&s->roots, FFT_Z, at[FFT_Z], x[FFT_Z]);
      double root[2];
      multiply(zroot, fft_root(&s->roots, FFT_Y, at[FFT_Y], x[FFT_Y]), false, root);
      for (int64_t i = 0; i < list.row; i++) {
        const int64_t k = at[FFT_X] + i;
        double phase[2];
        multiply(root, fft_root(&s->roots, FFT_X, k, x[FFT_X]), false, phase);
        multiply(row + 2 * i, phase, false, term);
        total[0] += times(s, k) * term[0];
        total[1] += times(s, k) * term[1];
      }
      re += (long double)total[0];
      im += (long double)total[1];
    }
    add_to(all, re, im);
  }
  sum[0] = (double)all[0];
  sum[1] =
      s->start.real ? 0.0 : (double)all[1]; /* conjugates take each other's imaginary parts away */
}

bool fft_result_at(const fft_state *s, const int64_t k[SB_AXES], double value[2]) {
  const sb_box *box = &s->box[fft_result(&s->config)];
  int64_t at = 0;
  for (int a = 0; a < SB_AXES; a++) {
    if (k[a] < box->lo[a] || k[a] >= box->hi[a]) return false;
    at = at * (box->hi[a] - box->lo[a]) + k[a] - box->lo[a];
  }
  memcpy(value, s->saved + 2 * at, 2 * sizeof *value);
  return true;
}

double fft_sum_off(const fft_state *s, const fft_start *start, const double *result,
                   const double *base) {
  const row_list list = rows_of(&s->box[fft_result(&s->config)]);
  const double points = fft_points(&s->config);
  long double all[2] = {0.0L, 0.0L};
#pragma omp parallel
  {
    long double sum = 0.0L;
#pragma omp for schedule(static) nowait
    for (int64_t r = 0; r < list.rows; r++) {
      double part = 0.0;
      int64_t at[SB_AXES];
      place_of(&list, r, at);
      for (int64_t i = 0; i < list.row; i++, at[FFT_X]++) {
        double answer[2];
        const int64_t cell = 2 * (list.row * r + i);
        fft_start_answer(start, at, points, answer);
        for (int p = 0; p < 2; p++) {
          const double off = result[cell + p] - (base != NULL ? base[cell + p] : 0.0) - answer[p];
          part += off * off;
        }
      }
      sum += (long double)part;
    }
    add_to(all, sum, 0.0L);
  }
  return (double)all[0];
}

static void add_restored(const fft_state *s, const int64_t at[SB_AXES], const double *row,
                         const void *context, double sum[2]) {
  const double points = fft_points(&s->config);
  const sb_box *box = &s->box[FFT_IN_X];
  const int64_t ny = box->hi[FFT_Y] - box->lo[FFT_Y];
  const int64_t r = (at[FFT_Z] - box->lo[FFT_Z]) * ny + at[FFT_Y] - box->lo[FFT_Y];
  const double *there = s->array[FFT_IN_X] + 2 * fft_row(&s->config) * r;
  (void)context;
  for (int64_t i = 0; i < words_of(s) * s->config.nx; i++) {
    const double off = there[i] - points * row[i];
    sum[0] += off * off;
  }
}

double fft_sum_restored(const fft_state *s, const fft_start *start) {
  double sum[2];
  over_input(s, start, add_restored, NULL, sum);
  return sum[0];
}
