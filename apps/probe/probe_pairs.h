/* probe_pairs.h: who plays in the tournament of pairs, and what is told of it. */
#ifndef SCALEBAR_PROBE_PAIRS_H
#define SCALEBAR_PROBE_PAIRS_H

#include "probe.h"

enum { PROBE_PLAYER_HOST = 64 };

/* Ranks, or nodes, each of which its first rank plays for. */
typedef struct {
  int count, own; /* own: -1 on ranks that do not play */
  int *rank;      /* of each player */
} probe_players;

/* Figures of all pairs, the worst pair in a line, and warnings that name each slow one
 * (probe_ranking.h). Collective.
 *   table [in] on rank 0
 *   hosts [in] on rank 0: PROBE_PLAYER_HOST bytes a player */
sb_status probe_judge_pairs(probe_state *state, const probe_players *players,
                            double *const table[PROBE_TABLES], const char *hosts);

#endif
