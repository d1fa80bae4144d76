#include "heat_plan.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "halo_shape.h"
#include "heat_states.h"

/* Nominal times of the cost formula in heat_plan.h, of a present-day core; only their ratios
 * matter, and those little: measured optima are flat (README.md). */
static const double UPDATE = 1.0 / 4e9;     /* s a cell in cache */
static const double BANDWIDTH = 20e9;       /* byte/s of a rank */
static const double LATENCY = 3e-6;         /* s a side */
static const double BYTE_MOVED = 1.0 / 5e9; /* s a byte: packed, handed over, unpacked */
static const double X_WEIGHT = 8.0;

int64_t heat_cells(const heat_problem *p) { return p->n[HEAT_Z] * p->n[HEAT_Y] * p->n[HEAT_X]; }

static double grid_cost(const int grid[SB_AXES], const void *context) {
  const heat_problem *p = context;
  double length[SB_AXES], cells = 1.0, cost = 0.0;
  for (int a = 0; a < SB_AXES; a++) {
    length[a] = (double)sb_count(sb_split(p->n[a], 1, grid[a], 0)); /* part 0 has the most */
    cells *= length[a];
  }
  for (int a = 0; a < SB_AXES; a++) {
    if (grid[a] > 1) cost += (a == HEAT_X ? X_WEIGHT : 1.0) * cells / length[a];
  }
  return cost;
}

/* Sides of the largest box behind which other ranks' cells lie, on one axis. */
static int cut_sides(const sb_dist *dist, int axis) {
  if (dist->grid[axis] == 1) return dist->periodic[axis] ? 2 : 0;
  return dist->periodic[axis] || dist->grid[axis] > 2 ? 2 : 1;
}

/* Cells of the largest box grown by `by` where it is cut. */
static double grown_cells(const sb_dist *dist, int dims, int64_t by) {
  double cells = 1.0;
  for (int a = 0; a < SB_AXES; a++) {
    double length = (double)sb_count(sb_split(dist->n[a], 1, dist->grid[a], 0));
    if (a >= SB_AXES - dims) length += (double)by * cut_sides(dist, a);
    cells *= length;
  }
  return cells;
}

static double step_cost(const heat_config *c, const sb_dist *dist, int64_t k) {
  const int dims = c->problem.dims;
  const double cells = grown_cells(dist, dims, 0), halo = grown_cells(dist, dims, k) - cells;
  double repeated = 0.0, sides = 0.0;
  for (int64_t g = 1; g < k; g++) repeated += grown_cells(dist, dims, g) - cells;
  for (int a = SB_AXES - dims; a < SB_AXES; a++) sides += cut_sides(dist, a);
  const double moved = sides * LATENCY + 8.0 * halo * BYTE_MOVED, steps = (double)k;
  const double stream = heat_bytes_per_cell(HEAT_STREAMING) / BANDWIDTH;
  if (c->kernel == HEAT_BLOCKED) {
    return cells * UPDATE + (cells * stream + moved + repeated * UPDATE) / steps;
  }
  return cells * stream + (moved + repeated * stream) / steps;
}

/* The deepest halo that a periodic axis allows: no cell is its own halo twice on one side. */
static int64_t deepest(const heat_problem *p, int64_t most) {
  for (int a = SB_AXES - p->dims; a < SB_AXES; a++) {
    if (p->boundary == HEAT_PERIODIC && p->n[a] < most) most = p->n[a];
  }
  return most;
}

static int64_t best_halo(const heat_config *c, const sb_dist *dist) {
  const int64_t most = deepest(&c->problem, heat_sweep_best_steps(c->problem.dims));
  int64_t best = 1;
  for (int64_t k = 2; k <= most; k++) {
    if (step_cost(c, dist, k) < step_cost(c, dist, best)) best = k;
  }
  return best;
}

sb_status heat_layout_make(const heat_config *c, int ranks, heat_layout *layout) {
  const heat_problem *p = &c->problem;
  bool periodic[SB_AXES];
  sb_status status = SB_OK;
  *layout = (heat_layout){.halo = c->halo};
  for (int a = 0; a < SB_AXES; a++) {
    periodic[a] = p->boundary == HEAT_PERIODIC && a >= SB_AXES - p->dims;
  }
  SB_TRY(sb_dist_create(p->n, p->dims, periodic, ranks, c->node_size, grid_cost, p, &layout->dist));
  if (c->halo > deepest(p, c->halo)) {
    return sb_fail(SB_BAD_INPUT,
                   "halo = %" PRId64 ": deeper than a periodic axis is long; allowed 1 .. %" PRId64,
                   c->halo, deepest(p, c->halo));
  }
  if (layout->halo == 0) layout->halo = best_halo(c, &layout->dist);
  for (int a = SB_AXES - p->dims; a < SB_AXES; a++) layout->depth[a] = layout->halo;
  layout->corners = layout->halo > 1;
cleanup:
  return status;
}

static int64_t aligned(int64_t cells) { return (cells + HEAT_ALIGN - 1) / HEAT_ALIGN * HEAT_ALIGN; }

