#include "stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Beyond this 2^-n leaves the range of double. */
enum { EXACT_MAX = 1000 };

/* Largest l >= 1 with 2 P(B <= l - 1) <= 0.05, B binomial(n, 1/2). */
static int exact_low(int n) {
  double probability = ldexp(1.0, -n); /* P(B = k) */
  double tail = probability;           /* P(B <= k) */
  int low = 0;
  for (int k = 0; 2.0 * tail <= 0.05; k++) {
    low = k + 1;
    probability *= (double)(n - k) / (double)(k + 1);
    tail += probability;
  }
  return low;
}

void sb_median_ranks(int n, int *low, int *high) {
  *low = *high = 0;
  if (n < SB_INTERVAL_MIN) return;
  *low = n <= EXACT_MAX ? exact_low(n) : (int)floor(0.5 * (n - 1.96 * sqrt((double)n)));
  *high = n + 1 - *low;
}

static int ascending(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

sb_summary sb_summarise(const double *values, int n, double *scratch) {
  memcpy(scratch, values, (size_t)n * sizeof *values);
  qsort(scratch, (size_t)n, sizeof *scratch, ascending);
  double sum = 0.0;
  for (int i = 0; i < n; i++) sum += scratch[i];
  int low = 0, high = 0;
  sb_median_ranks(n, &low, &high);
  return (sb_summary){
      .median = 0.5 * (scratch[(n - 1) / 2] + scratch[n / 2]),
      .low = low > 0 ? scratch[low - 1] : (double)NAN,
      .high = high > 0 ? scratch[high - 1] : (double)NAN,
      .minimum = scratch[0],
      .maximum = scratch[n - 1],
      .mean = sum / n,
      .n = n,
  };
}
