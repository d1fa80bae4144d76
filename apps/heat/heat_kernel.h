/* heat_kernel.h: explicit steps of the heat equation on a local array. Local, no ranks, no I/O.
 *
 * Forward Euler in time, centred in space (FTCS), with diffusion number r = alpha dt / dx^2:
 *
 *   2-D   new = c u + r ((w + e) + (s + n))              c = 1 - 4 r, stable for r <= 1/4
 *   3-D   new = c u + r (((w + e) + (s + n)) + (b + t))  c = 1 - 6 r, stable for r <= 1/6
 *
 * with the neighbours at x - 1 (w), x + 1 (e), y - 1 (s), y + 1 (n), z - 1 (b), z + 1 (t). Every
 * cell uses this one expression in this one order, without fused operations, so results are the
 * same bits for any kernel, tiling, number of threads and ranks, and instruction set.
 */
#ifndef SCALEBAR_HEAT_KERNEL_H
#define SCALEBAR_HEAT_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "isa.h"

/* Axes of a box, slowest first. In 2-D the z axis is [0, 1). */
enum { HEAT_Z, HEAT_Y, HEAT_X, HEAT_AXES };

/* Cells lo <= i < hi an axis, relative to a rank's own first cell. */
typedef struct {
  int64_t lo[HEAT_AXES], hi[HEAT_AXES];
} heat_box;

/* A local array, x fastest: cell (z, y, x) lies at cell[z * plane + y * row + x]. Unit: kelvin.
 * cell[0], `row` and `plane` are multiples of HEAT_ALIGN doubles (64 bytes); vector loads touch up
 * to 2 * HEAT_ALIGN cells before and behind the cells of a row that they are for. */
typedef struct {
  double *cell;
  int64_t row, plane;
} heat_grid;

enum { HEAT_ALIGN = 8 };

enum { HEAT_MOST_STEPS = 64 }; /* of a tile, and so the deepest halo */

typedef struct {
  int dims; /* 2, 3 */
  double c, r;
} heat_law;

heat_law heat_law_make(int dims, double r);

/* The whole problem, in the coordinates of a heat_box, and what lies beyond it: zeros, or with
 * `mirror` (insulated sides) each side's own cells once more. An axis without sides, a periodic
 * one, has a domain that no box reaches the end of. */
typedef struct {
  heat_box domain;
  bool mirror;
} heat_sides;

/* Sets the cells beyond the sides of the domain that `box` touches, one layer deep and without
 * edges and corners: what the next step of `box` reads there. */
void heat_set_sides(const heat_grid *grid, const heat_box *box, const heat_law *law,
                    const heat_sides *sides);

/* One step of the cells of `box`, the textbook sweep.
 *   now  [in]  `box` and one cell more on every side of it
 *   next [out] `box`; nothing else is written. Not the same array as `now` */
void heat_step_plain(const heat_law *law, const heat_grid *now, const heat_grid *next,
                     const heat_box *box);

/* The same, vectorised: writes past the caches, and walks in strips whose neighbouring rows
 * (planes) stay in the caches. Call heat_kernels.finish before another thread reads. */
SB_ISA_DECLARE(void, heat_step_streaming,
               (const heat_law *law, const heat_grid *now, const heat_grid *next,
                const heat_box *box));

/* `steps` steps of the cells of a tile while they stay in the caches (temporal blocking by
 * overlapped tiles: Holewinski, Pouchet and Sadayappan, ICS 2012). Tiles of one array depend on
 * `now` alone: they may run in any order and at the same time.
 *
 *   now     [in]  `tile` and `steps` cells more on every side of it, as far as the domain goes; and
 *                 one cell beyond sides along x, set by heat_set_sides
 *   next    [out] `tile`; nothing else is written
 *   scratch       heat_tile_scratch doubles, aligned to 64 bytes, of this thread alone. Set it to
 *                 zero once: vectors compute on a few cells of it before anything is there */
SB_ISA_DECLARE(void, heat_tile_2d,
               (const heat_law *law, const heat_grid *now, const heat_grid *next,
                const heat_box *tile, int steps, const heat_sides *sides, double *scratch));
SB_ISA_DECLARE(void, heat_tile_3d,
               (const heat_law *law, const heat_grid *now, const heat_grid *next,
                const heat_box *tile, int steps, const heat_sides *sides, double *scratch));

/* Doubles of scratch for tiles of at most ny x nx cells (ny is not used in 2-D). */
int64_t heat_tile_scratch(int dims, int64_t ny, int64_t nx, int steps);

/* In scratch: columns on either side of a tile's own, and doubles from a row to the next for tiles
 * of at most nx cells along x. */
int64_t heat_tile_margin(int steps);
int64_t heat_tile_pitch(int64_t nx, int steps);

/* Rows of the ring of each time level between first and last in 2-D; planes of the one ring of all
 * of them in 3-D. */
enum { HEAT_RING_ROWS = 8 };
static inline int64_t heat_ring_planes(int steps) { return 2 * (int64_t)steps; }

/* The vectorised kernels of one instruction set. */
typedef struct {
  const char *name; /* "avx512" */
  void (*streaming)(const heat_law *, const heat_grid *, const heat_grid *, const heat_box *);
  void (*tile[2])(const heat_law *, const heat_grid *, const heat_grid *, const heat_box *, int,
                  const heat_sides *, double *); /* 2-D, 3-D */
} heat_kernels;

/* Those of an instruction set as sb_isa_choose takes it ("auto", "avx2"). */
sb_status heat_kernels_choose(const char *name, heat_kernels *kernels);

#endif
