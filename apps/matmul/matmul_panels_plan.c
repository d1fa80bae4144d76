#include "matmul_panels_plan.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"

static int64_t lines(int64_t doubles) { return (doubles + LINE - 1) / LINE * LINE; }

bool matmul_layered(const matmul_layout *layout) { return layout->dist.grid[MATMUL_K] > 1; }

places matmul_places_of(const matmul_layout *layout, const matmul_share *s) {
  const int64_t rows = sb_count(s->rows), columns = sb_count(s->columns);
  places p = {.a = (int64_t)(sizeof(flags) / sizeof(double))};
  p.b = p.a + lines(rows * sb_count(s->a_part));
  p.block = p.b + lines(sb_count(s->b_part) * columns);
  p.doubles = p.block + (matmul_layered(layout) ? lines(rows * columns) : 0);
  return p;
}

static int64_t widest(const matmul_layout *layout, const matmul_share *s) {
  const int64_t layer = sb_count(s->layer);
  return layer < layout->panel ? layer : layout->panel;
}

static int64_t slot_doubles(const matmul_layout *layout, const matmul_share *s) {
  return lines(widest(layout, s) * sb_count(s->rows)) +
         lines(widest(layout, s) * sb_count(s->columns));
}

static int64_t sums_doubles(const matmul_layout *layout, const matmul_share *s) {
  return (layout->dist.grid[MATMUL_K] - 1) * sb_count(s->c_part) * sb_count(s->columns);
}

int64_t matmul_panels_memory(const matmul_layout *layout, int rank) {
  const matmul_share s = matmul_share_of(layout, rank);
  const int64_t most = matmul_panels_most(layout, s.layer);
  const int *grid = layout->dist.grid;
  int64_t doubles = matmul_places_of(layout, &s).doubles;
  if (!matmul_layered(layout)) doubles += sb_count(s.rows) * sb_count(s.columns);
  if (matmul_layered(layout)) doubles += sb_count(s.c_part) * sb_count(s.columns);
  if (sb_dist_ranks(&layout->dist) > 1)
    doubles += DEPTH * slot_doubles(layout, &s) + sums_doubles(layout, &s);
  /* Requests of the MPI library are some 200 bytes each. */
  const int64_t messages = 2 * (2 * most + grid[MATMUL_M] + grid[MATMUL_N] + grid[MATMUL_K]);
  return 8 * doubles + most * (int64_t)(sizeof(sb_range) + sizeof(step_info)) +
         messages * (int64_t)(sizeof(outgoing) + 256);
}

int matmul_rank_at(const matmul_panels *p, int axis, int there) {
  int position[SB_AXES];
  memcpy(position, p->share.position, sizeof position);
  position[axis] = there;
  return sb_dist_rank(&p->layout->dist, position);
}

double *matmul_reach(const matmul_panels *p, int rank) {
  if (rank == sb_comm_rank(p->comm)) return p->memory;
  const int node_rank = p->shared != NULL ? sb_comm_node_rank_of(p->comm, rank) : -1;
  return node_rank < 0 ? NULL : sb_shared_segment(p->shared, node_rank);
}

static int part_of(sb_range layer, int parts, int64_t k) {
  return (int)sb_owner(sb_count(layer), 1, parts, k - layer.lo);
}

/* Panel of A at (rows, panel) in the memory of the rank that owns it; of B likewise. */
static const double *panel_a(const matmul_panels *p, const double *memory, int rank,
                             sb_range panel) {
  const matmul_share s = matmul_share_of(p->layout, rank);
  return memory + matmul_places_of(p->layout, &s).a + sb_count(s.rows) * (panel.lo - s.a_part.lo);
}

static const double *panel_b(const matmul_panels *p, const double *memory, int rank,
                             sb_range panel) {
  const matmul_share s = matmul_share_of(p->layout, rank);
  return memory + matmul_places_of(p->layout, &s).b +
         sb_count(s.columns) * (panel.lo - s.b_part.lo);
}

