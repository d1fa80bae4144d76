#include "exchange_plan.h"

#include <stdlib.h>

#include "halo_shape.h"

/* Gets each piece in turn. */
typedef void (*taker)(const sb_halo_piece *piece, void *to);

/* The product of three rims, unless it is the box itself or, without corners, lies in the rims of
 * more than one axis. */
static void offer(const sb_dist *dist, const sb_rim rim[SB_AXES], const int position[SB_AXES],
                  bool corners, taker take, void *to) {
  sb_halo_piece piece;
  int owner[SB_AXES], outside = 0;
  for (int a = 0; a < SB_AXES; a++) {
    owner[a] = rim[a].owner;
    outside += rim[a].owner != position[a] || rim[a].image != 0;
    piece.image[a] = rim[a].image;
    piece.receive.lo[a] = rim[a].receive.lo;
    piece.receive.hi[a] = rim[a].receive.hi;
    piece.send.lo[a] = rim[a].send.lo;
    piece.send.hi[a] = rim[a].send.hi;
  }
  if (outside == 0 || (outside > 1 && !corners)) return;
  piece.owner = sb_dist_rank(dist, owner);
  take(&piece, to);
}

/* Ascending on each axis, the last one fastest: so the pieces of one owner come in ascending order
 * of image. */
static void walk(const sb_dist *dist, const int64_t depth[SB_AXES], bool corners, int rank,
                 taker take, void *to) {
  if (rank >= sb_dist_ranks(dist)) return;
  int at[SB_AXES];
  sb_dist_position(dist, rank, at);
  sb_rim rim[SB_AXES];
  rim[0] = sb_rim_begin(dist, 0, at[0], depth[0]);
  while (sb_rim_next(dist, 0, at[0], depth[0], &rim[0])) {
    rim[1] = sb_rim_begin(dist, 1, at[1], depth[1]);
    while (sb_rim_next(dist, 1, at[1], depth[1], &rim[1])) {
      rim[2] = sb_rim_begin(dist, 2, at[2], depth[2]);
      while (sb_rim_next(dist, 2, at[2], depth[2], &rim[2])) {
        offer(dist, rim, at, corners, take, to);
      }
    }
  }
}

typedef struct {
  sb_halo_count sum;
  int rank;
} counting;

static void count(const sb_halo_piece *piece, void *to) {
  counting *c = to;
  c->sum.pieces++;
  if (piece->owner == c->rank) return;
  c->sum.send += sb_box_count(&piece->send);
  c->sum.receive += sb_box_count(&piece->receive);
}

sb_halo_count sb_halo_plan_count(const sb_dist *dist, const int64_t depth[SB_AXES], bool corners,
                                 int rank) {
  counting c = {.rank = rank};
  walk(dist, depth, corners, rank, count, &c);
  return c.sum;
}

/* A piece, and what decides its place. */
typedef struct {
  int distance; /* from this rank upwards and round to the owner */
  int turn;     /* in the walk */
  sb_halo_piece piece;
} placed;

typedef struct {
  placed *next;
  int rank, ranks, turns;
} placing;

static void place(const sb_halo_piece *piece, void *to) {
  placing *p = to;
  *p->next++ = (placed){.distance = (piece->owner - p->rank + p->ranks) % p->ranks,
                        .turn = p->turns++,
                        .piece = *piece};
}

static int compare(const void *left, const void *right) {
  const placed *l = left, *r = right;
  return l->distance != r->distance ? l->distance - r->distance : l->turn - r->turn;
}

static void group(const placed *sorted, sb_halo_plan *plan) {
  for (int i = 0; i < plan->pieces; i++) {
    plan->piece[i] = sorted[i].piece;
    if (sorted[i].distance == 0) {
      plan->own++;
      continue;
    }
    if (i == 0 || sorted[i].distance != sorted[i - 1].distance) {
      plan->peer[plan->peers++] = (sb_halo_peer){.rank = sorted[i].piece.owner, .begin = i};
    }
    sb_halo_peer *peer = &plan->peer[plan->peers - 1];
    peer->end = i + 1;
    peer->send += sb_box_count(&sorted[i].piece.send);
    peer->receive += sb_box_count(&sorted[i].piece.receive);
  }
}

sb_status sb_halo_plan_create(const sb_dist *dist, const int64_t depth[SB_AXES], bool corners,
                              int rank, sb_halo_plan *plan) {
  *plan = (sb_halo_plan){.box = sb_dist_box(dist, rank)};
  for (int a = 0; a < SB_AXES; a++) {
    if (depth[a] < 0 || (dist->periodic[a] && depth[a] > dist->n[a])) {
      return sb_fail(SB_BAD_INPUT, "a halo of depth %lld does not fit an axis of %lld cells",
                     (long long)depth[a], (long long)dist->n[a]);
    }
  }
  plan->pieces = sb_halo_plan_count(dist, depth, corners, rank).pieces;
  const size_t room = (size_t)plan->pieces + 1;
  placed *sorted = calloc(room, sizeof *sorted);
  plan->piece = calloc(room, sizeof *plan->piece);
  plan->peer = calloc(room, sizeof *plan->peer);
  if (sorted == NULL || plan->piece == NULL || plan->peer == NULL) {
    free(sorted);
    sb_halo_plan_destroy(plan);
    return sb_fail(SB_NO_MEMORY, "no memory for the plan of a halo");
  }
  placing p = {.next = sorted, .rank = rank, .ranks = sb_dist_ranks(dist)};
  walk(dist, depth, corners, rank, place, &p);
  qsort(sorted, (size_t)plan->pieces, sizeof *sorted, compare);
  group(sorted, plan);
  free(sorted);
  return SB_OK;
}

void sb_halo_plan_destroy(sb_halo_plan *plan) {
  free(plan->piece);
  free(plan->peer);
  *plan = (sb_halo_plan){.piece = NULL};
}
