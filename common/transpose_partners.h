/* transpose_partners.h: whose boxes meet a box, and in which order a rank sends to them. Local.
 */
#ifndef SCALEBAR_TRANSPOSE_PARTNERS_H
#define SCALEBAR_TRANSPOSE_PARTNERS_H

#include "dist.h"

/* Positions of a grid whose boxes meet a box; they are numbered row-major. */
typedef struct {
  const sb_dist *dist;
  int lo[SB_AXES], hi[SB_AXES];
  int count; /* 0 for an empty box */
} sb_partners;

sb_partners sb_partners_of(const sb_dist *dist, const sb_box *box);

/* The rank of partner `number`, 0 <= number < count. */
int sb_partner(const sb_partners *partners, int number);

/* To whom `rank`, whose partners these are, sends as its message `place` of a step,
 * 0 <= place < count: it begins behind itself. Would all begin with the first, its node's link
 * would have to take what all send, while the others stood idle. */
int sb_partner_in_place(const sb_partners *partners, int rank, int place);

/* The place at which `rank` sends to `partner`: the inverse. */
int sb_place_of_partner(const sb_partners *partners, int rank, int partner);

#endif
