/* Transposes that follow one another without a barrier: in each round every rank finds the cells of
 * its box right, on all grids and for all ways to travel, whether planes leave one by one or all
 * together, while other ranks run ahead and spoil what they need no more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "transpose.h"

static sb_comm *comm;

enum { X, Y, Z, PENCILS, SWAPS = 3 };
enum { EACH, STEP, ALL }; /* planes that are offered together */

/* Pencils, each swapped for the next and the last for the first; buffers of each swap. */
typedef struct {
  int swaps, pencils[SWAPS], buffers[SWAPS];
} cycle;

static const cycle cycles[] = {
    {.swaps = 3, .pencils = {X, Y, Z}, .buffers = {0, 1, 0}},
    {.swaps = 3, .pencils = {X, Z, Y}, .buffers = {0, 1, 0}},
    {.swaps = 2, .pencils = {Z, X}, .buffers = {0, 1}},
    {.swaps = 2, .pencils = {X, Y}, .buffers = {1, 1}},
};

typedef struct {
  int number;
  const cycle *cycle;
  sb_dist dist[PENCILS];
  int words, planes, offers;
  sb_exchange how;
  sb_transpose_shape shape[SWAPS];
  sb_pool *pool;
} series;

enum { SERIES = 4 * 2 * 2 * 3 * 3 };

/* One of all combinations, on a grid that comes later. */
static series series_of(int number) {
  static const sb_exchange ways[] = {SB_EXCHANGE_MESSAGE, SB_EXCHANGE_SHARED, SB_EXCHANGE_AUTO};
  return (series){.number = number,
                  .cycle = &cycles[number % 4],
                  .words = 1 + number / 4 % 2,
                  .planes = number / 8 % 2,
                  .offers = number / 16 % 3,
                  .how = ways[number / 48 % 3]};
}

/* Pools are costly where ranks share cores, most of all where they poll, so one in `most` of the
 * cases is seen: without a divisor in common with SERIES. SCALEBAR_TEST_LONG=1 runs them all. */
static bool chosen(int turn, int most) {
  if (getenv("SCALEBAR_TEST_LONG") != NULL) return true;
  if (sb_comm_size(comm) > 2 && strstr(sb_comm_library(), "MPICH") != NULL) most *= 7;
  return turn % most == sb_comm_size(comm) % most;
}

typedef enum { UNEVEN, CELLS, LONG, SIZES } sizes; /* CELLS: boxes as small as can be */

/* LONG: sources of two messages and a half for each of `wide` partners (128 KiB a message). */
static void cut(series *s, int pz, int py, sizes size, bool by_columns) {
  const int64_t wide = pz > py ? pz : py;
  const int64_t n[SIZES][SB_AXES] = {
      {2 * pz + 1, 2 * wide + 1, 2 * py + 1},
      {pz, wide, py},
      {13 * pz + 1, 13 * wide + 2, 41000 * wide * py / (13 * 13 * wide * s->words) + py}};
  const int rows = by_columns ? pz : 1;
  s->dist[X] = (sb_dist){.grid = {pz, py, 1}, .block = {rows, 1, 1}};
  s->dist[Y] = (sb_dist){.grid = {pz, 1, py}, .block = {rows, 1, 1}};
  s->dist[Z] = (sb_dist){.grid = {1, pz, py}, .block = {1, rows, 1}};
  for (int p = 0; p < PENCILS; p++) memcpy(s->dist[p].n, n[size], sizeof n[size]);
}

static void plan(series *s) {
  int64_t doubles = 0;
  for (int i = 0; i < s->cycle->swaps; i++) {
    const int *pencils = s->cycle->pencils;
    s->shape[i] = (sb_transpose_shape){.from = &s->dist[pencils[i]],
                                       .to = &s->dist[pencils[(i + 1) % s->cycle->swaps]],
                                       .words = s->words,
                                       .planes = (s->planes + i) % 2,
                                       .source = doubles,
                                       .buffers = s->cycle->buffers[i]};
    const sb_box largest = sb_dist_box(s->shape[i].from, 0);
    doubles += sb_box_count(&largest) * s->words;
  }
  assert_int_equal(sb_pool_create(comm, doubles, s->shape, s->cycle->swaps, s->how, &s->pool),
                   SB_OK);
}

