/* fft_run.c: steps along x, y and z, and the swaps between them. */
#include "fft_run.h"

#include <stdlib.h>
#include <string.h>

#include "fft_lines.h"
#include "simulation.h"

static int64_t along(const sb_box *box, int axis) { return box->hi[axis] - box->lo[axis]; }

/* The axis whose columns are transformed as they come by a swap; FFT_X: they are but copied. */
static int axis_after(int swap) {
  switch ((fft_swap)swap) {
    case FFT_X_TO_Y:
    case FFT_Z_TO_Y:
      return FFT_Y;
    case FFT_Y_TO_Z:
      return FFT_Z;
    default:
      return FFT_X;
  }
}

sb_status fft_views_create(fft_state *s) {
  for (int swap = 0; swap < FFT_SWAPS; swap++) {
    const int axis = axis_after(swap);
    if (s->swap[swap] == NULL || axis == FFT_X) continue;
    const int pieces = sb_transpose_pieces(s->swap[swap]);
    s->view[swap] = calloc((size_t)pieces + 1, sizeof(fft_view));
    if (s->view[swap] == NULL) return sb_fail(SB_NO_MEMORY, "no memory for a transpose");
    for (int i = 0; i < pieces; i++) {
      const sb_piece *piece = sb_transpose_piece(s->swap[swap], i);
      s->view[swap][i] = (fft_view){.data = piece->data,
                                    .lo = piece->box.lo[axis],
                                    .hi = piece->box.hi[axis],
                                    .along = piece->stride[axis],
                                    .across = piece->stride[1 - axis]};
    }
  }
  return SB_OK;
}

void fft_views_destroy(fft_state *s) {
  for (int swap = 0; swap < FFT_SWAPS; swap++) free(s->view[swap]);
}

void fft_claim(fft_state *s, int pencils, sb_clock *clock) {
  const int64_t at = s->layout.at[s->layout.array[pencils]];
  for (int swap = 0; swap < FFT_SWAPS; swap++) {
    const int plan = s->layout.plan[swap];
    if (plan >= 0 && s->layout.shape[plan].source == at) sb_transpose_claim(s->swap[swap], clock);
  }
}

static void begin(const fft_state *s, fft_swap swap) {
  if (s->swap[swap] != NULL) sb_transpose_begin(s->swap[swap]);
}

/* Planes below `end`, counted within this rank's box, are finished. */
static void offer(const fft_state *s, fft_swap swap, int pencils, int axis, int64_t end,
                  sb_clock *clock) {
  if (s->swap[swap] == NULL || sb_box_empty(&s->box[pencils])) return;
  sb_transpose_offer(s->swap[swap], s->box[pencils].lo[axis] + end, clock);
  sb_transpose_test(s->swap[swap]);
}

/* Planes that are worked on between two offers: enough for all threads. */
static int64_t planes_at_once(const fft_state *s, fft_swap swap, int64_t planes) {
  const int64_t threads = s->run->threads;
  if (s->swap[swap] == NULL) return 4 * threads < planes ? 4 * threads : planes > 0 ? planes : 1;
  const int64_t step = sb_transpose_step(s->swap[swap]);
  return (threads + step - 1) / step * step;
}

/* What a swap brings of planes lo .. hi - 1, put where it belongs. */
static void copy_pieces(const fft_state *s, int came, int pencils, int64_t lo, int64_t hi) {
  const sb_box *box = &s->box[pencils];
  const int64_t row = 2 * along(box, FFT_X), rows = along(box, FFT_Y);
  const int pieces = sb_transpose_pieces(s->swap[came]);
#pragma omp parallel for schedule(static)
  for (int64_t r = lo * rows; r < hi * rows; r++) {
    const int64_t z = box->lo[FFT_Z] + r / rows, y = box->lo[FFT_Y] + r % rows;
    for (int i = 0; i < pieces; i++) {
      const sb_piece *p = sb_transpose_piece(s->swap[came], i);
      if (z < p->box.lo[FFT_Z] || z >= p->box.hi[FFT_Z]) continue;
      if (y < p->box.lo[FFT_Y] || y >= p->box.hi[FFT_Y]) continue;
      memcpy(s->array[pencils] + r * row + 2 * (p->box.lo[FFT_X] - box->lo[FFT_X]),
             p->data + (z - p->box.lo[FFT_Z]) * p->stride[FFT_Z] +
                 (y - p->box.lo[FFT_Y]) * p->stride[FFT_Y],
             (size_t)(2 * along(&p->box, FFT_X)) * sizeof(double));
    }
  }
  sb_worked(0.0, 2.0 * sizeof(double) * (double)((hi - lo) * rows * row));
}

/* What a step does to planes lo .. hi - 1 across its axis. */
typedef struct {
  int came;    /* the swap that brings its columns, -1: they are in the pencils themselves */
  int pencils; /* whose array is written */
  int axis;    /* FFT_Y or FFT_Z */
  fft_sign sign;
  bool rows;     /* x-pencils that are whole planes: along x too */
  fft_swap next; /* to which each part is offered when it is done; FFT_SWAPS: none */
} work;

