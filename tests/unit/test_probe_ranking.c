/* Slow pairs are named, all of them and no others; samples that noise made late accuse nobody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <math.h>
#include <stdbool.h>

#include "probe_ranking.h"

enum { MOST = 40 };

/* How many are slow with all others; the first two of them in `who`. */
static int slow_players(const probe_table *t, double usual, int who[2]) {
  return probe_slow_players(t, 0.8, usual, 2, who);
}

static double typical[MOST * MOST], best[MOST * MOST], scratch[MOST * MOST];

/* Rates of 100 for all pairs, above the diagonal; elsewhere what must not be read. */
static probe_table even(int players) {
  for (int i = 0; i < players * players; i++) {
    const bool read = i % players > i / players;
    typical[i] = best[i] = read ? 100.0 : (double)NAN;
  }
  return (probe_table){typical, best, players, false};
}

static void set_pair(const probe_table *t, int first, int second, double usual, double most) {
  typical[first * t->players + second] = usual;
  best[first * t->players + second] = most;
}

static void all_alike_accuses_nobody(void **state) {
  (void)state;
  for (int players = 2; players <= 9; players++) {
    const probe_table t = even(players);
    probe_ranking r;
    probe_rank_pairs(&t, 0.8, scratch, &r);
    assert_int_equal(r.all.n, players * (players - 1) / 2);
    assert_int_equal(r.slow, 0);
    assert_int_equal(r.named, 0);
    assert_true(fabs(r.worst.share - 1.0) < 1e-12);
    assert_int_equal(slow_players(&t, r.all.median, (int[2]){0}), 0);
  }
}

static void one_slow_link_is_named_alone(void **state) {
  (void)state;
  for (int players = 3; players <= 9; players++) {
    const probe_table t = even(players);
    probe_ranking r;
    set_pair(&t, 1, 2, 10.0, 12.0);
    probe_rank_pairs(&t, 0.8, scratch, &r);
    assert_int_equal(r.slow, 1);
    assert_int_equal(r.named, 1);
    assert_int_equal(r.pair[0].first, 1);
    assert_int_equal(r.pair[0].second, 2);
    assert_true(fabs(r.pair[0].share - 0.12) < 1e-12);
    assert_int_equal(slow_players(&t, r.all.median, (int[2]){0}), 0);
  }
}

static void seconds_are_judged_the_other_way_round(void **state) {
  (void)state;
  probe_table t = even(4);
  probe_ranking r;
  t.less_is_better = true;
  set_pair(&t, 0, 3, 900.0, 400.0);
  set_pair(&t, 1, 3, 20.0, 10.0);
  probe_rank_pairs(&t, 0.8, scratch, &r);
  assert_int_equal(r.slow, 1);
  assert_int_equal(r.pair[0].first, 0);
  assert_int_equal(r.pair[0].second, 3);
  assert_true(fabs(r.worst.share - 0.25) < 1e-12);
}

static void one_good_sample_clears_a_pair(void **state) {
  (void)state;
  const probe_table t = even(4);
  probe_ranking r;
  set_pair(&t, 0, 1, 5.0, 99.0);
  probe_rank_pairs(&t, 0.8, scratch, &r);
  assert_int_equal(r.slow, 0);
  assert_true(r.all.minimum < 6.0); /* the figures tell of it all the same */
}

static void a_slow_player_is_named(void **state) {
  (void)state;
  for (int players = 4; players <= 9; players++) {
    for (int slow = 0; slow < players; slow++) {
      const probe_table t = even(players);
      probe_ranking r;
      for (int other = 0; other < players; other++) {
        if (other < slow) set_pair(&t, other, slow, 10.0, 10.0);
        if (other > slow) set_pair(&t, slow, other, 10.0, 10.0);
      }
      probe_rank_pairs(&t, 0.8, scratch, &r);
      assert_int_equal(r.slow, players - 1);
      int who[2] = {-1, -1};
      assert_int_equal(slow_players(&t, r.all.median, who), 1);
      assert_int_equal(who[0], slow);
    }
  }
}

static void two_slow_players_are_both_named(void **state) {
  (void)state;
  const int players = 9;
  const probe_table t = even(players);
  probe_ranking r;
  int who[2] = {-1, -1};
  for (int i = 0; i < players; i++) {
    for (int j = i + 1; j < players; j++) {
      if (i == 2 || j == 2 || i == 5 || j == 5) set_pair(&t, i, j, 10.0, 10.0);
    }
  }
  probe_rank_pairs(&t, 0.8, scratch, &r);
  assert_int_equal(slow_players(&t, r.all.median, who), 2);
  assert_int_equal(who[0], 2);
  assert_int_equal(who[1], 5);
  assert_int_equal(probe_slow_players(&t, 0.8, r.all.median, 1, who), 1);
}

