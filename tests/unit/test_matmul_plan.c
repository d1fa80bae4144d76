/* How products are dealt to ranks: words against the formula, memory, panels, the choice itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "matmul_panels.h"
#include "matmul_plan.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static const int numbers_of_ranks[] = {2,  3,  4,  5,  6,   7,   8,   9,   10,  11,   12,  13,
                                       14, 15, 16, 64, 100, 128, 256, 384, 512, 1000, 1024};

/* Square, tall and skinny, flat, a column of results, uneven. */
static const matmul_config shapes[] = {
    {.m = 16384, .n = 16384, .k = 16384}, {.m = 4096, .n = 4096, .k = 4096},
    {.m = 512, .n = 512, .k = 2000000},   {.m = 200000, .n = 200000, .k = 256},
    {.m = 1000000, .n = 600, .k = 600},   {.m = 10007, .n = 9001, .k = 12011},
};

static matmul_config with_panel(matmul_config shape) {
  shape.kernel = MATMUL_BLAS;
  shape.panel = 256;
  return shape;
}

static matmul_layout layout_of(const matmul_config *config, int ranks) {
  matmul_layout layout;
  assert_int_equal(matmul_layout_make(config, ranks, &layout), SB_OK);
  return layout;
}

/* Of the rank with most rows, columns and layers. */
static double of_largest(const matmul_config *c, const int *grid) {
  const double m = ceil((double)c->m / grid[MATMUL_M]), n = ceil((double)c->n / grid[MATMUL_N]);
  const double k = ceil((double)c->k / grid[MATMUL_K]);
  return m * (k - floor(k / grid[MATMUL_N])) + n * (k - floor(k / grid[MATMUL_M])) +
         ceil(m / grid[MATMUL_K]) * n * (grid[MATMUL_K] - 1);
}

/* The formula of matmul_plan.h for one rank of the grid: the source is the volume of 2.5-D
 * algorithms (E. Solomonik, J. Demmel, Euro-Par 2011), written for a grid of any shape. */
static double formula(const matmul_config *c, const int *grid) {
  const double m = (double)c->m, n = (double)c->n, k = (double)c->k;
  const double pm = grid[MATMUL_M], pn = grid[MATMUL_N], pk = grid[MATMUL_K];
  return m * k / (pm * pk) * (1 - 1 / pn) + k * n / (pk * pn) * (1 - 1 / pm) +
         m * n / (pm * pn) * (1 - 1 / pk);
}

static void words_are_those_of_the_formula(void **state) {
  (void)state;
  for (size_t s = 0; s < COUNT(shapes); s++) {
    const matmul_config c = with_panel(shapes[s]);
    for (size_t r = 0; r < COUNT(numbers_of_ranks); r++) {
      const int ranks = numbers_of_ranks[r];
      const matmul_layout layout = layout_of(&c, ranks);
      double sum = 0.0, most = 0.0;
      for (int rank = 0; rank < ranks; rank++) {
        const double words = matmul_words_rank(&layout, rank);
        sum += words;
        most = fmax(most, words);
      }
      assert_true(sum == matmul_words(&c, &layout));
      /* Rows are not divided: a rank may have one more than the even share of few. */
      if (most > fmax(1.1 * formula(&c, layout.dist.grid), of_largest(&c, layout.dist.grid)) ||
          fabs(sum / (sb_dist_ranks(&layout.dist) * formula(&c, layout.dist.grid)) - 1) > 1e-12) {
        fail_msg("%" PRId64 " x %" PRId64 " x %" PRId64 ", %d ranks: %g words, formula %g", c.m,
                 c.n, c.k, ranks, most, formula(&c, layout.dist.grid));
      }
    }
  }
}

/* No grid of as many ranks, with layers or without, makes a rank receive a fifth less. (On hundreds
 * of ranks the messages of a sum over as many layers cost more than words.) */
