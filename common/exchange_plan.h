/* exchange_plan.h: the pieces of a rank's halo, grouped by the ranks they come from. Local.
 *
 * A piece is a product of the rims of the three axes (halo_shape.h): the box of the halo that one
 * image of one rank owns, together with the box of own cells that goes there in return. A rank may
 * be its own peer, across periodic ends, and the same peer through several images.
 */
#ifndef SCALEBAR_EXCHANGE_PLAN_H
#define SCALEBAR_EXCHANGE_PLAN_H

#include "dist.h"

typedef struct {
  int owner;          /* the rank that has these cells */
  int image[SB_AXES]; /* -1, 0, 1 on each axis: its cells shifted by image * n */
  sb_box receive;     /* cells of the halo; beyond the grid where image is not 0 */
  sb_box send;        /* own cells that the owner's halo holds, through the opposite image */
} sb_halo_piece;

/* All pieces shared with another rank. In one buffer they stand in the order of `piece` when this
 * rank sends, and in the reverse order when it receives. That is the same order on both sides:
 * pieces of a peer are in ascending order of image, and what a piece sends, the peer receives in
 * the piece of the opposite image, which stands at the other end of its list. */
typedef struct {
  int rank;
  int begin, end;        /* its pieces: begin <= i < end */
  int64_t send, receive; /* doubles that go there and come from there, both > 0 */
} sb_halo_peer;

typedef struct {
  sb_box box;
  sb_halo_piece *piece; /* those that the rank itself owns first */
  int own, pieces;      /* how many of those, and of all */
  sb_halo_peer *peer;   /* other ranks, upwards from this rank and round, so that ranks do not all
                           begin with the same one */
  int peers;
} sb_halo_plan;

/* SB_BAD_INPUT for depths below 0 or above n on a periodic axis; SB_NO_MEMORY. An idle rank's plan
 * is empty. */
sb_status sb_halo_plan_create(const sb_dist *dist, const int64_t depth[SB_AXES], bool corners,
                              int rank, sb_halo_plan *plan);

/* Doubles and pieces that a rank shares with others, counted without making the plan. */
typedef struct {
  int64_t send, receive;
  int pieces; /* its own among them */
} sb_halo_count;
sb_halo_count sb_halo_plan_count(const sb_dist *dist, const int64_t depth[SB_AXES], bool corners,
                                 int rank);

/* Does nothing to a plan of zeroes. */
void sb_halo_plan_destroy(sb_halo_plan *plan);

#endif
