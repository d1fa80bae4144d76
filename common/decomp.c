#include "decomp.h"

#include <math.h>
#include <string.h>

/* First unit of `part` when `units` are dealt over `parts`: every part gets units / parts, and the
 * first units % parts of them one more. */
static int64_t first_unit(int64_t units, int64_t parts, int64_t part) {
  const int64_t extra = units % parts;
  return part * (units / parts) + (part < extra ? part : extra);
}

static int64_t units_in(int64_t n, int64_t align) { return n / align + (n % align != 0); }

static int64_t min64(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t max64(int64_t a, int64_t b) { return a > b ? a : b; }

sb_range sb_split(int64_t n, int64_t align, int64_t parts, int64_t part) {
  const int64_t units = units_in(n, align);
  /* Clipping before multiplying would be wrong for the short last unit; after it is exact. */
  return (sb_range){.lo = min64(first_unit(units, parts, part) * align, n),
                    .hi = min64(first_unit(units, parts, part + 1) * align, n)};
}

int64_t sb_owner(int64_t n, int64_t align, int64_t parts, int64_t i) {
  const int64_t units = units_in(n, align), unit = i / align;
  const int64_t small = units / parts, extra = units % parts;
  const int64_t in_large_parts = extra * (small + 1); /* units held by parts that got one more */
  return unit < in_large_parts ? unit / (small + 1) : extra + (unit - in_large_parts) / small;
}

bool sb_box_empty(const sb_box *box) {
  for (int a = 0; a < SB_AXES; a++) {
    if (box->hi[a] <= box->lo[a]) return true;
  }
  return false;
}

int64_t sb_box_count(const sb_box *box) {
  if (sb_box_empty(box)) return 0;
  int64_t count = 1;
  for (int a = 0; a < SB_AXES; a++) count *= box->hi[a] - box->lo[a];
  return count;
}

sb_box sb_box_intersect(const sb_box *a, const sb_box *b) {
  sb_box both;
  for (int i = 0; i < SB_AXES; i++) {
    both.lo[i] = max64(a->lo[i], b->lo[i]);
    both.hi[i] = min64(a->hi[i], b->hi[i]);
  }
  return both;
}

sb_box sb_box_grow(const sb_box *box, const int64_t by[SB_AXES]) {
  sb_box grown;
  for (int a = 0; a < SB_AXES; a++) {
    grown.lo[a] = box->lo[a] - by[a];
    grown.hi[a] = box->hi[a] + by[a];
  }
  return grown;
}

/* The cheapest grid seen so far, and how to price the next. */
typedef struct {
  sb_grid_cost cost;
  const void *context;
  double best;
  int grid[SB_AXES];
} search;

/* Tries every way to factor `left` over the axes from `axis` on; earlier axes of `trial` are set.
 */
static void try_axes(search *s, int trial[SB_AXES], int axis, int left) {
  if (axis == SB_AXES - 1) {
    trial[axis] = left;
    const double cost = s->cost(trial, s->context);
    if (cost < s->best) {
      s->best = cost;
      memcpy(s->grid, trial, sizeof s->grid);
    }
    return;
  }
  for (int factor = 1; factor <= left; factor++) {
    if (left % factor != 0) continue;
    trial[axis] = factor;
    try_axes(s, trial, axis + 1, left / factor);
  }
}

bool sb_grid_choose(int parts, int dims, sb_grid_cost cost, const void *context,
                    int grid[SB_AXES]) {
  search s = {.cost = cost, .context = context, .best = (double)INFINITY};
  int trial[SB_AXES] = {1, 1, 1};
  try_axes(&s, trial, SB_AXES - dims, parts);
  if (isinf(s.best)) return false;
  memcpy(grid, s.grid, sizeof s.grid);
  return true;
}

void sb_grid_position(const int grid[SB_AXES], int rank, int position[SB_AXES]) {
  for (int a = SB_AXES - 1; a >= 0; a--) {
    position[a] = rank % grid[a];
    rank /= grid[a];
  }
}

int sb_grid_rank(const int grid[SB_AXES], const int position[SB_AXES]) {
  int rank = 0;
  for (int a = 0; a < SB_AXES; a++) rank = rank * grid[a] + position[a];
  return rank;
}

sb_box sb_grid_box(const int64_t n[SB_AXES], const int64_t align[SB_AXES], const int grid[SB_AXES],
                   const int position[SB_AXES]) {
  sb_box box;
  for (int a = 0; a < SB_AXES; a++) {
    const sb_range r = sb_split(n[a], align[a], grid[a], position[a]);
    box.lo[a] = r.lo;
    box.hi[a] = r.hi;
  }
  return box;
}

double sb_halo_cost(const int grid[SB_AXES], const void *context) {
  const int64_t *n = context;
  double length[SB_AXES], cells = 1.0;
  for (int a = 0; a < SB_AXES; a++) {
    if (grid[a] > n[a]) return (double)INFINITY;
    length[a] = (double)sb_count(sb_split(n[a], 1, grid[a], 0)); /* part 0 has the most */
    cells *= length[a];
  }
  double sent = 0.0;
  for (int a = 0; a < SB_AXES; a++) {
    if (grid[a] > 1) sent += 2.0 * cells / length[a];
  }
  return sent;
}
