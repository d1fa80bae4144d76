/* halo_shape.h: from whom a halo comes, and how much of it travels: arithmetic alone, all local.
 *
 * The halo of a rank is its box grown by `depth`, clipped where an axis is not periodic, without
 * the box itself. On one axis the grown range falls apart into rims, one for each part that owns
 * some of it, and for each periodic image of that part; the pieces of the halo are the products of
 * the rims of the three axes.
 */
#ifndef SCALEBAR_HALO_SHAPE_H
#define SCALEBAR_HALO_SHAPE_H

#include "dist.h"

/* What the part at one position of an axis gives and gets along that axis. Indices are those of the
 * receiving part: image -1 lies before cell 0, image 1 behind the last. */
typedef struct {
  int owner;        /* position on the axis that has these cells */
  int image;        /* -1, 0, 1: its cells shifted by image * n */
  sb_range receive; /* cells of the grown range that come from there */
  sb_range send;    /* own cells that the owner's grown range (of that image) holds */
} sb_rim;

/* Walks the rims of a position in ascending order, its own cells (owner = position, image 0) among
 * them. Owner and image never repeat. By symmetry the owner of a rim has a rim of this position,
 * with the opposite image, whose `receive` is this `send` and whose `send` is this `receive`.
 *
 *   sb_rim rim = sb_rim_begin(dist, axis, position, depth);
 *   while (sb_rim_next(dist, axis, position, depth, &rim)) ...
 */
sb_rim sb_rim_begin(const sb_dist *dist, int axis, int position, int64_t depth);
bool sb_rim_next(const sb_dist *dist, int axis, int position, int64_t depth, sb_rim *rim);

/* Bytes of doubles that all ranks together hand to others in one exchange, from sums over the
 * positions of each axis. What a rank copies to itself is not counted. */
int64_t sb_halo_bytes(const sb_dist *dist, const int64_t depth[SB_AXES], bool corners);

/* Those that one rank hands to others. */
int64_t sb_halo_bytes_rank(const sb_dist *dist, const int64_t depth[SB_AXES], bool corners,
                           int rank);

#endif