static void do_planes(const fft_state *s, const work *w, int64_t lo, int64_t hi) {
  const fft_view own = fft_view_of(s, w->pencils, w->axis);
  const fft_view *views = w->came < 0 ? &own : s->view[w->came];
  const int count = w->came < 0 ? 1 : sb_transpose_pieces(s->swap[w->came]);
  if (w->rows && s->planes) {
    if (w->came >= 0) copy_pieces(s, w->came, w->pencils, lo, hi);
    fft_planes(s, w->sign, lo, hi);
    return;
  }
  if (w->rows && w->sign == FFT_FORWARD) fft_rows(s, w->sign, lo, hi);
  if (w->came >= 0 || along(&s->box[w->pencils], w->axis) > 1)
    fft_lines(s, views, count, w->pencils, w->axis, w->sign, lo, hi);
  if (w->rows && w->sign == FFT_INVERSE) fft_rows(s, w->sign, lo, hi);
}

static void step(fft_state *s, work w, sb_clock *clock) {
  const int across = 1 - w.axis;
  const int64_t planes = along(&s->box[w.pencils], across);
  const int64_t at_once = planes_at_once(s, w.next, planes);
  for (int64_t lo = 0; lo < planes; lo += at_once) {
    const int64_t hi = lo + at_once < planes ? lo + at_once : planes;
    do_planes(s, &w, lo, hi);
    sb_progress();
    offer(s, w.next, w.pencils, across, hi, clock);
  }
}

/* A step whose columns come by a swap. */
static void step_after(fft_state *s, work w, sb_clock *clock) {
  sb_transpose_wait(s->swap[w.came], clock);
  fft_claim(s, w.pencils, clock);
  begin(s, w.next);
  step(s, w, clock);
  sb_transpose_done(s->swap[w.came], clock);
}

static void fetch(fft_state *s, fft_swap came, int pencils, sb_clock *clock) {
  sb_transpose_wait(s->swap[came], clock);
  fft_claim(s, pencils, clock);
  copy_pieces(s, (int)came, pencils, 0, along(&s->box[pencils], FFT_Z));
  sb_transpose_done(s->swap[came], clock);
}

/* Rows alone, where planes are not whole. */
static void step_rows(fft_state *s, fft_sign sign, fft_swap next, sb_clock *clock) {
  const int64_t planes = along(&s->box[FFT_IN_X], FFT_Z);
  const int64_t at_once = planes_at_once(s, next, planes);
  for (int64_t lo = 0; lo < planes; lo += at_once) {
    const int64_t hi = lo + at_once < planes ? lo + at_once : planes;
    fft_rows(s, sign, lo, hi);
    sb_progress();
    offer(s, next, FFT_IN_X, FFT_Z, hi, clock);
  }
}

/* Columns in the pencils themselves, or as a swap brings them. */
static void step_or_after(fft_state *s, work w, bool comes, sb_clock *clock) {
  if (comes) {
    step_after(s, w, clock);
    return;
  }
  w.came = -1;
  begin(s, w.next);
  step(s, w, clock);
}

void fft_forward(fft_state *s, sb_clock *clock) {
  const bool x_to_y = fft_layout_swaps(&s->layout, FFT_X_TO_Y);
  const bool y_to_z = fft_layout_swaps(&s->layout, FFT_Y_TO_Z);
  if (x_to_y) {
    begin(s, FFT_X_TO_Y);
    step_rows(s, FFT_FORWARD, FFT_X_TO_Y, clock);
  }
  const work along_y = {.came = FFT_X_TO_Y,
                        .pencils = FFT_IN_Y,
                        .axis = FFT_Y,
                        .sign = FFT_FORWARD,
                        .rows = !x_to_y,
                        .next = y_to_z ? FFT_Y_TO_Z : FFT_SWAPS};
  const work along_z = {.came = FFT_Y_TO_Z,
                        .pencils = FFT_IN_Z,
                        .axis = FFT_Z,
                        .sign = FFT_FORWARD,
                        .next = FFT_TO_NATURAL};
  step_or_after(s, along_y, x_to_y, clock);
  step_or_after(s, along_z, y_to_z, clock);
  if (fft_layout_swaps(&s->layout, FFT_TO_NATURAL)) fetch(s, FFT_TO_NATURAL, FFT_IN_X, clock);
}

void fft_inverse(fft_state *s, sb_clock *clock) {
  const bool x_to_y = fft_layout_swaps(&s->layout, FFT_Y_TO_X);
  const bool y_to_z = fft_layout_swaps(&s->layout, FFT_Z_TO_Y);
  if (fft_layout_swaps(&s->layout, FFT_FROM_NATURAL)) {
    begin(s, FFT_FROM_NATURAL);
    offer(s, FFT_FROM_NATURAL, FFT_IN_X, FFT_Z, along(&s->box[FFT_IN_X], FFT_Z), clock);
    fetch(s, FFT_FROM_NATURAL, FFT_IN_Z, clock);
  }
  const work along_z = {
      .pencils = FFT_IN_Z, .axis = FFT_Z, .sign = FFT_INVERSE, .next = FFT_Z_TO_Y};
  const work along_y = {.came = FFT_Z_TO_Y,
                        .pencils = FFT_IN_Y,
                        .axis = FFT_Y,
                        .sign = FFT_INVERSE,
                        .rows = !x_to_y,
                        .next = x_to_y ? FFT_Y_TO_X : FFT_SWAPS};
  step_or_after(s, along_z, false, clock);
  step_or_after(s, along_y, y_to_z, clock);
  if (x_to_y) {
    fetch(s, FFT_Y_TO_X, FFT_IN_X, clock);
    step_rows(s, FFT_INVERSE, FFT_SWAPS, clock);
  }
}
