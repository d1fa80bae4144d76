/* Right fields pass all checks; each fault is found by the check that is there for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "heat_bounds.h"
#include "heat_checks.h"
#include "heat_golden.h"
#include "heat_rounding.h"

static sb_comm *comm;
static sb_run run;

/* The state that a run leaves, of one rank that has a box of the grid; `halo` cells around it. */
static heat_state state_make(const heat_problem *p, const sb_box *box, int64_t halo) {
  heat_state s = {.run = &run, .config = {.problem = *p}, .box = *box};
  const int64_t nx = box->hi[HEAT_X] - box->lo[HEAT_X], ny = box->hi[HEAT_Y] - box->lo[HEAT_Y],
                nz = box->hi[HEAT_Z] - box->lo[HEAT_Z];
  s.law = heat_law_make(p->dims, p->r);
  assert_int_equal(heat_kernels_choose("auto", &s.sweep.vector), SB_OK);
  for (int i = 0; i < HEAT_ARRAYS; i++) {
    heat_grid *grid = &s.array[i];
    grid->row = nx + 2 * halo;
    grid->plane = grid->row * (ny + 2 * halo);
    s.memory[i] = calloc((size_t)(grid->plane * (nz + 2 * halo)), sizeof(double));
    assert_non_null(s.memory[i]);
    grid->cell = s.memory[i] + halo * (grid->plane + grid->row + 1);
  }
  s.own = (heat_box){.hi = {nz, ny, nx}};
  assert_int_equal(heat_start_create(p, box, &s.start), SB_OK);
  heat_start_fill(s.start, &s.array[0]);
  return s;
}

static void state_free(heat_state *s) {
  for (int i = 0; i < HEAT_ARRAYS; i++) free(s->memory[i]);
  heat_start_destroy(&s->start);
}

static double *cell_of(const heat_state *s, int64_t z, int64_t y, int64_t x) {
  const heat_grid *grid = &s->array[s->now];
  return grid->cell + z * grid->plane + y * grid->row + x;
}

/* Halo cells of periodic axes: faces are all that a step reads. */
static void wrap(const heat_state *s) {
  const int64_t *n = s->config.problem.n;
  for (int64_t z = 0; z < n[0]; z++) {
    for (int64_t y = 0; y < n[1]; y++) {
      for (int64_t x = 0; x < n[2]; x++) {
        const double u = *cell_of(s, z, y, x);
        if (z == 0) *cell_of(s, n[0], y, x) = u;
        if (z == n[0] - 1) *cell_of(s, -1, y, x) = u;
        if (y == 0) *cell_of(s, z, n[1], x) = u;
        if (y == n[1] - 1) *cell_of(s, z, -1, x) = u;
        if (x == 0) *cell_of(s, z, y, n[2]) = u;
        if (x == n[2] - 1) *cell_of(s, z, y, -1) = u;
      }
    }
  }
}

static void advance(heat_state *s, int64_t steps) {
  const heat_sides sides = {.domain = s->own,
                            .mirror = s->config.problem.boundary == HEAT_INSULATED};
  for (int64_t step = 0; step < steps; step++) {
    if (s->config.problem.boundary == HEAT_PERIODIC) {
      wrap(s);
    } else {
      heat_set_sides(&s->array[s->now], &s->own, &s->law, &sides);
    }
    heat_step_plain(&s->law, &s->array[s->now], &s->array[1 - s->now], &s->own);
    s->now = 1 - s->now;
  }
}

/* The whole problem on one rank, after its steps. */
static heat_state solved(const heat_problem *p) {
  const sb_box all = {.hi = {p->n[0], p->n[1], p->n[2]}};
  heat_state s = state_make(p, &all, 1);
  advance(&s, p->steps);
  return s;
}

