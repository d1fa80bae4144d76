#include "matmul_plan.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "matmul.h"
#include "matmul_freivalds.h"

/* Nominal costs of a rank, of which only the ratios matter, and those little. */
static const double FLOP = 1.0 / 50e9; /* s */
static const double BYTE = 1.0 / 5e9;  /* s */
static const double MESSAGE = 5e-6;    /* s */

/* Layers take memory and a sum: they must save a tenth of what a grid spends beside arithmetic.
 * Idle ranks must save a fiftieth of all. */
static const double LAYERS_SAVE = 0.9, IDLE_SAVE = 0.98;
enum { IDLE_AT_MOST = 8 }; /* one rank in so many */

static double up(int64_t n, int parts) { return ceil((double)n / parts); }

typedef struct {
  const matmul_config *config;
  bool layers;    /* whether grids with more than one are allowed */
  bool any_size;  /* whether they may exceed the nodes' memory: then the smallest is best */
  const int *set; /* the one grid that is allowed, or NULL */
} search;

static double words_held(const matmul_config *c, const int grid[SB_AXES]) {
  const double m = up(c->m, grid[MATMUL_M]), n = up(c->n, grid[MATMUL_N]);
  const double k = up(c->k, grid[MATMUL_K]);
  const double layered = grid[MATMUL_K] > 1 ? m * n : 0.0; /* the other layers' sums, and C */
  const double travel = 2.0 * (m + n) * (double)c->panel;
  const double check = 2.0 * m + n;
  const double copied = c->fields ? m * k / grid[MATMUL_N] : 0.0;
  const double packed =
      c->kernel == MATMUL_BLOCKED ? (double)c->threads * (double)matmul_blocked_scratch() : 0.0;
  return copied + packed + m * k / grid[MATMUL_N] + k * n / grid[MATMUL_M] + m * n + layered +
         travel + check;
}

/* Seconds of the rank with the largest box, or the words that it holds. */
static double grid_cost(const int grid[SB_AXES], const void *context) {
  const search *s = context;
  const matmul_config *c = s->config;
  const int pm = grid[MATMUL_M], pn = grid[MATMUL_N], pk = grid[MATMUL_K];
  if (pm > c->m || pn > c->n || pk > c->k || (pk > 1 && !s->layers)) return (double)INFINITY;
  for (int a = 0; s->set != NULL && a < SB_AXES; a++) {
    if (grid[a] != s->set[a]) return (double)INFINITY;
  }
  if (s->any_size) return words_held(c, grid);
  const double ranks_node = c->largest_node > 0 ? c->largest_node : 1;
  if (s->set == NULL && c->memory_node > 0 &&
      8.0 * words_held(c, grid) * ranks_node > (double)c->memory_node) {
    return (double)INFINITY;
  }
  const double m = up(c->m, pm), n = up(c->n, pn), k = up(c->k, pk);
  const double words = m * k * (1.0 - 1.0 / pn) + k * n * (1.0 - 1.0 / pm) +
                       2.0 * m * n * (1.0 - 1.0 / pk); /* received, and added */
  const double panels = k / (double)c->panel + pm + pn;
  const double messages = (pn > 1 ? panels : 0.0) + (pm > 1 ? panels : 0.0) + (pk - 1);
  return 2.0 * m * n * k * FLOP + 8.0 * words * BYTE + messages * MESSAGE;
}

/* The best grid of exactly so many ranks; INFINITY where there is none. */
static double best_grid(const matmul_config *c, int ranks, bool any_size, int grid[SB_AXES]) {
  const search flat = {.config = c, .any_size = any_size};
  const search layered = {.config = c, .layers = true, .any_size = any_size};
  const double arithmetic = 2.0 * (double)c->m * (double)c->n * (double)c->k / ranks * FLOP;
  int other[SB_AXES];
  double cost = (double)INFINITY;
  if (sb_grid_choose(ranks, SB_AXES, grid_cost, &flat, grid)) cost = grid_cost(grid, &flat);
  if (!c->flat && sb_grid_choose(ranks, SB_AXES, grid_cost, &layered, other)) {
    const double with = grid_cost(other, &layered);
    if (with - arithmetic < LAYERS_SAVE * (cost - arithmetic)) {
      for (int a = 0; a < SB_AXES; a++) grid[a] = other[a];
      cost = with;
    }
  }
  return cost;
}

/* Of all ranks, or of some less where their number has no good factors. */
static bool choose(const matmul_config *c, int ranks, bool any_size, int grid[SB_AXES]) {
  double best = (double)INFINITY;
  for (int q = ranks; q >= 1; q--) {
    if (isfinite(best) && q < ranks - ranks / IDLE_AT_MOST) break;
    int tried[SB_AXES] = {1, 1, 1};
    const double cost = best_grid(c, q, any_size, tried);
    if (!(cost < IDLE_SAVE * best) && isfinite(best)) continue;
    if (!isfinite(cost)) continue;
    best = cost;
    for (int a = 0; a < SB_AXES; a++) grid[a] = tried[a];
  }
  return isfinite(best);
}

