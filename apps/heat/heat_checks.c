#include "heat_checks.h"

#include <math.h>

#include "exact_sum.h"
#include "heat_bounds.h"
#include "heat_golden.h"
#include "heat_rounding.h"

/* Rows along x that this rank has. */
static int64_t rows_of(const heat_state *s) {
  if (sb_box_empty(&s->box)) return 0;
  return (s->box.hi[HEAT_Z] - s->box.lo[HEAT_Z]) * (s->box.hi[HEAT_Y] - s->box.lo[HEAT_Y]);
}

static int64_t width_of(const heat_state *s) { return s->box.hi[HEAT_X] - s->box.lo[HEAT_X]; }

typedef struct {
  int64_t z, y; /* relative to the box */
  const double *cell;
} row;

static row row_at(const heat_state *s, int64_t i) {
  const int64_t ny = s->box.hi[HEAT_Y] - s->box.lo[HEAT_Y];
  const heat_grid *grid = &s->array[s->now];
  return (row){i / ny, i % ny, grid->cell + i / ny * grid->plane + i % ny * grid->row};
}

uint64_t heat_digest(const heat_state *s, const bool mirrored[HEAT_AXES]) {
  const int64_t *n = s->config.problem.n;
  const int64_t lo_z = s->box.lo[HEAT_Z], lo_y = s->box.lo[HEAT_Y], lo_x = s->box.lo[HEAT_X];
  const int64_t rows = rows_of(s), width = width_of(s);
  uint64_t sum = 0;
#pragma omp parallel for schedule(static) reduction(+ : sum)
  for (int64_t i = 0; i < rows; i++) {
    const row r = row_at(s, i);
    const int64_t z = mirrored[HEAT_Z] ? n[HEAT_Z] - 1 - (lo_z + r.z) : lo_z + r.z;
    const int64_t y = mirrored[HEAT_Y] ? n[HEAT_Y] - 1 - (lo_y + r.y) : lo_y + r.y;
    const int64_t x = mirrored[HEAT_X] ? n[HEAT_X] - 1 - lo_x : lo_x;
    const uint64_t first = (uint64_t)((z * n[HEAT_Y] + y) * n[HEAT_X] + x);
    sum += sb_digest_row(r.cell, width, first, mirrored[HEAT_X] ? UINT64_MAX : 1);
  }
  return sum;
}

/* The whole field's, as it is and mirrored on each axis in use. Collective. */
static void digests(const heat_state *s, uint64_t *plain, uint64_t mirrored[HEAT_AXES]) {
  int64_t share[1 + HEAT_AXES] = {(int64_t)heat_digest(s, (const bool[HEAT_AXES]){false})};
  const int unused = HEAT_AXES - s->config.problem.dims;
  for (int axis = unused; s->config.problem.start == HEAT_HOTSPOT && axis < HEAT_AXES; axis++) {
    bool mirror[HEAT_AXES] = {false};
    mirror[axis] = true;
    share[1 + axis] = (int64_t)heat_digest(s, mirror);
  }
  sb_comm_sum_i64(s->run->comm, share, 1 + HEAT_AXES);
  *plain = (uint64_t)share[0];
  for (int axis = 0; axis < HEAT_AXES; axis++) mirrored[axis] = (uint64_t)share[1 + axis];
}

/* The larger of two errors; not a number if either is. */
static double worse(double a, double b) { return b > a || isnan(b) ? b : a; }

/* Largest distance of a cell from G^steps times its start value. */
static double mode_error(const heat_state *s) {
  const heat_problem *p = &s->config.problem;
  const double power = (double)heat_power(heat_mode_factor(p), p->steps);
  const int64_t rows = rows_of(s), width = width_of(s);
  double worst = 0.0;
#pragma omp parallel
  {
    double mine = 0.0;
#pragma omp for schedule(static)
    for (int64_t i = 0; i < rows; i++) {
      const row r = row_at(s, i);
      for (int64_t x = 0; x < width; x++) {
        mine = worse(mine, fabs(r.cell[x] - power * heat_start_value(s->start, r.z, r.y, x)));
      }
    }
#pragma omp critical
    worst = worse(worst, mine);
  }
  return worst;
}

/* What cells are together. */
typedef struct {
  sb_exact sum, projection; /* on the wave */
  double outside;           /* farthest out of [0, 1] */
} totals;

static void add_cell(totals *t, double u, double wave) {
  sb_exact_add(&t->sum, u);
  sb_exact_add(&t->projection, u * wave);
  t->outside = worse(t->outside, u < 0.0 ? -u : u - 1.0);
}