static void add_traffic(matmul_panels *p, sb_traffic traffic) {
  p->traffic[p->traffics++] = traffic;
}

/* Step t works on panel (first + t) modulo their number. */
static void plan_step(matmul_panels *p, int64_t t, sb_range panel) {
  const int *grid = p->layout->dist.grid;
  const matmul_share *s = &p->share;
  const int64_t width = sb_count(panel), rows = sb_count(s->rows), columns = sb_count(s->columns);
  const int a_rank = matmul_rank_at(p, MATMUL_N, part_of(s->layer, grid[MATMUL_N], panel.lo));
  const int b_rank = matmul_rank_at(p, MATMUL_M, part_of(s->layer, grid[MATMUL_M], panel.lo));
  const double *a = matmul_reach(p, a_rank), *b = matmul_reach(p, b_rank);
  double *slot = p->slots + t % DEPTH * slot_doubles(p->layout, s);
  step_info *step = &p->step[t];
  *step = (step_info){.pair = {.width = width}, .receive = {-1, -1}};
  if (a != NULL) {
    step->pair.a = panel_a(p, a, a_rank, panel);
    if (a_rank != sb_comm_rank(p->comm)) step->read_bytes += 8 * width * rows;
  } else {
    step->pair.a = slot;
    step->receive[0] = p->traffics;
    add_traffic(p,
                (sb_traffic){.rank = a_rank, .receive = slot, .receive_bytes = 8 * width * rows});
  }
  if (b != NULL) {
    step->pair.b = panel_b(p, b, b_rank, panel);
    if (b_rank != sb_comm_rank(p->comm)) step->read_bytes += 8 * width * columns;
  } else {
    slot += lines(widest(p->layout, s) * rows);
    step->pair.b = slot;
    step->receive[1] = p->traffics;
    add_traffic(
        p, (sb_traffic){.rank = b_rank, .receive = slot, .receive_bytes = 8 * width * columns});
  }
}

static int by_need(const void *left, const void *right) {
  const outgoing *a = left, *b = right;
  if (a->needed != b->needed) return a->needed < b->needed ? -1 : 1;
  return (a->traffic.rank > b->traffic.rank) - (a->traffic.rank < b->traffic.rank);
}

/* Own panels of one operand for the ranks of its row (column) that cannot reach them. `axis` is the
 * one along which those ranks lie. */
static int64_t list_sends(const matmul_panels *p, int axis, sb_range part, outgoing *list) {
  const matmul_share *s = &p->share;
  const int me = sb_comm_rank(p->comm);
  int64_t found = 0;
  for (int there = 0; there < p->layout->dist.grid[axis]; there++) {
    const int peer = matmul_rank_at(p, axis, there);
    if (matmul_reach(p, peer) != NULL) continue;
    const int i = axis == MATMUL_M ? there : s->position[MATMUL_M];
    const int j = axis == MATMUL_N ? there : s->position[MATMUL_N];
    const int64_t first = matmul_first_panel(p->layout, i, j, s->layer, p->list, p->count);
    for (int64_t q = 0; q < p->count; q++) {
      const sb_range panel = p->list[q];
      if (panel.lo < part.lo || panel.lo >= part.hi) continue;
      const bool is_a = axis == MATMUL_N;
      const int64_t across = sb_count(is_a ? s->rows : s->columns);
      if (list != NULL) {
        list[found] = (outgoing){.needed = (q - first + p->count) % p->count,
                                 .traffic = {.rank = peer,
                                             .send = is_a ? panel_a(p, p->memory, me, panel)
                                                          : panel_b(p, p->memory, me, panel),
                                             .send_bytes = 8 * sb_count(panel) * across}};
      }
      found++;
    }
  }
  return found;
}