static void the_choice_is_near_the_least(void **state) {
  (void)state;
  for (size_t s = 0; s < COUNT(shapes); s++) {
    const matmul_config c = with_panel(shapes[s]);
    for (size_t r = 0; r < COUNT(numbers_of_ranks); r++) {
      const int ranks = numbers_of_ranks[r];
      if (ranks > 64) continue;
      const matmul_layout layout = layout_of(&c, ranks);
      const int used = sb_dist_ranks(&layout.dist);
      double least = (double)INFINITY;
      for (int pm = 1; pm <= used; pm++) {
        for (int pn = 1; used % pm == 0 && pn <= used / pm; pn++) {
          if (used / pm % pn != 0) continue;
          const int grid[SB_AXES] = {pm, pn, used / pm / pn};
          if (grid[MATMUL_M] > c.m || grid[MATMUL_N] > c.n || grid[MATMUL_K] > c.k) continue;
          /* Sums of layers are received and added: they weigh twice in the choice. */
          const double sums = (double)c.m * (double)c.n / (pm * pn) * (1 - 1.0 / grid[MATMUL_K]);
          least = fmin(least, formula(&c, grid) + sums);
        }
      }
      assert_true(used >= ranks - ranks / 8);
      const int *grid = layout.dist.grid;
      const double sums = (double)c.m * (double)c.n / (grid[MATMUL_M] * grid[MATMUL_N]) *
                          (1 - 1.0 / grid[MATMUL_K]);
      const double chosen = formula(&c, grid) + sums;
      if (chosen > 1.25 * least) {
        fail_msg("%" PRId64 " x %" PRId64 " x %" PRId64
                 ", %d ranks: %d x %d x %d receive %g, "
                 "others %g",
                 c.m, c.n, c.k, ranks, grid[0], grid[1], grid[2], chosen, least);
      }
    }
  }
}

/* Each entry of A and B has one owner, each row of C one keeper. */
static void parts_make_up_the_matrices(void **state) {
  (void)state;
  for (size_t s = 0; s < COUNT(shapes); s++) {
    const matmul_config c = with_panel(shapes[s]);
    for (size_t r = 0; r < COUNT(numbers_of_ranks); r++) {
      const matmul_layout layout = layout_of(&c, numbers_of_ranks[r]);
      int64_t a = 0, b = 0, product = 0;
      for (int rank = 0; rank < numbers_of_ranks[r]; rank++) {
        const matmul_share own = matmul_share_of(&layout, rank);
        a += sb_count(own.rows) * sb_count(own.a_part);
        b += sb_count(own.b_part) * sb_count(own.columns);
        product += sb_count(own.c_part) * sb_count(own.columns);
      }
      assert_true(a == c.m * c.k && b == c.k * c.n && product == c.m * c.n);
    }
  }
}

static double memory_of(const matmul_config *c, int ranks) {
  sb_plan plan;
  matmul_plan(c, ranks, 1, 0, &plan);
  return plan.memory_rank;
}

/* With as much of the matrices for each rank, and as much memory, a rank of many ranks plans with
 * what a rank of few has. */
static void memory_does_not_grow_with_the_ranks(void **state) {
  (void)state;
  const matmul_config c = with_panel((matmul_config){.m = 8192, .n = 8192, .k = 8192});
  const double first = memory_of(&c, 16);
  for (int times = 2; times <= 16; times *= 2) {
    matmul_config more =
        with_panel((matmul_config){.m = times * c.m, .n = times * c.n, .k = times * c.k});
    more.node_size = 1;
    more.memory_node = (int64_t)(1.05 * first);
    const double now = memory_of(&more, 16 * times * times);
    if (now > 1.1 * first) fail_msg("%g B on 16 ranks, %g B on %d", first, now, 16 * times * times);
  }
}

/* So it does of grids of one layer, which need not be told how much memory there is: what grows is
 * the list of panels, with the root of the ranks. */
static void a_flat_grid_has_one_layer(void **state) {
  (void)state;
  matmul_config c = with_panel((matmul_config){.m = 512, .n = 512, .k = 512});
  assert_true(layout_of(&c, 1024).dist.grid[MATMUL_K] > 1);
  c.flat = true;
  const double first = memory_of(&c, 16);
  for (int times = 2; times <= 8; times *= 2) {
    matmul_config more = c;
    more.m *= times, more.n *= times, more.k *= times;
    const matmul_layout layout = layout_of(&more, 16 * times * times);
    const int *grid = layout.dist.grid;
    assert_true(grid[MATMUL_M] == 4 * times && grid[MATMUL_N] == 4 * times && grid[MATMUL_K] == 1);
    const double now = memory_of(&more, 16 * times * times);
    if (now > 1.1 * first) fail_msg("%g B on 16 ranks, %g B on %d", first, now, 16 * times * times);
  }
}

