/* Start fields are what heat_start.h says, the same bits on any box, and eigenvectors of the step.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "heat_start.h"

static const long double PI = 3.14159265358979323846264338327950288L;

static uint64_t random_bits(void) {
  static uint64_t x = 88172645463325252u;
  x ^= x << 13;
  x ^= x >> 7;
  x ^= x << 17;
  return x;
}

/* libm's, with the argument reduced to the first quadrant in integers, where LDBL_EPSILON counts
 * for nothing beside 2^-53. */
static long double reference(int64_t m, int64_t n, bool cosine) {
  m %= 2 * n;
  if (cosine && m > n) m = 2 * n - m;
  const bool negative = cosine ? 2 * m > n : m > n;
  if (!cosine && m > n) m -= n;
  if (2 * m > n) m = n - m;
  const long double x = PI * (long double)m / (long double)n;
  const long double value = cosine ? cosl(x) : sinl(x);
  return negative ? -value : value;
}

static double worst;

static void check_angle(int64_t m, int64_t n) {
  const double s = heat_sine(m, n), c = heat_cosine(m, n);
  const double errors[] = {(double)fabsl(s - reference(m, n, false)),
                           (double)fabsl(c - reference(m, n, true))};
  for (int i = 0; i < 2; i++) {
    if (errors[i] > worst) worst = errors[i];
    assert_true(errors[i] <= HEAT_SINE_ULPS * 0x1p-53);
  }
  /* Symmetries, bit by bit */
  assert_true(heat_sine(m + 2 * n, n) == s && heat_cosine(m + 2 * n, n) == c);
  assert_true(heat_sine(m + n, n) == -s && heat_cosine(m + n, n) == -c);
  const int64_t mirrored = 3 * n - m % (2 * n);
  assert_true(heat_sine(mirrored, n) == s && heat_cosine(mirrored, n) == -c);
  assert_true(heat_sine(2 * m + n, 2 * n) == c);
  assert_true(heat_sine(3 * m, 3 * n) == s && heat_cosine(3 * m, 3 * n) == c);
}

static void sines_are_within_their_bound(void **state) {
  (void)state;
  for (int64_t n = 1; n <= 400; n++)
    for (int64_t m = 0; m <= 4 * n; m++) check_angle(m, n);
  for (int i = 0; i < 200000; i++) {
    const int64_t n = 1 + (int64_t)(random_bits() >> (17 + i % 40)); /* below 2^47 */
    check_angle((int64_t)(random_bits() >> 14), n);
  }
  print_message("largest error %.3f 2^-53\n", worst / 0x1p-53);
  assert_true(worst > 0.5 * 0x1p-53); /* the reference is another one, and was looked at */
}

static void sines_of_octants_are_exact(void **state) {
  (void)state;
  for (int64_t n = 1; n < INT64_C(1) << 48; n = 3 * n + 1) {
    for (int64_t turn = 0; turn <= 2; turn++) {
      const int64_t m = turn * 8 * n, k = 4 * n;
      assert_true(heat_sine(m, k) == 0.0 && heat_cosine(m, k) == 1.0);
      const double half = heat_sine(m + n, k); /* the root of it */
      assert_true(fabs(half - M_SQRT1_2) <= HEAT_SINE_ULPS * 0x1p-53);
      assert_true(heat_cosine(m + n, k) == half);
      assert_true(heat_sine(m + 2 * n, k) == 1.0 && heat_cosine(m + 2 * n, k) == 0.0);
      assert_true(heat_sine(m + 3 * n, k) == half && heat_cosine(m + 3 * n, k) == -half);
      assert_true(heat_sine(m + 4 * n, k) == 0.0 && heat_cosine(m + 4 * n, k) == -1.0);
      assert_true(heat_sine(m + 6 * n, k) == -1.0 && heat_cosine(m + 6 * n, k) == 0.0);
    }
  }
}

static void modes_come_from_the_seed(void **state) {
  (void)state;
  int seen[8] = {0};
  for (uint64_t seed = 0; seed < 200; seed++) {
    heat_problem p = {.dims = 3, .n = {2, 100, 1000}};
    heat_start_modes(&p, seed);
    assert_true(p.mode[HEAT_Z] == 1 || p.mode[HEAT_Z] == 2);
    assert_in_range(p.mode[HEAT_Y], 1, 7);
    assert_in_range(p.mode[HEAT_X], 1, 7);
    seen[p.mode[HEAT_X]]++;
    heat_problem again = {.dims = 3, .n = {2, 100, 1000}, .mode = {0, 5, 0}};
    heat_start_modes(&again, seed);
    assert_true(again.mode[HEAT_Y] == 5 && again.mode[HEAT_X] == p.mode[HEAT_X]);
    heat_problem flat = {.dims = 2, .n = {1, 1, 1}};
    heat_start_modes(&flat, seed);
    for (int axis = 0; axis < HEAT_AXES; axis++) assert_int_equal(flat.mode[axis], 1);
  }
  for (int mode = 1; mode <= 7; mode++) assert_true(seen[mode] > 0);
}

