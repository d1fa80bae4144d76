/* sb_split covers [0, n) once, in order, evenly; sb_owner is its inverse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include "decomp.h"

static int64_t units(int64_t n, int64_t align) { return (n + align - 1) / align; }

static void check(int64_t n, int64_t align, int64_t parts) {
  int64_t next = 0, least = INT64_MAX, most = 0;
  for (int64_t part = 0; part < parts; part++) {
    const sb_range r = sb_split(n, align, parts, part);
    assert_int_equal(r.lo, next);
    next = r.hi;
    const int64_t held = units(r.hi, align) - units(r.lo, align);
    if (held < least) least = held;
    if (held > most) most = held;
    for (int64_t i = r.lo; i < r.hi; i++) assert_int_equal(sb_owner(n, align, parts, i), part);
  }
  assert_int_equal(next, n);
  assert_true(most - least <= 1);
}

static void covers_once_and_evenly(void **state) {
  (void)state;
  for (int64_t n = 0; n <= 70; n++)
    for (int64_t align = 1; align <= 17; align += 4)
      for (int64_t parts = 1; parts <= 23; parts++) check(n, align, parts);
}

static void holds_beyond_32_bits(void **state) {
  (void)state;
  const int64_t n = INT64_C(1) << 40, parts = 98304; /* every core of a large machine */
  for (int64_t part = 0; part < parts; part += 9973) {
    const sb_range r = sb_split(n, 16, parts, part);
    assert_int_equal(sb_owner(n, 16, parts, r.lo), part);
    assert_int_equal(sb_owner(n, 16, parts, r.hi - 1), part);
  }
}

/* The boxes of all ranks tile the grid of cells, and positions are the inverse of ranks. */
static void boxes_tile_the_grid(void **state) {
  (void)state;
  const int64_t n[SB_AXES] = {3, 7, 10}, align[SB_AXES] = {1, 1, 4};
  const int grids[][SB_AXES] = {{1, 1, 1}, {2, 3, 1}, {1, 5, 3}, {4, 2, 2}};
  for (size_t g = 0; g < sizeof grids / sizeof grids[0]; g++) {
    const int *grid = grids[g], ranks = grid[0] * grid[1] * grid[2];
    int64_t cells = 0;
    for (int r = 0; r < ranks; r++) {
      int position[SB_AXES];
      sb_grid_position(grid, r, position);
      assert_int_equal(sb_grid_rank(grid, position), r);
      const sb_box box = sb_grid_box(n, align, grid, position);
      cells += sb_box_count(&box);
      for (int q = 0; q < r; q++) {
        sb_grid_position(grid, q, position);
        const sb_box other = sb_grid_box(n, align, grid, position);
        const sb_box both = sb_box_intersect(&box, &other);
        assert_true(sb_box_empty(&both));
      }
    }
    assert_int_equal(cells, n[0] * n[1] * n[2]);
  }
}

static void grown_boxes_meet_their_neighbours(void **state) {
  (void)state;
  const sb_box left = {.lo = {0, 0, 0}, .hi = {1, 4, 5}},
               right = {.lo = {0, 0, 5}, .hi = {1, 4, 9}};
  const int64_t halo[SB_AXES] = {0, 2, 2};
  const sb_box grown = sb_box_grow(&left, halo);
  const sb_box needed = sb_box_intersect(&grown, &right);
  assert_int_equal(sb_box_count(&needed), 4 * 2);
  assert_int_equal(needed.lo[2], 5);
  assert_int_equal(needed.hi[2], 7);
}

static void check_grid(int parts, int dims, const int64_t n[SB_AXES], int a, int b, int c) {
  int grid[SB_AXES];
  assert_true(sb_grid_choose(parts, dims, sb_halo_cost, n, grid));
  assert_int_equal(grid[0], a);
  assert_int_equal(grid[1], b);
  assert_int_equal(grid[2], c);
}

static void grids_are_the_cheapest(void **state) {
  (void)state;
  check_grid(72, 2, (const int64_t[]){1, 720, 720}, 1, 8, 9); /* greedy: 12 x 6 */
  check_grid(64, 3, (const int64_t[]){100, 100, 100}, 4, 4, 4);
  check_grid(8, 2, (const int64_t[]){1, 1000, 100}, 1, 8,
             1);                                           /* long and narrow: cut the long axis */
  check_grid(7, 2, (const int64_t[]){1, 10, 10}, 1, 1, 7); /* prime; ties go to the first */
  check_grid(1, 3, (const int64_t[]){5, 5, 5}, 1, 1, 1);
  check_grid(6, 1, (const int64_t[]){1, 1, 100}, 1, 1, 6);
}

static void grids_with_more_ranks_than_cells_are_refused(void **state) {
  (void)state;
  int grid[SB_AXES];
  const int64_t n[SB_AXES] = {1, 2, 3};
  assert_false(sb_grid_choose(7, 2, sb_halo_cost, n, grid));
  check_grid(6, 2, n, 1, 2, 3);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(covers_once_and_evenly),
      cmocka_unit_test(holds_beyond_32_bits),
      cmocka_unit_test(boxes_tile_the_grid),
      cmocka_unit_test(grown_boxes_meet_their_neighbours),
      cmocka_unit_test(grids_are_the_cheapest),
      cmocka_unit_test(grids_with_more_ranks_than_cells_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
