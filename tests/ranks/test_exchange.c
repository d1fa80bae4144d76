/* After an exchange every cell of every halo holds what its owner has, and no other cell was
 * touched: on all process grids, for all ways to travel, again and again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "halo_shape.h"
#include "halo_truth.h"

static sb_comm *comm;

static const sb_exchange all_ways[] = {SB_EXCHANGE_MESSAGE, SB_EXCHANGE_SHARED, SB_EXCHANGE_AUTO};

/* Plans are costly where ranks share cores (with MPICH each collective call takes as many time
 * slices), so more ranks see fewer of the cases. 13 has no divisor in common with what cases are
 * made of. SCALEBAR_TEST_LONG=1 runs them all. */
static bool chosen(int turn) {
  if (getenv("SCALEBAR_TEST_LONG") != NULL || sb_comm_size(comm) <= 2) return true;
  return turn % 13 == sb_comm_size(comm) % 13;
}

/* All ranks fail together: one that fell out alone would leave the others waiting. */
static int64_t on_all(int64_t here) {
  sb_comm_sum_i64(comm, &here, 1);
  return here;
}

static sb_xchg *plan(const sb_dist *dist, const int64_t depth[SB_AXES], bool corners,
                     sb_exchange how) {
  sb_xchg *xchg = NULL;
  const sb_status status = sb_xchg_create(comm, dist, depth, corners, how, &xchg);
  if (status != SB_OK) print_message("%s\n", sb_message());
  assert_int_equal(status, SB_OK);
  return xchg;
}

/* Rounds first .. last - 1 within one field, then one from that field into another. */
static int64_t wrong_after(sb_xchg *xchg, const sb_dist *dist, const int64_t depth[SB_AXES],
                           bool corners, int rounds) {
  field a = field_create(dist, depth, corners, sb_comm_rank(comm), 0);
  field b = field_create(dist, depth, corners, sb_comm_rank(comm), 3);
  int64_t wrong = 0;
  for (int round = 0; round < rounds; round++) {
    field_fill(&a, round);
    sb_xchg_start(xchg, &a.array, NULL);
    sb_xchg_finish(xchg, &a.array, NULL);
    wrong += field_wrong(&a, round);
  }
  field_fill(&a, rounds);
  field_fill(&b, rounds + 1);
  sb_xchg_start(xchg, &a.array, NULL);
  (void)sb_xchg_test(xchg);
  sb_xchg_finish(xchg, &b.array, NULL);
  wrong += field_wrong_halo(&b, rounds) + (sb_xchg_test(xchg) ? 0 : 1);
  field_destroy(&a);
  field_destroy(&b);
  return wrong;
}

static void check(const sb_dist *dist, const int64_t depth[SB_AXES], bool corners,
                  sb_exchange how) {
  const int64_t before = sb_comm_bytes_sent(comm);
  sb_xchg *xchg = plan(dist, depth, corners, how);
  int64_t wrong = wrong_after(xchg, dist, depth, corners, 2);
  const int64_t sent = sb_comm_bytes_sent(comm) - before;
  const int64_t mine = sb_halo_bytes_rank(dist, depth, corners, sb_comm_rank(comm));
  wrong += sb_xchg_bytes(xchg) != mine || sent != 3 * mine ||
           sb_xchg_memory(dist, depth, corners, sb_comm_rank(comm)) < 2 * mine;
  int64_t sums[] = {wrong, sent};
  sb_comm_sum_i64(comm, sums, 2);
  if (sums[0] != 0) {
    print_message("grid %dx%dx%d depth %d %d %d corners %d how %d: %lld cells wrong\n",
                  dist->grid[0], dist->grid[1], dist->grid[2], (int)depth[0], (int)depth[1],
                  (int)depth[2], corners, how, (long long)sums[0]);
  }
  assert_int_equal(sums[0], 0);
  assert_int_equal(sums[1], 3 * sb_halo_bytes(dist, depth, corners));
  sb_xchg_destroy(&xchg);
  assert_null(xchg);
}

/* All periodic axes, depths and ways on one grid; which of them go together is a matter of `turn`.
 */
static void check_grid(sb_dist *dist, int *turn) {
  static const int64_t depths[][SB_AXES] = {{1, 1, 1}, {2, 0, 1}, {3, 4, 3}, {0, 2, 6}, {1, 3, 2}};
  for (int mask = 0; mask < 8; mask++) {
    if (!chosen(++*turn)) continue;
    int64_t depth[SB_AXES];
    for (int a = 0; a < SB_AXES; a++) {
      dist->periodic[a] = (mask >> a & 1) != 0;
      depth[a] = depths[*turn % 5][a];
      if (dist->periodic[a] && depth[a] > dist->n[a]) depth[a] = dist->n[a];
    }
    check(dist, depth, *turn % 2 == 0, all_ways[*turn % 3]);
  }
}

