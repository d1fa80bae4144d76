#include "halo_shape.h"

static int64_t min64(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t max64(int64_t a, int64_t b) { return a > b ? a : b; }

static sb_range grown(const sb_dist *dist, int axis, int position, int64_t depth) {
  sb_range r = sb_split(dist->n[axis], 1, dist->grid[axis], position);
  r.lo -= depth;
  r.hi += depth;
  if (!dist->periodic[axis]) {
    r.lo = max64(r.lo, 0);
    r.hi = min64(r.hi, dist->n[axis]);
  }
  return r;
}

sb_rim sb_rim_begin(const sb_dist *dist, int axis, int position, int64_t depth) {
  const int64_t start = grown(dist, axis, position, depth).lo;
  return (sb_rim){.receive = {.lo = start, .hi = start}};
}

bool sb_rim_next(const sb_dist *dist, int axis, int position, int64_t depth, sb_rim *rim) {
  const int64_t n = dist->n[axis], i = rim->receive.hi;
  const int64_t end = grown(dist, axis, position, depth).hi;
  if (i >= end) return false;
  rim->image = i < 0 ? -1 : i >= n ? 1 : 0; /* depth <= n: no image is further away */
  const int64_t shift = rim->image * n;
  rim->owner = (int)sb_owner(n, 1, dist->grid[axis], i - shift);
  const sb_range theirs = sb_split(n, 1, dist->grid[axis], rim->owner);
  const sb_range own = sb_split(n, 1, dist->grid[axis], position);
  rim->receive = (sb_range){.lo = i, .hi = min64(theirs.hi + shift, end)};
  rim->send = (sb_range){.lo = max64(own.lo, theirs.lo + shift - depth),
                         .hi = min64(own.hi, theirs.hi + shift + depth)};
  return true;
}

/* Cells along one axis, summed over the rims of a position or of all: the own cells, those of all
 * rims, and those of rims that the position itself owns. */
typedef struct {
  int64_t own, all, self;
} reach;

/* Sums over pieces are products of sums over axes: those of all rims without those where the rank
 * is its own peer on every axis; or, without corners, one axis at a time. */
static int64_t travelling(const reach r[SB_AXES], bool corners) {
  if (corners) return r[0].all * r[1].all * r[2].all - r[0].self * r[1].self * r[2].self;
  return (r[0].all - r[0].self) * r[1].own * r[2].own +
         r[0].own * (r[1].all - r[1].self) * r[2].own +
         r[0].own * r[1].own * (r[2].all - r[2].self);
}

int64_t sb_halo_bytes(const sb_dist *dist, const int64_t depth[SB_AXES], bool corners) {
  reach r[SB_AXES];
  for (int a = 0; a < SB_AXES; a++) {
    const int64_t n = dist->n[a];
    r[a] = (reach){.own = n};
    for (int p = 0; p < dist->grid[a]; p++) {
      const int64_t length = sb_count(sb_split(n, 1, dist->grid[a], p));
      r[a].all += sb_count(grown(dist, a, p, depth[a]));
      r[a].self += length;
      if (dist->periodic[a]) r[a].self += 2 * max64(0, length + depth[a] - n);
    }
  }
  return travelling(r, corners) * (int64_t)sizeof(double);
}

int64_t sb_halo_bytes_rank(const sb_dist *dist, const int64_t depth[SB_AXES], bool corners,
                           int rank) {
  if (rank >= sb_dist_ranks(dist)) return 0;
  int position[SB_AXES];
  sb_dist_position(dist, rank, position);
  reach r[SB_AXES];
  for (int a = 0; a < SB_AXES; a++) {
    r[a] = (reach){.own = sb_count(sb_split(dist->n[a], 1, dist->grid[a], position[a]))};
    sb_rim rim = sb_rim_begin(dist, a, position[a], depth[a]);
    while (sb_rim_next(dist, a, position[a], depth[a], &rim)) {
      r[a].all += sb_count(rim.send);
      if (rim.owner == position[a]) r[a].self += sb_count(rim.send);
    }
  }
  return travelling(r, corners) * (int64_t)sizeof(double);
}