static sb_status check_given(const matmul_config *c, int ranks) {
  const int64_t n[SB_AXES] = {c->m, c->n, c->k};
  static const char *const names[SB_AXES] = {"m", "n", "k"};
  const int64_t product = (int64_t)c->given[0] * c->given[1] * c->given[2];
  if (product > ranks) {
    return sb_fail(SB_BAD_INPUT, "grid = %s: %" PRId64 " ranks; allowed up to %d", c->grid, product,
                   ranks);
  }
  for (int a = 0; a < SB_AXES; a++) {
    if (c->given[a] > n[a]) {
      return sb_fail(SB_BAD_INPUT, "grid = %s: %d parts of %s; allowed 1 .. %" PRId64, c->grid,
                     c->given[a], names[a], n[a]);
    }
  }
  return SB_OK;
}

sb_status matmul_layout_make(const matmul_config *c, int ranks, matmul_layout *layout) {
  const int64_t n[SB_AXES] = {c->m, c->n, c->k};
  static const bool periodic[SB_AXES] = {false, false, false};
  int grid[SB_AXES] = {c->given[0], c->given[1], c->given[2]};
  sb_status status = SB_OK;
  *layout = (matmul_layout){.panel = c->panel};
  if (grid[0] > 0) {
    SB_TRY(check_given(c, ranks));
  } else if (!choose(c, ranks, false, grid) && !choose(c, ranks, true, grid)) {
    return sb_fail(SB_INTERNAL, "no process grid of up to %d ranks", ranks);
  } /* what no grid can hold is planned all the same; the driver refuses to run it */
  const search exact = {.config = c, .layers = true, .set = grid};
  const int working = grid[0] * grid[1] * grid[2];
  SB_TRY(sb_dist_create(n, SB_AXES, periodic, working, c->node_size, grid_cost, &exact,
                        &layout->dist));
cleanup:
  return status;
}

static sb_range from(int64_t first, sb_range part) {
  return (sb_range){.lo = first + part.lo, .hi = first + part.hi};
}

sb_range matmul_part(sb_range layer, int parts, int part) {
  return from(layer.lo, sb_split(sb_count(layer), 1, parts, part));
}

matmul_share matmul_share_of(const matmul_layout *layout, int rank) {
  const sb_box box = sb_dist_box(&layout->dist, rank);
  const int *grid = layout->dist.grid;
  matmul_share s = {.position = {0}};
  if (sb_box_empty(&box)) return s;
  sb_dist_position(&layout->dist, rank, s.position);
  s.rows = (sb_range){.lo = box.lo[MATMUL_M], .hi = box.hi[MATMUL_M]};
  s.columns = (sb_range){.lo = box.lo[MATMUL_N], .hi = box.hi[MATMUL_N]};
  s.layer = (sb_range){.lo = box.lo[MATMUL_K], .hi = box.hi[MATMUL_K]};
  s.a_part = matmul_part(s.layer, grid[MATMUL_N], s.position[MATMUL_N]);
  s.b_part = matmul_part(s.layer, grid[MATMUL_M], s.position[MATMUL_M]);
  s.c_part = from(s.rows.lo, sb_split(sb_count(s.rows), 1, grid[MATMUL_K], s.position[MATMUL_K]));
  return s;
}

int64_t matmul_panels_most(const matmul_layout *layout, sb_range layer) {
  return sb_count(layer) / layout->panel + layout->dist.grid[MATMUL_M] +
         layout->dist.grid[MATMUL_N] + 1;
}

/* Where the part that holds k ends. */
static int64_t part_end(sb_range layer, int parts, int64_t k) {
  const int64_t part = sb_owner(sb_count(layer), 1, parts, k - layer.lo);
  return matmul_part(layer, parts, (int)part).hi;
}

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

int64_t matmul_panels_cut(const matmul_layout *layout, sb_range layer, sb_range *list) {
  const int *grid = layout->dist.grid;
  int64_t count = 0;
  for (int64_t k = layer.lo; k < layer.hi; k = list[count++].hi) {
    int64_t end = least(part_end(layer, grid[MATMUL_N], k), part_end(layer, grid[MATMUL_M], k));
    list[count] = (sb_range){.lo = k, .hi = least(end, k + layout->panel)};
  }
  return count;
}

int64_t matmul_first_panel(const matmul_layout *layout, int i, int j, sb_range layer,
                           const sb_range *list, int64_t panels) {
  const int64_t pm = layout->dist.grid[MATMUL_M], pn = layout->dist.grid[MATMUL_N];
  const double turn = (double)((i * pn + j * pm) % (pm * pn)) / (double)(pm * pn);
  const int64_t k = layer.lo + (int64_t)(turn * (double)sb_count(layer));
  int64_t lo = 0, hi = panels;
  while (hi - lo > 1) {
    const int64_t middle = (lo + hi) / 2;
    if (list[middle].lo <= k) {
      lo = middle;
    } else {
      hi = middle;
    }
  }
  return lo;
}

