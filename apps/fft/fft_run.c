/* fft_run.c: steps along x, y and z, and the swaps between them. */
#include "fft_run.h"

#include <stdlib.h>
#include <string.h>

#include "fft_lines.h"

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

/* Columns along y or z of what a swap brings, or (`came` < 0) of the pencils themselves; x-pencils
 * that have whole planes get their rows before (forward) or after. Each part is offered to `next`
 * when it is done. */
static void step(fft_state *s, int came, int pencils, int axis, fft_sign sign, bool rows,
                 fft_swap next, sb_clock *clock) {
  const int across = 1 - axis;
  const int64_t planes = along(&s->box[pencils], across);
  const int64_t at_once = planes_at_once(s, next, planes);
  const fft_view own = fft_view_of(s, pencils, axis);
  const fft_view *views = came < 0 ? &own : s->view[came];
  const int count = came < 0 ? 1 : sb_transpose_pieces(s->swap[came]);
  const bool lines = along(&s->box[pencils], axis) > 1;
  for (int64_t lo = 0; lo < planes; lo += at_once) {
    const int64_t hi = lo + at_once < planes ? lo + at_once : planes;
    if (rows && sign == FFT_FORWARD) fft_rows(s, sign, lo, hi);
    if (lines || came >= 0) fft_lines(s, views, count, pencils, axis, sign, lo, hi);
    if (rows && sign == FFT_INVERSE) fft_rows(s, sign, lo, hi);
    sb_progress();
    offer(s, next, pencils, across, hi, clock);
  }
}

/* A step whose columns come by a swap. */
static void step_after(fft_state *s, fft_swap came, int pencils, int axis, fft_sign sign, bool rows,
                       fft_swap next, sb_clock *clock) {
  sb_transpose_wait(s->swap[came], clock);
  fft_claim(s, pencils, clock);
  begin(s, next);
  step(s, (int)came, pencils, axis, sign, rows, next, clock);
  sb_transpose_done(s->swap[came], clock);
}

/* What a swap brings, put where it belongs. */
static void copy_pieces(const fft_state *s, fft_swap came, int pencils) {
  const sb_box *box = &s->box[pencils];
  const int64_t row = 2 * along(box, FFT_X), rows = along(box, FFT_Y);
  const int pieces = sb_transpose_pieces(s->swap[came]);
#pragma omp parallel for schedule(static)
  for (int64_t r = 0; r < along(box, FFT_Z) * rows; r++) {
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
}

static void fetch(fft_state *s, fft_swap came, int pencils, sb_clock *clock) {
  sb_transpose_wait(s->swap[came], clock);
  fft_claim(s, pencils, clock);
  copy_pieces(s, came, pencils);
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

void fft_forward(fft_state *s, sb_clock *clock) {
  const bool x_to_y = fft_layout_swaps(&s->layout, FFT_X_TO_Y);
  const bool y_to_z = fft_layout_swaps(&s->layout, FFT_Y_TO_Z);
  const fft_swap after_y = y_to_z ? FFT_Y_TO_Z : FFT_SWAPS;
  if (x_to_y) {
    begin(s, FFT_X_TO_Y);
    step_rows(s, FFT_FORWARD, FFT_X_TO_Y, clock);
    step_after(s, FFT_X_TO_Y, FFT_IN_Y, FFT_Y, FFT_FORWARD, false, after_y, clock);
  } else {
    begin(s, after_y);
    step(s, -1, FFT_IN_Y, FFT_Y, FFT_FORWARD, true, after_y, clock);
  }
  if (y_to_z) {
    step_after(s, FFT_Y_TO_Z, FFT_IN_Z, FFT_Z, FFT_FORWARD, false, FFT_TO_NATURAL, clock);
  } else {
    begin(s, FFT_TO_NATURAL);
    step(s, -1, FFT_IN_Z, FFT_Z, FFT_FORWARD, false, FFT_TO_NATURAL, clock);
  }
  if (fft_layout_swaps(&s->layout, FFT_TO_NATURAL)) fetch(s, FFT_TO_NATURAL, FFT_IN_X, clock);
}

/* Rows of x as they come by the last swap of an inverse. */
static void finish_rows(fft_state *s, sb_clock *clock) {
  fetch(s, FFT_Y_TO_X, FFT_IN_X, clock);
  step_rows(s, FFT_INVERSE, FFT_SWAPS, clock);
}

void fft_inverse(fft_state *s, sb_clock *clock) {
  const bool x_to_y = fft_layout_swaps(&s->layout, FFT_Y_TO_X);
  const bool y_to_z = fft_layout_swaps(&s->layout, FFT_Z_TO_Y);
  const fft_swap after_y = x_to_y ? FFT_Y_TO_X : FFT_SWAPS;
  if (fft_layout_swaps(&s->layout, FFT_FROM_NATURAL)) {
    begin(s, FFT_FROM_NATURAL);
    offer(s, FFT_FROM_NATURAL, FFT_IN_X, FFT_Z, along(&s->box[FFT_IN_X], FFT_Z), clock);
    fetch(s, FFT_FROM_NATURAL, FFT_IN_Z, clock);
  }
  begin(s, FFT_Z_TO_Y);
  step(s, -1, FFT_IN_Z, FFT_Z, FFT_INVERSE, false, FFT_Z_TO_Y, clock);
  if (y_to_z) {
    step_after(s, FFT_Z_TO_Y, FFT_IN_Y, FFT_Y, FFT_INVERSE, !x_to_y, after_y, clock);
  } else {
    begin(s, after_y);
    step(s, -1, FFT_IN_Y, FFT_Y, FFT_INVERSE, !x_to_y, after_y, clock);
  }
  if (x_to_y) finish_rows(s, clock);
}
