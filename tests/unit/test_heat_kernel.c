/* Every kernel gives the bits of the textbook sweep, on any tile, and writes nothing beside it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heat_kernel.h"

enum { HALO = 16, PAD = 40 }; /* cells around the problem; the pad is for overrunning vectors */

/* A whole problem of n cells an axis with HALO cells around it. */
typedef struct {
  int64_t n[HEAT_AXES];
  int dims;
  size_t doubles;
  heat_grid grid;
  double *memory;
} field;

static int64_t up(int64_t cells) { return (cells + HEAT_ALIGN - 1) / HEAT_ALIGN * HEAT_ALIGN; }

static field field_make(int dims, int64_t nz, int64_t ny, int64_t nx, double value) {
  field f = {.n = {nz, ny, nx}, .dims = dims};
  const int64_t halo_z = dims == 3 ? HALO : 0;
  f.grid.row = up(nx + 2 * PAD);
  f.grid.plane = f.grid.row * (ny + 2 * HALO);
  f.doubles = (size_t)(f.grid.plane * (nz + 2 * halo_z) + 2 * PAD);
  f.memory = aligned_alloc(64, (f.doubles * sizeof(double) + 63) / 64 * 64);
  assert_non_null(f.memory);
  for (size_t i = 0; i < f.doubles; i++) f.memory[i] = value;
  f.grid.cell = f.memory + halo_z * f.grid.plane + HALO * f.grid.row + PAD;
  return f;
}

static double *at(const field *f, int64_t z, int64_t y, int64_t x) {
  return f->grid.cell + z * f->grid.plane + y * f->grid.row + x;
}

static heat_box whole(const field *f) { return (heat_box){.hi = {f->n[0], f->n[1], f->n[2]}}; }

/* Numbers of many magnitudes, so that another order of operations shows. */
static void fill(const field *f) {
  uint64_t x = 12345;
  for (int64_t z = 0; z < f->n[0]; z++) {
    for (int64_t y = 0; y < f->n[1]; y++) {
      for (int64_t i = 0; i < f->n[2]; i++) {
        x = x * UINT64_C(6364136223846793005) + 1442695040888963407u;
        *at(f, z, y, i) = ldexp((double)(x >> 12) / 0x1p52, (int)(x >> 7 & 15) - 8);
      }
    }
  }
}

/* `steps` textbook steps of the whole problem, from `start` into a new field. */
static field reference(const field *start, const heat_law *law, const heat_sides *sides,
                       int steps) {
  field a = field_make(start->dims, start->n[0], start->n[1], start->n[2], 0.0);
  field b = field_make(start->dims, start->n[0], start->n[1], start->n[2], 0.0);
  memcpy(a.memory, start->memory, a.doubles * sizeof(double));
  const heat_box all = whole(start);
  for (int s = 0; s < steps; s++) {
    heat_set_sides(&a.grid, &all, law, sides);
    heat_step_plain(law, &a.grid, &b.grid, &all);
    const field swap = a;
    a = b;
    b = swap;
  }
  free(b.memory);
  return a;
}

static bool inside(const heat_box *box, int64_t z, int64_t y, int64_t x) {
  return box->lo[0] <= z && z < box->hi[0] && box->lo[1] <= y && y < box->hi[1] &&
         box->lo[2] <= x && x < box->hi[2];
}

/* In `box` the bits of `expected`, everywhere else the value that was there before. */
static void compare(const field *got, const field *expected, const heat_box *box,
                    double untouched) {
  size_t written = 0;
  for (int64_t z = box->lo[0]; z < box->hi[0]; z++) {
    for (int64_t y = box->lo[1]; y < box->hi[1]; y++) {
      for (int64_t x = box->lo[2]; x < box->hi[2]; x++) {
        assert_memory_equal(at(got, z, y, x), at(expected, z, y, x), sizeof(double));
        written++;
        *at(got, z, y, x) = untouched;
      }
    }
  }
  assert_true(written > 0 && inside(box, box->lo[0], box->lo[1], box->lo[2]));
  for (size_t i = 0; i < got->doubles; i++) assert_true(got->memory[i] == untouched);
}

static const double UNTOUCHED = -777.0;

static void check_box(const heat_kernels *kernels, const field *start, const heat_law *law,
                      const heat_sides *sides, const heat_box *box, int steps) {
  field expected = reference(start, law, sides, steps);
  field got = field_make(start->dims, start->n[0], start->n[1], start->n[2], UNTOUCHED);
  const heat_box all = whole(start);
  heat_set_sides(&start->grid, &all, law, sides);
  if (steps == 1) {
    heat_step_plain(law, &start->grid, &got.grid, box);
    compare(&got, &expected, box, UNTOUCHED);
    kernels->streaming(law, &start->grid, &got.grid, box);
    compare(&got, &expected, box, UNTOUCHED);
  }
  const int64_t doubles = heat_tile_scratch(law->dims, box->hi[HEAT_Y] - box->lo[HEAT_Y],
                                            box->hi[HEAT_X] - box->lo[HEAT_X], steps);
  double *scratch = aligned_alloc(64, (size_t)up(doubles) * sizeof *scratch);
  assert_non_null(scratch);
  memset(scratch, 0, (size_t)up(doubles) * sizeof *scratch);
  for (int again = 0; again < 2; again++) { /* what a tile left in the scratch does not matter */
    kernels->tile[law->dims - 2](law, &start->grid, &got.grid, box, steps, sides, scratch);
    compare(&got, &expected, box, UNTOUCHED);
  }
  free(scratch);
  free(got.memory);
  free(expected.memory);
}