/* Of each double of the grid in each turn, one more than of the double before it in a row. */
static double value(const series *s, int turn, int64_t z, int64_t y, int64_t x) {
  const int64_t *n = s->dist[X].n;
  return (double)((((int64_t)turn * n[0] + z) * n[1] + y) * n[2] * s->words + x * s->words + 1);
}

/* Cells of the source of a turn's swap. */
static void fill(const series *s, int turn, const sb_box *part) {
  const sb_transpose_shape *shape = &s->shape[turn % s->cycle->swaps];
  const sb_box own = sb_dist_box(shape->from, sb_comm_rank(comm));
  const int64_t row = (part->hi[2] - part->lo[2]) * s->words;
  double *to = sb_pool_memory(s->pool) + shape->source;
  for (int64_t z = part->lo[0]; z < part->hi[0]; z++) {
    for (int64_t y = part->lo[1]; y < part->hi[1]; y++) {
      const int64_t line = (z - own.lo[0]) * (own.hi[1] - own.lo[1]) + y - own.lo[1];
      const double first = value(s, turn, z, y, part->lo[2]);
      for (int64_t i = 0; i < row; i++) to[line * row + i] = first + (double)i;
    }
  }
}

/* Of `part`, as it came by a turn's swap; NaN is never right. */
static int64_t wrong_in(const series *s, int turn, const sb_box *part) {
  const sb_transpose *swap = sb_pool_plan(s->pool, turn % s->cycle->swaps);
  int64_t wrong = 0;
  for (int p = 0; p < sb_transpose_pieces(swap); p++) {
    const sb_piece *piece = sb_transpose_piece(swap, p);
    const sb_box box = sb_box_intersect(&piece->box, part);
    const int64_t row = (box.hi[2] - box.lo[2]) * s->words;
    for (int64_t z = box.lo[0]; z < box.hi[0]; z++) {
      for (int64_t y = box.lo[1]; y < box.hi[1]; y++) {
        const double first = value(s, turn, z, y, box.lo[2]);
        const double *from = piece->data + (z - piece->box.lo[0]) * piece->stride[0] +
                             (y - piece->box.lo[1]) * piece->stride[1] +
                             (box.lo[2] - piece->box.lo[2]) * s->words;
        for (int64_t i = 0; i < row; i++) wrong += from[i] == first + (double)i ? 0 : 1;
      }
    }
  }
  return wrong;
}

/* Pieces are what this rank needs of each owner, all together its box, owners in order. */
static int64_t wrong_pieces(const series *s, int i) {
  const int rank = sb_comm_rank(comm);
  const sb_transpose *swap = sb_pool_plan(s->pool, i);
  const sb_box own = sb_dist_box(s->shape[i].to, rank);
  int64_t held = 0, moved = 0, wrong = 0;
  double last = 0.0;
  for (int p = 0; p < sb_transpose_pieces(swap); p++) {
    const sb_piece *piece = sb_transpose_piece(swap, p);
    const sb_box there = sb_dist_box(s->shape[i].from, piece->rank);
    const sb_box both = sb_box_intersect(&there, &own);
    const double next = value(s, 0, there.lo[0], there.lo[1], there.lo[2]);
    wrong += memcmp(&piece->box, &both, sizeof both) != 0 || next <= last;
    last = next;
    held += sb_box_count(&piece->box);
    if (piece->rank != rank) moved += sb_box_count(&piece->box);
  }
  const int64_t bytes = moved * s->words * (int64_t)sizeof(double);
  wrong += bytes != sb_transpose_bytes_rank(s->shape[i].from, s->shape[i].to, s->words, rank);
  wrong += bytes > sb_transpose_memory(s->shape, s->cycle->swaps, rank);
  return wrong + (held != sb_box_count(&own));
}