/* Of this rank's cells. */
static void add_all(const heat_state *s, const heat_start *wave, totals *all) {
  const int64_t rows = rows_of(s), width = width_of(s);
  *all = (totals){.outside = 0.0};
#pragma omp parallel
  {
    totals mine = {.outside = 0.0};
#pragma omp for schedule(static)
    for (int64_t i = 0; i < rows; i++) {
      const row r = row_at(s, i);
      for (int64_t x = 0; x < width; x++) {
        add_cell(&mine, r.cell[x], heat_start_value(wave, r.z, r.y, x));
      }
    }
#pragma omp critical
    {
      sb_exact_merge(&all->sum, &mine.sum);
      sb_exact_merge(&all->projection, &mine.projection);
      all->outside = worse(all->outside, mine.outside);
    }
  }
}

/* Makes a rank's sum that of all ranks, less `expected`, and gives its size. Collective. */
static double distance(sb_comm *comm, sb_exact *sum, double expected) {
  sb_exact_settle(sum);
  sb_comm_sum_i64(comm, sum->word, SB_EXACT_WORDS);
  sb_exact_settle(sum);
  sb_exact_add(sum, -expected);
  return fabs(sb_exact_value(sum));
}

static sb_status check_hotspot(const heat_state *s, sb_checks *checks) {
  const heat_problem *p = &s->config.problem;
  sb_comm *comm = s->run->comm;
  sb_status status = SB_OK;
  heat_problem of_wave = *p;
  of_wave.start = HEAT_WAVE;
  heat_start *wave = NULL;
  SB_TRY(sb_comm_agree(comm, heat_start_create(&of_wave, &s->box, &wave)));
  totals all;
  add_all(s, wave, &all);
  const double power = (double)heat_power(heat_mode_factor(p), p->steps);
  sb_checks_record(checks, "range", all.outside, heat_bound_range(p));
  sb_checks_record(checks, "sum", distance(comm, &all.sum, heat_hot_sum(p)), heat_bound_sum(p));
  sb_checks_record(checks, "projection",
                   distance(comm, &all.projection, power * heat_hot_projection(p)),
                   heat_bound_projection(p));
cleanup:
  heat_start_destroy(&wave);
  return status;
}

static void expect(const heat_problem *p, sb_checks *checks) {
  sb_checks_expect(checks, "rounding",
                   "exact: cells of a step with each operation rounded by itself");
  if (p->start == HEAT_MODE) {
    sb_checks_expect(checks, "eigenmode", "rounding of all steps (heat_bounds.c)");
  } else {
    sb_checks_expect(checks, "range", "maximum principle, rounding of all steps (heat_bounds.c)");
    sb_checks_expect(checks, "sum", "rounding of all steps (heat_bounds.c)");
    sb_checks_expect(checks, "projection", "rounding of all steps (heat_bounds.c)");
    sb_checks_expect(checks, "symmetric", "exact: axes on which mirroring changes the digest");
  }
  sb_checks_expect(checks, "repeatable", "exact: all repetitions end with the same digest");
  if (heat_golden_find(p) != NULL) {
    sb_checks_expect(checks, "golden_digest", "exact: digest of a plain double loop");
  }
}

sb_status heat_check(heat_state *s, sb_checks *checks) {
  const heat_problem *p = &s->config.problem;
  if ((p->start == HEAT_MODE) != (p->boundary == HEAT_FIXED)) {
    return sb_fail(SB_INTERNAL, "no check is known for this start with these sides");
  }
  sb_status status = SB_OK;
  expect(p, checks);
  sb_checks_record(checks, "rounding", heat_rounding_errors(&s->law, &s->sweep.vector), 0.0);
  if (p->start == HEAT_MODE) {
    sb_checks_record(checks, "eigenmode", mode_error(s), heat_bound_mode(p));
  } else {
    SB_TRY(check_hotspot(s, checks));
  }
  uint64_t digest, mirrored[HEAT_AXES];
  digests(s, &digest, mirrored);
  if (p->start == HEAT_HOTSPOT) {
    int differ = 0;
    for (int axis = HEAT_AXES - p->dims; axis < HEAT_AXES; axis++)
      differ += mirrored[axis] != digest;
    sb_checks_record(checks, "symmetric", differ, 0.0);
  }
  sb_checks_record(checks, "repeatable", (double)s->changed, 0.0);
  const heat_golden *golden = heat_golden_find(p);
  if (golden != NULL) {
    sb_checks_record(checks, "golden_digest", golden->digest != digest, 0.0);
  }
cleanup:
  return status;
}
