/* heat_planes_kernel.h: the update of a few neighbouring rows of two neighbouring planes at once,
 * in vectors (simd.h). In 3-D almost all loads come from the second-level cache: four rows of one
 * plane load 14 vectors to make 4, four rows of two planes 20 to make 8. For hot kernels. */
#ifndef SCALEBAR_HEAT_PLANES_KERNEL_H
#define SCALEBAR_HEAT_PLANES_KERNEL_H

#include "heat_rows_kernel.h"

enum { PLANES = 2 };

/* Pointers to the cells x = 0 of rows at y, y + 1, ... of the planes z and z + 1. */
typedef struct {
  const double *mid[PLANES][ROWS + 2];     /* one row before them, they, one behind */
  const double *below[ROWS], *above[ROWS]; /* at z - 1 and z + 2 */
  double *out[PLANES][ROWS];
  int64_t ahead; /* see heat_rows */
} heat_block;

/* Plane p of a block as rows of their own. */
static inline heat_rows heat_block_plane(const heat_block *block, int n, int p) {
  heat_rows rows = {.ahead = 0};
  for (int i = 0; i < n + 2; i++) rows.mid[i] = block->mid[p][i];
  for (int i = 0; i < n; i++) {
    rows.below[i] = p == 0 ? block->below[i] : block->mid[0][i + 1];
    rows.above[i] = p == 0 ? block->mid[1][i + 1] : block->above[i];
    rows.out[i] = block->out[p][i];
  }
  return rows;
}

/* Vectors of ROWS rows of both planes, as heat_vectors in 3-D. */
static inline __attribute__((always_inline)) void heat_block_vectors(const heat_law *law,
                                                                     const heat_block *b,
                                                                     int64_t lo, int64_t hi,
                                                                     bool stream) {
  enum { V = SB_LANES_F64 };
  const sb_f64 c = sb_f64_all(law->c), r = sb_f64_all(law->r);
  sb_f64 before[PLANES][ROWS], here[PLANES][ROWS], after[PLANES][ROWS];
  for (int p = 0; p < PLANES; p++) {
    for (int i = 0; i < ROWS; i++) {
      before[p][i] = sb_f64_load(b->mid[p][i + 1] + lo - V);
      here[p][i] = sb_f64_load(b->mid[p][i + 1] + lo);
    }
  }
  for (int64_t x = lo; x < hi; x += V) {
    if (b->ahead != 0) {
      for (int i = 0; i < ROWS; i++) {
        sb_fetch(b->mid[1][i + 1] + x + b->ahead);
        sb_fetch(b->above[i] + x + b->ahead);
      }
    }
    for (int p = 0; p < PLANES; p++) {
      for (int i = 0; i < ROWS; i++) after[p][i] = sb_f64_load(b->mid[p][i + 1] + x + V);
    }
    for (int p = 0; p < PLANES; p++) {
      for (int i = 0; i < ROWS; i++) {
        const double *at = b->mid[p][i + 1] + x;
        const sb_f64 west = heat_west(at, before[p][i], here[p][i], !stream);
        const sb_f64 east = heat_east(at, here[p][i], after[p][i], !stream);
        const sb_f64 south = i == 0 ? sb_f64_load(b->mid[p][0] + x) : here[p][i - 1];
        const sb_f64 north = i == ROWS - 1 ? sb_f64_load(b->mid[p][ROWS + 1] + x) : here[p][i + 1];
        const sb_f64 below = p == 0 ? sb_f64_load(b->below[i] + x) : here[0][i];
        const sb_f64 above = p == 0 ? here[1][i] : sb_f64_load(b->above[i] + x);
        const sb_f64 sum = sb_f64_add(sb_f64_add(sb_f64_add(west, east), sb_f64_add(south, north)),
                                      sb_f64_add(below, above));
        const sb_f64 out = sb_f64_add(sb_f64_mul(c, here[p][i]), sb_f64_mul(r, sum));
        if (stream) {
          sb_f64_stream(b->out[p][i] + x, out);
        } else {
          sb_f64_store(b->out[p][i] + x, out);
        }
      }
    }
    for (int p = 0; p < PLANES; p++) {
      for (int i = 0; i < ROWS; i++) {
        before[p][i] = here[p][i];
        here[p][i] = after[p][i];
      }
    }
  }
}

/* Exactly the cells lo <= x < hi of ROWS rows of both planes, past the caches. */
static inline __attribute__((always_inline)) void heat_stream_block(const heat_law *law,
                                                                    const heat_block *block,
                                                                    int64_t lo, int64_t hi) {
  int64_t first = lo, last = hi;
  for (int p = 0; p < PLANES; p++) {
    const heat_rows rows = heat_block_plane(block, ROWS, p);
    heat_stream_ends(law, &rows, ROWS, lo, hi, &first, &last);
  }
  if (first < last) heat_block_vectors(law, block, first, last, true);
}

#endif
