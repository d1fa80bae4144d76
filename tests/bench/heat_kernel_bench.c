/* heat_kernel_bench: speed of the kernels of heat against the machine's memory.
 *
 *   heat_kernel_bench [dims [n [steps [rounds [threads]]]]]     default 2 8192, the best steps, 11,
 * all
 *
 * The bound is what a sweep could reach that reads one stream and writes one: a loop that scales an
 * array by 3, with plain and with streaming stores, the faster. All take turns, round after round,
 * since memory bandwidth on a shared machine swings by a factor of two; each line gives the median
 * of the rates, and of the ratios to the bound of the same round. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heat_sweep.h"
#include "memory.h"
#include "simd.h"
#include "stats.h"
#include "threads.h"
#include "timing.h"

enum { SCALE_PLAIN, SCALE_STREAM, SWEEPS, LINES = SWEEPS + 3, ROUNDS_MAX = 101 };

static const char *const names[LINES] = {"scale, plain stores", "scale, streaming stores", "plain",
                                         "streaming", "blocked"};

typedef struct {
  int dims, steps, threads;
  int64_t n, doubles;
  heat_grid now, next;
  double *memory[2];
  heat_sweep sweep[3];
} bench;

static int64_t up(int64_t cells) { return (cells + HEAT_ALIGN - 1) / HEAT_ALIGN * HEAT_ALIGN; }

static void make_grid(const bench *b, double *memory, heat_grid *grid) {
  const int64_t n = b->n, pad = 2 * HEAT_ALIGN;
  grid->row = up(n + 2 * pad);
  grid->plane = grid->row * (n + 2);
  grid->cell = memory + (b->dims == 3 ? grid->plane : 0) + grid->row + pad;
}

static void prepare(bench *b) {
  b->doubles = up(b->n + 4 * HEAT_ALIGN) * (b->n + 2) * (b->dims == 3 ? b->n + 2 : 1) + 64;
  for (int i = 0; i < 2; i++) {
    if (sb_doubles_create(b->doubles, &b->memory[i]) != SB_OK) exit(1);
#pragma omp parallel for schedule(static)
    for (int64_t k = 0; k < b->doubles; k++) b->memory[i][k] = 1.0 + 1e-9 * (double)(k % 1000);
  }
  make_grid(b, b->memory[0], &b->now);
  make_grid(b, b->memory[1], &b->next);
  for (int k = 0; k < 3; k++) {
    b->sweep[k] = (heat_sweep){.kind = (heat_kernel_kind)k,
                               .law = heat_law_make(b->dims, 0.125),
                               .most_steps = b->steps,
                               .threads = b->threads};
    const int64_t z = b->dims == 3 ? b->n : 1;
    b->sweep[k].sides.domain = (heat_box){.hi = {z, b->n, b->n}};
    if (heat_kernels_choose("auto", &b->sweep[k].vector) != SB_OK) exit(1);
    if (heat_sweep_create(&b->sweep[k]) != SB_OK) exit(1);
  }
}

static void scale(const bench *b, bool stream) {
  const int64_t lanes = SB_LANES_F64, end = b->doubles / HEAT_ALIGN * HEAT_ALIGN;
  const sb_f64 three = sb_f64_all(3.0);
  const double *from = b->memory[0];
  double *to = b->memory[1];
#pragma omp parallel for schedule(static)
  for (int64_t k = 0; k < end; k += HEAT_ALIGN) {
    for (int64_t j = 0; j < HEAT_ALIGN; j += lanes) {
      const sb_f64 x = sb_f64_mul(three, sb_f64_load(from + k + j));
      if (stream) {
        sb_f64_stream(to + k + j, x);
      } else {
        sb_f64_store(to + k + j, x);
      }
    }
  }
}

/* Cell updates (elements) a second. */
static double rate(const bench *b, int line) {
  const double cells = (double)b->n * (double)b->n * (b->dims == 3 ? (double)b->n : 1.0);
  const double start = sb_now();
  if (line < SWEEPS) {
    scale(b, line == SCALE_STREAM);
    return (double)b->doubles / (sb_now() - start);
  }
  const heat_sweep *s = &b->sweep[line - SWEEPS];
  const heat_box *all = &s->sides.domain;
#pragma omp parallel
  {
    if (s->kind == HEAT_BLOCKED) {
      heat_sweep_tiles(s, &b->now, &b->next, all, b->steps, HEAT_TILES_ALL, NULL, NULL);
    } else {
      heat_sweep_step(s, &b->now, &b->next, all);
    }
  }
  return cells * (s->kind == HEAT_BLOCKED ? b->steps : 1) / (sb_now() - start);
}

int main(int argc, char **argv) {
  static double rates[LINES][ROUNDS_MAX], ratios[LINES][ROUNDS_MAX], scratch[ROUNDS_MAX];
  bench b = {.dims = argc > 1 ? atoi(argv[1]) : 2};
  b.n = argc > 2 ? atol(argv[2]) : 8192;
  b.steps = argc > 3 ? atoi(argv[3]) : heat_sweep_best_steps(b.dims);
  int rounds = argc > 4 ? atoi(argv[4]) : 11;
  if (argc > 5) sb_threads_set(atoi(argv[5]));
#pragma omp parallel
  if (sb_thread() == 0) b.threads = sb_thread_count();
  if (b.dims < 2 || b.dims > 3 || b.n < 1 || b.steps < 1 || rounds < 1) return 1;
  if (rounds > ROUNDS_MAX) rounds = ROUNDS_MAX;
  prepare(&b);
  for (int i = -1; i < rounds; i++) { /* the first round warms up */
    const int round = i < 0 ? 0 : i;
    for (int line = 0; line < LINES; line++) rates[line][round] = rate(&b, line);
    const double plain = rates[SCALE_PLAIN][round], stream = rates[SCALE_STREAM][round];
    const double bound = plain > stream ? plain : stream;
    for (int line = 0; line < LINES; line++) ratios[line][round] = rates[line][round] / bound;
  }
  printf("%d-D, n = %lld, %d threads, %s, blocked by %d steps, %d rounds\n", b.dims, (long long)b.n,
         b.threads, b.sweep[0].vector.name, b.steps, rounds);
  for (int line = 0; line < LINES; line++) {
    printf("%-24s %6.2f Gcell/s  %5.2f of the bound\n", names[line],
           1e-9 * sb_summarise(rates[line], rounds, scratch).median,
           sb_summarise(ratios[line], rounds, scratch).median);
  }
  for (int k = 0; k < 3; k++) heat_sweep_destroy(&b.sweep[k]);
  free(b.memory[0]);
  free(b.memory[1]);
  return 0;
}
