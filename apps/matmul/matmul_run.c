/* matmul_run.c: C stays, panels of A and B pass by.
 *
 * Each thread multiplies for its own piece of the rank's block of C, so threads share nothing but
 * what they read. They wait for each other only where a panel came as a message, whose buffer is
 * used again. */
#include "matmul_run.h"

#include "simulation.h"
#include "threads.h"

/* While panels travel the main thread looks after messages every so many rows; fewer would make
 * BLAS rearrange the same panel too often. */
enum { ROWS_BETWEEN_TESTS = 512 };

/* Rows between two signs of life for the watchdog, seconds on the slowest core. */
enum { ROWS_AT_ONCE = 4096, NAIVE_ROWS = 16 };

void matmul_multiply(const matmul_state *s, const matmul_block *block) {
  switch ((matmul_kernel_kind)s->config.kernel) {
    case MATMUL_NAIVE:
      matmul_naive(block);
      break;
    case MATMUL_BLOCKED:
      s->vector.blocked(block, s->scratch[sb_thread()]);
      break;
    case MATMUL_BLAS:
      matmul_blas(block);
      break;
  }
}

/* This thread's piece of some rows of the block; empty for threads beyond the pieces. */
static void piece(const matmul_state *s, sb_range all, sb_range *rows, sb_range *columns) {
  int grid[2];
  matmul_threads_grid(sb_count(all), sb_count(s->share.columns), sb_thread_count(), grid);
  const int at = sb_thread();
  *rows = *columns = (sb_range){0, 0};
  if (at >= grid[0] * grid[1]) return;
  *rows = sb_split(sb_count(all), 1, grid[0], at / grid[1]);
  rows->lo += all.lo;
  rows->hi += all.lo;
  *columns = sb_split(sb_count(s->share.columns), 1, grid[1], at % grid[1]);
}

/* Panels are read once, and C is written once: in between, kernels keep what they use in caches. */
static void tell_of_work(const matmul_block *b) {
  const double m = (double)b->m, n = (double)b->n, k = (double)b->k;
  sb_worked(2.0 * m * n * k, 8.0 * (m * k + k * n + (b->add ? 0.0 : m * n)));
}

static void multiply_step(matmul_state *s, int64_t step, sb_range all) {
  const matmul_pair pair = matmul_panels_pair(s->panels, step);
  const int64_t n = sb_count(s->share.columns);
  const bool tests = sb_thread() == 0 && matmul_panels_any_travels(s->panels);
  sb_range rows, columns;
  piece(s, all, &rows, &columns);
  const int64_t most = s->config.kernel == MATMUL_NAIVE ? NAIVE_ROWS
                       : tests                          ? ROWS_BETWEEN_TESTS
                                                        : ROWS_AT_ONCE;
  for (int64_t lo = rows.lo; lo < rows.hi; lo += most) {
    const int64_t hi = rows.hi < lo + most ? rows.hi : lo + most;
    const matmul_block block = {.m = hi - lo,
                                .n = sb_count(columns),
                                .k = pair.width,
                                .a = pair.a + lo * pair.width,
                                .b = pair.b + columns.lo,
                                .c = s->block + lo * n + columns.lo,
                                .lda = pair.width,
                                .ldb = n,
                                .ldc = n,
                                .add = step > 0};
    matmul_multiply(s, &block);
    if (sb_thread() == 0) tell_of_work(&block);
    if (tests) matmul_panels_test(s->panels, step);
    if (sb_thread() == 0) sb_progress();
  }
}

/* The last step with layers: the rows that other layers keep first, each offered when it is done.
 * Threads cut these rows anew, so none may still be at an earlier step. */
static void multiply_offering(matmul_state *s, int64_t step, sb_clock *clock) {
  const int pk = s->layout.dist.grid[MATMUL_K];
#pragma omp barrier
  for (int turn = 1; turn <= pk; turn++) {
    const int layer = matmul_panels_offered(s->panels, turn);
    multiply_step(s, step, sb_split(sb_count(s->share.rows), 1, pk, layer));
#pragma omp barrier
    if (sb_thread() == 0) matmul_panels_offer(s->panels, turn, clock);
  }
}

static void sum_products(matmul_state *s, sb_clock *clock) {
  const int64_t steps = matmul_panels_steps(s->panels);
  const bool layered = s->layout.dist.grid[MATMUL_K] > 1;
#pragma omp parallel
  {
    for (int64_t step = 0; step < steps; step++) {
      const bool travels = matmul_panels_travels(s->panels, step);
      if (travels) {
        if (sb_thread() == 0) matmul_panels_wait(s->panels, step, clock);
#pragma omp barrier
      }
      if (layered && step == steps - 1) {
        multiply_offering(s, step, clock);
      } else {
        multiply_step(s, step, (sb_range){0, sb_count(s->share.rows)});
      }
      if (travels) {
#pragma omp barrier
      }
      if (sb_thread() == 0) {
        matmul_panels_done(s->panels, step, clock);
      }
    }
  }
}

/* The sums of all layers for the rows that this rank keeps, always in the same order. */
static void add_layers(matmul_state *s, sb_clock *clock) {
  const int64_t held = sb_count(s->share.c_part) * sb_count(s->share.columns);
  for (int l = 0; l < s->layout.dist.grid[MATMUL_K]; l++) {
    const double *sums = matmul_panels_layer(s->panels, l, clock);
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < held; i++) s->c[i] = l == 0 ? sums[i] : s->c[i] + sums[i];
    sb_worked(l == 0 ? 0.0 : (double)held, 8.0 * (double)held * (l == 0 ? 2.0 : 3.0));
    matmul_panels_layer_read(s->panels, l);
  }
}

void matmul_product(matmul_state *s, sb_clock *clock) {
  if (sb_count(s->share.rows) == 0) return;
  matmul_panels_begin(s->panels, clock);
  sum_products(s, clock);
  if (s->layout.dist.grid[MATMUL_K] > 1) add_layers(s, clock);
  matmul_panels_end(s->panels, clock);
}