static void is_right_on_all_grids(void **state) {
  (void)state;
  const int ranks = sb_comm_size(comm);
  int turn = 0;
  for (int used = ranks; used >= 1 && used >= ranks - 1; used--) { /* with an idle rank too */
    for (int x = 1; x <= used; x++) {
      for (int y = 1; used % x == 0 && y <= used / x; y++) {
        if (used / x % y != 0) continue;
        sb_dist dist = {.grid = {used / x / y, y, x}, .block = {1, 1, 1}};
        /* Uneven boxes; then boxes of one cell, that every deeper halo reaches beyond. */
        for (int a = 0; a < SB_AXES; a++) dist.n[a] = 3 * dist.grid[a] + a;
        check_grid(&dist, &turn);
        for (int a = 0; a < SB_AXES; a++) dist.n[a] = dist.grid[a];
        check_grid(&dist, &turn);
      }
    }
  }
}

/* Grids and blocks of nodes as apps get them, with fewer cells than ranks among them. */
static void is_right_as_apps_choose(void **state) {
  (void)state;
  static const int64_t shapes[][SB_AXES] = {{1, 1, 2}, {1, 1, 40}, {1, 2, 1}, {1, 9, 14},
                                            {2, 1, 2}, {5, 6, 7},  {1, 1, 1}, {16, 2, 3}};
  static const int64_t depth[SB_AXES] = {1, 1, 1};
  int turn = 0;
  for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
    for (int p = 0; p < 2; p++) {
      const bool periodic[SB_AXES] = {p != 0, p == 0, p != 0};
      sb_dist dist;
      assert_int_equal(
          sb_dist_create(shapes[s], 3, periodic, sb_comm_size(comm),
                         sb_comm_uniform_node_size(comm), sb_halo_cost, shapes[s], &dist),
          SB_OK);
      for (int w = 0; w < 3; w++, turn++) {
        if (chosen(turn)) check(&dist, depth, turn % 2 == 0, all_ways[w]);
      }
    }
  }
}

/* A ring with many cells each way; dist->n is what tests of one shape share. */
static sb_dist ring(void) {
  return (sb_dist){.n = {4, 5, 3 * sb_comm_size(comm) + 1},
                   .periodic = {false, true, true},
                   .grid = {1, 1, sb_comm_size(comm)},
                   .block = {1, 1, 1}};
}

static const int64_t ring_depth[SB_AXES] = {1, 2, 3};

static void is_right_in_chunks(void **state) {
  (void)state;
  const sb_dist dist = ring();
  static const char *const most[] = {"20", "1000"}; /* bytes; 20 cuts through a number */
  for (int i = 0; i < 2; i++) {
    setenv("SB_MESSAGE_MOST", most[i], 1);
    check(&dist, ring_depth, true, SB_EXCHANGE_MESSAGE);
  }
  unsetenv("SB_MESSAGE_MOST");
}

/* Ranks run ahead of each other as far as the exchange lets them, and what is used too early or too
 * late is NaN (exchange_trial.h). */
static void check_on_trial(const sb_dist *dist, int rounds, int seed) {
  char text[16];
  snprintf(text, sizeof text, "%d", seed);
  setenv("SB_EXCHANGE_TEST", text, 1);
  for (int w = 0; w < 3; w++) {
    sb_xchg *xchg = plan(dist, ring_depth, true, all_ways[w]);
    const int64_t wrong = on_all(wrong_after(xchg, dist, ring_depth, true, rounds));
    assert_int_equal(wrong, 0);
    sb_xchg_destroy(&xchg);
  }
  unsetenv("SB_EXCHANGE_TEST");
}

static void stays_right_on_trial(void **state) {
  (void)state;
  const sb_dist dist = ring();
  check_on_trial(&dist, 250, 7);
}

/* Messages too long for the library to copy away: they are in their buffers until received. */
static void stays_right_with_long_messages(void **state) {
  (void)state;
  sb_dist dist = ring();
  dist.n[0] = 70;
  dist.n[1] = 60;
  check_on_trial(&dist, 12, 8);
}

/* Two plans between the same ranks, under way at once and finished in the other order. */
static void keeps_plans_apart(void **state) {
  (void)state;
  const sb_dist dist = ring();
  static const int64_t thin[SB_AXES] = {0, 0, 3};
  for (int w = 0; w < 2; w++) {
    sb_xchg *first = plan(&dist, ring_depth, true, all_ways[w]);
    sb_xchg *second = plan(&dist, thin, false, all_ways[w]);
    field a = field_create(&dist, ring_depth, true, sb_comm_rank(comm), 0);
    field b = field_create(&dist, thin, false, sb_comm_rank(comm), 0);
    int64_t wrong = 0;
    for (int round = 1; round < 20; round++) {
      field_fill(&a, round);
      field_fill(&b, -round);
      sb_xchg_start(first, &a.array, NULL);
      sb_xchg_start(second, &b.array, NULL);
      sb_xchg_finish(second, &b.array, NULL);
      sb_xchg_finish(first, &a.array, NULL);
      wrong += field_wrong(&a, round) + field_wrong(&b, -round);
    }
    assert_int_equal(on_all(wrong), 0);
    field_destroy(&a);
    field_destroy(&b);
    sb_xchg_destroy(&first);
    sb_xchg_destroy(&second);
  }
}

