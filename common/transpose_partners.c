#include "transpose_partners.h"

sb_partners sb_partners_of(const sb_dist *dist, const sb_box *box) {
  sb_partners p = {.dist = dist};
  if (sb_box_empty(box)) return p;
  sb_dist_owners(dist, box, p.lo, p.hi);
  p.count = 1;
  for (int a = 0; a < SB_AXES; a++) p.count *= p.hi[a] - p.lo[a];
  return p;
}

int sb_partner(const sb_partners *p, int number) {
  int position[SB_AXES];
  for (int a = SB_AXES - 1; a >= 0; a--) {
    position[a] = p->lo[a] + number % (p->hi[a] - p->lo[a]);
    number /= p->hi[a] - p->lo[a];
  }
  return sb_dist_rank(p->dist, position);
}

/* The inverse; -1 where the rank is no partner. */
static int number_of(const sb_partners *p, int rank) {
  int position[SB_AXES], number = 0;
  if (rank >= sb_dist_ranks(p->dist)) return -1;
  sb_dist_position(p->dist, rank, position);
  for (int a = 0; a < SB_AXES; a++) {
    if (position[a] < p->lo[a] || position[a] >= p->hi[a]) return -1;
    number = number * (p->hi[a] - p->lo[a]) + position[a] - p->lo[a];
  }
  return number;
}

static int first_number(const sb_partners *p, int rank) {
  const int own = number_of(p, rank);
  return (own >= 0 ? own + 1 : rank) % p->count;
}

int sb_partner_in_place(const sb_partners *p, int rank, int place) {
  return sb_partner(p, (first_number(p, rank) + place) % p->count);
}

int sb_place_of_partner(const sb_partners *p, int rank, int partner) {
  return (number_of(p, partner) - first_number(p, rank) + p->count) % p->count;
}