/* In every other round the source is claimed and spoilt at once, not when it is needed. */
static void finish(const series *s, int turn, sb_clock *clock) {
  const int i = turn % s->cycle->swaps;
  const sb_box own = sb_dist_box(s->shape[i].from, sb_comm_rank(comm));
  sb_transpose_done(sb_pool_plan(s->pool, i), clock);
  if (turn / s->cycle->swaps % 2 != 0) return;
  sb_transpose_claim(sb_pool_plan(s->pool, i), clock);
  for (int64_t d = 0; d < sb_box_count(&own) * s->words; d++)
    sb_pool_memory(s->pool)[s->shape[i].source + d] = (double)NAN;
}

/* A source is written while what came by the swap before is read, if their buffers differ. */
static int64_t take_turn(const series *s, int turn, sb_clock *clock) {
  const int swaps = s->cycle->swaps, i = turn % swaps, before = (turn + swaps - 1) % swaps;
  const bool came = turn > 0, meanwhile = came && s->shape[i].buffers != s->shape[before].buffers;
  const int axis = s->shape[i].planes;
  const sb_box own = sb_dist_box(s->shape[i].from, sb_comm_rank(comm));
  sb_transpose *swap = sb_pool_plan(s->pool, i);
  const int64_t together[] = {[EACH] = 1, [STEP] = sb_transpose_step(swap), [ALL] = INT32_MAX};
  int64_t wrong = 0;
  if (came) sb_transpose_wait(sb_pool_plan(s->pool, before), clock);
  if (came && !meanwhile) {
    wrong += wrong_in(s, turn - 1, &own);
    finish(s, turn - 1, clock);
  }
  sb_transpose_claim(swap, clock);
  sb_transpose_begin(swap);
  sb_box part = own;
  for (int64_t lo = own.lo[axis]; lo < own.hi[axis]; lo = part.hi[axis]) {
    const int64_t end = lo + together[s->offers];
    part.lo[axis] = lo;
    part.hi[axis] = end < own.hi[axis] ? end : own.hi[axis];
    if (meanwhile) wrong += wrong_in(s, turn - 1, &part);
    fill(s, turn, &part);
    sb_transpose_offer(swap, part.hi[axis], clock);
    sb_transpose_test(swap);
  }
  if (meanwhile) finish(s, turn - 1, clock);
  return wrong;
}

static int64_t wrong_after(const series *s, int rounds) {
  const int turns = rounds * s->cycle->swaps, last = s->cycle->swaps - 1;
  const sb_box to = sb_dist_box(s->shape[last].to, sb_comm_rank(comm));
  int64_t wrong = 0;
  sb_clock clock;
  sb_clock_reset(&clock, SB_COMPUTE);
  for (int turn = 0; turn < turns; turn++)
    wrong += take_turn(s, turn, turn % 5 == 0 ? NULL : &clock);
  sb_transpose_wait(sb_pool_plan(s->pool, last), &clock);
  wrong += wrong_in(s, turns - 1, &to);
  finish(s, turns - 1, &clock);
  return wrong + (clock.now != SB_COMPUTE || sb_comm_waiting());
}

