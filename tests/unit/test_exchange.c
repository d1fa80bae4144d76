/* One rank without MPI: halos across periodic ends are its own cells, once, twice, many times
 * over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include "halo_truth.h"

static sb_comm *comm;

static void check(const sb_dist *dist, const int64_t depth[SB_AXES], bool corners,
                  sb_exchange how) {
  sb_xchg *xchg = NULL;
  assert_int_equal(sb_xchg_create(comm, dist, depth, corners, how, &xchg), SB_OK);
  assert_string_equal(sb_xchg_way(xchg), "none");
  field a = field_create(dist, depth, corners, 0, 0);
  field b = field_create(dist, depth, corners, 0, 5);
  field_fill(&a, 1);
  field_fill(&b, 2);
  sb_xchg_start(xchg, &a.array, NULL);
  assert_true(sb_xchg_test(xchg));
  sb_xchg_finish(xchg, &b.array, NULL);
  assert_int_equal(field_wrong_halo(&b, 1), 0);
  sb_xchg_start(xchg, &a.array, NULL);
  sb_xchg_finish(xchg, &a.array, NULL);
  assert_int_equal(field_wrong(&a, 1), 0);
  assert_int_equal(sb_xchg_bytes(xchg), 0);
  assert_int_equal(sb_comm_bytes_sent(comm), 0);
  field_destroy(&a);
  field_destroy(&b);
  sb_xchg_destroy(&xchg);
}

static void wraps_its_own_cells(void **state) {
  (void)state;
  static const int64_t depths[][SB_AXES] = {{1, 1, 1}, {3, 1, 2}, {0, 2, 0}, {3, 4, 9}};
  for (int mask = 0; mask < 8; mask++) {
    const sb_dist dist = {.n = {3, 4, 9},
                          .periodic = {(mask & 1) != 0, (mask & 2) != 0, (mask & 4) != 0},
                          .grid = {1, 1, 1},
                          .block = {1, 1, 1}};
    for (int d = 0; d < 4; d++) {
      for (int how = SB_EXCHANGE_AUTO; how <= SB_EXCHANGE_SHARED; how++) {
        check(&dist, depths[d], true, (sb_exchange)how);
        check(&dist, depths[d], false, (sb_exchange)how);
      }
    }
  }
}

static void refuses_what_is_no_halo(void **state) {
  (void)state;
  const sb_dist dist = {
      .n = {1, 1, 5}, .periodic = {false, false, true}, .grid = {1, 1, 1}, .block = {1, 1, 1}};
  const sb_dist for_two = {.n = {1, 1, 5}, .grid = {1, 1, 2}, .block = {1, 1, 1}};
  static const int64_t too_deep[SB_AXES] = {0, 0, 6}, negative[SB_AXES] = {0, -1, 0};
  sb_xchg *xchg = NULL;
  assert_int_equal(sb_xchg_create(comm, &dist, too_deep, true, SB_EXCHANGE_AUTO, &xchg),
                   SB_BAD_INPUT);
  sb_clear();
  assert_int_equal(sb_xchg_create(comm, &dist, negative, true, SB_EXCHANGE_AUTO, &xchg),
                   SB_BAD_INPUT);
  sb_clear();
  assert_int_equal(
      sb_xchg_create(comm, &for_two, (int64_t[]){0, 0, 1}, true, SB_EXCHANGE_AUTO, &xchg),
      SB_INTERNAL);
  sb_clear();
  assert_null(xchg);
  sb_xchg_destroy(&xchg);
}

int main(void) {
  if (sb_comm_start(NULL, NULL, &comm) != SB_OK) return 1;
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(wraps_its_own_cells),
      cmocka_unit_test(refuses_what_is_no_halo),
  };
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  sb_comm_finish(&comm);
  return failed;
}