/* All checks, or the one of this name. */
static bool passes(heat_state *s, const char *name) {
  sb_checks checks = {.count = 0};
  assert_int_equal(heat_check(s, &checks), SB_OK);
  sb_checks_agree(comm, &checks);
  if (name == NULL) return sb_checks_passed(&checks);
  for (int i = 0; i < checks.count; i++) {
    if (strcmp(checks.check[i].name, name) == 0) return sb_check_passed(&checks.check[i]);
  }
  fail_msg("%s was not expected", name);
  return false;
}

static bool expected(heat_state *s, const char *name) {
  sb_checks checks = {.count = 0};
  assert_int_equal(heat_check(s, &checks), SB_OK);
  for (int i = 0; i < checks.count; i++) {
    if (strcmp(checks.check[i].name, name) == 0) return true;
  }
  return false;
}

static const int64_t sizes[][HEAT_AXES] = {{1, 1, 1},    {1, 2, 2},   {1, 1, 50},  {1, 3, 2},
                                           {1, 40, 37},  {1, 64, 64}, {5, 1, 7},   {2, 2, 2},
                                           {12, 15, 16}, {1, 4, 4},   {20, 20, 20}};

static void for_all_problems(int start, int boundary, void (*check)(const heat_problem *)) {
  static const int64_t steps[] = {0, 1, 2, 3, 40, 411};
  static const double parts[] = {1.0, 0.5, 0.9, 1e-3, 0.77}; /* of the largest r that is stable */
  int pick = 0;
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    for (int dims = sizes[i][0] > 1 ? 3 : 2; dims <= 3; dims++) {
      for (int k = 0; k < 6; k++) {
        heat_problem p = {.dims = dims, .steps = steps[k], .start = start, .boundary = boundary};
        p.r = parts[pick++ % 5] / (2.0 * dims);
        memcpy(p.n, sizes[i], sizeof p.n);
        if (pick % 4 == 0) memcpy(p.mode, p.n, sizeof p.n); /* the shortest waves */
        heat_start_modes(&p, (uint64_t)pick);
        check(&p);
      }
    }
  }
}

static void must_pass(const heat_problem *p) {
  heat_state s = solved(p);
  assert_true(passes(&s, NULL));
  state_free(&s);
}

static void right_runs_pass(void **state) {
  (void)state;
  for_all_problems(HEAT_MODE, HEAT_FIXED, must_pass);
  for_all_problems(HEAT_HOTSPOT, HEAT_INSULATED, must_pass);
  for_all_problems(HEAT_HOTSPOT, HEAT_PERIODIC, must_pass);
}

/* Long runs: until the field has decayed to below the least double. */
static void long_runs_pass(void **state) {
  (void)state;
  heat_problem p = {.dims = 2, .n = {1, 9, 8}, .steps = 30000, .r = 0.2, .mode = {1, 1, 2}};
  must_pass(&p);
  p.start = HEAT_HOTSPOT;
  p.boundary = HEAT_INSULATED;
  must_pass(&p);
  p.boundary = HEAT_PERIODIC;
  must_pass(&p);
}

static const heat_problem mode_problem = {
    .dims = 2, .n = {1, 24, 31}, .steps = 60, .r = 0.22, .mode = {1, 2, 3}};
static const heat_problem spot_problem = {.dims = 3,
                                          .n = {8, 13, 10},
                                          .steps = 25,
                                          .r = 0.1,
                                          .start = HEAT_HOTSPOT,
                                          .boundary = HEAT_INSULATED};

static bool near(double a, double b) { return fabs(a - b) <= 1e-11 * fabs(b); }