/* A node that has no room for what is cheapest gets a grid that needs less. */
static void memory_of_a_node_is_kept(void **state) {
  (void)state;
  matmul_config c = with_panel((matmul_config){.m = 2048, .n = 2048, .k = 200000});
  c.node_size = 1;
  const matmul_layout free_choice = layout_of(&c, 16);
  assert_true(free_choice.dist.grid[MATMUL_K] > 1);
  c.memory_node = (int64_t)(0.97 * memory_of(&c, 16));
  const matmul_layout bound = layout_of(&c, 16);
  assert_true(bound.dist.grid[MATMUL_K] < free_choice.dist.grid[MATMUL_K]);
  /* Copies for files and packed panels of threads are counted. */
  matmul_config files = with_panel((matmul_config){.m = 2048, .n = 2048, .k = 43000});
  files.fields = true;
  files.kernel = MATMUL_BLOCKED;
  files.threads = 1;
  files.memory_node = (int64_t)(0.97 * memory_of(&files, 2));
  files.largest_node = 1;
  assert_true(memory_of(&files, 2) <= (double)files.memory_node);
  /* Where no grid has room, what is refused is the smallest. */
  const double most = memory_of(&c, 16);
  c.memory_node = 1;
  assert_true(memory_of(&c, 16) <= most);
}

/* Panels cover the layer in order, each with one owner of its A and one of its B. */
static void panels_cover_a_layer(void **state) {
  (void)state;
  for (size_t s = 0; s < COUNT(shapes); s++) {
    const matmul_config c = with_panel(shapes[s]);
    const matmul_layout layout = layout_of(&c, 12);
    for (int rank = 0; rank < sb_dist_ranks(&layout.dist); rank++) {
      const matmul_share own = matmul_share_of(&layout, rank);
      const int64_t most = matmul_panels_most(&layout, own.layer);
      sb_range *list = calloc((size_t)most, sizeof *list);
      assert_non_null(list);
      const int64_t count = matmul_panels_cut(&layout, own.layer, list);
      assert_true(count >= 1 && count <= most);
      int64_t at = own.layer.lo;
      for (int64_t p = 0; p < count; p++) {
        assert_true(list[p].lo == at && list[p].hi > at && sb_count(list[p]) <= c.panel);
        at = list[p].hi;
        for (int axis = MATMUL_M; axis <= MATMUL_N; axis++) {
          const int parts = layout.dist.grid[axis];
          int owners = 0;
          for (int part = 0; part < parts; part++) {
            const sb_range owned = matmul_part(own.layer, parts, part);
            owners += owned.lo < list[p].hi && owned.hi > list[p].lo;
          }
          assert_int_equal(owners, 1);
        }
      }
      assert_true(at == own.layer.hi);
      const int64_t first =
          matmul_first_panel(&layout, own.position[0], own.position[1], own.layer, list, count);
      assert_true(first >= 0 && first < count);
      free(list);
    }
  }
}

/* Every rank begins with another panel, as long as there are enough. */
static void ranks_of_a_row_begin_apart(void **state) {
  (void)state;
  matmul_config c = with_panel((matmul_config){.m = 8192, .n = 8192, .k = 8192});
  snprintf(c.grid, sizeof c.grid, "4x4x1");
  c.given[0] = c.given[1] = 4;
  c.given[2] = 1;
  const matmul_layout layout = layout_of(&c, 16);
  sb_range list[64];
  const sb_range all = {0, c.k};
  assert_true(matmul_panels_most(&layout, all) <= (int64_t)COUNT(list));
  const int64_t count = matmul_panels_cut(&layout, all, list);
  for (int i = 0; i < 4; i++) {
    for (int j = 0; j < 4; j++) {
      for (int other = 0; other < j; other++) {
        assert_true(matmul_first_panel(&layout, i, j, all, list, count) !=
                    matmul_first_panel(&layout, i, other, all, list, count));
        assert_true(matmul_first_panel(&layout, j, i, all, list, count) !=
                    matmul_first_panel(&layout, other, i, all, list, count));
      }
    }
  }
}

static void threads_cut_a_block_nearly_square(void **state) {
  (void)state;
  int grid[2];
  matmul_threads_grid(1000, 1000, 4, grid);
  assert_true(grid[0] == 2 && grid[1] == 2);
  matmul_threads_grid(1, 1000, 4, grid);
  assert_true(grid[0] == 1 && grid[1] == 4);
  matmul_threads_grid(1, 1, 4, grid);
  assert_true(grid[0] == 1 && grid[1] == 1);
  matmul_threads_grid(2, 2, 7, grid);
  assert_true(grid[0] == 2 && grid[1] == 2);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(words_are_those_of_the_formula),
      cmocka_unit_test(the_choice_is_near_the_least),
      cmocka_unit_test(parts_make_up_the_matrices),
      cmocka_unit_test(memory_does_not_grow_with_the_ranks),
      cmocka_unit_test(a_flat_grid_has_one_layer),
      cmocka_unit_test(memory_of_a_node_is_kept),
      cmocka_unit_test(panels_cover_a_layer),
      cmocka_unit_test(ranks_of_a_row_begin_apart),
      cmocka_unit_test(threads_cut_a_block_nearly_square),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
