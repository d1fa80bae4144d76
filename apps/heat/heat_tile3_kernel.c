/* Tiles in 3-D: a wavefront along z. In turn each level advances by two planes, one plane behind
 * the level that it reads.
 *
 * All levels between the first and the last share one ring of planes: (t, z, y) lies in plane z - t
 * and row y - t of it, where (t - 1, z - 1, y - 1) lay, the last cell of its level that the
 * computing of (t, z, y) reads (Wellein, Hager, Zeiser, Wittmann and Fehske, COMPSAC 2009: the
 * compressed grid). So what is written was read just before and is in the first-level cache, and
 * the ring has 2 planes a step, not 4.
 *
 * Nothing is overwritten that is still read. A block of rows y .. y + n - 1 of planes z and z + 1
 * reads, of level t - 1, rows y .. y + n - 1 of planes z - 1 and z + 2 and one row more on either
 * side of planes z and z + 1; it writes to where rows y - 1 .. y + n - 2 of planes z - 1 and z of
 * level t - 1 lie. Later blocks read those planes from row y + n - 1 on, later planes begin with
 * plane z + 1. Inside a block, columns go by: what row i writes into plane z - 1 is one row behind
 * what it has read there, and neighbours along x of planes z and z + 1 stay in registers
 * (heat_west). */
#include <string.h>

#include "heat_planes_kernel.h"
#include "heat_tile_kernel.h"

typedef struct {
  const heat_law *law;
  const heat_grid *now, *next;
  const heat_box *tile;
  const heat_sides *sides;
  int steps;
  int64_t pitch, plane; /* doubles from a ring's row, plane, to the next */
  double *ring;         /* its first plane, at y = 0 and x = 0 */
  const double *zero;   /* a row of zeros, at x = 0 */
} tile_3d;

/* One plane of a level: row y, at x = 0, lies at cell + y * pitch. */
typedef struct {
  double *cell;
  int64_t pitch;
} plane;

static inline plane plane_of(const tile_3d *s, int t, int64_t z) {
  if (t == 0) return (plane){s->now->cell + z * s->now->plane, s->now->row};
  if (t == s->steps) return (plane){s->next->cell + z * s->next->plane, s->next->row};
  const int64_t planes = heat_ring_planes(s->steps);
  const int64_t place = (z - t - s->tile->lo[HEAT_Z] + 2 * planes) % planes;
  return (plane){s->ring + place * s->plane - t * s->pitch, s->pitch};
}

/* The same where z may lie one beyond the domain: its mirror image, or the row of zeros. */
static inline plane input_plane(const tile_3d *s, int t, int64_t z) {
  const int64_t lo = s->sides->domain.lo[HEAT_Z], hi = s->sides->domain.hi[HEAT_Z];
  if (lo <= z && z < hi) return plane_of(s, t, z);
  if (!s->sides->mirror) return (plane){(double *)s->zero, 0};
  return plane_of(s, t, z < lo ? lo : hi - 1);
}

/* A row where y may lie one beyond the domain. */
static inline const double *input_row(const tile_3d *s, const plane *p, int64_t y) {
  const int64_t lo = s->sides->domain.lo[HEAT_Y], hi = s->sides->domain.hi[HEAT_Y];
  if (lo <= y && y < hi) return p->cell + y * p->pitch;
  if (!s->sides->mirror) return s->zero;
  return p->cell + (y < lo ? lo : hi - 1) * p->pitch;
}

static inline void finish_rows(const tile_3d *s, int t, const heat_box *level,
                               const heat_rows *rows, int n) {
  if (t == s->steps) {
    heat_stream_rows(s->law, rows, n, level->lo[HEAT_X], level->hi[HEAT_X], 3);
  } else {
    heat_ring_rows(s->law, rows, n, level, s->sides, 3);
  }
}

static inline void finish_block(const tile_3d *s, int t, const heat_box *level,
                                const heat_block *block) {
  if (t == s->steps) {
    heat_stream_block(s->law, block, level->lo[HEAT_X], level->hi[HEAT_X]);
    return;
  }
  heat_block_vectors(s->law, block, heat_ring_first(level, s->sides), level->hi[HEAT_X], false);
  for (int p = 0; p < PLANES; p++) heat_ring_sides(block->out[p], ROWS, level, s->sides);
}

/* Planes z and, where `both`, z + 1 of level t. */
static inline void advance(const tile_3d *s, int t, const heat_box *level, int64_t z, bool both) {
  const plane below = input_plane(s, t - 1, z - 1);
  const plane above = input_plane(s, t - 1, z + (both ? 2 : 1));
  const plane mid[PLANES] = {plane_of(s, t - 1, z), both ? plane_of(s, t - 1, z + 1) : above};
  const plane out[PLANES] = {plane_of(s, t, z), both ? plane_of(s, t, z + 1) : above};
  for (int64_t y = level->lo[HEAT_Y]; y < level->hi[HEAT_Y]; y += ROWS) {
    const int n = (int)heat_least(ROWS, level->hi[HEAT_Y] - y);
    heat_block block = {.ahead = t == 1 ? PLANES * s->now->plane : 0};
    for (int p = 0; p < PLANES; p++) {
      for (int i = 0; i < n + 2; i++) block.mid[p][i] = input_row(s, &mid[p], y + i - 1);
      for (int i = 0; i < n; i++) block.out[p][i] = out[p].cell + (y + i) * out[p].pitch;
    }
    for (int i = 0; i < n; i++) {
      block.below[i] = below.cell + (y + i) * below.pitch;
      block.above[i] = above.cell + (y + i) * above.pitch;
    }
    if (both && n == ROWS) {
      finish_block(s, t, level, &block);
      continue;
    }
    for (int p = 0; p < (both ? PLANES : 1); p++) {
      const heat_rows rows = heat_block_plane(&block, n, p);
      finish_rows(s, t, level, &rows, n);
    }
  }
}

void SB_ISA_NAME(heat_tile_3d)(const heat_law *law, const heat_grid *now, const heat_grid *next,
                               const heat_box *tile, int steps, const heat_sides *sides,
                               double *scratch) {
  const int64_t width = tile->hi[HEAT_X] - tile->lo[HEAT_X];
  const int64_t height = tile->hi[HEAT_Y] - tile->lo[HEAT_Y];
  const int64_t pitch = heat_tile_pitch(width, steps);
  const int64_t origin = heat_tile_margin(steps) - (tile->lo[HEAT_X] & -HEAT_ALIGN);
  const tile_3d s = {.law = law,
                     .now = now,
                     .next = next,
                     .tile = tile,
                     .sides = sides,
                     .steps = steps,
                     .pitch = pitch,
                     .plane = (height + 2 * (int64_t)steps) * pitch,
                     .ring = scratch + pitch + origin + (steps - tile->lo[HEAT_Y]) * pitch,
                     .zero = scratch + origin};
  const int64_t start = heat_tile_level(tile, steps, 1, sides, 3).lo[HEAT_Z];
  memset(scratch, 0, (size_t)pitch * sizeof *scratch); /* the row of zeros */
  for (int64_t front = start; front - (steps - 1) < tile->hi[HEAT_Z]; front += PLANES) {
    for (int t = 1; t <= steps; t++) {
      const heat_box level = heat_tile_level(tile, steps, t, sides, 3);
      const int64_t lo = heat_most(front - (t - 1), level.lo[HEAT_Z]);
      const int64_t hi = heat_least(front - (t - 1) + PLANES, level.hi[HEAT_Z]);
      if (lo < hi) advance(&s, t, &level, lo, hi - lo == PLANES);
    }
  }
  sb_stream_end();
}