/* heat_bounds.c, term by term, by hand. */
static void bounds_are_as_derived(void **state) {
  (void)state;
  const double u = 0x1p-53, e = (double)LDBL_EPSILON;
  heat_problem m = mode_problem, h = spot_problem;
  assert_true(heat_hot_sum(&h) == 2.0 * 3.0 * 2.0);
  assert_true(near(heat_bound_sum(&h), 6 * u * 25 * 12));
  assert_true(near(heat_bound_range(&h), 6 * u * 25));
  m.steps = h.steps = 0;
  assert_true(near(heat_bound_mode(&m), 5 * u * 2 + 2 * u));
  assert_true(near(heat_bound_projection(&h), 12 * (8 * u + 2 * u + 13 * u)));
  assert_true(heat_bound_sum(&h) == 0.0 && heat_bound_range(&h) == 0.0);
  m.steps = h.steps = 2;
  double g = fabs((double)heat_mode_factor(&m));
  assert_true(
      near(heat_bound_mode(&m), 5 * u * (1 + g * g) + 5 * u * 2 + 2 * u * g * g + 17 * e * 2 * g));
  g = fabs((double)heat_mode_factor(&h));
  assert_true(near(heat_bound_projection(&h),
                   12 * (6 * u * 2 + 8 * u + 2 * u + 13 * u * g * g + 17 * e * 2 * g)));
  m.steps = h.steps = 1000000; /* nothing is left but what no step adds to any more */
  g = fabs((double)heat_mode_factor(&m));
  assert_true(fabs(heat_bound_mode(&m) / (5 * u / (1 - g) + 5 * u) - 1.0) < 1e-8);
  g = fabs((double)heat_mode_factor(&h));
  assert_true(fabs(heat_bound_projection(&h) / (12 * (6 * u / (1 - g) + 10 * u)) - 1.0) < 1e-8);
}

/* Every bit of a cell: whatever changes it by more than twice the bound is found. */
static void flipped_bits_are_found(void **state) {
  (void)state;
  heat_state m = solved(&mode_problem), h = solved(&spot_problem);
  int found = 0;
  for (int bit = 0; bit < 64; bit++) {
    for (int i = 0; i < 6; i++) {
      double *cell = cell_of(&m, 0, i * 4 + 1, i * 5 + 1);
      const double kept = *cell;
      uint64_t bits;
      memcpy(&bits, cell, sizeof bits);
      bits ^= UINT64_C(1) << bit;
      memcpy(cell, &bits, sizeof bits);
      if (!(fabs(*cell - kept) <= 2.0 * heat_bound_mode(&mode_problem))) {
        assert_false(passes(&m, "eigenmode"));
        found++;
      }
      *cell = kept;

      double *spot = cell_of(&h, i, i + 2, i + 3);
      const double spot_kept = *spot;
      memcpy(&bits, spot, sizeof bits);
      bits ^= UINT64_C(1) << bit;
      memcpy(spot, &bits, sizeof bits);
      if (!(fabs(*spot - spot_kept) <= 2.0 * heat_bound_sum(&spot_problem))) {
        assert_false(passes(&h, "sum"));
        found++;
      }
      assert_false(passes(&h, "symmetric")); /* of even axes no cell is its own mirror image */
      *spot = spot_kept;
    }
  }
  assert_true(found > 200);
  assert_true(passes(&m, NULL) && passes(&h, NULL));
  state_free(&m);
  state_free(&h);
}

/* Just above a bound, in either direction. */
static void small_errors_are_found(void **state) {
  (void)state;
  heat_state m = solved(&mode_problem), h = solved(&spot_problem);
  for (double sign = -1.0; sign <= 1.0; sign += 2.0) {
    double *cell = cell_of(&m, 0, 23, 0), kept = *cell;
    *cell += sign * 2.1 * heat_bound_mode(&mode_problem);
    assert_false(passes(&m, "eigenmode"));
    *cell = kept;

    cell = cell_of(&h, 7, 12, 9);
    kept = *cell;
    *cell += sign * 2.1 * heat_bound_sum(&spot_problem);
    assert_false(passes(&h, "sum"));
    *cell = sign > 0.0 ? 1.0 + 1.1 * heat_bound_range(&spot_problem)
                       : -1.1 * heat_bound_range(&spot_problem);
    assert_false(passes(&h, "range"));
    *cell = kept;
  }
  assert_true(passes(&m, NULL) && passes(&h, NULL));
  state_free(&m);
  state_free(&h);
}