/* Boxes along one axis of n cells: all of it, its two ends, its middle, a single cell. */
static void part(int kind, int64_t n, int64_t *lo, int64_t *hi) {
  const int64_t third = n / 3;
  const int64_t parts[5][2] = {
      {0, n}, {0, third + 1}, {third, n}, {third, 2 * third + 1}, {n / 2, n / 2 + 1}};
  *lo = parts[kind][0];
  *hi = parts[kind][1];
}

static void check_shape(const heat_kernels *kernels, int dims, int64_t nz, int64_t ny, int64_t nx,
                        bool mirror) {
  field start = field_make(dims, nz, ny, nx, 0.0);
  fill(&start);
  const heat_law law = heat_law_make(dims, 0.11);
  const heat_sides sides = {.domain = whole(&start), .mirror = mirror};
  static const int steps[] = {1, 2, 3, 5, 6, 8, 9, 16, 64};
  for (int i = 0; i < 25; i++) {
    heat_box box = whole(&start);
    if (dims == 3) part((i + i / 5) % 5, nz, &box.lo[HEAT_Z], &box.hi[HEAT_Z]);
    part(i % 5, ny, &box.lo[HEAT_Y], &box.hi[HEAT_Y]);
    part(i / 5, nx, &box.lo[HEAT_X], &box.hi[HEAT_X]);
    check_box(kernels, &start, &law, &sides, &box, steps[i % 9]);
  }
  free(start.memory);
}

static void every_instruction_set(void (*check)(const heat_kernels *)) {
  for (int isa = 0; isa < SB_ISA_LEVELS; isa++) {
    if (!sb_isa_built((sb_isa)isa) || !sb_isa_runs((sb_isa)isa)) continue;
    heat_kernels kernels;
    assert_int_equal(heat_kernels_choose(sb_isa_name((sb_isa)isa), &kernels), SB_OK);
    check(&kernels);
  }
}

static void boxes_2d(const heat_kernels *kernels) {
  check_shape(kernels, 2, 1, 37, 41, false);
  check_shape(kernels, 2, 1, 37, 41, true);
  check_shape(kernels, 2, 1, 6, 130, true);
  check_shape(kernels, 2, 1, 3, 3, false);
  check_shape(kernels, 2, 1, 1, 1, true);
}

static void boxes_3d(const heat_kernels *kernels) {
  check_shape(kernels, 3, 11, 13, 19, false);
  check_shape(kernels, 3, 11, 13, 19, true);
  check_shape(kernels, 3, 5, 3, 33, true);
  check_shape(kernels, 3, 1, 1, 1, false);
}

static void all_kernels_agree_in_2d(void **state) {
  (void)state;
  every_instruction_set(boxes_2d);
}

static void all_kernels_agree_in_3d(void **state) {
  (void)state;
  every_instruction_set(boxes_3d);
}

/* Away from the sides: the tile reads its halo, and the domain is far. The reference grows by a
 * halo whose outer cells it gets wrong, one layer a step. */
static void halos(const heat_kernels *kernels) {
  static const heat_sides far = {.domain = {.lo = {-1000, -1000, -1000}, .hi = {1000, 1000, 1000}}};
  for (int dims = 2; dims <= 3; dims++) {
    for (int steps = 1; steps <= 9; steps += 4) {
      field start = field_make(dims, dims == 3 ? 30 : 1, 31, 61, 0.0);
      fill(&start);
      const heat_law law = heat_law_make(dims, 0.125);
      heat_box box = whole(&start);
      for (int axis = HEAT_AXES - dims; axis < HEAT_AXES; axis++) {
        box.lo[axis] += steps;
        box.hi[axis] -= steps + 2;
      }
      const heat_box all = whole(&start);
      check_box(kernels, &start, &law, &far, &box, steps);
      (void)all;
      free(start.memory);
    }
  }
}

static void tiles_read_their_halo(void **state) {
  (void)state;
  every_instruction_set(halos);
}

/* One step of a single hot cell, by hand: c where it was, r beside it. */
static void one_hot_cell(void **state) {
  (void)state;
  for (int dims = 2; dims <= 3; dims++) {
    field a = field_make(dims, dims == 3 ? 5 : 1, 5, 5, 0.0);
    field b = field_make(dims, dims == 3 ? 5 : 1, 5, 5, 0.0);
    const heat_law law = heat_law_make(dims, 0.125);
    const heat_box all = whole(&a);
    const int64_t z = dims == 3 ? 2 : 0;
    *at(&a, z, 2, 2) = 8.0;
    heat_step_plain(&law, &a.grid, &b.grid, &all);
    assert_true(*at(&b, z, 2, 2) == 8.0 - 2.0 * dims);
    assert_true(*at(&b, z, 2, 1) == 1.0 && *at(&b, z, 3, 2) == 1.0 && *at(&b, z, 1, 1) == 0.0);
    if (dims == 3) assert_true(*at(&b, 1, 2, 2) == 1.0 && *at(&b, 3, 2, 2) == 1.0);
    free(a.memory);
    free(b.memory);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_hot_cell),
      cmocka_unit_test(all_kernels_agree_in_2d),
      cmocka_unit_test(all_kernels_agree_in_3d),
      cmocka_unit_test(tiles_read_their_halo),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