heat_shape heat_shape_of(const sb_box *box, const heat_layout *layout) {
  if (sb_box_empty(box)) return (heat_shape){.doubles = 0};
  int64_t n[SB_AXES];
  for (int a = 0; a < SB_AXES; a++) n[a] = box->hi[a] - box->lo[a] + 2 * layout->depth[a];
  /* Vectors look two of their widths beyond a row (heat_kernel.h). */
  const int64_t before = aligned(layout->depth[HEAT_X]) + 2 * (int64_t)HEAT_ALIGN;
  heat_shape s = {.row = aligned(n[HEAT_X] - 2 * layout->depth[HEAT_X]) + 2 * before};
  if (s.row % 512 == 0) s.row += HEAT_ALIGN; /* rows 4 KiB apart would share a few sets of L1 */
  s.plane = s.row * n[HEAT_Y];
  s.first = layout->depth[HEAT_Z] * s.plane + layout->depth[HEAT_Y] * s.row + before;
  s.doubles = s.plane * n[HEAT_Z];
  return s;
}

/* Threads share planes, or rows where planes are few; or tiles (heat_sweep.c). */
static int64_t idle_threads(const heat_config *c, const heat_layout *layout, int threads) {
  const sb_dist *dist = &layout->dist;
  int64_t idle = 0;
  for (int rank = 0; rank < sb_dist_ranks(dist); rank++) {
    const sb_box box = sb_dist_box(dist, rank);
    const int64_t n[] = {box.hi[HEAT_Z] - box.lo[HEAT_Z], box.hi[HEAT_Y] - box.lo[HEAT_Y],
                         box.hi[HEAT_X] - box.lo[HEAT_X]};
    int64_t busy = n[HEAT_Z] >= threads ? n[HEAT_Z] : n[HEAT_Y];
    if (c->kernel == HEAT_BLOCKED) {
      busy = heat_sweep_pieces(c->problem.dims, n, (int)layout->halo, threads);
    }
    if (busy < threads) idle += threads - busy;
  }
  return idle;
}

/* Exchanges: halos serve layout->halo steps, and every stretch between files begins with one. */
static double rounds_of(const heat_config *c, int64_t halo) {
  double rounds = 0.0;
  for (int64_t step = c->first_step, stop; step < c->problem.steps; step = stop) {
    stop = heat_next_stop(c, step);
    rounds += ceil((double)(stop - step) / (double)halo);
  }
  return rounds;
}

static void describe(const heat_problem *p, const heat_layout *layout, char *text, size_t bytes) {
  const sb_box box = sb_dist_box(&layout->dist, 0);
  const int *grid = layout->dist.grid;
  if (p->dims == 2) {
    snprintf(text, bytes,
             "%" PRId64 " x %" PRId64 " cells (y, x) over %d x %d ranks of up to %" PRId64
             " x %" PRId64 ", halo %" PRId64,
             p->n[HEAT_Y], p->n[HEAT_X], grid[HEAT_Y], grid[HEAT_X], box.hi[HEAT_Y], box.hi[HEAT_X],
             layout->halo);
  } else {
    snprintf(text, bytes,
             "%" PRId64 " x %" PRId64 " x %" PRId64
             " cells (z, y, x) over %d x %d x %d ranks of up"
             " to %" PRId64 " x %" PRId64 " x %" PRId64 ", halo %" PRId64,
             p->n[HEAT_Z], p->n[HEAT_Y], p->n[HEAT_X], grid[HEAT_Z], grid[HEAT_Y], grid[HEAT_X],
             box.hi[HEAT_Z], box.hi[HEAT_Y], box.hi[HEAT_X], layout->halo);
  }
}

void heat_plan(const void *config, int ranks, int threads, int rank, sb_plan *plan) {
  const heat_config *c = config;
  const heat_problem *p = &c->problem;
  heat_layout layout;
  *plan = (sb_plan){.units = 0.0};
  if (heat_layout_make(c, ranks, &layout) != SB_OK) return; /* refused by heat.c's check before */
  const sb_box box = sb_dist_box(&layout.dist, rank);
  const double steps = (double)(p->steps - c->first_step);
  const double rounds = rounds_of(c, layout.halo), cells = (double)heat_cells(p);
  const double passes = c->kernel == HEAT_BLOCKED ? rounds : steps;
  const double bytes = heat_bytes_per_cell((heat_kernel_kind)c->kernel);
  plan->units = cells * steps;
  plan->units_rank = (double)sb_box_count(&box) * steps;
  plan->flop = heat_flops(p->dims) * plan->units;
  plan->bytes = bytes * cells * passes;
  plan->comm_bytes = rounds * (double)sb_halo_bytes(&layout.dist, layout.depth, layout.corners);
  plan->memory_rank =
      (double)sizeof(heat_state) + (double)heat_start_bytes(&box) +
      HEAT_ARRAYS * 8.0 * (double)heat_shape_of(&box, &layout).doubles +
      (double)sb_xchg_memory(&layout.dist, layout.depth, layout.corners, rank) +
      (double)heat_sweep_bytes((heat_kernel_kind)c->kernel, p->dims, (int)layout.halo, threads);
  plan->idle_ranks = ranks - sb_dist_ranks(&layout.dist);
  plan->idle_threads = (int)idle_threads(c, &layout, threads) + plan->idle_ranks * threads;
  describe(p, &layout, plan->decomposition, sizeof plan->decomposition);
}