static void not_finite_is_found(void **state) {
  (void)state;
  const double bad[] = {(double)NAN, -(double)NAN, (double)INFINITY, -(double)INFINITY};
  heat_state m = solved(&mode_problem), h = solved(&spot_problem);
  for (int i = 0; i < 12; i++) {
    const int64_t part = i / 4; /* first, middle and last cell: what comes after loses nothing */
    double *cell = cell_of(&m, 0, part * 23 / 2, part * 30 / 2);
    double kept = *cell;
    *cell = bad[i % 4];
    assert_false(passes(&m, "eigenmode"));
    *cell = kept;

    cell = cell_of(&h, part * 7 / 2, part * 12 / 2, part * 9 / 2);
    kept = *cell;
    *cell = bad[i % 4];
    assert_false(passes(&h, "range") || passes(&h, "sum") || passes(&h, "projection"));
    *cell = kept;
  }
  assert_true(passes(&m, NULL) && passes(&h, NULL));
  state_free(&m);
  state_free(&h);
}

static void swap(double *a, double *b) {
  const double kept = *a;
  *a = *b;
  *b = kept;
}

/* A sum does not see it; the projection and the symmetry do. */
static void misplaced_heat_is_found(void **state) {
  (void)state;
  heat_state h = solved(&spot_problem);
  swap(cell_of(&h, 3, 6, 4), cell_of(&h, 3, 4, 2));
  assert_true(passes(&h, "sum") && passes(&h, "range"));
  assert_false(passes(&h, "symmetric"));
  assert_false(passes(&h, "projection"));
  swap(cell_of(&h, 3, 6, 4), cell_of(&h, 3, 4, 2));

  /* In all mirror images alike: the projection alone is left */
  for (int i = 0; i < 8; i++) {
    const int64_t z = i & 1 ? 4 : 3, y = i & 2 ? 8 : 4, x = i & 4 ? 7 : 2;
    swap(cell_of(&h, z, y, x), cell_of(&h, z, y, x == 7 ? 8 : 1));
  }
  assert_true(passes(&h, "sum") && passes(&h, "symmetric") && passes(&h, "range"));
  assert_false(passes(&h, "projection"));
  state_free(&h);
}

static void wrong_number_of_steps(const heat_problem *p, int64_t steps, const char *check) {
  const sb_box all = {.hi = {p->n[0], p->n[1], p->n[2]}};
  heat_state s = state_make(p, &all, 1);
  advance(&s, steps);
  assert_false(passes(&s, check));
  state_free(&s);
}

static void skipped_steps_are_found(void **state) {
  (void)state;
  for (int64_t by = -1; by <= 1; by += 2) {
    wrong_number_of_steps(&mode_problem, mode_problem.steps + by, "eigenmode");
    wrong_number_of_steps(&spot_problem, spot_problem.steps + by, "projection");
  }
  wrong_number_of_steps(&mode_problem, 0, "eigenmode");
  wrong_number_of_steps(&spot_problem, 0, "projection");
}

static void with_law(const heat_problem *p, heat_law law, const char *check) {
  const sb_box all = {.hi = {p->n[0], p->n[1], p->n[2]}};
  heat_state s = state_make(p, &all, 1);
  s.law = law;
  advance(&s, p->steps);
  assert_false(passes(&s, check));
  state_free(&s);
}

static void wrong_laws_are_found(void **state) {
  (void)state;
  const double by = 1.0 + 1e-10;
  with_law(&mode_problem, heat_law_make(2, mode_problem.r * by), "eigenmode");
  with_law(&spot_problem, heat_law_make(3, spot_problem.r * by), "projection");
  heat_law law = heat_law_make(3, spot_problem.r); /* weights that do not add up to 1 */
  law.c += 0x1p-46;
  with_law(&spot_problem, law, "sum");
  heat_problem other = mode_problem; /* a run with another mode than the checks take it for */
  other.mode[HEAT_X] = 4;
  heat_state s = solved(&mode_problem);
  s.config.problem = other;
  assert_false(passes(&s, "eigenmode"));
  state_free(&s);
}