/* Neighbours on one node, if any, and on different ones, in a ring of all ranks. */
static const char *expected_way(sb_exchange how) {
  if (sb_comm_size(comm) == 1) return "none";
  int64_t largest = sb_comm_node_size(comm);
  sb_comm_max_i64(comm, &largest, 1);
  if (how == SB_EXCHANGE_MESSAGE || largest == 1) return "message";
  return sb_comm_nodes(comm) == 1 ? "shared" : "shared+message";
}

static void names_its_way(void **state) {
  (void)state;
  const sb_dist dist = ring();
  static const int64_t none[SB_AXES] = {0, 0, 0};
  for (int w = 0; w < 3; w++) {
    sb_xchg *xchg = plan(&dist, ring_depth, true, all_ways[w]);
    assert_string_equal(sb_xchg_way(xchg), expected_way(all_ways[w]));
    sb_xchg_destroy(&xchg);
  }
  sb_xchg *xchg = plan(&dist, none, true, SB_EXCHANGE_AUTO);
  assert_string_equal(sb_xchg_way(xchg), "none");
  sb_xchg_destroy(&xchg);
}

static void does_without_room(void **state) {
  (void)state;
  const sb_dist dist = ring();
  const bool would_share = strstr(expected_way(SB_EXCHANGE_SHARED), "shared") != NULL;
  setenv("SB_SHARED_MOST", "4000", 1);
  sb_xchg *xchg = plan(&dist, ring_depth, true, SB_EXCHANGE_AUTO);
  assert_string_equal(sb_xchg_way(xchg), expected_way(SB_EXCHANGE_MESSAGE));
  assert_string_equal(sb_message(), "");
  assert_int_equal(on_all(wrong_after(xchg, &dist, ring_depth, true, 3)), 0);
  sb_xchg_destroy(&xchg);

  const sb_status status = sb_xchg_create(comm, &dist, ring_depth, true, SB_EXCHANGE_SHARED, &xchg);
  assert_int_equal(status, would_share ? SB_BAD_INPUT : SB_OK);
  if (would_share) assert_non_null(strstr(sb_message(), "shared memory"));
  if (would_share) assert_null(xchg);
  sb_clear();
  sb_xchg_destroy(&xchg);
  unsetenv("SB_SHARED_MOST");
}

static void refuses_what_is_no_halo(void **state) {
  (void)state;
  const sb_dist dist = ring();
  const int64_t wrong[][SB_AXES] = {{1, 6, 1}, {-1, 1, 1}, {0, 0, dist.n[2] + 1}};
  for (int i = 0; i < 3; i++) {
    sb_xchg *xchg = NULL;
    assert_int_equal(sb_xchg_create(comm, &dist, wrong[i], true, SB_EXCHANGE_AUTO, &xchg),
                     SB_BAD_INPUT);
    assert_null(xchg);
    sb_clear();
  }
}

static void tells_the_clock(void **state) {
  (void)state;
  const sb_dist dist = ring();
  sb_xchg *xchg = plan(&dist, ring_depth, true, SB_EXCHANGE_AUTO);
  field f = field_create(&dist, ring_depth, true, sb_comm_rank(comm), 0);
  field_fill(&f, 1);
  sb_comm_barrier(comm);
  /* So that others have to wait, probably: nothing here fails when they need not. */
  if (sb_comm_rank(comm) == 0) (void)nanosleep(&(struct timespec){.tv_nsec = 30000000}, NULL);
  sb_clock clock;
  sb_clock_reset(&clock, SB_COMPUTE);
  sb_xchg_start(xchg, &f.array, &clock);
  const sb_phase after_start = clock.now;
  sb_clock_enter(&clock, SB_COMPUTE);
  sb_xchg_finish(xchg, &f.array, &clock);
  const sb_phase after_finish = clock.now;
  const bool waiting = sb_comm_waiting();
  sb_clock_stop(&clock);
  assert_int_equal(on_all(field_wrong(&f, 1)), 0);
  assert_int_equal(after_start, SB_COMMUNICATE);
  assert_int_equal(after_finish, SB_COMMUNICATE);
  assert_true(clock.seconds[SB_COMMUNICATE] > 0.0);
  assert_int_equal(on_all(waiting), 0);
  field_destroy(&f);
  sb_xchg_destroy(&xchg);
}

int main(int argc, char **argv) {
  if (sb_comm_start(&argc, &argv, &comm) != SB_OK) return 1;
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(is_right_on_all_grids),
      cmocka_unit_test(is_right_as_apps_choose),
      cmocka_unit_test(is_right_in_chunks),
      cmocka_unit_test(stays_right_on_trial),
      cmocka_unit_test(stays_right_with_long_messages),
      cmocka_unit_test(keeps_plans_apart),
      cmocka_unit_test(names_its_way),
      cmocka_unit_test(does_without_room),
      cmocka_unit_test(refuses_what_is_no_halo),
      cmocka_unit_test(tells_the_clock),
  };
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  sb_comm_finish(&comm);
  return failed;
}
