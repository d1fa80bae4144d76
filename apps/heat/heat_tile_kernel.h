/* heat_tile_kernel.h: what the tiles of 2-D and of 3-D share: where a time level of a tile is
 * computed, and where its rows are kept. For hot kernels.
 *
 * Level t of `steps` is needed on the tile grown by steps - t. Levels 1 .. steps - 1 live in rings
 * of rows (a ring of planes) in the scratch memory, level 0 is `now`, level `steps` goes to `next`.
 * A level's first column is moved down to a multiple of a vector, so that its stores are aligned;
 * what is computed there beyond the need is never used. */
#ifndef SCALEBAR_HEAT_TILE_KERNEL_H
#define SCALEBAR_HEAT_TILE_KERNEL_H

#include "heat_rows_kernel.h"

static inline int64_t heat_least(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t heat_most(int64_t a, int64_t b) { return a > b ? a : b; }

/* The part of the domain that level t needs. */
static inline heat_box heat_tile_level(const heat_box *tile, int steps, int t,
                                       const heat_sides *sides, int dims) {
  heat_box level = *tile;
  for (int axis = HEAT_AXES - dims; axis < HEAT_AXES; axis++) {
    level.lo[axis] = heat_most(tile->lo[axis] - (steps - t), sides->domain.lo[axis]);
    level.hi[axis] = heat_least(tile->hi[axis] + (steps - t), sides->domain.hi[axis]);
  }
  return level;
}

/* The first column of a level whose stores are vectors. */
static inline int64_t heat_ring_first(const heat_box *level, const heat_sides *sides) {
  return heat_most(level->lo[HEAT_X] & -HEAT_ALIGN, sides->domain.lo[HEAT_X]);
}

/* What lies beyond the domain's sides along x, of n rows of a level that is there. */
static inline void heat_ring_sides(double *const *out, int n, const heat_box *level,
                                   const heat_sides *sides) {
  const int64_t lo = level->lo[HEAT_X], hi = level->hi[HEAT_X];
  for (int i = 0; i < n; i++) {
    if (lo == sides->domain.lo[HEAT_X]) out[i][lo - 1] = sides->mirror ? out[i][lo] : 0.0;
    if (hi == sides->domain.hi[HEAT_X]) out[i][hi] = sides->mirror ? out[i][hi - 1] : 0.0;
  }
}

/* Computes n rows of a level that stays in a ring, and what lies beyond the domain's sides. */
static inline __attribute__((always_inline)) void heat_ring_rows(const heat_law *law,
                                                                 const heat_rows *rows, int n,
                                                                 const heat_box *level,
                                                                 const heat_sides *sides,
                                                                 int dims) {
  heat_vectors_any(law, rows, n, heat_ring_first(level, sides), level->hi[HEAT_X], dims, false);
  heat_ring_sides(rows->out, n, level, sides);
}

#endif
