/* heat_run.c: steps between exchanges.
 *
 * One exchange of a halo of depth k serves k steps. Before the first of them a rank knows its own
 * cells and the k layers around them; each step uses up one layer, so step j is computed on the own
 * cells grown by k - 1 - j, and after the last one the own cells alone are right. Tiles do the same
 * inside (heat_kernel.h): they advance k steps in one pass over the own cells.
 *
 * While halos travel, cells that need none of them advance. All threads of a rank walk through the
 * same functions; the main thread alone exchanges. */
#include "heat_run.h"

#include "threads.h"

/* A sweep over the inner cells is cut into so many parts, between which messages may move. */
enum { PROGRESS_PARTS = 8 };

/* What all threads of a rank work on; `now` and `step` go on inside, each thread counting alike. */
typedef struct {
  heat_state *s;
  sb_clock *clock;
  bool exchanging, overlapping;
} round_info;

static sb_array as_array(const heat_grid *grid) {
  return (sb_array){.cell = grid->cell, .stride = {grid->plane, grid->row, 1}};
}

static void make_progress(void *state) { sb_xchg_test(((heat_state *)state)->xchg); }

static void start_exchange(const round_info *info, const heat_grid *grid) {
  if (sb_thread() != 0) return;
  const sb_array array = as_array(grid);
  sb_xchg_start(info->s->xchg, &array, info->clock);
  sb_clock_enter(info->clock, SB_COMPUTE);
}

static void finish_exchange(const round_info *info, const heat_grid *grid) {
  if (sb_thread() == 0) {
    const sb_array array = as_array(grid);
    sb_xchg_finish(info->s->xchg, &array, info->clock);
    sb_clock_enter(info->clock, SB_COMPUTE);
  }
#pragma omp barrier
}

/* The own cells grown (or, with by < 0, shrunk where neighbours are) as far as the grid goes. */
static heat_box grown(const heat_state *s, int64_t by) {
  heat_box box = s->own;
  const heat_box *domain = &s->sweep.sides.domain;
  for (int a = HEAT_AXES - s->law.dims; a < HEAT_AXES; a++) {
    if (box.lo[a] > domain->lo[a]) box.lo[a] -= by;
    if (box.hi[a] < domain->hi[a]) box.hi[a] += by;
    if (box.lo[a] < domain->lo[a]) box.lo[a] = domain->lo[a];
    if (box.hi[a] > domain->hi[a]) box.hi[a] = domain->hi[a];
  }
  return box;
}

static bool has_cells(const heat_box *box) {
  return box->lo[HEAT_Z] < box->hi[HEAT_Z] && box->lo[HEAT_Y] < box->hi[HEAT_Y] &&
         box->lo[HEAT_X] < box->hi[HEAT_X];
}

/* One step of `whole` without `hole`, which lies inside it: a slab on either side of each axis. */
static void step_around(const heat_state *s, const heat_grid *now, const heat_grid *next,
                        heat_box whole, const heat_box *hole) {
  for (int a = 0; a < HEAT_AXES; a++) {
    heat_box slab = whole;
    slab.hi[a] = hole->lo[a];
    if (has_cells(&slab)) heat_sweep_step(&s->sweep, now, next, &slab);
    slab = whole;
    slab.lo[a] = hole->hi[a];
    if (has_cells(&slab)) heat_sweep_step(&s->sweep, now, next, &slab);
    whole.lo[a] = hole->lo[a];
    whole.hi[a] = hole->hi[a];
  }
}

/* One step of the inner cells, in parts along their slowest axis. */
static void step_inside(const round_info *info, const heat_grid *now, const heat_grid *next,
                        const heat_box *inside) {
  const heat_state *s = info->s;
  const int axis = s->law.dims == 3 ? HEAT_Z : HEAT_Y;
  for (int part = 0; part < PROGRESS_PARTS; part++) {
    const sb_range r = sb_split(inside->hi[axis] - inside->lo[axis], 1, PROGRESS_PARTS, part);
    heat_box slab = *inside;
    slab.lo[axis] = inside->lo[axis] + r.lo;
    slab.hi[axis] = inside->lo[axis] + r.hi;
    if (has_cells(&slab)) heat_sweep_step(&s->sweep, now, next, &slab);
    if (sb_thread() == 0) make_progress(info->s);
  }
}

