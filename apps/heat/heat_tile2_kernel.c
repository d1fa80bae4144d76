/* Tiles in 2-D: a wavefront along y. In turn each level advances by ROWS rows, one row behind the
 * level that it reads, so what a level reads was mostly written a moment ago and is in the
 * first-level cache; the rings of all levels together live in the second-level one. */
#include <string.h>

#include "heat_tile_kernel.h"

/* A level's ring holds the rows last written and ROWS of those before them, of which two are read.
 */
enum { RING = HEAT_RING_ROWS };

typedef struct {
  const heat_law *law;
  const heat_grid *now, *next;
  const heat_box *tile;
  const heat_sides *sides;
  int steps;
  int64_t pitch;
  double *ring;       /* of level 1, its row 0, at x = 0 */
  const double *zero; /* a row of zeros, at x = 0 */
} tile_2d;

/* Row y of level t at x = 0; beyond the domain its mirror image, or zeros. */
static inline double *row_of(const tile_2d *s, int t, int64_t y) {
  if (t == 0) return s->now->cell + s->tile->lo[HEAT_Z] * s->now->plane + y * s->now->row;
  if (t == s->steps) return s->next->cell + s->tile->lo[HEAT_Z] * s->next->plane + y * s->next->row;
  return s->ring + ((t - 1) * (int64_t)RING + (y & (RING - 1))) * s->pitch;
}

static inline const double *input_row(const tile_2d *s, int t, int64_t y) {
  const int64_t lo = s->sides->domain.lo[HEAT_Y], hi = s->sides->domain.hi[HEAT_Y];
  if (lo <= y && y < hi) return row_of(s, t, y);
  if (!s->sides->mirror) return s->zero;
  return row_of(s, t, y < lo ? lo : hi - 1);
}

/* Rows lo <= y < hi of level t, at most ROWS of them. */
static inline void advance(const tile_2d *s, int t, const heat_box *level, int64_t lo, int64_t hi) {
  const int n = (int)(hi - lo);
  heat_rows rows = {.ahead = t == 1 ? ROWS * s->now->row : 0};
  for (int i = 0; i < n + 2; i++) rows.mid[i] = input_row(s, t - 1, lo + i - 1);
  for (int i = 0; i < n; i++) rows.out[i] = row_of(s, t, lo + i);
  if (t == s->steps) {
    heat_stream_rows(s->law, &rows, n, level->lo[HEAT_X], level->hi[HEAT_X], 2);
  } else {
    heat_ring_rows(s->law, &rows, n, level, s->sides, 2);
  }
}

void SB_ISA_NAME(heat_tile_2d)(const heat_law *law, const heat_grid *now, const heat_grid *next,
                               const heat_box *tile, int steps, const heat_sides *sides,
                               double *scratch) {
  const int64_t width = tile->hi[HEAT_X] - tile->lo[HEAT_X];
  const int64_t pitch = heat_tile_pitch(width, steps);
  const int64_t origin = heat_tile_margin(steps) - (tile->lo[HEAT_X] & -HEAT_ALIGN);
  const tile_2d s = {.law = law,
                     .now = now,
                     .next = next,
                     .tile = tile,
                     .sides = sides,
                     .steps = steps,
                     .pitch = pitch,
                     .ring = scratch + pitch + origin,
                     .zero = scratch + origin};
  const int64_t start = heat_tile_level(tile, steps, 1, sides, 2).lo[HEAT_Y] + 1;
  memset(scratch, 0, (size_t)pitch * sizeof *scratch); /* the row of zeros */
  for (int64_t front = start; front - steps < tile->hi[HEAT_Y]; front += ROWS) {
    for (int t = 1; t <= steps; t++) {
      const heat_box level = heat_tile_level(tile, steps, t, sides, 2);
      const int64_t lo = heat_most(front - t, level.lo[HEAT_Y]);
      const int64_t hi = heat_least(front - t + ROWS, level.hi[HEAT_Y]);
      if (lo < hi) advance(&s, t, &level, lo, hi);
    }
  }
  sb_stream_end();
}
