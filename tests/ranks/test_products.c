/* Products that follow one another without a barrier: each is right on all ranks, whatever the grid
 * and the way of panels, while ranks pause at random and used buffers become NaN. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <stdio.h>
#include <stdlib.h>

#include "matmul.h"
#include "memory.h"

enum { M = 45, N = 33, K = 120, PRODUCTS = 60 };

static sb_comm *comm;

/* What this rank keeps of C, summed in another way: exact, since entries are integers. */
static void expect(const matmul_state *s, double *c) {
  const int64_t columns = sb_count(s->share.columns);
  double row[K], column[N];
  for (int64_t i = 0; i < sb_count(s->share.c_part); i++) {
    matmul_entries_row(&s->entries, MATMUL_A, s->share.c_part.lo + i, K, 0, K, row);
    for (int64_t j = 0; j < columns; j++) c[i * columns + j] = 0.0;
    for (int64_t l = 0; l < K; l++) {
      matmul_entries_row(&s->entries, MATMUL_B, l, N, s->share.columns.lo, columns, column);
      for (int64_t j = 0; j < columns; j++) c[i * columns + j] += row[l] * column[j];
    }
  }
}

static int64_t wrong_entries(const matmul_state *s, const double *expected) {
  const int64_t kept = sb_count(s->share.c_part) * sb_count(s->share.columns);
  int64_t wrong = 0;
  for (int64_t i = 0; i < kept; i++) wrong += s->c[i] == expected[i] ? 0 : 1;
  return wrong;
}

static int64_t wrong_in_series(matmul_config config, sb_exchange how, int seed) {
  const sb_common common = {.seed = seed, .exchange = (int)how};
  const sb_run run = {.comm = comm, .threads = 1, .common = &common};
  char text[16];
  snprintf(text, sizeof text, "%d", seed);
  setenv("SB_EXCHANGE_TEST", text, 1);
  void *state = NULL;
  sb_clock clock;
  double *expected = NULL;
  int64_t wrong = 0;
  sb_clock_reset(&clock, SB_COMPUTE);
  assert_int_equal(matmul_app.setup(&run, &config, &state), SB_OK);
  assert_int_equal(sb_doubles_create(M * N, &expected), SB_OK);
  expect(state, expected);
  sb_comm_barrier(comm);
  for (int i = 0; i < PRODUCTS; i++) {
    (void)matmul_app.run(state, &clock);
    wrong += wrong_entries(state, expected);
  }
  /* All ranks fail together: one that fell out alone would leave the others waiting. */
  sb_comm_sum_i64(comm, &wrong, 1);
  matmul_app.teardown(&state);
  free(expected);
  unsetenv("SB_EXCHANGE_TEST");
  return wrong;
}

static void are_right_one_after_another(void **state) {
  (void)state;
  static const sb_exchange ways[] = {SB_EXCHANGE_AUTO, SB_EXCHANGE_SHARED, SB_EXCHANGE_MESSAGE};
  const int ranks = sb_comm_size(comm);
  for (int axis = 0; axis <= SB_AXES; axis++) {
    matmul_config config = {
        .m = M, .n = N, .k = K, .kernel = MATMUL_NAIVE, .entries = MATMUL_INTEGER, .panel = 8};
    int *grid = config.given;
    grid[0] = grid[1] = grid[2] = 1;
    if (axis < SB_AXES) {
      grid[axis] = ranks;
    } else { /* two axes at once, where there are ranks for them */
      grid[MATMUL_K] = ranks / 2 > 1 ? ranks / 2 : 1;
      grid[MATMUL_M] = ranks > 1 ? 2 : 1;
    }
    for (int w = 0; w < 3; w++) assert_int_equal(wrong_in_series(config, ways[w], 7 + w), 0);
  }
}

int main(int argc, char **argv) {
  if (sb_comm_start(&argc, &argv, &comm) != SB_OK) return 1;
  const struct CMUnitTest tests[] = {cmocka_unit_test(are_right_one_after_another)};
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  sb_comm_finish(&comm);
  return failed;
}