/* The first step after an exchange began. */
static void step_while_exchanging(const round_info *info, const heat_grid *now,
                                  const heat_grid *next, int64_t layers) {
  const heat_state *s = info->s;
  const heat_box whole = grown(s, layers), inside = grown(s, -1);
  start_exchange(info, now);
  const bool some = info->overlapping && has_cells(&inside);
  if (some) step_inside(info, now, next, &inside);
  finish_exchange(info, now);
  if (some) {
    step_around(s, now, next, whole, &inside);
  } else {
    heat_sweep_step(&s->sweep, now, next, &whole);
  }
}

/* Plain and streaming sweeps: `steps` of them, the array in use changes with each. */
static int sweep_round(const round_info *info, int now, int64_t steps) {
  const heat_state *s = info->s;
  for (int64_t j = 0; j < steps; j++) {
    const heat_grid *from = &s->array[now], *to = &s->array[1 - now];
    if (j == 0 && info->exchanging) {
      step_while_exchanging(info, from, to, steps - 1);
    } else {
      const heat_box whole = grown(s, steps - 1 - j);
      heat_sweep_step(&s->sweep, from, to, &whole);
    }
    now = 1 - now;
  }
  return now;
}

/* Tiles: `steps` steps in one pass. Beyond mirroring sides lie the cells that are there now; they
 * are read where the first level is computed. */
static int tile_round(const round_info *info, int now, int64_t steps) {
  const heat_state *s = info->s;
  const heat_grid *from = &s->array[now], *to = &s->array[1 - now];
  const heat_box first_level = grown(s, steps - 1);
  const bool mirror = s->sweep.sides.mirror;
  heat_tiles rest = HEAT_TILES_ALL;
  if (info->exchanging) {
    start_exchange(info, from);
    if (info->overlapping) {
      if (mirror) heat_sweep_sides(&s->sweep, from, &s->own);
      heat_sweep_tiles(&s->sweep, from, to, &s->own, (int)steps, HEAT_TILES_INNER, make_progress,
                       info->s);
      rest = HEAT_TILES_OUTER;
    }
    finish_exchange(info, from);
  }
  if (mirror) heat_sweep_sides(&s->sweep, from, &first_level);
  heat_sweep_tiles(&s->sweep, from, to, &s->own, (int)steps, rest, NULL, NULL);
  return 1 - now;
}

static bool has_neighbours(const heat_state *s) {
  const heat_box wide = grown(s, 1);
  return sb_box_count(&s->box) != (wide.hi[HEAT_Z] - wide.lo[HEAT_Z]) *
                                      (wide.hi[HEAT_Y] - wide.lo[HEAT_Y]) *
                                      (wide.hi[HEAT_X] - wide.lo[HEAT_X]);
}

void heat_advance(heat_state *s, int64_t until, sb_clock *clock) {
  if (sb_box_empty(&s->box)) { /* idle: neither neighbours nor cells */
    s->step = until;
    return;
  }
  const round_info info = {.s = s,
                           .clock = clock,
                           .exchanging = has_neighbours(s),
                           .overlapping = s->config.overlap != 0};
  int end = s->now;
#pragma omp parallel
  {
    int now = s->now;
    for (int64_t step = s->step; step < until;) {
      const int64_t steps = until - step < s->halo ? until - step : s->halo;
      now = s->sweep.kind == HEAT_BLOCKED ? tile_round(&info, now, steps)
                                          : sweep_round(&info, now, steps);
      step += steps;
      if (sb_thread() == 0) {
        end = now;
        sb_progress();
      }
    }
  }
  s->now = end;
  s->step = until;
}

void heat_zero_sides(const heat_state *s, const heat_grid *grid) {
  if (sb_box_empty(&s->box)) return;
  heat_sides zeros = s->sweep.sides;
  zeros.mirror = false;
  const heat_box wide = grown(s, s->halo - 1); /* where steps are computed: one layer is left */
  heat_set_sides(grid, &wide, &s->law, &zeros);
}