static sb_status plan_sends(matmul_panels *p) {
  const matmul_share *s = &p->share;
  const int64_t of_a = list_sends(p, MATMUL_N, s->a_part, NULL);
  const int64_t all = of_a + list_sends(p, MATMUL_M, s->b_part, NULL);
  outgoing *list = calloc((size_t)all + 1, sizeof *list);
  p->needed = calloc((size_t)all + 1, sizeof *p->needed);
  const int64_t most = all + 2 * p->count + 2 * (int64_t)p->layout->dist.grid[MATMUL_K];
  p->traffic = calloc((size_t)most, sizeof *p->traffic);
  if (list == NULL || p->needed == NULL || p->traffic == NULL) {
    free(list);
    return sb_fail(SB_NO_MEMORY, "no memory for the plan of %lld panels", (long long)all);
  }
  list_sends(p, MATMUL_N, s->a_part, list);
  list_sends(p, MATMUL_M, s->b_part, list + of_a);
  qsort(list, (size_t)all, sizeof *list, by_need);
  for (int64_t i = 0; i < all; i++) {
    p->needed[i] = list[i].needed;
    add_traffic(p, list[i].traffic);
  }
  p->sends = (int)all;
  free(list);
  return SB_OK;
}

/* The sums of layers: rows of this block to those who keep them, and own rows from the others. */
static void plan_layers(matmul_panels *p) {
  const matmul_share *s = &p->share;
  const int pk = p->layout->dist.grid[MATMUL_K];
  const int64_t columns = sb_count(s->columns), kept = sb_count(s->c_part) * columns;
  p->layer_send = p->traffics;
  for (int l = 0; l < pk; l++) {
    const int peer = matmul_rank_at(p, MATMUL_K, l);
    if (l != s->position[MATMUL_K] && matmul_reach(p, peer) != NULL) p->layer_readers++;
    if (matmul_reach(p, peer) != NULL) continue;
    const matmul_share there = matmul_share_of(p->layout, peer);
    add_traffic(p, (sb_traffic){.rank = peer,
                                .send = p->block + (there.c_part.lo - s->rows.lo) * columns,
                                .send_bytes = 8 * sb_count(there.c_part) * columns});
  }
  p->layer_receive = p->traffics;
  double *room = p->sums;
  for (int l = 0; l < pk; l++) {
    const int peer = matmul_rank_at(p, MATMUL_K, l);
    if (matmul_reach(p, peer) != NULL) continue;
    add_traffic(p, (sb_traffic){.rank = peer, .receive = room, .receive_bytes = 8 * kept});
    room += kept;
  }
}

/* What a rank plans by itself, once its segment is there. */
sb_status matmul_panels_plan(matmul_panels *p) {
  const matmul_share *s = &p->share;
  sb_status status = SB_OK;
  if (!p->working) return SB_OK;
  p->list = calloc((size_t)matmul_panels_most(p->layout, s->layer), sizeof *p->list);
  if (p->list == NULL) return sb_fail(SB_NO_MEMORY, "no memory for the list of panels");
  p->count = matmul_panels_cut(p->layout, s->layer, p->list);
  p->step = calloc((size_t)p->count, sizeof *p->step);
  if (p->step == NULL)
    return sb_fail(SB_NO_MEMORY, "no memory for %lld steps", (long long)p->count);
  if (sb_dist_ranks(&p->layout->dist) > 1) {
    SB_TRY(sb_doubles_create(DEPTH * slot_doubles(p->layout, s), &p->slots));
    SB_TRY(sb_doubles_create(sums_doubles(p->layout, s), &p->sums));
  }
  SB_TRY(plan_sends(p));
  const int64_t first = matmul_first_panel(p->layout, s->position[MATMUL_M], s->position[MATMUL_N],
                                           s->layer, p->list, p->count);
  for (int64_t t = 0; t < p->count; t++) plan_step(p, t, p->list[(first + t) % p->count]);
  if (matmul_layered(p->layout)) plan_layers(p);
cleanup:
  return status;
}
