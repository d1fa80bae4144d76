/* heat_bounds.c: with u = 2^-53, s steps, p = 2 dims r <= 1 and c = 1 - p.
 *
 * One step. The stored c is within u of c (one rounding of p, one of 1 - p, together at most u p +
 * u (1 - p)). A cell's own value is rounded twice after that, in the product and in the last sum;
 * its neighbours' values at most dims + 2 times, in dims sums, the product and the last sum. With M
 * the largest size of a value read, the new value is off by at most
 *     u M (1 + 2 c + (dims + 2) p) <= K u M,  K = dims + 3.
 * (Products that underflow add 2^-1074, nothing beside the u in every bound.) All weights are >= 0
 * and add up to 1, so a step makes no error larger in the max norm; and in a sum over all cells,
 * sides that mirror or repeat pass on just what they get, so sums of errors keep their size too,
 * with M replaced by the cells themselves.
 *
 * Many steps. An error e becomes at most (1 + K u) e + K u M, M being that of the exact field. With
 * x = K u s < 1, (1 + K u)^s < 1 + 2 x. `growth` has eight steps more than that: 80 u and more for
 * terms of second order and for the dozen roundings in which a bound is computed. */
#include "heat_bounds.h"

#include <float.h>
#include <math.h>

#include "exact_sum.h"

static const double U = 0x1p-53;

static double step_errors(const heat_problem *p) { return p->dims + 3; }

static double growth(const heat_problem *p) {
  return 1.0 + 2.0 * step_errors(p) * U * ((double)p->steps + 8.0);
}

/* A power of |G|. */
static double decay(const heat_problem *p, int64_t steps) {
  return (double)heat_power(fabsl(heat_mode_factor(p)), steps);
}

/* The sum of |G|^t for 0 <= t < s, from above: s, or that of all t. |G| may be 16 LDBL_EPSILON
 * larger than computed. */
static double decay_series(const heat_problem *p) {
  const long double least = 1.0L - fabsl(heat_mode_factor(p)) - 16 * LDBL_EPSILON;
  const double steps = (double)p->steps;
  return least > 0.0L && 1.0L / least < steps ? (double)(1.0L / least) : steps;
}

/* G^s as computed, against G^s: G is 16 LDBL_EPSILON off, which counts s |G|^(s-1) times; powers
 * are rounded s times. */
static double power_error(const heat_problem *p) {
  if (p->steps == 0) return 0.0;
  return 17.0 * (double)LDBL_EPSILON * (double)p->steps * decay(p, p->steps - 1);
}

/* Of a product of factors, against that of exact ones, none above 1: their errors, and a rounding
 * for each but the first. */
static double product_error(const heat_problem *p) {
  return (HEAT_SINE_ULPS * p->dims + (p->dims - 1)) * U;
}

/* The start field is product_error away from the exact mode v, and may stay so; M is |G|^t. What it
 * is compared with, G^s u0, is |G|^s product_error away from G^s v, and has the rounding of G^s to
 * double and of the product. */
double heat_bound_mode(const heat_problem *p) {
  const double last = decay(p, p->steps);
  const double steps = step_errors(p) * U * decay_series(p);
  return growth(p) * (product_error(p) * (1.0 + last) + steps + 2.0 * U * last + power_error(p));
}

/* No value is negative, so a step is off by at most K u times the sum. */
double heat_bound_sum(const heat_problem *p) {
  return growth(p) * step_errors(p) * U * (double)p->steps * heat_hot_sum(p);
}

/* The same, times the wave, none above 1: an error of step t is multiplied by G from then on. The
 * wave's own values are off by product_error, their products with the field by u, and the sum is
 * rounded: all in units of the sum. So is the start's projection: off by HEAT_SINE_ULPS u a cell
 * and the rounding of the sum on each axis, a product for each axis but the first, the rounding of
 * G^s and the product with it. */
double heat_bound_projection(const heat_problem *p) {
  const double start = ((HEAT_SINE_ULPS + 2) * p->dims + 1) * U;
  const double now = step_errors(p) * U * decay_series(p) + product_error(p) + 2.0 * U;
  return growth(p) * heat_hot_sum(p) * (now + start * decay(p, p->steps) + power_error(p));
}

/* M is at most 1; no value is negative at all, as products and sums of such are not. */
double heat_bound_range(const heat_problem *p) {
  return growth(p) * step_errors(p) * U * (double)p->steps;
}

double heat_hot_sum(const heat_problem *p) {
  double cells = 1.0;
  for (int axis = HEAT_AXES - p->dims; axis < HEAT_AXES; axis++) {
    cells *= (double)sb_count(heat_hot_cells(p->n[axis]));
  }
  return cells;
}

double heat_hot_projection(const heat_problem *p) {
  double product = 1.0;
  for (int axis = HEAT_AXES - p->dims; axis < HEAT_AXES; axis++) {
    const sb_range hot = heat_hot_cells(p->n[axis]);
    sb_exact sum;
    sb_exact_clear(&sum);
    for (int64_t i = hot.lo; i < hot.hi; i++)
      sb_exact_add(&sum, heat_cosine(2 * i + 1, p->n[axis]));
    product *= sb_exact_value(&sum);
  }
  return product;
}
