/* dist.h: which rank has which box of a grid of cells.
 *
 * A distribution is a process grid with the one range rule (sb_split) on each axis, and a numbering
 * of its positions. Everything is arithmetic: all functions are local, and nothing is as long as
 * the number of ranks.
 *
 * Ranks of one node form a compact block of the grid, so that less of a halo crosses the network
 * than with rows of ranks (Gropp, Using Node and Socket Information to Implement MPI Cartesian
 * Topologies, Parallel Computing 85, 2019).
 */
#ifndef SCALEBAR_DIST_H
#define SCALEBAR_DIST_H

#include "decomp.h"
#include "status.h"

typedef struct {
  int64_t n[SB_AXES]; /* cells of the whole grid an axis, slowest first; 1 where unused */
  bool periodic[SB_AXES];
  int grid[SB_AXES];  /* ranks an axis; the product is the number of ranks that have cells */
  int block[SB_AXES]; /* shape of a node's ranks in the grid; divides it. {1,1,1}: row-major */
} sb_dist;

/* Chooses the process grid by sb_grid_choose(cost), and the block of a node as the factorisation of
 * node_size that divides the grid and has the least surface between nodes (row-major where none
 * divides). Where every grid of `ranks` is refused, takes the largest smaller number of ranks that
 * has one; the ranks beyond are idle. Grids with more ranks than cells on an axis are always
 * refused.
 *
 *   n          [in] >= 1    cells an axis, slowest first; 1 on the first SB_AXES - dims axes
 *   dims       [in] 1..3
 *   periodic   [in]         axes whose two ends are neighbours
 *   ranks      [in] >= 1
 *   node_size  [in] >= 0    ranks a node, consecutive on it (sb_comm_uniform_node_size); 0: uneven
 *   cost, context           see decomp.h; sb_halo_cost will do, with `n` as its context
 * SB_BAD_INPUT when even one rank is refused. */
sb_status sb_dist_create(const int64_t n[SB_AXES], int dims, const bool periodic[SB_AXES],
                         int ranks, int node_size, sb_grid_cost cost, const void *context,
                         sb_dist *out);

/* Ranks that have cells: 0 .. sb_dist_ranks - 1. Those beyond are idle. */
int sb_dist_ranks(const sb_dist *dist);

/* Position in the process grid of a rank that is not idle, and its inverse. */
void sb_dist_position(const sb_dist *dist, int rank, int position[SB_AXES]);
int sb_dist_rank(const sb_dist *dist, const int position[SB_AXES]);

/* The cells of a rank; empty where it is idle. */
sb_box sb_dist_box(const sb_dist *dist, int rank);

/* Positions lo <= p < hi on each axis whose boxes together hold `box` (inside the grid of cells,
 * not empty). */
void sb_dist_owners(const sb_dist *dist, const sb_box *box, int lo[SB_AXES], int hi[SB_AXES]);

#endif
