#include "fft_lines.h"

#include <math.h>

#include "simulation.h"

static int64_t along(const sb_box *box, int axis) { return box->hi[axis] - box->lo[axis]; }

fft_view fft_view_of(const fft_state *s, int pencils, int axis) {
  const sb_box *box = &s->box[pencils];
  const int64_t row = 2 * along(box, FFT_X), plane = row * along(box, FFT_Y);
  return (fft_view){.data = s->array[pencils],
                    .lo = 0,
                    .hi = along(box, axis),
                    .along = axis == FFT_Z ? plane : row,
                    .across = axis == FFT_Z ? row : plane};
}

/* Whether rows of x lie one behind the other in all that is read and written, as they do between
 * slabs: then all columns are as those of one plane, and no block is cut short by the end of a row.
 */
static bool joined(const fft_view *views, int count, const fft_view *out, int64_t columns) {
  bool all = out->across == 2 * columns;
  for (int v = 0; v < count; v++) all = all && views[v].across == 2 * columns;
  return all;
}

/* What a step along an axis reads and writes. */
typedef struct {
  const fft_view *from;
  int count;
  fft_view out;
  double *to;
  int axis;
  fft_sign sign;
} lines;

/* One block of columns of one plane. */
static void transform(const fft_state *s, const lines *w, int64_t plane, int64_t column,
                      int64_t columns) {
  enum { STRIDE = 2 * FFT_COLUMNS };
  double *block = fft_local_block(s->local);
  for (int v = 0; v < w->count; v++) {
    const fft_view *from = &w->from[v];
    s->copy(block + (from->lo - w->from[0].lo) * STRIDE, STRIDE,
            from->data + plane * from->across + 2 * column, from->along, from->hi - from->lo,
            2 * columns);
  }
  fft_local_lines(s->local, w->axis, w->sign, columns);
  s->stream(w->to + plane * w->out.across + 2 * column, w->out.along, block, STRIDE, w->out.hi,
            2 * columns);
}

static int64_t blocks_of(int64_t columns) { return (columns + FFT_COLUMNS - 1) / FFT_COLUMNS; }

/* `points` numbers of the problem, in transforms of this length, read once and written once. Real
 * ones count as half as many operations on half as many complex numbers. */
static void tell_of_work(const fft_state *s, int64_t points, double length) {
  enum { CELL = 2 * sizeof(double) };
  const double all = (double)points;
  const double half = s->config.transform == FFT_R2C ? 0.5 : 1.0;
  const double stored = (double)fft_row(&s->config) / (double)s->config.nx;
  sb_worked(half * 5.0 * all * log2(length), 2.0 * CELL * stored * all);
}

/* Numbers of the problem behind a stored count of rows of x of these pencils. */
static int64_t points_of(const fft_state *s, int64_t stored) {
  return stored * s->config.nx / fft_row(&s->config);
}

void fft_lines(const fft_state *s, const fft_view *views, int count, int pencils, int axis,
               fft_sign sign, int64_t lo, int64_t hi) {
  const lines w = {.from = views,
                   .count = count,
                   .out = fft_view_of(s, pencils, axis),
                   .to = s->array[pencils],
                   .axis = axis,
                   .sign = sign};
  int64_t columns = along(&s->box[pencils], FFT_X);
  int64_t first = lo * blocks_of(columns), end = hi * blocks_of(columns);
  if (joined(views, count, &w.out, columns)) {
    /* Whole blocks: the last one of these planes may reach into those that follow. */
    first = blocks_of(lo * columns);
    end = blocks_of(hi * columns);
    columns *= along(&s->box[pencils], 1 - axis);
  }
  const int64_t blocks = blocks_of(columns);
#pragma omp parallel for schedule(static)
  for (int64_t unit = first; unit < end; unit++) {
    const int64_t column = unit % blocks * FFT_COLUMNS, left = columns - column;
    transform(s, &w, unit / blocks, column, left < FFT_COLUMNS ? left : FFT_COLUMNS);
  }
  const int64_t stored = (hi - lo) * along(&s->box[pencils], FFT_X) * w.out.hi;
  tell_of_work(s, points_of(s, stored), (double)w.out.hi);
}

void fft_rows(const fft_state *s, fft_sign sign, int64_t lo, int64_t hi) {
  const int64_t rows = along(&s->box[FFT_IN_X], FFT_Y), row = 2 * fft_row(&s->config);
#pragma omp parallel for schedule(static)
  for (int64_t first = lo * rows; first < hi * rows; first += FFT_ROWS) {
    const int64_t left = hi * rows - first;
    fft_local_rows(s->local, sign, s->array[FFT_IN_X] + first * row,
                   left < FFT_ROWS ? left : FFT_ROWS);
  }
  tell_of_work(s, (hi - lo) * rows * s->config.nx, (double)s->config.nx);
}

void fft_planes(const fft_state *s, fft_sign sign, int64_t lo, int64_t hi) {
  const int64_t plane = 2 * fft_row(&s->config) * s->config.ny;
#pragma omp parallel for schedule(static)
  for (int64_t z = lo; z < hi; z++) {
    fft_local_plane(s->local, sign, s->array[FFT_IN_X] + z * plane);
  }
  tell_of_work(s, (hi - lo) * s->config.nx * s->config.ny,
               (double)s->config.nx * (double)s->config.ny);
}
