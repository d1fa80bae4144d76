/* probe_rounds.h: a round-robin tournament by the circle method: in each round every player meets
 * another one, and after all rounds everybody has met everybody once. Local, cannot fail.
 */
#ifndef SCALEBAR_PROBE_ROUNDS_H
#define SCALEBAR_PROBE_ROUNDS_H

/* players - 1 rounds; as many as players where these are odd, and then one sits out in each. 0 for
 * fewer than two. */
int probe_rounds(int players);

/* Whom `player` meets in `round`; -1 when it sits out. */
int probe_opponent(int players, int round, int player);

#endif
