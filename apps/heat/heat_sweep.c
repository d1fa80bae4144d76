#include "heat_sweep.h"

#include <stdlib.h>
#include <string.h>

#include "decomp.h"
#include "memory.h"
#include "threads.h"

/* Measured best (README.md): wide tiles repeat little work at their borders, tall rings fall out of
 * the second-level cache. */
enum { TILE_X_2D = 512, TILE_X_3D = 64, TILE_Y_3D = 32, STEPS_2D = 16, STEPS_3D = 4 };

/* A tile of 2-D repeats about `steps` rows where it begins: a sixteenth of its work at most. */
enum { ROWS_PER_STEP = 16 };

int heat_sweep_best_steps(int dims) { return dims == 2 ? STEPS_2D : STEPS_3D; }

static int64_t scratch_doubles(int dims, int steps) {
  return heat_tile_scratch(dims, TILE_Y_3D, dims == 2 ? TILE_X_2D : TILE_X_3D, steps);
}

int64_t heat_sweep_bytes(heat_kernel_kind kind, int dims, int steps, int threads) {
  if (kind != HEAT_BLOCKED) return 0;
  return threads * scratch_doubles(dims, steps) * (int64_t)sizeof(double);
}

sb_status heat_sweep_create(heat_sweep *s) {
  s->tile_y = s->law.dims == 2 ? 1 : TILE_Y_3D;
  s->tile_x = s->law.dims == 2 ? TILE_X_2D : TILE_X_3D;
  s->scratch = NULL;
  if (s->kind != HEAT_BLOCKED) return SB_OK;
  const int64_t doubles = scratch_doubles(s->law.dims, s->most_steps);
  sb_status status = SB_OK;
  s->scratch = calloc((size_t)s->threads, sizeof *s->scratch);
  if (s->scratch == NULL) return sb_fail(SB_NO_MEMORY, "no memory for %d threads", s->threads);
  for (int t = 0; t < s->threads; t++) SB_TRY(sb_doubles_create(doubles, &s->scratch[t]));
#pragma omp parallel
  {
    double *mine = s->scratch[sb_thread()];
    if (mine != NULL) memset(mine, 0, (size_t)doubles * sizeof *mine); /* by its own thread */
  }
cleanup:
  if (status != SB_OK) heat_sweep_destroy(s);
  return status;
}

void heat_sweep_destroy(heat_sweep *s) {
  for (int t = 0; s->scratch != NULL && t < s->threads; t++) free(s->scratch[t]);
  free(s->scratch);
  s->scratch = NULL;
}

heat_box heat_sweep_share(const heat_box *box, int dims) {
  const int threads = sb_thread_count();
  const int axis = dims == 3 && box->hi[HEAT_Z] - box->lo[HEAT_Z] >= threads ? HEAT_Z : HEAT_Y;
  const sb_range part = sb_split(box->hi[axis] - box->lo[axis], 1, threads, sb_thread());
  heat_box mine = *box;
  mine.lo[axis] = box->lo[axis] + part.lo;
  mine.hi[axis] = box->lo[axis] + part.hi;
  return mine;
}

void heat_sweep_step(const heat_sweep *s, const heat_grid *now, const heat_grid *next,
                     const heat_box *box) {
  const heat_box mine = heat_sweep_share(box, s->law.dims);
  if (s->kind == HEAT_PLAIN) {
    heat_step_plain(&s->law, now, next, &mine);
  } else {
    s->vector.streaming(&s->law, now, next, &mine);
  }
#pragma omp barrier
}

static int64_t pieces(int64_t cells, int64_t size) { return (cells + size - 1) / size; }

static int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

/* Tiles across the axis that they walk along, times pieces of that axis: enough for all threads. */
void heat_sweep_tiles(const heat_sweep *s, const heat_grid *now, const heat_grid *next,
                      const heat_box *box, int steps) {
  const bool flat = s->law.dims == 2;
  const int walk = flat ? HEAT_Y : HEAT_Z;
  const int64_t length = box->hi[walk] - box->lo[walk], width = box->hi[HEAT_X] - box->lo[HEAT_X];
  const int64_t height = flat ? 1 : box->hi[HEAT_Y] - box->lo[HEAT_Y];
  if (length <= 0 || width <= 0 || height <= 0) return;
  const int64_t columns = pieces(width, s->tile_x), rows = pieces(height, s->tile_y);
  const int64_t longest = most(pieces(length, sb_thread_count()), ROWS_PER_STEP * (int64_t)steps);
  const int64_t chunks = pieces(length, longest);
#pragma omp for schedule(dynamic, 1)
  for (int64_t i = 0; i < columns * rows * chunks; i++) {
    const sb_range x = sb_split(width, HEAT_ALIGN, columns, i % columns);
    const sb_range y = sb_split(height, 1, rows, i / columns % rows);
    const sb_range w = sb_split(length, 1, chunks, i / columns / rows);
    heat_box tile = *box;
    tile.lo[HEAT_X] = box->lo[HEAT_X] + x.lo;
    tile.hi[HEAT_X] = box->lo[HEAT_X] + x.hi;
    if (!flat) {
      tile.lo[HEAT_Y] = box->lo[HEAT_Y] + y.lo;
      tile.hi[HEAT_Y] = box->lo[HEAT_Y] + y.hi;
    }
    tile.lo[walk] = box->lo[walk] + w.lo;
    tile.hi[walk] = box->lo[walk] + w.hi;
    s->vector.tile[s->law.dims - 2](&s->law, now, next, &tile, steps, &s->sides,
                                    s->scratch[sb_thread()]);
  }
}
