/* decomp.h: who owns what.
 *
 * One rule splits n things over parts. Ranks use it to share a problem, then threads use it to
 * share a rank's box, so the two axes of parallelism cut every array the same way. In two and three
 * dimensions the rule is applied to each axis of a process grid.
 *
 * All functions here are local (no communication), and owners are computed, never searched: nothing
 * keeps an array as long as the number of ranks.
 */
#ifndef SCALEBAR_DECOMP_H
#define SCALEBAR_DECOMP_H

#include <stdbool.h>
#include <stdint.h>

/* Indices lo <= i < hi. Empty when lo == hi. */
typedef struct {
  int64_t lo, hi;
} sb_range;

static inline int64_t sb_count(sb_range r) { return r.hi - r.lo; }

/* The part of [0, n) that belongs to `part` of `parts`.
 *
 * Work is dealt in units of `align` indices (1 for single indices, 8 for a cache line of doubles, 2
 * for a generator block of pi); the last unit may be short. The first parts get one unit more when
 * units do not divide evenly, so no two parts differ by more than one unit. Parts beyond the number
 * of units are empty.
 *
 *   n      [in] >= 0      number of indices
 *   align  [in] >= 1      indices per unit; (n / align + 1) * align must fit in int64_t
 *   parts  [in] >= 1
 *   part   [in] 0 <= part < parts
 */
sb_range sb_split(int64_t n, int64_t align, int64_t parts, int64_t part);

/* The part that owns index i under sb_split(n, align, parts, .). Inverse of sb_split in O(1). */
int64_t sb_owner(int64_t n, int64_t align, int64_t parts, int64_t i);

/* A box of a grid of up to three axes, slowest first; an axis that is not used is [0, 1). */
enum { SB_AXES = 3 };
typedef struct {
  int64_t lo[SB_AXES], hi[SB_AXES];
} sb_box;

bool sb_box_empty(const sb_box *box);

/* Number of cells; 0 when empty. The caller sees to it that it fits in int64_t. */
int64_t sb_box_count(const sb_box *box);

/* Cells of both; some hi <= lo when they do not meet. */
sb_box sb_box_intersect(const sb_box *a, const sb_box *b);

/* The box with `by` cells more on both sides of every axis, not clipped. */
sb_box sb_box_grow(const sb_box *box, const int64_t by[SB_AXES]);

/* Cost of a process grid for an app: seconds, bytes, anything that compares. INFINITY refuses it.
 */
typedef double (*sb_grid_cost)(const int grid[SB_AXES], const void *context);

/* Chooses the process grid for `parts` ranks over `dims` axes: enumerates every ordered
 * factorisation of `parts` (unused leading axes are 1) and takes the cheapest, the first in
 * lexicographic order among equals. MPI_Dims_create is greedy (72 becomes 12 x 6) and ignores the
 * shape of the problem.
 *
 *   grid [out] product is `parts`; slowest axis first
 * Returns false when every grid was refused. */
bool sb_grid_choose(int parts, int dims, sb_grid_cost cost, const void *context, int grid[SB_AXES]);

/* Position of a rank in the grid, row-major, and its inverse. */
void sb_grid_position(const int grid[SB_AXES], int rank, int position[SB_AXES]);
int sb_grid_rank(const int grid[SB_AXES], const int position[SB_AXES]);

/* The box of the rank at `position` when n cells an axis are split over the grid. Empty for ranks
 * beyond the cells of an axis. */
sb_box sb_grid_box(const int64_t n[SB_AXES], const int64_t align[SB_AXES], const int grid[SB_AXES],
                   const int position[SB_AXES]);

/* Cells that a rank in the middle of the grid sends to its neighbours for a halo of depth 1: twice
 * the faces of the largest box across every axis that is cut. A ready sb_grid_cost; `context` is
 * the int64_t n[SB_AXES]. Refuses grids with more ranks than cells on an axis. */
double sb_halo_cost(const int grid[SB_AXES], const void *context);

#endif