static void the_worst_come_first_and_the_rest_is_counted(void **state) {
  (void)state;
  enum { SLOW = 30 };
  const probe_table t = even(MOST);
  probe_ranking r;
  for (int i = 0; i < SLOW; i++) { /* in an order that goes up and down */
    const double rate = 1.0 + (i * 7) % SLOW;
    set_pair(&t, i, MOST - 1, rate, rate);
  }
  probe_rank_pairs(&t, 0.8, scratch, &r);
  assert_int_equal(r.slow, SLOW);
  assert_int_equal(r.named, PROBE_NAMED_MOST);
  for (int i = 0; i < r.named; i++) {
    assert_true(fabs(r.pair[i].share - 0.01 * (i + 1)) < 1e-12);
    assert_int_equal(r.pair[i].second, MOST - 1);
    assert_int_equal((r.pair[i].first * 7) % SLOW, i);
  }
  assert_int_equal(slow_players(&t, r.all.median, (int[2]){0}), 0);
}

static void nothing_at_all_is_slow(void **state) {
  (void)state;
  const probe_table t = even(4);
  probe_ranking r;
  set_pair(&t, 0, 1, 100.0, 0.0); /* nothing came through in any sample */
  probe_rank_pairs(&t, 0.8, scratch, &r);
  assert_int_equal(r.slow, 1);
}

static void controls_are_the_most_usual(void **state) {
  (void)state;
  static double seconds[MOST * MOST];
  const probe_table rates = even(5);
  for (int i = 0; i < 25; i++) seconds[i] = 1.0;
  const probe_table table[2] = {{seconds, seconds, 5, true}, rates};
  const double usual[2] = {1.0, 100.0};
  probe_pair control[4];
  seconds[1] = 2.0;                 /* 0 and 1: late */
  set_pair(&rates, 0, 2, 9.0, 9.0); /* slow */
  for (int j = 1; j < 5; j++) {     /* honest, but less usual than others */
    for (int i = 0; i < j; i++) {
      if (i + j > 3) set_pair(&rates, i, j, 100.0 + i + j, 110.0);
    }
  }
  assert_int_equal(probe_controls(table, 0.8, usual, 4, control), 4);
  static const int expected[4][2] = {{0, 3}, {1, 2}, {0, 4}, {1, 3}};
  for (int i = 0; i < 4; i++) {
    assert_int_equal(control[i].first, expected[i][0]);
    assert_int_equal(control[i].second, expected[i][1]);
  }
  probe_pair all[20];
  assert_int_equal(probe_controls(table, 0.8, usual, 20, all), 8); /* of ten, less the two */
}

static void a_suspect_that_is_usual_alone_is_cleared(void **state) {
  (void)state;
  const probe_table t = even(5);
  probe_ranking r;
  set_pair(&t, 0, 1, 10.0, 10.0);
  set_pair(&t, 0, 2, 20.0, 20.0);
  set_pair(&t, 0, 3, 30.0, 30.0);
  probe_rank_pairs(&t, 0.8, scratch, &r);
  probe_confirm(&r, false, 0.8, (double[]){100.0, 500.0, 150.0}, 1000.0);
  assert_int_equal(r.slow, 3);
  assert_true(fabs(r.pair[1].share - 0.5) < 1e-12);
  probe_confirm(&r, false, 0.8, (double[]){100.0, 990.0, 150.0}, 1000.0);
  assert_int_equal(r.slow, 2);
  assert_int_equal(r.named, 2);
  assert_int_equal(r.pair[0].second, 1);
  assert_int_equal(r.pair[1].second, 3);
  assert_true(fabs(r.pair[0].share - 0.1) < 1e-12);
  probe_confirm(&r, true, 0.8, (double[]){1.0, 4.0}, 1.0); /* seconds */
  assert_int_equal(r.slow, 1);
  assert_int_equal(r.pair[0].second, 3);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(all_alike_accuses_nobody),
      cmocka_unit_test(one_slow_link_is_named_alone),
      cmocka_unit_test(seconds_are_judged_the_other_way_round),
      cmocka_unit_test(one_good_sample_clears_a_pair),
      cmocka_unit_test(a_slow_player_is_named),
      cmocka_unit_test(two_slow_players_are_both_named),
      cmocka_unit_test(the_worst_come_first_and_the_rest_is_counted),
      cmocka_unit_test(nothing_at_all_is_slow),
      cmocka_unit_test(controls_are_the_most_usual),
      cmocka_unit_test(a_suspect_that_is_usual_alone_is_cleared),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
