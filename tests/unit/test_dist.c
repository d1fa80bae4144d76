/* Boxes cover the grid once, owners are the inverse, node blocks are compact, and what a halo sends
 * is what it gets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h> /* wants the three above */

#include "dist.h"
#include "halo_shape.h"

static const bool walls[SB_AXES] = {false, false, false};

static sb_dist make(const int64_t n[SB_AXES], int dims, const bool periodic[SB_AXES], int ranks,
                    int node_size) {
  sb_dist dist;
  assert_int_equal(sb_dist_create(n, dims, periodic, ranks, node_size, sb_halo_cost, n, &dist),
                   SB_OK);
  return dist;
}

/* Every cell belongs to the one rank that owners and positions compute for it. */
static void check_cover(const sb_dist *dist) {
  int64_t cells = 0;
  for (int r = 0; r < sb_dist_ranks(dist); r++) {
    int position[SB_AXES], lo[SB_AXES], hi[SB_AXES];
    sb_dist_position(dist, r, position);
    assert_int_equal(sb_dist_rank(dist, position), r);
    const sb_box box = sb_dist_box(dist, r);
    assert_false(sb_box_empty(&box));
    cells += sb_box_count(&box);
    sb_dist_owners(dist, &box, lo, hi);
    for (int a = 0; a < SB_AXES; a++) {
      assert_int_equal(lo[a], position[a]);
      assert_int_equal(hi[a], position[a] + 1);
    }
  }
  assert_int_equal(cells, dist->n[0] * dist->n[1] * dist->n[2]);
  const sb_box idle = sb_dist_box(dist, sb_dist_ranks(dist));
  assert_true(sb_box_empty(&idle));
}

static void boxes_cover_the_grid_once(void **state) {
  (void)state;
  const int64_t shapes[][SB_AXES] = {{1, 1, 1}, {1, 3, 5}, {1, 17, 64}, {1, 100, 7},
                                     {2, 3, 4}, {9, 8, 7}, {16, 16, 33}};
  const int node_sizes[] = {0, 1, 2, 3, 4, 8, 64};
  for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s++)
    for (int ranks = 1; ranks <= 64; ranks++)
      for (size_t k = 0; k < sizeof node_sizes / sizeof node_sizes[0]; k++) {
        const sb_dist dist = make(shapes[s], shapes[s][0] > 1 ? 3 : 2, walls, ranks, node_sizes[k]);
        assert_in_range(sb_dist_ranks(&dist), 1, ranks);
        check_cover(&dist);
      }
}

static void nodes_are_compact_blocks(void **state) {
  (void)state;
  const int64_t n[SB_AXES] = {1, 720, 720};
  const sb_dist dist = make(n, 2, walls, 72, 8);
  assert_int_equal(dist.grid[1], 8);
  assert_int_equal(dist.grid[2], 9);
  assert_int_equal(dist.block[1] * dist.block[2], 8); /* 9 columns: only whole columns divide */
  const sb_dist square = make(n, 2, walls, 64, 8);
  assert_true((square.block[1] == 2 && square.block[2] == 4) ||
              (square.block[1] == 4 && square.block[2] == 2));
  const sb_dist uneven = make(n, 2, walls, 7, 2); /* 2 does not divide 1 x 7 */
  assert_int_equal(uneven.block[1] * uneven.block[2], 1);
}

static void ranks_beyond_the_cells_are_idle(void **state) {
  (void)state;
  const int64_t n[SB_AXES] = {1, 2, 3};
  const sb_dist seven = make(n, 2, walls, 7, 0), five = make(n, 2, walls, 5, 0);
  assert_int_equal(sb_dist_ranks(&seven), 6);
  assert_int_equal(sb_dist_ranks(&five), 4); /* 5 has no grid within 2 x 3 */
}

/* Each rim has its mirror at the owner, and rims follow each other without a gap. */
static void check_rims(const sb_dist *dist, int axis, int64_t depth) {
  for (int p = 0; p < dist->grid[axis]; p++) {
    sb_rim rim = sb_rim_begin(dist, axis, p, depth);
    int64_t next = rim.receive.lo;
    while (sb_rim_next(dist, axis, p, depth, &rim)) {
      assert_int_equal(rim.receive.lo, next);
      assert_true(sb_count(rim.receive) > 0);
      next = rim.receive.hi;
      const int64_t shift = rim.image * dist->n[axis];
      int mirrors = 0;
      sb_rim back = sb_rim_begin(dist, axis, rim.owner, depth);
      while (sb_rim_next(dist, axis, rim.owner, depth, &back)) {
        if (back.owner != p || back.image != -rim.image) continue;
        mirrors++;
        assert_int_equal(back.send.lo + shift, rim.receive.lo);
        assert_int_equal(back.send.hi + shift, rim.receive.hi);
      }
      assert_int_equal(mirrors, 1);
    }
  }
}

static void what_is_sent_is_what_is_received(void **state) {
  (void)state;
  const int64_t n[SB_AXES] = {5, 6, 11};
  for (int wrap = 0; wrap < 8; wrap++)
    for (int ranks = 1; ranks <= 40; ranks++)
      for (int64_t d = 0; d <= 5; d++) {
        const bool periodic[SB_AXES] = {(wrap & 1) != 0, (wrap & 2) != 0, (wrap & 4) != 0};
        const int64_t depth[SB_AXES] = {d, d, d};
        const sb_dist dist = make(n, 3, periodic, ranks, 2);
        for (int a = 0; a < SB_AXES; a++) check_rims(&dist, a, d);
        for (int corners = 0; corners < 2; corners++) {
          int64_t sum = 0;
          for (int r = 0; r < ranks; r++) sum += sb_halo_bytes_rank(&dist, depth, corners != 0, r);
          assert_int_equal(sum, sb_halo_bytes(&dist, depth, corners != 0));
        }
      }
}

static void bytes_are_those_counted_by_hand(void **state) {
  (void)state;
  const int64_t n[SB_AXES] = {1, 8, 10}, depth[SB_AXES] = {0, 1, 1};
  const bool all[SB_AXES] = {false, true, true};
  sb_dist open = {.n = {1, 8, 10}, .grid = {1, 2, 2}, .block = {1, 1, 1}}, ring = open;
  memcpy(ring.periodic, all, sizeof all);
  assert_int_equal(sb_halo_bytes(&open, depth, false), 8 * 2 * (8 + 10));
  assert_int_equal(sb_halo_bytes(&open, depth, true), 8 * (2 * (8 + 10) + 4));
  assert_int_equal(sb_halo_bytes(&ring, depth, true), 8 * (4 * (8 + 10) + 16));
  const sb_dist one = make(n, 2, all, 1, 0);
  assert_int_equal(sb_halo_bytes(&one, depth, true), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(boxes_cover_the_grid_once),
      cmocka_unit_test(nodes_are_compact_blocks),
      cmocka_unit_test(ranks_beyond_the_cells_are_idle),
      cmocka_unit_test(what_is_sent_is_what_is_received),
      cmocka_unit_test(bytes_are_those_counted_by_hand),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
