#include "fft_plan.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "fft.h"

/* Nominal costs of a rank, of which only the ratios matter, and those little. */
static const double FLOP = 1.0 / 8e9;  /* s */
static const double BYTE = 1.0 / 5e9;  /* s, handed over */
static const double PASS = 1.0 / 10e9; /* s a byte, through memory once more */
static const double MESSAGE = 20e-6;   /* s a partner: start, and its share of short messages */

enum { CELL = 16 /* bytes */, LINE = 8 /* doubles of a cache line */ };

int64_t fft_row(const fft_config *c) { return c->transform == FFT_R2C ? c->nx / 2 + 1 : c->nx; }

double fft_points(const fft_config *c) { return (double)c->nx * (double)c->ny * (double)c->nz; }

double fft_flop(const fft_config *c) {
  const double flop = 5.0 * fft_points(c) * log2(fft_points(c));
  return c->transform == FFT_R2C ? 0.5 * flop : flop;
}

static double up(int64_t n, int parts) { return ceil((double)n / parts); }

/* Seconds of the rank with the largest boxes. */
static double grid_cost(const int grid[SB_AXES], const void *context) {
  const fft_config *c = context;
  const int pz = grid[FFT_Z], py = grid[FFT_Y];
  const int64_t row = fft_row(c);
  if (grid[FFT_X] != 1 || pz > c->nz || pz > c->ny || py > c->ny || py > row)
    return (double)INFINITY;
  if (c->decomposition == FFT_SLAB && pz > 1 && py > 1) return (double)INFINITY;
  /* Pencils of a prime number of ranks are slabs: dear, but better than none. */
  const double refused =
      c->decomposition == FFT_PENCIL && c->nz > 1 && (pz == 1 || py == 1) ? 1e6 : 0.0;
  const double x = up(c->nz, pz) * up(c->ny, py) * (double)row;
  const double y = up(c->nz, pz) * (double)c->ny * up(row, py);
  const double z = (double)c->nz * up(c->ny, pz) * up(row, py);
  const double work =
      5.0 * (x * log2((double)c->nx) + y * log2((double)c->ny) + z * log2((double)c->nz));
  const double back = c->layout == FFT_NATURAL && pz * py > 1 ? x * (1.0 - 1.0 / pz / py) : 0.0;
  const double moved = y * (1.0 - 1.0 / py) + z * (1.0 - 1.0 / pz) + back;
  const double passes = py > 1 ? y : 0.0;
  return refused + work * FLOP + CELL * (moved * BYTE + 2.0 * passes * PASS) +
         (py + pz - 2) * MESSAGE;
}

/* The same ranks with an axis whole and another cut. */
static sb_dist swapped(const sb_dist *dist, int whole, int cut) {
  sb_dist other = *dist;
  other.grid[cut] = dist->grid[whole];
  other.grid[whole] = 1;
  other.block[cut] = dist->block[whole];
  other.block[whole] = 1;
  return other;
}

bool fft_layout_swaps(const fft_layout *layout, fft_swap swap) { return layout->plan[swap] >= 0; }

static int64_t largest(const sb_dist *dist) {
  const sb_box box = sb_dist_box(dist, sb_dist_rank(dist, (int[SB_AXES]){0, 0, 0}));
  const int64_t doubles = 2 * sb_box_count(&box);
  return (doubles + LINE - 1) / LINE * LINE;
}

static void add_swap(fft_layout *l, fft_swap swap, int from, int to, int planes, int buffers) {
  l->plan[swap] = l->plans;
  l->shape[l->plans++] = (sb_transpose_shape){.from = &l->dist[from],
                                              .to = &l->dist[to],
                                              .words = 2,
                                              .planes = planes,
                                              .source = l->at[l->array[from]],
                                              .buffers = buffers};
}

/* A swap begins while what came by the one before is read, so neighbours take turns with the two
 * sets of buffers. */
static void add_swaps(const fft_config *c, fft_layout *l) {
  const bool x_to_y = l->array[FFT_IN_Y] != l->array[FFT_IN_X];
  const bool y_to_z = l->array[FFT_IN_Z] != l->array[FFT_IN_Y];
  const bool natural = c->layout == FFT_NATURAL && (x_to_y || y_to_z);
  for (int s = 0; s < FFT_SWAPS; s++) l->plan[s] = -1;
  if (x_to_y) add_swap(l, FFT_X_TO_Y, FFT_IN_X, FFT_IN_Y, FFT_Z, 0);
  if (y_to_z) add_swap(l, FFT_Y_TO_Z, FFT_IN_Y, FFT_IN_Z, FFT_Z, 1);
  if (natural) add_swap(l, FFT_TO_NATURAL, FFT_IN_Z, FFT_IN_X, FFT_Y, 0);
  if (natural) add_swap(l, FFT_FROM_NATURAL, FFT_IN_X, FFT_IN_Z, FFT_Z, 0);
  if (y_to_z) add_swap(l, FFT_Z_TO_Y, FFT_IN_Z, FFT_IN_Y, FFT_Y, 1);
  if (x_to_y) add_swap(l, FFT_Y_TO_X, FFT_IN_Y, FFT_IN_X, FFT_Z, 0);
}

