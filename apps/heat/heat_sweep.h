/* heat_sweep.h: a kernel over a box of cells, by all threads of a rank. Local.
 *
 * The functions that advance are called by every thread of a team, or outside of any; they end with
 * a barrier of the team, so what they wrote may be read by all. */
#ifndef SCALEBAR_HEAT_SWEEP_H
#define SCALEBAR_HEAT_SWEEP_H

#include "heat_kernel.h"

typedef enum { HEAT_PLAIN, HEAT_STREAMING, HEAT_BLOCKED } heat_kernel_kind;

typedef struct {
  heat_kernel_kind kind;
  heat_law law;
  heat_sides sides;
  heat_kernels vector;
  int most_steps; /* HEAT_BLOCKED: steps that a tile advances at once */
  int threads;
  double **scratch; /* [threads] */
} heat_sweep;

/* The law's flops for one cell. */
double heat_flops(int dims);

/* Bytes moved between memory and processor for a cell in one pass over it. */
double heat_bytes_per_cell(heat_kernel_kind kernel);

/* Steps that tiles advance at once where nothing else is said. Cache sizes that the operating
 * system reports are not asked, since virtual machines make them up. */
int heat_sweep_best_steps(int dims);

/* Allocates scratch. `sweep` has kind, law, sides, vector, threads, and
 * most_steps >= 1. On failure there is nothing to destroy. */
sb_status heat_sweep_create(heat_sweep *sweep);
void heat_sweep_destroy(heat_sweep *sweep);

/* Bytes that heat_sweep_create allocates. */
int64_t heat_sweep_bytes(heat_kernel_kind kind, int dims, int steps, int threads);

/* Tiles into which HEAT_BLOCKED cuts a box of n cells an axis, at least: so many threads have work.
 */
int64_t heat_sweep_pieces(int dims, const int64_t n[HEAT_AXES], int steps, int threads);

/* This thread's share of a box: rows in 2-D; in 3-D planes, or rows where planes are fewer than
 * threads. */
heat_box heat_sweep_share(const heat_box *box, int dims);

/* Sets the cells beyond the sides of the domain that `box` touches: see heat_set_sides. */
void heat_sweep_sides(const heat_sweep *sweep, const heat_grid *grid, const heat_box *box);

/* One step of `box` by the kernels plain and streaming: see heat_step_plain. Sets the cells beyond
 * mirroring sides of `now` itself; zeros beyond the others must be there. */
void heat_sweep_step(const heat_sweep *sweep, const heat_grid *now, const heat_grid *next,
                     const heat_box *box);

/* Which tiles of a box: those that need no cells outside of the box itself, the others, or all. */
typedef enum { HEAT_TILES_INNER, HEAT_TILES_OUTER, HEAT_TILES_ALL } heat_tiles;

/* `steps` <= most_steps steps of `box` in tiles: see heat_tile_2d, also for what must be set beyond
 * the sides. Boxes with neighbours are cut into tiles so that about half or more of them are inner
 * ones, where the box is large enough. The main thread calls between(context) after each tile of
 * its own, unless that is NULL. */
void heat_sweep_tiles(const heat_sweep *sweep, const heat_grid *now, const heat_grid *next,
                      const heat_box *box, int steps, heat_tiles which, void (*between)(void *),
                      void *context);

#endif