double matmul_words(const matmul_config *c, const matmul_layout *layout) {
  const int *grid = layout->dist.grid;
  const double m = (double)c->m, n = (double)c->n, k = (double)c->k;
  return m * k * (grid[MATMUL_N] - 1) + k * n * (grid[MATMUL_M] - 1) + m * n * (grid[MATMUL_K] - 1);
}

double matmul_words_rank(const matmul_layout *layout, int rank) {
  const matmul_share s = matmul_share_of(layout, rank);
  const double rows = (double)sb_count(s.rows), columns = (double)sb_count(s.columns);
  return rows * (double)(sb_count(s.layer) - sb_count(s.a_part)) +
         columns * (double)(sb_count(s.layer) - sb_count(s.b_part)) +
         columns * (double)sb_count(s.c_part) * (layout->dist.grid[MATMUL_K] - 1);
}

double matmul_least_words(const matmul_config *c, const matmul_layout *layout) {
  const double p = sb_dist_ranks(&layout->dist), held = words_held(c, layout->dist.grid);
  const double work = (double)c->m * (double)c->n * (double)c->k / p;
  if (p == 1.0) return 0.0;
  const double cube = cbrt(work * work);
  const double touched = held < cube ? 2.0 * work / sqrt(held) + held : 3.0 * cube;
  const double own =
      ((double)c->m * (double)c->k + (double)c->k * (double)c->n + (double)c->m * (double)c->n) / p;
  return fmax(touched - own, 0.0);
}

void matmul_threads_grid(int64_t rows, int64_t columns, int threads, int grid[2]) {
  grid[0] = grid[1] = 1;
  for (int used = threads; used > 1; used--) {
    double best = (double)INFINITY;
    for (int across = 1; across <= used; across++) {
      if (used % across != 0 || used / across > rows || across > columns) continue;
      const double rim = up(rows, used / across) + up(columns, across);
      if (rim >= best) continue;
      best = rim;
      grid[0] = used / across;
      grid[1] = across;
    }
    if (isfinite(best)) return;
  }
}

static int idle_threads(const matmul_layout *layout, int threads) {
  int idle = 0;
  for (int rank = 0; rank < sb_dist_ranks(&layout->dist); rank++) {
    const matmul_share s = matmul_share_of(layout, rank);
    int grid[2];
    matmul_threads_grid(sb_count(s.rows), sb_count(s.columns), threads, grid);
    idle += threads - grid[0] * grid[1];
  }
  return idle;
}

static double most_words(const matmul_layout *layout) {
  double most = 0.0;
  for (int rank = 0; rank < sb_dist_ranks(&layout->dist); rank++) {
    most = fmax(most, matmul_words_rank(layout, rank));
  }
  return most;
}

static void describe(const matmul_config *c, const matmul_layout *layout, char *text,
                     size_t bytes) {
  const int *grid = layout->dist.grid;
  snprintf(text, bytes,
           "%" PRId64 " x %" PRId64 " x %" PRId64
           " (m, n, k) over %d x %d x %d ranks, panels of "
           "%" PRId64 "; up to %.4g MB a rank received, bound %.4g MB",
           c->m, c->n, c->k, grid[MATMUL_M], grid[MATMUL_N], grid[MATMUL_K], c->panel,
           8e-6 * most_words(layout), 8e-6 * matmul_least_words(c, layout));
}

void matmul_plan(const void *config, int ranks, int threads, int rank, sb_plan *plan) {
  const matmul_config *c = config;
  matmul_layout layout;
  *plan = (sb_plan){.units = 0.0};
  if (matmul_layout_make(c, ranks, &layout) != SB_OK) return; /* matmul_check_sized refuses it */
  const matmul_share s = matmul_share_of(&layout, rank);
  const double m = (double)c->m, n = (double)c->n, k = (double)c->k;
  plan->units = plan->flop = 2.0 * m * n * k;
  plan->units_rank =
      2.0 * (double)sb_count(s.rows) * (double)sb_count(s.columns) * (double)sb_count(s.layer);
  plan->bytes = 8.0 * (m * k + k * n + m * n);
  plan->comm_bytes = 8.0 * matmul_words(c, &layout);
  plan->memory_rank = (double)sizeof(matmul_state) + (double)matmul_freivalds_bytes(&s) +
                      (double)matmul_panels_memory(&layout, rank);
  if (c->fields) plan->memory_rank += 8.0 * (double)(sb_count(s.rows) * sb_count(s.a_part));
  if (c->kernel == MATMUL_BLOCKED)
    plan->memory_rank += 8.0 * threads * (double)matmul_blocked_scratch();
  plan->idle_ranks = ranks - sb_dist_ranks(&layout.dist);
  plan->idle_threads = idle_threads(&layout, threads) + plan->idle_ranks * threads;
  describe(c, &layout, plan->decomposition, sizeof plan->decomposition);
}