sb_status fft_layout_make(const fft_config *c, int ranks, fft_layout *l) {
  const int64_t n[SB_AXES] = {c->nz, c->ny, fft_row(c)};
  static const bool periodic[SB_AXES] = {false, false, false};
  sb_status status = SB_OK;
  memset(l, 0, sizeof *l);
  SB_TRY(
      sb_dist_create(n, SB_AXES, periodic, ranks, c->node_size, grid_cost, c, &l->dist[FFT_IN_X]));
  const int *grid = l->dist[FFT_IN_X].grid;
  l->dist[FFT_IN_Y] = swapped(&l->dist[FFT_IN_X], FFT_Y, FFT_X);
  l->dist[FFT_IN_Z] = swapped(&l->dist[FFT_IN_Y], FFT_Z, FFT_Y);
  l->array[FFT_IN_Y] = grid[FFT_Y] > 1 ? FFT_IN_Y : FFT_IN_X;
  l->array[FFT_IN_Z] = grid[FFT_Z] > 1 ? FFT_IN_Z : l->array[FFT_IN_Y];
  for (int a = 0; a < FFT_ARRAYS; a++) {
    if (l->array[a] != a) continue;
    l->at[a] = l->doubles;
    l->doubles += largest(&l->dist[a]);
  }
  add_swaps(c, l);
cleanup:
  return status;
}

bool fft_takes_planes(const fft_layout *l, const sb_box *box, int threads) {
  return !fft_layout_swaps(l, FFT_X_TO_Y) && box->hi[FFT_Z] - box->lo[FFT_Z] >= threads;
}

/* Blocks of columns that a step deals to threads. Those along z cross rows (fft_lines.c). */
static int64_t blocks_of(const sb_box *box, int along, int64_t columns_a_block) {
  int64_t columns = box->hi[FFT_X] - box->lo[FFT_X],
          planes = box->hi[1 - along] - box->lo[1 - along];
  if (along == FFT_Z) {
    columns *= planes;
    planes = 1;
  }
  return planes * ((columns + columns_a_block - 1) / columns_a_block);
}

/* Threads that have no columns in some step. */
static int idle_threads(const fft_layout *l, int threads, int64_t columns_a_block) {
  int idle = 0;
  for (int rank = 0; rank < sb_dist_ranks(&l->dist[FFT_IN_X]); rank++) {
    int64_t least = INT64_MAX;
    for (int a = FFT_IN_Y; a < FFT_ARRAYS; a++) {
      const sb_box box = sb_dist_box(&l->dist[a], rank);
      const int along = a == FFT_IN_Y ? FFT_Y : FFT_Z;
      if (l->dist[a].n[along] == 1) continue;
      const int64_t blocks = blocks_of(&box, along, columns_a_block);
      if (blocks < least) least = blocks;
    }
    if (least < threads) idle += threads - (int)least;
  }
  return idle;
}

static void describe(const fft_config *c, const fft_layout *l, double bytes, char *text,
                     size_t size) {
  const int *grid = l->dist[FFT_IN_X].grid;
  const int ranks = grid[FFT_Z] * grid[FFT_Y];
  snprintf(text, size,
           "%" PRId64 " x %" PRId64 " x %" PRId64
           " (x, y, z) in %s of %d x %d ranks (z, y), %s; "
           "%.4g MB a rank received",
           c->nx, c->ny, c->nz, grid[FFT_Z] > 1 && grid[FFT_Y] > 1 ? "pencils" : "slabs",
           grid[FFT_Z], grid[FFT_Y], c->layout == FFT_NATURAL ? "natural" : "transposed",
           1e-6 * bytes / ranks);
}

/* Of a forward transform. */
static double bytes_received(const fft_layout *l) {
  double bytes = 0.0;
  for (int s = FFT_X_TO_Y; s <= FFT_TO_NATURAL; s++) {
    if (l->plan[s] < 0) continue;
    const sb_transpose_shape *shape = &l->shape[l->plan[s]];
    bytes += (double)sb_transpose_bytes(shape->from, shape->to, shape->words);
  }
  return bytes;
}

/* What planning holds for a while, or each thread while sums over the input are made. */
static double passing_bytes(const fft_config *c, const fft_layout *l, int threads, int rank) {
  const sb_box box = sb_dist_box(&l->dist[FFT_IN_X], rank);
  if (sb_box_empty(&box)) return 0.0;
  const int64_t rows = sb_box_count(&box) / fft_row(c);
  return fmax((double)fft_scratch_bytes(c, fft_takes_planes(l, &box, threads), rows),
              CELL * (double)c->nx * (double)(rows < threads ? rows : threads));
}

void fft_plan(const void *config, int ranks, int threads, int rank, sb_plan *plan) {
  const fft_config *c = config;
  fft_layout l;
  *plan = (sb_plan){.units = 0.0};
  if (fft_layout_make(c, ranks, &l) != SB_OK) return; /* fft_check_sized refuses it */
  const sb_box box = sb_dist_box(&l.dist[FFT_IN_Z], rank);
  const double row = (double)fft_row(c), cells = row * (double)c->ny * (double)c->nz;
  const double held = (double)sb_box_count(&box);
  plan->units = plan->flop = fft_flop(c);
  plan->units_rank = plan->units * held / cells;
  plan->bytes = 2.0 * 2.0 * CELL * cells;
  plan->comm_bytes = bytes_received(&l);
  plan->memory_rank = (double)sizeof(fft_state) + 8.0 * (double)l.doubles + CELL * held +
                      (double)sb_transpose_memory(l.shape, l.plans, rank) +
                      (double)fft_lines_bytes(c, threads) + passing_bytes(c, &l, threads, rank) +
                      2.0 * CELL * ((double)c->nx + (double)c->ny + (double)c->nz);
  if (c->fields) {
    const sb_box input = sb_dist_box(&l.dist[FFT_IN_X], rank);
    plan->memory_rank += CELL * (double)sb_box_count(&input);
  }
  plan->idle_ranks = ranks - sb_dist_ranks(&l.dist[FFT_IN_X]);
  plan->idle_threads = idle_threads(&l, threads, FFT_COLUMNS) + plan->idle_ranks * threads;
  describe(c, &l, plan->comm_bytes, plan->decomposition, sizeof plan->decomposition);
}
