/* probe_pairs.h: who plays in the tournament of pairs, and what is told of it. */
#ifndef SCALEBAR_PROBE_PAIRS_H
#define SCALEBAR_PROBE_PAIRS_H

#include "probe.h"
#include "probe_ranking.h"

enum { PROBE_PLAYER_HOST = 64 };

/* Ranks, or nodes, each of which its first rank plays for. */
typedef struct {
  int count, own; /* own: -1 on ranks that do not play */
  int *rank;      /* of each player */
} probe_players;

/* Pairs that are measured once more, one at a time: suspects of both kinds, latency first, and
 * behind them controls. */
enum { PROBE_CONTROLS = 5, PROBE_REMATCHES_MOST = 2 * PROBE_NAMED_MOST + PROBE_CONTROLS };
typedef struct {
  probe_ranking latency, bandwidth;
  int slow_players[2], slow_player[2][PROBE_SLOW_MOST]; /* of each kind: how many, and who */
  int rematches;
  probe_pair pair[PROBE_REMATCHES_MOST];
  double alone[PROBE_REMATCHES_MOST][PROBE_TABLES]; /* to be filled */
} probe_verdict;

/* Who is suspected. Collective; all get the same verdict.
 *   table [in] on rank 0 */
sb_status probe_suspect_pairs(const probe_state *state, const probe_players *players,
                              double *const table[PROBE_TABLES], probe_verdict *verdict);

/* Figures of all pairs, the worst pair in a line, and warnings that name each slow one
 * (probe_ranking.h). Local, on all ranks.
 *   hosts [in] on rank 0: PROBE_PLAYER_HOST bytes a player */
void probe_judge_pairs(probe_state *state, const probe_players *players, const char *hosts,
                       probe_verdict *verdict);

#endif