/* Start fields of whole grids, with one cell around them. */
typedef struct {
  heat_grid grid;
  double *memory;
} field;

static field field_make(const int64_t n[HEAT_AXES]) {
  field f = {.grid = {.row = n[2] + 2, .plane = (n[2] + 2) * (n[1] + 2)}};
  f.memory = calloc((size_t)(f.grid.plane * (n[0] + 2)), sizeof *f.memory);
  assert_non_null(f.memory);
  f.grid.cell = f.memory + f.grid.plane + f.grid.row + 1;
  return f;
}

static double *at(const field *f, int64_t z, int64_t y, int64_t x) {
  return f->grid.cell + z * f->grid.plane + y * f->grid.row + x;
}

static field start_field(const heat_problem *p) {
  const sb_box all = {.hi = {p->n[0], p->n[1], p->n[2]}};
  heat_start *start = NULL;
  assert_int_equal(heat_start_create(p, &all, &start), SB_OK);
  const field f = field_make(p->n);
  heat_start_fill(start, &f.grid);
  heat_start_destroy(&start);
  assert_null(start);
  return f;
}

static const heat_problem problems[] = {
    {.dims = 2, .n = {1, 12, 17}, .r = 0.2, .mode = {1, 3, 2}},
    {.dims = 2, .n = {1, 64, 1}, .r = 0.25, .mode = {1, 64, 1}},
    {.dims = 2, .n = {1, 31, 8}, .r = 0.01, .mode = {1, 1, 8}},
    {.dims = 3, .n = {5, 8, 9}, .r = 1.0 / 6.0, .mode = {5, 2, 9}},
    {.dims = 3, .n = {20, 3, 11}, .r = 0.11, .mode = {1, 1, 1}},
};
enum { PROBLEMS = sizeof problems / sizeof problems[0] };

/* One step multiplies by G. Errors in units of 2^-53: of the start field 2 a factor and half a unit
 * a product, in its neighbours' sums weighted by 1 at most, and once more times G; of the step
 * dims + 3 (heat_bounds.c); of G 1 and of the product 1. */
static void modes_are_eigenvectors_of_the_step(void **state) {
  (void)state;
  for (int i = 0; i < PROBLEMS; i++) {
    const heat_problem *p = &problems[i];
    const field now = start_field(p), next = field_make(p->n);
    const heat_law law = heat_law_make(p->dims, p->r);
    const heat_box all = {.hi = {p->n[0], p->n[1], p->n[2]}};
    heat_step_plain(&law, &now.grid, &next.grid, &all);
    const double g = (double)heat_mode_factor(p);
    assert_true(fabs(g) < 1.0);
    const double start = HEAT_SINE_ULPS * p->dims + (p->dims - 1);
    const double bound = (2.0 * start + p->dims + 3 + 2) * 0x1p-53;
    double largest = 0.0;
    for (int64_t z = 0; z < p->n[0]; z++) {
      for (int64_t y = 0; y < p->n[1]; y++) {
        for (int64_t x = 0; x < p->n[2]; x++) {
          assert_true(fabs(*at(&next, z, y, x) - g * *at(&now, z, y, x)) <= bound);
          largest = fmax(largest, fabs(*at(&now, z, y, x)));
        }
      }
    }
    assert_true(largest > 0.5 && largest <= 1.0);
    free(now.memory);
    free(next.memory);
  }
}

static void powers_of_g(void **state) {
  (void)state;
  assert_true(heat_power(0.5L, 10) == 0x1p-10L && heat_power(-0.5L, 3) == -0.125L);
  assert_true(heat_power(0.3L, 0) == 1.0L && heat_power(-0.3L, 1) == -0.3L);
  const long double g = 0.999999L;
  assert_true(fabsl(heat_power(g, 123457) / expl(123457 * logl(g)) - 1.0L) < 1e-13L);
  /* By hand: half a wave on one cell: 1 - 4 r sin^2(pi/4), on both axes */
  const heat_problem one = {.dims = 2, .n = {1, 1, 1}, .r = 0.125, .mode = {1, 1, 1}};
  assert_true(fabsl(heat_mode_factor(&one) - 0.5L) <= 16 * LDBL_EPSILON);
  /* A whole wave on 4 cells and on 3 x 4 x 6: sin^2(pi/n) = 1/2, 3/4, 1/4 */
  const heat_problem wave = {
      .dims = 3, .n = {3, 4, 6}, .r = 0.125, .start = HEAT_HOTSPOT, .boundary = HEAT_PERIODIC};
  assert_true(fabsl(heat_mode_factor(&wave) - 0.25L) <= 16 * LDBL_EPSILON);
}