/* Fixed sides where they should be insulated: heat gets lost. */
static void wrong_sides_are_found(void **state) {
  (void)state;
  heat_problem p = {.dims = 2,
                    .n = {1, 8, 8},
                    .steps = 40,
                    .r = 0.2,
                    .start = HEAT_HOTSPOT,
                    .boundary = HEAT_FIXED};
  heat_state s = solved(&p);
  s.config.problem.boundary = HEAT_INSULATED;
  assert_false(passes(&s, "sum"));
  state_free(&s);
}

static void changed_repetitions_are_found(void **state) {
  (void)state;
  heat_state s = solved(&mode_problem);
  s.changed = 1;
  assert_false(passes(&s, "repeatable"));
  s.changed = 0;
  assert_true(passes(&s, "repeatable"));
  state_free(&s);
}

static void starts_without_checks_are_refused(void **state) {
  (void)state;
  for (int boundary = HEAT_FIXED; boundary <= HEAT_PERIODIC; boundary++) {
    heat_problem p = boundary == HEAT_FIXED ? spot_problem : mode_problem;
    p.boundary = boundary;
    heat_state s = solved(&p);
    sb_checks checks = {.count = 0};
    assert_int_equal(heat_check(&s, &checks), SB_INTERNAL);
    sb_clear();
    state_free(&s);
  }
}

/* A field of the box's own cells, packed, some axes mirrored. */
static uint64_t packed_digest(const heat_state *s, const bool mirrored[HEAT_AXES]) {
  const int64_t *n = s->config.problem.n;
  double *data = malloc((size_t)(n[0] * n[1] * n[2]) * sizeof *data), *next = data;
  assert_non_null(data);
  for (int64_t z = 0; z < n[0]; z++) {
    for (int64_t y = 0; y < n[1]; y++) {
      for (int64_t x = 0; x < n[2]; x++) {
        *next++ = *cell_of(s, mirrored[0] ? n[0] - 1 - z : z, mirrored[1] ? n[1] - 1 - y : y,
                           mirrored[2] ? n[2] - 1 - x : x);
      }
    }
  }
  const sb_field field = {.dims = 3,
                          .axis = {{.n = n[0]}, {.n = n[1]}, {.n = n[2]}},
                          .hi = {n[0], n[1], n[2]},
                          .data = data};
  const uint64_t digest = sb_field_digest(&field);
  free(data);
  return digest;
}

static void digests_are_those_of_fields(void **state) {
  (void)state;
  static const int grid[SB_AXES] = {3, 2, 3};
  static const int64_t align[SB_AXES] = {1, 1, 1};
  heat_problem p = {.dims = 3, .n = {2, 5, 7}, .mode = {1, 2, 3}, .r = 0.1, .steps = 3};
  heat_state whole = solved(&p);
  for (int mirror = 0; mirror < 8; mirror++) {
    const bool mirrored[HEAT_AXES] = {mirror & 1, mirror & 2, mirror & 4};
    const uint64_t digest = packed_digest(&whole, mirrored);
    assert_true(heat_digest(&whole, mirrored) == digest);
    uint64_t sum = 0; /* of boxes, some of them empty, with halos of 0 to 2 cells */
    for (int rank = 0; rank < 18; rank++) {
      int position[SB_AXES];
      sb_grid_position(grid, rank, position);
      const sb_box box = sb_grid_box(p.n, align, grid, position);
      heat_state part = state_make(&p, &box, rank % 3);
      for (int64_t z = box.lo[0]; z < box.hi[0]; z++)
        for (int64_t y = box.lo[1]; y < box.hi[1]; y++)
          for (int64_t x = box.lo[2]; x < box.hi[2]; x++)
            *cell_of(&part, z - box.lo[0], y - box.lo[1], x - box.lo[2]) =
                *cell_of(&whole, z, y, x);
      sum += heat_digest(&part, mirrored);
      state_free(&part);
    }
    assert_true(sum == digest);
  }
  state_free(&whole);
}

