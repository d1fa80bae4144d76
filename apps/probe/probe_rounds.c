#include "probe_rounds.h"

int probe_rounds(int players) { return players < 2 ? 0 : players - 1 + players % 2; }

/* The players but one stand in a circle of n = rounds places, n being odd; in round r those meet
 * whose numbers add up to r modulo n. Whoever would meet himself meets the one outside the circle,
 * or nobody, where the players are odd and there is none. */
int probe_opponent(int players, int round, int player) {
  const int n = probe_rounds(players);
  if (n == 0) return -1;
  const int outside = players % 2 == 0 ? players - 1 : -1;
  if (player == outside) {
    for (int other = 0; other < n; other++) {
      if (2 * other % n == round) return other;
    }
  }
  const int other = (round - player + n) % n;
  return other == player ? outside : other;
}
