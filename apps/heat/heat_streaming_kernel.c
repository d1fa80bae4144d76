/* One step of a box, past the caches.
 *
 * A sweep that writes whole lines past the caches moves 16 bytes a cell, its input once and its
 * output once, as long as each row (plane) is read from memory once: the two other times that it is
 * needed it must still be in the caches. So boxes are walked in strips that keep the layer
 * condition. */
#include "heat_planes_kernel.h"

enum {
  STRIP = 8192,                  /* cells along x: in 2-D, six rows of it fill half of a 1 MiB L2 */
  PLANE_BYTES = (512 << 10) / 4, /* in 3-D, four planes of a strip fill half of a 1 MiB L2 */
  LINE = 8,
  AHEAD = 64 /* cells; measured: 32 to 256 lie within a tenth of each other */
};

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

static inline __attribute__((always_inline)) void strip(const heat_law *law, const heat_grid *now,
                                                        const heat_grid *next, int64_t z,
                                                        const heat_box *box, int dims) {
  const double *plane = now->cell + z * now->plane;
  for (int64_t y = box->lo[HEAT_Y]; y < box->hi[HEAT_Y]; y += ROWS) {
    const int n = (int)least(ROWS, box->hi[HEAT_Y] - y);
    heat_rows rows = {.ahead = AHEAD};
    for (int i = 0; i < n + 2; i++) rows.mid[i] = plane + (y + i - 1) * now->row;
    for (int i = 0; i < n; i++) {
      rows.below[i] = rows.mid[i + 1] - now->plane;
      rows.above[i] = rows.mid[i + 1] + now->plane;
      rows.out[i] = next->cell + z * next->plane + (y + i) * next->row;
    }
    heat_stream_rows(law, &rows, n, box->lo[HEAT_X], box->hi[HEAT_X], dims);
  }
}

/* The same for two planes of 3-D. */
static inline void strip_of_two(const heat_law *law, const heat_grid *now, const heat_grid *next,
                                int64_t z, const heat_box *box) {
  const double *plane = now->cell + z * now->plane;
  double *to = next->cell + z * next->plane;
  for (int64_t y = box->lo[HEAT_Y]; y < box->hi[HEAT_Y]; y += ROWS) {
    const int n = (int)least(ROWS, box->hi[HEAT_Y] - y);
    heat_block block = {.ahead = AHEAD};
    for (int p = 0; p < PLANES; p++) {
      for (int i = 0; i < n + 2; i++) {
        block.mid[p][i] = plane + p * now->plane + (y + i - 1) * now->row;
      }
      for (int i = 0; i < n; i++) block.out[p][i] = to + p * next->plane + (y + i) * next->row;
    }
    for (int i = 0; i < n; i++) {
      block.below[i] = block.mid[0][i + 1] - now->plane;
      block.above[i] = block.mid[1][i + 1] + now->plane;
    }
    if (n == ROWS) {
      heat_stream_block(law, &block, box->lo[HEAT_X], box->hi[HEAT_X]);
      continue;
    }
    for (int p = 0; p < PLANES; p++) {
      const heat_rows rows = heat_block_plane(&block, n, p);
      heat_stream_rows(law, &rows, n, box->lo[HEAT_X], box->hi[HEAT_X], 3);
    }
  }
}

static void step_2d(const heat_law *law, const heat_grid *now, const heat_grid *next,
                    const heat_box *box) {
  heat_box part = *box;
  for (int64_t x = box->lo[HEAT_X]; x < box->hi[HEAT_X]; x = part.hi[HEAT_X]) {
    part.lo[HEAT_X] = x;
    part.hi[HEAT_X] = least(box->hi[HEAT_X], (x & -LINE) + STRIP);
    for (int64_t z = box->lo[HEAT_Z]; z < box->hi[HEAT_Z]; z++) strip(law, now, next, z, &part, 2);
  }
}

static void step_3d(const heat_law *law, const heat_grid *now, const heat_grid *next,
                    const heat_box *box) {
  const int64_t width = box->hi[HEAT_X] - box->lo[HEAT_X];
  int64_t height = PLANE_BYTES / (8 * (width + 1)) / ROWS * ROWS;
  if (height < ROWS) height = ROWS;
  heat_box part = *box;
  for (int64_t y = box->lo[HEAT_Y]; y < box->hi[HEAT_Y]; y += height) {
    part.lo[HEAT_Y] = y;
    part.hi[HEAT_Y] = least(box->hi[HEAT_Y], y + height);
    int64_t z = box->lo[HEAT_Z];
    for (; z + PLANES <= box->hi[HEAT_Z]; z += PLANES) strip_of_two(law, now, next, z, &part);
    if (z < box->hi[HEAT_Z]) strip(law, now, next, z, &part, 3);
  }
}

void SB_ISA_NAME(heat_step_streaming)(const heat_law *law, const heat_grid *now,
                                      const heat_grid *next, const heat_box *box) {
  if (law->dims == 2) {
    step_2d(law, now, next, box);
  } else {
    step_3d(law, now, next, box);
  }
  sb_stream_end();
}
