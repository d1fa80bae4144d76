#include "heat_kernel.h"

heat_law heat_law_make(int dims, double r) {
  return (heat_law){.dims = dims, .c = 1.0 - 2.0 * dims * r, .r = r};
}

static void step_row_2d(const heat_law *law, const double *row, int64_t to_row, double *out,
                        int64_t lo, int64_t hi) {
  const double c = law->c, r = law->r;
  const double *south = row - to_row, *north = row + to_row;
#pragma omp simd
  for (int64_t x = lo; x < hi; x++) {
    out[x] = c * row[x] + r * ((row[x - 1] + row[x + 1]) + (south[x] + north[x]));
  }
}

static void step_row_3d(const heat_law *law, const double *row, int64_t to_row, int64_t to_plane,
                        double *out, int64_t lo, int64_t hi) {
  const double c = law->c, r = law->r;
  const double *south = row - to_row, *north = row + to_row;
  const double *below = row - to_plane, *above = row + to_plane;
#pragma omp simd
  for (int64_t x = lo; x < hi; x++) {
    out[x] = c * row[x] +
             r * (((row[x - 1] + row[x + 1]) + (south[x] + north[x])) + (below[x] + above[x]));
  }
}

void heat_step_plain(const heat_law *law, const heat_grid *now, const heat_grid *next,
                     const heat_box *box) {
  const int64_t lo = box->lo[HEAT_X], hi = box->hi[HEAT_X];
  for (int64_t z = box->lo[HEAT_Z]; z < box->hi[HEAT_Z]; z++) {
    for (int64_t y = box->lo[HEAT_Y]; y < box->hi[HEAT_Y]; y++) {
      const double *row = now->cell + z * now->plane + y * now->row;
      double *out = next->cell + z * next->plane + y * next->row;
      if (law->dims == 2) {
        step_row_2d(law, row, now->row, out, lo, hi);
      } else {
        step_row_3d(law, row, now->row, now->plane, out, lo, hi);
      }
    }
  }
}

/* One layer of cells beyond a side: `from` is the layer inside it, `to` the one outside. */
static void set_side(const heat_grid *grid, heat_box layer, int axis, int64_t from, int64_t to,
                     bool mirror) {
  const int64_t stride[HEAT_AXES] = {grid->plane, grid->row, 1};
  const int64_t step = (from - to) * stride[axis];
  layer.lo[axis] = to;
  layer.hi[axis] = to + 1;
  for (int64_t z = layer.lo[HEAT_Z]; z < layer.hi[HEAT_Z]; z++) {
    for (int64_t y = layer.lo[HEAT_Y]; y < layer.hi[HEAT_Y]; y++) {
      double *cell = grid->cell + z * grid->plane + y * grid->row;
      for (int64_t x = layer.lo[HEAT_X]; x < layer.hi[HEAT_X]; x++) {
        cell[x] = mirror ? cell[x + step] : 0.0;
      }
    }
  }
}

void heat_set_sides(const heat_grid *grid, const heat_box *box, const heat_law *law,
                    const heat_sides *sides) {
  const heat_box *domain = &sides->domain;
  for (int axis = 0; axis < HEAT_AXES; axis++) {
    if (box->lo[axis] >= box->hi[axis]) return; /* a thread without a share */
  }
  for (int axis = HEAT_AXES - law->dims; axis < HEAT_AXES; axis++) {
    if (box->lo[axis] == domain->lo[axis]) {
      set_side(grid, *box, axis, box->lo[axis], box->lo[axis] - 1, sides->mirror);
    }
    if (box->hi[axis] == domain->hi[axis]) {
      set_side(grid, *box, axis, box->hi[axis] - 1, box->hi[axis], sides->mirror);
    }
  }
}

static int64_t aligned(int64_t cells) { return (cells + HEAT_ALIGN - 1) / HEAT_ALIGN * HEAT_ALIGN; }

/* Levels grow by `steps`, their first column moves down to a multiple of a vector, and vectors look
 * one vector further. */
int64_t heat_tile_margin(int steps) { return aligned(steps) + 2 * (int64_t)HEAT_ALIGN; }

/* Not a multiple of 4 KiB, where all rows would share a few sets of the first-level cache. */
int64_t heat_tile_pitch(int64_t nx, int steps) {
  const int64_t pitch = aligned(nx + HEAT_ALIGN) + 2 * heat_tile_margin(steps);
  return pitch % 512 == 0 ? pitch + HEAT_ALIGN : pitch;
}

int64_t heat_tile_scratch(int dims, int64_t ny, int64_t nx, int steps) {
  const int64_t rows = dims == 2 ? HEAT_RING_ROWS * ((int64_t)steps - 1)
                                 : heat_ring_planes(steps) * (ny + 2 * (int64_t)steps);
  return heat_tile_pitch(nx, steps) * (1 + rows) + HEAT_ALIGN;
}

sb_status heat_kernels_choose(const char *name, heat_kernels *kernels) {
  static void (*const streaming[SB_ISA_LEVELS])(const heat_law *, const heat_grid *,
                                                const heat_grid *, const heat_box *) =
      SB_ISA_TABLE(heat_step_streaming);
  typedef void (*tile)(const heat_law *, const heat_grid *, const heat_grid *, const heat_box *,
                       int, const heat_sides *, double *);
  static const tile tile_2d[SB_ISA_LEVELS] = SB_ISA_TABLE(heat_tile_2d);
  static const tile tile_3d[SB_ISA_LEVELS] = SB_ISA_TABLE(heat_tile_3d);
  sb_status status = SB_OK;
  sb_isa isa = SB_ISA_BASELINE;
  SB_TRY(sb_isa_choose("simd", name, &isa));
  *kernels = (heat_kernels){
      .name = sb_isa_name(isa), .streaming = streaming[isa], .tile = {tile_2d[isa], tile_3d[isa]}};
cleanup:
  return status;
}
