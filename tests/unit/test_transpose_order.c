/* To whom ranks hand over first: never all to the same one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <stdlib.h>
#include <string.h>

#include "transpose_partners.h"
#include "transpose_plan.h"

enum { RANKS_MOST = 64 };

static sb_dist dist_of(const int grid[SB_AXES], const int64_t n[SB_AXES]) {
  sb_dist dist = {.grid = {grid[0], grid[1], grid[2]}, .block = {1, 1, 1}};
  memcpy(dist.n, n, sizeof dist.n);
  return dist;
}

/* Counts to how many ranks the parcels go that ranks send as their first, second, ...: of all ranks
 * as many as send one, where partners are as many for each. */
static void check_order(const int from_grid[SB_AXES], const int to_grid[SB_AXES],
                        const int64_t n[SB_AXES]) {
  const sb_dist from = dist_of(from_grid, n), to = dist_of(to_grid, n);
  const sb_transpose_shape shape = {.from = &from, .to = &to, .words = 2, .planes = 0};
  const int ranks = sb_dist_ranks(&from);
  sb_transpose plan[RANKS_MOST];
  assert_true(ranks <= RANKS_MOST);
  for (int rank = 0; rank < ranks; rank++) {
    plan[rank] = (sb_transpose){.shape = shape, .rank = rank};
    assert_int_equal(sb_transpose_cut(&plan[rank]), SB_OK);
    assert_true(plan[rank].parcels > 0 && plan[rank].parcels == plan[0].parcels);
  }
  for (int step = 0; step < plan[0].parcels; step++) {
    bool taken[RANKS_MOST] = {false};
    for (int rank = 0; rank < ranks; rank++) {
      const int to_rank = plan[rank].parcel[step].rank;
      assert_false(taken[to_rank]);
      taken[to_rank] = true;
    }
  }
  for (int rank = 0; rank < ranks; rank++) sb_transpose_uncut(&plan[rank]);
}

static void each_step_has_a_receiver_of_its_own(void **state) {
  (void)state;
  const int slabs[SB_AXES] = {7, 1, 1}, turned[SB_AXES] = {1, 7, 1};
  check_order(slabs, turned, (int64_t[SB_AXES]){15, 23, 5});
  check_order(turned, slabs, (int64_t[SB_AXES]){15, 23, 5});
  /* Pencils of 8 x 8: rows, columns. */
  const int x[SB_AXES] = {8, 8, 1}, y[SB_AXES] = {8, 1, 8}, z[SB_AXES] = {1, 8, 8};
  const int64_t n[SB_AXES] = {17, 19, 33};
  check_order(x, y, n);
  check_order(y, z, n);
}

/* Straight from z-pencils to x-pencils no rank need be its own partner. */
static void ranks_that_are_not_their_own_partners_begin_apart(void **state) {
  (void)state;
  const int x[SB_AXES] = {8, 8, 1}, z[SB_AXES] = {1, 8, 8};
  const int64_t n[SB_AXES] = {16, 16, 16};
  const sb_dist from = dist_of(z, n), to = dist_of(x, n);
  const sb_transpose_shape shape = {.from = &from, .to = &to, .words = 2, .planes = 1};
  int first[RANKS_MOST] = {0}, most = 0;
  for (int rank = 0; rank < RANKS_MOST; rank++) {
    sb_transpose plan = {.shape = shape, .rank = rank};
    assert_int_equal(sb_transpose_cut(&plan), SB_OK);
    first[plan.parcel[0].rank]++;
    sb_transpose_uncut(&plan);
  }
  for (int rank = 0; rank < RANKS_MOST; rank++) most = first[rank] > most ? first[rank] : most;
  assert_in_range(most, 1, 2);
}

/* Both ends of a message must know its place among those that its sender sends. */
static void places_are_known_at_both_ends(void **state) {
  (void)state;
  const int x[SB_AXES] = {3, 5, 1}, y[SB_AXES] = {3, 1, 5}, z[SB_AXES] = {1, 3, 5};
  const int *grids[] = {x, y, z};
  const int64_t n[SB_AXES] = {7, 11, 13};
  for (int way = 0; way < 9; way++) {
    const sb_dist from = dist_of(grids[way / 3], n), to = dist_of(grids[way % 3], n);
    for (int rank = 0; rank < sb_dist_ranks(&from); rank++) {
      const sb_box box = sb_dist_box(&from, rank);
      const sb_partners partners = sb_partners_of(&to, &box);
      bool met[RANKS_MOST] = {false};
      for (int place = 0; place < partners.count; place++) {
        const int other = sb_partner_in_place(&partners, rank, place);
        assert_int_equal(sb_place_of_partner(&partners, rank, other), place);
        assert_false(met[other]);
        met[other] = true;
        const sb_box there = sb_dist_box(&to, other), common = sb_box_intersect(&box, &there);
        assert_false(sb_box_empty(&common));
      }
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_step_has_a_receiver_of_its_own),
      cmocka_unit_test(ranks_that_are_not_their_own_partners_begin_apart),
      cmocka_unit_test(places_are_known_at_both_ends),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