/* A plain program of its own: one array without halos, neighbours found by arithmetic. */
static double value_at(const heat_problem *p, const double *u, int64_t z, int64_t y, int64_t x) {
  int64_t i[HEAT_AXES] = {z, y, x};
  for (int axis = 0; axis < HEAT_AXES; axis++) {
    const int64_t n = p->n[axis];
    if (i[axis] >= 0 && i[axis] < n) continue;
    if (p->boundary == HEAT_FIXED) return 0.0;
    if (p->boundary == HEAT_INSULATED) i[axis] = i[axis] < 0 ? 0 : n - 1;
    if (p->boundary == HEAT_PERIODIC) i[axis] = i[axis] < 0 ? n - 1 : 0;
  }
  return u[(i[0] * p->n[1] + i[1]) * p->n[2] + i[2]];
}

static double start_at(const heat_problem *p, const int64_t i[HEAT_AXES]) {
  double value = 1.0;
  for (int axis = HEAT_AXES - p->dims; axis < HEAT_AXES; axis++) {
    const int64_t n = p->n[axis], hot = sb_count(heat_hot_cells(n));
    const bool inside = llabs(2 * i[axis] + 1 - n) < hot;
    const double s =
        p->start == HEAT_MODE ? heat_sine(p->mode[axis] * (i[axis] + 1), n + 1) : (double)inside;
    value = value * s;
  }
  return value;
}

static double *plain_program(const heat_problem *p) {
  const int64_t cells = p->n[0] * p->n[1] * p->n[2];
  double *u = malloc((size_t)cells * sizeof *u), *next = malloc((size_t)cells * sizeof *next);
  assert_true(u != NULL && next != NULL);
  for (int64_t step = 0; step <= p->steps; step++) {
    for (int64_t i = 0; i < cells; i++) {
      const int64_t z = i / p->n[2] / p->n[1], y = i / p->n[2] % p->n[1], x = i % p->n[2];
      if (step == 0) {
        next[i] = start_at(p, (const int64_t[]){z, y, x});
        continue;
      }
      double sum = value_at(p, u, z, y, x - 1) + value_at(p, u, z, y, x + 1);
      sum += value_at(p, u, z, y - 1, x) + value_at(p, u, z, y + 1, x);
      if (p->dims == 3) sum += value_at(p, u, z - 1, y, x) + value_at(p, u, z + 1, y, x);
      next[i] = (1.0 - 2.0 * p->dims * p->r) * u[i] + p->r * sum;
    }
    double *kept = u;
    u = next;
    next = kept;
  }
  free(next);
  return u;
}

static uint64_t plain_digest(const heat_problem *p) {
  double *u = plain_program(p);
  const sb_field field = {.dims = 3,
                          .axis = {{.n = p->n[0]}, {.n = p->n[1]}, {.n = p->n[2]}},
                          .hi = {p->n[0], p->n[1], p->n[2]},
                          .data = u};
  const uint64_t digest = sb_field_digest(&field);
  free(u);
  return digest;
}

