#include "heat_sweep.h"

#include <stdlib.h>
#include <string.h>

#include "decomp.h"
#include "memory.h"
#include "simulation.h"
#include "threads.h"

/* Measured best (README.md): wide tiles repeat little work at their borders and are long for the
 * hardware that fetches ahead. In 2-D the rings stay in the second-level cache; in 3-D narrower
 * tiles whose ring would stay there too are slower, for their short rows and what they repeat. */
enum { TILE_X_2D = 512, TILE_X_3D = 512, TILE_Y_3D = 40, STEPS_2D = 16, STEPS_3D = 6 };

/* A tile of 2-D repeats about `steps` rows where it begins: a sixteenth of its work at most, or
 * half of it where threads would have none otherwise. */
enum { ROWS_PER_STEP = 16, LEAST_PER_STEP = 2, LEAST_X = 64 };

double heat_flops(int dims) { return dims == 2 ? 6.0 : 8.0; }

double heat_bytes_per_cell(heat_kernel_kind kernel) {
  static const double STREAMED = 16.0;  /* read once, written once */
  static const double ALLOCATED = 24.0; /* the same with plain stores, which read first */
  return kernel == HEAT_PLAIN ? ALLOCATED : STREAMED;
}

int heat_sweep_best_steps(int dims) { return dims == 2 ? STEPS_2D : STEPS_3D; }

static int64_t scratch_doubles(int dims, int steps) {
  return heat_tile_scratch(dims, TILE_Y_3D, dims == 2 ? TILE_X_2D : TILE_X_3D, steps);
}

int64_t heat_sweep_bytes(heat_kernel_kind kind, int dims, int steps, int threads) {
  if (kind != HEAT_BLOCKED) return 0;
  return threads * scratch_doubles(dims, steps) * (int64_t)sizeof(double);
}

