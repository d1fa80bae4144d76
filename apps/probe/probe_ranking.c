#include "probe_ranking.h"

#include <math.h>

/* Of the pair's best sample to what is usual, as speeds. */
static double share_of(const probe_table *table, double usual, int first, int second) {
  const double best = table->best[first * table->players + second];
  return table->less_is_better ? usual / best : best / usual;
}

/* Keeps the list in order, worst first; what is better than its last is only counted. */
static void name_pair(probe_ranking *r, probe_pair pair) {
  r->slow++;
  int at = r->named < PROBE_NAMED_MOST ? r->named++ : PROBE_NAMED_MOST;
  for (; at > 0 && pair.share < r->pair[at - 1].share; at--) {
    if (at < PROBE_NAMED_MOST) r->pair[at] = r->pair[at - 1];
  }
  if (at < PROBE_NAMED_MOST) r->pair[at] = pair;
}

void probe_rank_pairs(const probe_table *table, double limit, double *scratch,
                      probe_ranking *ranking) {
  const int players = table->players;
  double *values = scratch, *sorted = scratch + (players - 1) * players / 2;
  int n = 0;
  for (int i = 0; i < players; i++) {
    for (int j = i + 1; j < players; j++) values[n++] = table->typical[i * players + j];
  }
  *ranking = (probe_ranking){.all = sb_summarise(values, n, sorted)};
  for (int i = 0; i < players; i++) {
    for (int j = i + 1; j < players; j++) {
      const probe_pair pair = {i, j, share_of(table, ranking->all.median, i, j)};
      if ((i == 0 && j == 1) || pair.share < ranking->worst.share) ranking->worst = pair;
      if (pair.share < limit) name_pair(ranking, pair);
    }
  }
}

int probe_controls(const probe_table table[2], double limit, const double usual[2], int most,
                   probe_pair *control) {
  const int players = table[0].players;
  int found = 0;
  for (int i = 0; i < players; i++) {
    for (int j = i + 1; j < players; j++) {
      if (share_of(&table[0], usual[0], i, j) < limit) continue;
      if (share_of(&table[1], usual[1], i, j) < limit) continue;
      const probe_pair pair = {i, j, fabs(table[1].typical[i * players + j] - usual[1])};
      int at = found < most ? found++ : most;
      for (; at > 0 && pair.share < control[at - 1].share; at--) {
        if (at < most) control[at] = control[at - 1];
      }
      if (at < most) control[at] = pair;
    }
  }
  return found;
}

void probe_confirm(probe_ranking *ranking, bool less_is_better, double limit, const double *best,
                   double usual) {
  int kept = 0;
  for (int i = 0; i < ranking->named; i++) {
    probe_pair pair = ranking->pair[i];
    pair.share = fmax(pair.share, less_is_better ? usual / best[i] : best[i] / usual);
    if (pair.share < limit) ranking->pair[kept++] = pair;
  }
  ranking->slow -= ranking->named - kept;
  ranking->named = kept;
}

static bool slow_with_all(const probe_table *table, double limit, double usual, int player) {
  for (int other = 0; other < table->players; other++) {
    if (other == player) continue;
    const int first = player < other ? player : other, second = player < other ? other : player;
    if (!(share_of(table, usual, first, second) < limit)) return false;
  }
  return true;
}

int probe_slow_players(const probe_table *table, double limit, double usual, int most,
                       int *player) {
  int found = 0;
  for (int i = 0; i < table->players && found < most && table->players > 2; i++) {
    if (slow_with_all(table, limit, usual, i)) player[found++] = i;
  }
  return found;
}