static void golden_digests_are_those_of_a_plain_program(void **state) {
  (void)state;
  static const double most = 1e8; /* updates: others were computed when they were entered */
  assert_true(heat_golden_count > 0);
  for (int i = 0; i < heat_golden_count; i++) {
    const heat_golden *golden = &heat_goldens[i];
    const heat_problem *p = &golden->problem;
    if ((double)p->n[0] * (double)p->n[1] * (double)p->n[2] * (double)p->steps > most) continue;
    const uint64_t digest = plain_digest(p);
    if (golden->digest != digest) {
      fail_msg("entry %d: 0x%016llx is right", i, (unsigned long long)digest);
    }
    assert_ptr_equal(heat_golden_find(p), golden);
    heat_state s = solved(p);
    assert_true(passes(&s, "golden_digest") && passes(&s, NULL));
    double *cell = cell_of(&s, 0, 5, 7);
    *cell = nextafter(*cell, 2.0);
    assert_false(passes(&s, "golden_digest"));
    state_free(&s);
  }
}

static void other_problems_have_no_golden_digest(void **state) {
  (void)state;
  heat_problem p = heat_goldens[0].problem;
  p.steps++;
  assert_null(heat_golden_find(&p));
  heat_state s = solved(&p);
  assert_false(expected(&s, "golden_digest"));
  state_free(&s);
  p = heat_goldens[0].problem;
  p.r = nextafter(p.r, 0.0);
  assert_null(heat_golden_find(&p));
  p = heat_goldens[0].problem;
  p.mode[HEAT_Z] = 3; /* of an axis that is not used */
  assert_non_null(heat_golden_find(&p));
  p.mode[HEAT_Y]++;
  assert_null(heat_golden_find(&p));
}

static int begin(void **state) {
  (void)state;
  int argc = 0;
  char **argv = NULL;
  const sb_status status = sb_comm_start(&argc, &argv, &comm);
  run = (sb_run){.comm = comm, .threads = 1};
  return status != SB_OK;
}

/* One rounding less than the law's: the product with r and the last sum at once. */
static void fused_step(const heat_law *law, const heat_grid *now, const heat_grid *next,
                       const heat_box *box) {
  for (int64_t x = box->lo[HEAT_X]; x < box->hi[HEAT_X]; x++) {
    const double *u = now->cell + x;
    double all = (u[-1] + u[1]) + (u[-now->row] + u[now->row]);
    if (law->dims == 3) all += u[-now->plane] + u[now->plane];
    next->cell[x] = fma(law->r, all, law->c * u[0]);
  }
}

static void fused_operations_are_found(void **state) {
  (void)state;
  for (int dims = 2; dims <= 3; dims++) {
    const heat_law law = heat_law_make(dims, 0.11);
    for (int isa = 0; isa < SB_ISA_LEVELS; isa++) {
      heat_kernels kernels;
      if (!sb_isa_built((sb_isa)isa) || !sb_isa_runs((sb_isa)isa)) continue;
      assert_int_equal(heat_kernels_choose(sb_isa_name((sb_isa)isa), &kernels), SB_OK);
      assert_int_equal(heat_rounding_errors(&law, &kernels), 0);
      kernels.streaming = fused_step;
      assert_true(heat_rounding_errors(&law, &kernels) > 0);
    }
  }
}

static int end(void **state) {
  (void)state;
  sb_comm_finish(&comm);
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(right_runs_pass),
      cmocka_unit_test(long_runs_pass),
      cmocka_unit_test(bounds_are_as_derived),
      cmocka_unit_test(flipped_bits_are_found),
      cmocka_unit_test(small_errors_are_found),
      cmocka_unit_test(not_finite_is_found),
      cmocka_unit_test(misplaced_heat_is_found),
      cmocka_unit_test(skipped_steps_are_found),
      cmocka_unit_test(wrong_laws_are_found),
      cmocka_unit_test(fused_operations_are_found),
      cmocka_unit_test(wrong_sides_are_found),
      cmocka_unit_test(changed_repetitions_are_found),
      cmocka_unit_test(starts_without_checks_are_refused),
      cmocka_unit_test(digests_are_those_of_fields),
      cmocka_unit_test(golden_digests_are_those_of_a_plain_program),
      cmocka_unit_test(other_problems_have_no_golden_digest),
  };
  return cmocka_run_group_tests(tests, begin, end);
}
