#include "dist.h"

#include <math.h>
#include <string.h>

/* The app's cost, for grids without empty boxes. */
typedef struct {
  const int64_t *n;
  sb_grid_cost cost;
  const void *context;
} priced;

static double price(const int grid[SB_AXES], const void *context) {
  const priced *p = context;
  for (int a = 0; a < SB_AXES; a++) {
    if (grid[a] > p->n[a]) return (double)INFINITY;
  }
  return p->cost(grid, p->context);
}

/* Surface between nodes whose ranks are a block of the grid. */
static double block_cost(const int block[SB_AXES], const void *context) {
  const sb_dist *dist = context;
  int nodes[SB_AXES];
  for (int a = 0; a < SB_AXES; a++) {
    if (dist->grid[a] % block[a] != 0) return (double)INFINITY;
    nodes[a] = dist->grid[a] / block[a];
  }
  return sb_halo_cost(nodes, dist->n);
}

/* No grid has more ranks than cells. */
static int most_ranks(const int64_t n[SB_AXES], int ranks) {
  int64_t cells = 1;
  for (int a = 0; a < SB_AXES; a++) {
    if (n[a] >= ranks || cells * n[a] >= ranks) return ranks;
    cells *= n[a];
  }
  return (int)cells;
}

sb_status sb_dist_create(const int64_t n[SB_AXES], int dims, const bool periodic[SB_AXES],
                         int ranks, int node_size, sb_grid_cost cost, const void *context,
                         sb_dist *out) {
  sb_dist dist = {.block = {1, 1, 1}};
  memcpy(dist.n, n, sizeof dist.n);
  memcpy(dist.periodic, periodic, sizeof dist.periodic);
  const priced how = {.n = n, .cost = cost, .context = context};
  int used = most_ranks(n, ranks);
  while (used > 0 && !sb_grid_choose(used, dims, price, &how, dist.grid)) used--;
  if (used == 0) return sb_fail(SB_BAD_INPUT, "this grid cannot be given to any number of ranks");
  /* A refused block leaves {1,1,1}: row-major. */
  if (node_size > 0) (void)sb_grid_choose(node_size, dims, block_cost, &dist, dist.block);
  *out = dist;
  return SB_OK;
}

int sb_dist_ranks(const sb_dist *dist) { return dist->grid[0] * dist->grid[1] * dist->grid[2]; }

static int block_size(const sb_dist *dist) {
  return dist->block[0] * dist->block[1] * dist->block[2];
}

static void node_grid(const sb_dist *dist, int nodes[SB_AXES]) {
  for (int a = 0; a < SB_AXES; a++) nodes[a] = dist->grid[a] / dist->block[a];
}

void sb_dist_position(const sb_dist *dist, int rank, int position[SB_AXES]) {
  int nodes[SB_AXES], node[SB_AXES], within[SB_AXES];
  node_grid(dist, nodes);
  sb_grid_position(nodes, rank / block_size(dist), node);
  sb_grid_position(dist->block, rank % block_size(dist), within);
  for (int a = 0; a < SB_AXES; a++) position[a] = node[a] * dist->block[a] + within[a];
}

int sb_dist_rank(const sb_dist *dist, const int position[SB_AXES]) {
  int nodes[SB_AXES], node[SB_AXES], within[SB_AXES];
  node_grid(dist, nodes);
  for (int a = 0; a < SB_AXES; a++) {
    node[a] = position[a] / dist->block[a];
    within[a] = position[a] % dist->block[a];
  }
  return sb_grid_rank(nodes, node) * block_size(dist) + sb_grid_rank(dist->block, within);
}

sb_box sb_dist_box(const sb_dist *dist, int rank) {
  static const int64_t align[SB_AXES] = {1, 1, 1};
  if (rank >= sb_dist_ranks(dist)) return (sb_box){.lo = {0, 0, 0}, .hi = {0, 0, 0}};
  int position[SB_AXES];
  sb_dist_position(dist, rank, position);
  return sb_grid_box(dist->n, align, dist->grid, position);
}

void sb_dist_owners(const sb_dist *dist, const sb_box *box, int lo[SB_AXES], int hi[SB_AXES]) {
  for (int a = 0; a < SB_AXES; a++) {
    lo[a] = (int)sb_owner(dist->n[a], 1, dist->grid[a], box->lo[a]);
    hi[a] = (int)sb_owner(dist->n[a], 1, dist->grid[a], box->hi[a] - 1) + 1;
  }
}