sb_status heat_sweep_create(heat_sweep *s) {
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

static bool empty(const heat_box *box) {
  return box->hi[HEAT_Z] <= box->lo[HEAT_Z] || box->hi[HEAT_Y] <= box->lo[HEAT_Y] ||
         box->hi[HEAT_X] <= box->lo[HEAT_X];
}

/* `steps` steps of a box in one pass over it. */
static void tell_of_work(const heat_sweep *s, const heat_box *box, int steps) {
  double cells = 1.0;
  for (int a = 0; a < HEAT_AXES; a++) cells *= (double)(box->hi[a] - box->lo[a]);
  sb_worked(heat_flops(s->law.dims) * cells * steps, heat_bytes_per_cell(s->kind) * cells);
}

void heat_sweep_sides(const heat_sweep *s, const heat_grid *grid, const heat_box *box) {
  if (!empty(box)) {
    const heat_box mine = heat_sweep_share(box, s->law.dims);
    heat_set_sides(grid, &mine, &s->law, &s->sides);
  }
#pragma omp barrier
}

void heat_sweep_step(const heat_sweep *s, const heat_grid *now, const heat_grid *next,
                     const heat_box *box) {
  if (!empty(box)) {
    const heat_box mine = heat_sweep_share(box, s->law.dims);
    /* Each thread alone reads what lies beyond the sides of its share. */
    if (s->sides.mirror) heat_set_sides(now, &mine, &s->law, &s->sides);
    if (s->kind == HEAT_PLAIN) {
      heat_step_plain(&s->law, now, next, &mine);
    } else {
      s->vector.streaming(&s->law, now, next, &mine);
    }
    if (sb_thread() == 0) tell_of_work(s, &mine, 1);
  }
#pragma omp barrier
}

static int64_t pieces(int64_t cells, int64_t size) { return (cells + size - 1) / size; }

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

/* How a box is cut into tiles: columns along x, rows along y (one in 2-D), and pieces of the axis
 * that tiles walk along. */
typedef struct {
  int walk;
  int64_t columns, rows, chunks;
} tiling;

/* Enough pieces for all threads, and where the walk begins or ends at a neighbour, more of them, so
 * that some are inner ones; but each long against the steps that it repeats. Where these are too
 * few for the threads, shorter ones: rather is work repeated than threads have none. */
static tiling cut(int dims, const int64_t n[HEAT_AXES], int ends, int steps, int threads) {
  const bool flat = dims == 2;
  tiling t = {.walk = flat ? HEAT_Y : HEAT_Z, .rows = 1};
  t.columns = pieces(n[HEAT_X], flat ? TILE_X_2D : TILE_X_3D);
  if (!flat) t.rows = pieces(n[HEAT_Y], TILE_Y_3D);
  const int64_t length = n[t.walk], wanted = most(threads, ends > 0 ? ends + 1 : 1);
  t.chunks = most(1, least(wanted, length / (ROWS_PER_STEP * (int64_t)steps)));
  const int64_t shortest = LEAST_PER_STEP * (int64_t)steps;
  if (t.columns * t.rows * t.chunks < threads) {
    t.chunks = most(t.chunks, least(pieces(threads, t.columns * t.rows), length / shortest));
  }
  if (!flat && t.columns * t.rows * t.chunks < threads) {
    t.rows = most(t.rows, least(pieces(threads, t.columns * t.chunks), n[HEAT_Y] / shortest));
  }
  if (t.columns * t.rows * t.chunks < threads) {
    t.columns = most(t.columns, least(pieces(threads, t.rows * t.chunks), n[HEAT_X] / LEAST_X));
  }
  return t;
}

int64_t heat_sweep_pieces(int dims, const int64_t n[HEAT_AXES], int steps, int threads) {
  const tiling t = cut(dims, n, 0, steps, threads);
  return t.columns * t.rows * t.chunks;
}

static tiling cut_box(const heat_sweep *s, const heat_box *box, int steps) {
  int64_t n[HEAT_AXES];
  for (int a = 0; a < HEAT_AXES; a++) n[a] = box->hi[a] - box->lo[a];
  const int walk = s->law.dims == 2 ? HEAT_Y : HEAT_Z;
  const int ends =
      (box->lo[walk] > s->sides.domain.lo[walk]) + (box->hi[walk] < s->sides.domain.hi[walk]);
  return cut(s->law.dims, n, ends, steps, sb_thread_count());
}

static heat_box tile_of(const heat_sweep *s, const heat_box *box, const tiling *t, int64_t i) {
  heat_box tile = *box;
  const sb_range x =
      sb_split(box->hi[HEAT_X] - box->lo[HEAT_X], HEAT_ALIGN, t->columns, i % t->columns);
  tile.lo[HEAT_X] = box->lo[HEAT_X] + x.lo;
  tile.hi[HEAT_X] = box->lo[HEAT_X] + x.hi;
  if (s->law.dims == 3) {
    const sb_range y =
        sb_split(box->hi[HEAT_Y] - box->lo[HEAT_Y], 1, t->rows, i / t->columns % t->rows);
    tile.lo[HEAT_Y] = box->lo[HEAT_Y] + y.lo;
    tile.hi[HEAT_Y] = box->lo[HEAT_Y] + y.hi;
  }
  const sb_range w =
      sb_split(box->hi[t->walk] - box->lo[t->walk], 1, t->chunks, i / t->columns / t->rows);
  tile.lo[t->walk] = box->lo[t->walk] + w.lo;
  tile.hi[t->walk] = box->lo[t->walk] + w.hi;
  return tile;
}

/* Whether all that a tile reads lies inside its box. */
static bool inner(const heat_sweep *s, const heat_box *box, const heat_box *tile, int steps) {
  for (int a = HEAT_AXES - s->law.dims; a < HEAT_AXES; a++) {
    if (most(tile->lo[a] - steps, s->sides.domain.lo[a]) < box->lo[a]) return false;
    if (least(tile->hi[a] + steps, s->sides.domain.hi[a]) > box->hi[a]) return false;
  }
  return true;
}

void heat_sweep_tiles(const heat_sweep *s, const heat_grid *now, const heat_grid *next,
                      const heat_box *box, int steps, heat_tiles which, void (*between)(void *),
                      void *context) {
  if (empty(box)) return;
  const tiling t = cut_box(s, box, steps);
#pragma omp for schedule(dynamic, 1)
  for (int64_t i = 0; i < t.columns * t.rows * t.chunks; i++) {
    const heat_box tile = tile_of(s, box, &t, i);
    if (which != HEAT_TILES_ALL && inner(s, box, &tile, steps) != (which == HEAT_TILES_INNER)) {
      continue;
    }
    s->vector.tile[s->law.dims - 2](&s->law, now, next, &tile, steps, &s->sides,
                                    s->scratch[sb_thread()]);
    if (sb_thread() == 0) tell_of_work(s, &tile, steps);
    if (between != NULL && sb_thread() == 0) between(context);
  }
}
