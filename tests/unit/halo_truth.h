/* halo_truth.h: what a halo must hold, cell by cell, from the definition alone: for tests of the
 * exchange. A field is a box, its halo, and a margin that nobody may touch. */
#ifndef SCALEBAR_HALO_TRUTH_H
#define SCALEBAR_HALO_TRUTH_H

#include <math.h>
#include <stdlib.h>

#include "exchange.h"

enum { MARGIN = 1 };
static const double UNTOUCHED = -1.0;

typedef struct {
  const sb_dist *dist;
  int64_t depth[SB_AXES];
  bool corners;
  sb_box own, room; /* the rank's box; all cells in memory */
  double *memory;
  sb_array array;
} field;

/* `padding`: doubles behind each row. */
static inline field field_create(const sb_dist *dist, const int64_t depth[SB_AXES], bool corners,
                                 int rank, int64_t padding) {
  field f = {.dist = dist, .corners = corners, .own = sb_dist_box(dist, rank)};
  int64_t grown[SB_AXES];
  for (int a = 0; a < SB_AXES; a++) grown[a] = (f.depth[a] = depth[a]) + MARGIN;
  f.room = sb_box_grow(&f.own, grown);
  const int64_t row = f.room.hi[2] - f.room.lo[2] + padding;
  const int64_t plane = (f.room.hi[1] - f.room.lo[1]) * row;
  f.memory = malloc((size_t)((f.room.hi[0] - f.room.lo[0]) * plane) * sizeof(double));
  f.array = (sb_array){.cell = f.memory + grown[0] * plane + grown[1] * row + grown[2],
                       .stride = {plane, row, 1}};
  return f;
}

static inline double *field_cell(const field *f, const int64_t at[SB_AXES]) {
  double *cell = f->array.cell;
  for (int a = 0; a < SB_AXES; a++) cell += (at[a] - f->own.lo[a]) * f->array.stride[a];
  return cell;
}

/* What a cell must hold after an exchange in `round`. Each cell of the grid has a value of its own
 * in each round. */
static inline double field_truth(const field *f, const int64_t at[SB_AXES], int round) {
  int outside = 0;
  int64_t number = 0;
  for (int a = 0; a < SB_AXES; a++) {
    const int64_t n = f->dist->n[a];
    if (at[a] < f->own.lo[a] - f->depth[a] || at[a] >= f->own.hi[a] + f->depth[a]) return UNTOUCHED;
    outside += at[a] < f->own.lo[a] || at[a] >= f->own.hi[a];
    if (!f->dist->periodic[a] && (at[a] < 0 || at[a] >= n)) return UNTOUCHED;
    number = number * n + (at[a] % n + n) % n;
  }
  if (outside > 1 && !f->corners) return UNTOUCHED;
  return (double)(number + 1000000 * (int64_t)round);
}

static inline bool field_owns(const field *f, const int64_t at[SB_AXES]) {
  for (int a = 0; a < SB_AXES; a++) {
    if (at[a] < f->own.lo[a] || at[a] >= f->own.hi[a]) return false;
  }
  return true;
}

/* Calls for all cells in memory; no cells when the rank is idle. */
#define FOR_CELLS(f, at)                                            \
  for (at[0] = (f)->room.lo[0]; at[0] < (f)->room.hi[0]; at[0]++)   \
    for (at[1] = (f)->room.lo[1]; at[1] < (f)->room.hi[1]; at[1]++) \
      for (at[2] = (f)->room.lo[2]; at[2] < (f)->room.hi[2]; at[2]++)

static inline void field_fill(const field *f, int round) {
  int64_t at[SB_AXES];
  FOR_CELLS(f, at) {
    *field_cell(f, at) = field_owns(f, at) ? field_truth(f, at, round) : UNTOUCHED;
  }
}

/* Cells of the halo or around it, and of the box where it is asked for, that are not what they must
 * be; NaN never is. */
static inline int64_t field_wrong_halo(const field *f, int round) {
  int64_t at[SB_AXES], wrong = 0;
  if (sb_box_empty(&f->own)) return 0;
  FOR_CELLS(f, at) {
    wrong += !field_owns(f, at) && !(*field_cell(f, at) == field_truth(f, at, round));
  }
  return wrong;
}

static inline int64_t field_wrong(const field *f, int round) {
  int64_t at[SB_AXES], wrong = 0;
  if (sb_box_empty(&f->own)) return 0;
  FOR_CELLS(f, at) { wrong += !(*field_cell(f, at) == field_truth(f, at, round)); }
  return wrong;
}

static inline void field_destroy(field *f) { free(f->memory); }

#endif
