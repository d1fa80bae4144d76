/* Every pair meets exactly once, nobody is in two places in a round, and an odd one sits out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <string.h>

#include "probe_rounds.h"

enum { MOST = 65 };

static void check_tournament(int players) {
  int met[MOST][MOST] = {{0}};
  for (int round = 0; round < probe_rounds(players); round++) {
    int idle = 0;
    for (int p = 0; p < players; p++) {
      const int other = probe_opponent(players, round, p);
      if (other < 0) {
        idle++;
        continue;
      }
      assert_in_range(other, 0, players - 1);
      assert_int_not_equal(other, p);
      assert_int_equal(probe_opponent(players, round, other), p); /* nobody is in two places */
      met[p][other]++;
    }
    assert_int_equal(idle, players % 2);
  }
  for (int p = 0; p < players; p++) {
    for (int other = 0; other < players; other++) assert_int_equal(met[p][other], p != other);
  }
}

static void every_pair_meets_once(void **state) {
  (void)state;
  for (int players = 2; players <= MOST; players++) check_tournament(players);
}

static void rounds_are_as_few_as_can_be(void **state) {
  (void)state;
  static const int rounds[] = {0, 0, 1, 3, 3, 5, 5, 7, 7, 9};
  for (int players = 0; players <= 9; players++) {
    assert_int_equal(probe_rounds(players), rounds[players]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_pair_meets_once),
      cmocka_unit_test(rounds_are_as_few_as_can_be),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
