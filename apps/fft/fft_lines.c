#include "fft_lines.h"

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

/* One block of columns of one plane. */
static void transform(const fft_state *s, const fft_view *views, int count, const fft_view *out,
                      double *to, int axis, fft_sign sign, int64_t plane, int64_t column,
                      int64_t columns) {
  enum { STRIDE = 2 * FFT_COLUMNS };
  double *block = fft_local_block(s->local);
  for (int v = 0; v < count; v++) {
    const fft_view *from = &views[v];
    s->copy(block + (from->lo - views[0].lo) * STRIDE, STRIDE,
            from->data + plane * from->across + 2 * column, from->along, from->hi - from->lo,
            2 * columns);
  }
  fft_local_lines(s->local, axis, sign, columns);
  s->stream(to + plane * out->across + 2 * column, out->along, block, STRIDE, out->hi, 2 * columns);
}

void fft_lines(const fft_state *s, const fft_view *views, int count, int pencils, int axis,
               fft_sign sign, int64_t lo, int64_t hi) {
  const fft_view out = fft_view_of(s, pencils, axis);
  double *to = s->array[pencils];
  const int64_t columns = along(&s->box[pencils], FFT_X);
  const int64_t blocks = (columns + FFT_COLUMNS - 1) / FFT_COLUMNS;
#pragma omp parallel for schedule(static)
  for (int64_t unit = lo * blocks; unit < hi * blocks; unit++) {
    const int64_t first = unit % blocks * FFT_COLUMNS, left = columns - first;
    transform(s, views, count, &out, to, axis, sign, unit / blocks, first,
              left < FFT_COLUMNS ? left : FFT_COLUMNS);
  }
}

void fft_rows(const fft_state *s, fft_sign sign, int64_t lo, int64_t hi) {
  const int64_t rows = along(&s->box[FFT_IN_X], FFT_Y), row = 2 * fft_row(&s->config);
#pragma omp parallel for schedule(static)
  for (int64_t first = lo * rows; first < hi * rows; first += FFT_ROWS) {
    const int64_t left = hi * rows - first;
    fft_local_rows(s->local, sign, s->array[FFT_IN_X] + first * row,
                   left < FFT_ROWS ? left : FFT_ROWS);
  }
}

void fft_planes(const fft_state *s, fft_sign sign, int64_t lo, int64_t hi) {
  const int64_t plane = 2 * fft_row(&s->config) * s->config.ny;
#pragma omp parallel for schedule(static)
  for (int64_t z = lo; z < hi; z++) {
    fft_local_plane(s->local, sign, s->array[FFT_IN_X] + z * plane);
  }
}
