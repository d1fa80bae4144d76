/* probe_ranking.h: which pairs of a tournament are slow. Local, cannot fail.
 *
 * Whatever else runs on a machine makes messages late, never early, and it strikes now here and now
 * there; a cable that is worse than the others is so each time. So each pair is measured again and
 * again, spread over the tournament, and a pair is slow where even the best of its samples stays
 * behind what is usual: the median over all pairs of their medians. On a quiet machine best and
 * median are the same; on a busy one the medians scatter over factors, and an honest pair still has
 * one good sample.
 *
 * A pair may also be late each time for the company that it has: the same players are its
 * neighbours in each turn, and where one of them is slow, whatever they share with it (cores, a
 * switch) is busy longer. So a suspect is measured once more, alone, beside some pairs that are
 * beyond suspicion, and cleared where it then is as they are.
 *
 * What is usual is a median, so more than half of the pairs have to be as they should: of three
 * players one slow link can be told, of five or more also one slow player. (Of four it has half of
 * the pairs, and the median is the mean of a slow and a usual one: told when it is slower than
 * limit / (2 - limit) of the usual, 0.67 where the limit is 0.8.)
 */
#ifndef SCALEBAR_PROBE_RANKING_H
#define SCALEBAR_PROBE_RANKING_H

#include <stdbool.h>

#include "stats.h"

/* Slow pairs that are named, worst first; and slow players. */
enum { PROBE_NAMED_MOST = 8, PROBE_SLOW_MOST = 4 };

typedef struct {
  int first, second; /* first < second */
  double share;      /* its best sample to the usual one, as speeds: below 1 it is slower */
} probe_pair;

typedef struct {
  sb_summary all;   /* of the pairs' medians */
  probe_pair worst; /* with the least share */
  int slow;         /* pairs whose share is below the limit */
  int named;        /* of them in `pair` */
  probe_pair pair[PROBE_NAMED_MOST];
} probe_ranking;

/* What was measured of a kind, players x players each; entries [first][second] are read. */
typedef struct {
  const double *typical, *best; /* median and best of the samples of a pair */
  int players;                  /* at least 2 */
  bool less_is_better;          /* seconds, not a rate */
} probe_table;

/* scratch [out] room for players x players numbers
 * ranking [out] */
void probe_rank_pairs(const probe_table *table, double limit, double *scratch,
                      probe_ranking *ranking);

/* Pairs suspected in neither of two tables, `most` at most, those first whose median in the second
 * table is nearest to the usual one. Returns how many. */
int probe_controls(const probe_table table[2], double limit, const double usual[2], int most,
                   probe_pair *control);

/* Clears those named whose best sample alone is not behind `usual` alone. The others keep the
 * better of both shares. best [in] alone, in the order of ranking->pair */
void probe_confirm(probe_ranking *ranking, bool less_is_better, double limit, const double *best,
                   double usual);

/* Players, of three or more, that are slow with all others; `most` at most. Returns how many.
 * `usual` is the median of probe_rank_pairs. */
int probe_slow_players(const probe_table *table, double limit, double usual, int most, int *player);

#endif
