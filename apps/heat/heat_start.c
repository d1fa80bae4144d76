#include "heat_start.h"

#include <math.h>
#include <stdlib.h>

#include "heat_sweep.h"
#include "memory.h"
#include "rng.h"

static const long double PI = 3.14159265358979323846264338327950288L;

enum { MOST_MODE = 7 };

static bool used(const heat_problem *problem, int axis) {
  return axis >= HEAT_AXES - problem->dims;
}

void heat_start_modes(heat_problem *problem, uint64_t seed) {
  uint32_t word[4];
  sb_random_block(seed, 0, word);
  for (int axis = 0; axis < HEAT_AXES; axis++) {
    if (problem->mode[axis] != 0) continue;
    const int64_t n = used(problem, axis) ? problem->n[axis] : 1;
    problem->mode[axis] = 1 + word[axis] % (n < MOST_MODE ? n : MOST_MODE);
  }
}

sb_range heat_hot_cells(int64_t n) {
  int64_t hot = n / 4;
  if ((n - hot) % 2 != 0) hot++;
  if (hot == 0) hot = 2; /* n = 2 */
  return (sb_range){.lo = (n - hot) / 2, .hi = (n + hot) / 2};
}

/* Rounding errors, in units of LDBL_EPSILON: relative to a term 1.5 in the angle (pi, product,
 * quotient), which a sine up to pi/2 makes no larger, and 1 of sinl; twice that in the square, and
 * 0.5 each of the square and the product: 6. All terms together are at most 2, so that is 12, and
 * their two sums 2, the difference 0.5. (Beyond pi/2 lies n = 1 alone, where sin(pi)^2 is 0.) */
long double heat_mode_factor(const heat_problem *problem) {
  long double lost = 0.0L;
  for (int axis = HEAT_AXES - problem->dims; axis < HEAT_AXES; axis++) {
    const int64_t n = problem->n[axis];
    const long double angle = problem->start == HEAT_MODE ? PI * (long double)problem->mode[axis] /
                                                                (long double)(2 * (n + 1))
                                                          : PI / (long double)n;
    const long double sine = sinl(angle);
    lost += 4.0L * problem->r * (sine * sine);
  }
  return 1.0L - lost;
}

long double heat_power(long double g, int64_t steps) {
  long double power = 1.0L;
  for (; steps > 0; steps /= 2) {
    if (steps % 2 != 0) power *= g;
    g *= g;
  }
  return power;
}

static int64_t cells(const sb_box *box, int axis) {
  return sb_box_empty(box) ? 0 : box->hi[axis] - box->lo[axis];
}

/* Of cell i of an axis of the whole grid. */
static double factor(const heat_problem *problem, int axis, int64_t i) {
  if (!used(problem, axis)) return 1.0;
  if (problem->start == HEAT_MODE) {
    return heat_sine(problem->mode[axis] * (i + 1), problem->n[axis] + 1);
  }
  if (problem->start == HEAT_WAVE) return heat_cosine(2 * i + 1, problem->n[axis]);
  const sb_range hot = heat_hot_cells(problem->n[axis]);
  return hot.lo <= i && i < hot.hi ? 1.0 : 0.0;
}

int64_t heat_start_bytes(const sb_box *box) {
  int64_t doubles = 0;
  for (int axis = 0; axis < HEAT_AXES; axis++) doubles += cells(box, axis);
  return (int64_t)sizeof(heat_start) + doubles * (int64_t)sizeof(double);
}

sb_status heat_start_create(const heat_problem *problem, const sb_box *box, heat_start **start) {
  sb_status status = SB_OK;
  int64_t doubles = 0;
  *start = calloc(1, sizeof **start);
  if (*start == NULL) return sb_fail(SB_NO_MEMORY, "no memory for the start field");
  heat_start *s = *start;
  s->dims = problem->dims;
  for (int axis = 0; axis < HEAT_AXES; axis++) doubles += s->n[axis] = cells(box, axis);
  SB_TRY(sb_doubles_create(doubles, &s->factor[0]));
  for (int axis = 0; axis < HEAT_AXES; axis++) {
    if (axis > 0) s->factor[axis] = s->factor[axis - 1] + s->n[axis - 1];
    for (int64_t i = 0; i < s->n[axis]; i++) {
      s->factor[axis][i] = factor(problem, axis, box->lo[axis] + i);
    }
  }
cleanup:
  if (status != SB_OK) heat_start_destroy(start);
  return status;
}

void heat_start_destroy(heat_start **start) {
  if (*start != NULL) free((*start)->factor[0]);
  free(*start);
  *start = NULL;
}

void heat_start_fill(const heat_start *start, const heat_grid *grid) {
  const heat_box all = {.hi = {start->n[HEAT_Z], start->n[HEAT_Y], start->n[HEAT_X]}};
#pragma omp parallel
  {
    const heat_box mine = heat_sweep_share(&all, start->dims);
    for (int64_t z = mine.lo[HEAT_Z]; z < mine.hi[HEAT_Z]; z++) {
      for (int64_t y = mine.lo[HEAT_Y]; y < mine.hi[HEAT_Y]; y++) {
        double *row = grid->cell + z * grid->plane + y * grid->row;
        for (int64_t x = mine.lo[HEAT_X]; x < mine.hi[HEAT_X]; x++) {
          row[x] = heat_start_value(start, z, y, x);
        }
      }
    }
  }
}