/* All ranks fail together: one that fell out alone would leave the others waiting. */
static void check(series *s, int rounds) {
  const int64_t before = sb_comm_bytes_sent(comm);
  int64_t bytes = 0, sums[] = {0, 0, 0}; /* wrong, sent, received in a round */
  plan(s);
  for (int i = 0; i < s->cycle->swaps; i++) {
    const sb_transpose_shape *h = &s->shape[i];
    bytes += sb_transpose_bytes(h->from, h->to, h->words);
    sums[0] += wrong_pieces(s, i);
    sums[2] += sb_transpose_bytes_rank(h->from, h->to, h->words, sb_comm_rank(comm));
  }
  sums[0] += wrong_after(s, rounds);
  sums[1] = sb_comm_bytes_sent(comm) - before;
  sb_comm_sum_i64(comm, sums, 3);
  const char *way = bytes == 0 ? "none" : s->how == SB_EXCHANGE_MESSAGE ? "message" : "shared";
  if (sums[0] != 0)
    print_message("series %d, grid %dx%d, %d cells along x: %lld wrong\n", s->number,
                  s->dist[X].grid[0], s->dist[X].grid[1], (int)s->dist[X].n[2], (long long)sums[0]);
  assert_int_equal(sums[0], 0);
  assert_int_equal(sums[1], rounds * bytes);
  assert_int_equal(sums[2], bytes);
  if (sb_comm_nodes(comm) == 1) assert_string_equal(sb_pool_way(s->pool), way);
  sb_pool_destroy(&s->pool);
}

/* On grids of all ranks and with an idle one. */
static void check_grids(sizes size, int most, int rounds) {
  const int ranks = sb_comm_size(comm);
  int turn = 0;
  for (int used = ranks; used >= 1 && used >= ranks - 1; used--) {
    for (int pz = 1; pz <= used; pz++) {
      for (int number = 0; used % pz == 0 && number < SERIES; number++) {
        if (!chosen(++turn, most)) continue;
        series s = series_of(number);
        cut(&s, pz, used / pz, size, turn % 3 == 0);
        check(&s, rounds);
      }
    }
  }
}

static void is_right_on_all_grids(void **state) {
  (void)state;
  check_grids(UNEVEN, 29, 10);
  check_grids(CELLS, 37, 10);
}

/* Messages that leave while the next planes are made. */
static void is_right_in_batches(void **state) {
  (void)state;
  check_grids(LONG, 73, 3);
}

static void is_right_in_chunks(void **state) {
  (void)state;
  setenv("SB_MESSAGE_MOST", "20", 1); /* bytes: cuts through a number */
  check_grids(UNEVEN, 83, 4);
  setenv("SB_MESSAGE_MOST", "1000", 1);
  check_grids(UNEVEN, 97, 4);
  unsetenv("SB_MESSAGE_MOST");
}

/* However few messages are under way at a time, no rank waits for ever. */
static void is_right_with_few_under_way(void **state) {
  (void)state;
  const char *partners[] = {"1", "2", "1000"};
  for (int i = 0; i < 3; i++) {
    setenv("SB_FLOW_PARTNERS", partners[i], 1);
    check_grids(UNEVEN, 41, 4);
    check_grids(LONG, 131, 3);
    setenv("SB_MESSAGE_MOST", "1000", 1);
    check_grids(UNEVEN, 109, 4);
    unsetenv("SB_MESSAGE_MOST");
  }
  unsetenv("SB_FLOW_PARTNERS");
}

/* Ranks pause at random, and what is used too early or too late is NaN (exchange_trial.h). */
static void stays_right_on_trial(void **state) {
  (void)state;
  setenv("SB_EXCHANGE_TEST", "9", 1);
  check_grids(UNEVEN, 61, 30);
  check_grids(LONG, 151, 5);
  setenv("SB_FLOW_PARTNERS", "1", 1);
  check_grids(LONG, 157, 5);
  unsetenv("SB_FLOW_PARTNERS");
  unsetenv("SB_EXCHANGE_TEST");
}

int main(int argc, char **argv) {
  if (sb_comm_start(&argc, &argv, &comm) != SB_OK) return 1;
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(is_right_on_all_grids), cmocka_unit_test(is_right_in_batches),
      cmocka_unit_test(is_right_in_chunks),    cmocka_unit_test(is_right_with_few_under_way),
      cmocka_unit_test(stays_right_on_trial),
  };
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  sb_comm_finish(&comm);
  return failed;
}