static void hotspot_is_in_the_middle(void **state) {
  (void)state;
  for (int64_t n = 1; n <= 1000; n++) {
    const sb_range hot = heat_hot_cells(n);
    assert_true(hot.lo >= 0 && hot.lo == n - hot.hi);
    assert_in_range(sb_count(hot), n % 2 != 0 || n < 2 ? 1 : 2, n);
    assert_in_range(sb_count(hot), n / 4, n < 8 ? 2 : n / 4 + 1);
  }
  const heat_problem p = {.dims = 3, .n = {5, 8, 9}, .start = HEAT_HOTSPOT};
  const field f = start_field(&p);
  int hot = 0;
  for (int64_t z = 0; z < 5; z++) {
    for (int64_t y = 0; y < 8; y++) {
      for (int64_t x = 0; x < 9; x++) {
        const double u = *at(&f, z, y, x);
        assert_true(u == (z == 2 && (y == 3 || y == 4) && x >= 3 && x < 6 ? 1.0 : 0.0));
        assert_true(u == *at(&f, 4 - z, y, x) && u == *at(&f, z, 7 - y, x));
        assert_true(u == *at(&f, z, y, 8 - x));
        hot += u == 1.0;
      }
    }
  }
  assert_int_equal(hot, 6);
  free(f.memory);
}

/* Boxes of a 3 x 2 x 4 grid of ranks, some of them empty, against the whole. */
static void boxes_hold_the_bits_of_the_whole(void **state) {
  (void)state;
  static const int grid[SB_AXES] = {3, 2, 4};
  static const int64_t align[SB_AXES] = {1, 1, 1};
  for (int i = 0; i < 2 * PROBLEMS; i++) {
    heat_problem p = problems[i / 2];
    if (i % 2 != 0) p.start = HEAT_HOTSPOT;
    const field whole = start_field(&p);
    int64_t compared = 0;
    for (int rank = 0; rank < 24; rank++) {
      int position[SB_AXES];
      sb_grid_position(grid, rank, position);
      const sb_box box = sb_grid_box(p.n, align, grid, position);
      heat_start *start = NULL;
      assert_int_equal(heat_start_create(&p, &box, &start), SB_OK);
      if (sb_box_empty(&box)) {
        assert_int_equal(start->n[0] + start->n[1] + start->n[2], 0);
      } else {
        const int64_t n[] = {box.hi[0] - box.lo[0], box.hi[1] - box.lo[1], box.hi[2] - box.lo[2]};
        const field part = field_make(n);
        heat_start_fill(start, &part.grid);
        for (int64_t j = 0; j < sb_box_count(&box); j++, compared++) {
          const int64_t z = j / n[2] / n[1], y = j / n[2] % n[1], x = j % n[2];
          const double *cell = at(&whole, box.lo[0] + z, box.lo[1] + y, box.lo[2] + x);
          const double value = heat_start_value(start, z, y, x);
          assert_memory_equal(cell, at(&part, z, y, x), sizeof *cell);
          assert_memory_equal(cell, &value, sizeof *cell);
        }
        free(part.memory);
      }
      heat_start_destroy(&start);
    }
    assert_int_equal(compared, p.n[0] * p.n[1] * p.n[2]);
    free(whole.memory);
  }
}

/* Nothing beside the box's own cells is written. */
static void halos_are_left_alone(void **state) {
  (void)state;
  const heat_problem *p = &problems[3];
  const field f = start_field(p);
  for (int64_t z = -1; z <= p->n[0]; z++) {
    for (int64_t y = -1; y <= p->n[1]; y++) {
      for (int64_t x = -1; x <= p->n[2]; x++) {
        const bool own = 0 <= z && z < p->n[0] && 0 <= y && y < p->n[1] && 0 <= x && x < p->n[2];
        assert_true(own || *at(&f, z, y, x) == 0.0);
      }
    }
  }
  free(f.memory);
}

/* By an independent program (Python, angles as fractions, coefficients from 100 digits of pi). */
static void bits_are_those_of_every_machine(void **state) {
  (void)state;
  uint64_t sum = 0;
  for (int64_t m = 0; m < 2000; m++) {
    const double values[] = {heat_sine(m, 997), heat_cosine(m, 997)};
    for (int i = 0; i < 2; i++) {
      uint64_t bits;
      memcpy(&bits, &values[i], sizeof bits);
      sum = sum * UINT64_C(6364136223846793005) + bits;
    }
  }
  assert_true(sum == UINT64_C(0xd03b8160a4e3a5b5));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sines_are_within_their_bound),
      cmocka_unit_test(sines_of_octants_are_exact),
      cmocka_unit_test(bits_are_those_of_every_machine),
      cmocka_unit_test(modes_come_from_the_seed),
      cmocka_unit_test(powers_of_g),
      cmocka_unit_test(modes_are_eigenvectors_of_the_step),
      cmocka_unit_test(hotspot_is_in_the_middle),
      cmocka_unit_test(boxes_hold_the_bits_of_the_whole),
      cmocka_unit_test(halos_are_left_alone),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
