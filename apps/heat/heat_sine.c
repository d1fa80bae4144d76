/* heat_sine.c: sines of fractions of pi, by additions, products and quotients alone. */
#include "heat_start.h"

/* (-1)^k pi^(2k+1) / (2k+1)! and (-1)^k pi^(2k) / (2k)!: Taylor's series in (x/pi)^2. At x = pi/4
 * the first terms left out are 8e-20 and 4e-21. */
enum { TERMS_SINE = 9, TERMS_COSINE = 10 };
static const double sine_terms[TERMS_SINE] = {
    0x1.921fb54442d18p+1,  -0x1.4abbce625be53p+2,  0x1.466bc6775aae2p+1,
    -0x1.32d2cce62bd86p-1, 0x1.50783487ee782p-4,   -0x1.e3074fde8871fp-8,
    0x1.e8f434d018d63p-12, -0x1.6fadb9f155744p-16, 0x1.aaec32af93359p-21};
static const double cosine_terms[TERMS_COSINE] = {
    0x1.0000000000000p+0,  -0x1.3bd3cc9be45dep+2, 0x1.03c1f081b5ac4p+2,  -0x1.55d3c7e3cbffap+0,
    0x1.e1f506891babbp-3,  -0x1.a6d1f2a204a8cp-6, 0x1.f9d38a3763cc3p-10, -0x1.b6e24f44b128fp-14,
    0x1.20c62c2f2d7f5p-18, -0x1.2a0c591af8314p-23};
static const double pi_rest = 0x1.1a62633145c07p-53; /* pi less sine_terms[0] */

/* The sum of terms[k] z^k for 1 <= k < n. */
static double tail(const double *terms, int n, double z) {
  double sum = terms[n - 1];
  for (int k = n - 2; k > 0; k--) sum = terms[k] + z * sum;
  return z * sum;
}

/* sin(pi q) and cos(pi q) for q = m / n <= 1/4. Rounding errors in units of 2^-53, each at its
 * largest (q just below 1/4, where the result is 0.707):
 *
 *   sine    q: 1/8, and in the result 1/8 pi cos(pi/4) < 0.28; the tail, at most 0.31: z 0.31, the
 *           series 0.31, product and sum 1/4 each, times q < 0.29; the sum, above 2: 2 q = 0.5; the
 *           product 0.5. Together < 1.6
 *   cosine  q: 0.28; the tail, at most 0.3: z 0.15, the series 0.3, the product 0.25; the sum 0.5.
 *           Together < 1.5 */
static double sine_small(int64_t m, int64_t n) {
  const double q = (double)m / (double)n, z = q * q;
  return q * (sine_terms[0] + (pi_rest + tail(sine_terms, TERMS_SINE, z)));
}

static double cosine_small(int64_t m, int64_t n) {
  const double q = (double)m / (double)n, z = q * q;
  return cosine_terms[0] + tail(cosine_terms, TERMS_COSINE, z);
}

/* First quadrant: 0 <= m / n <= 1/2. */
static double sine_quadrant(int64_t m, int64_t n) {
  return 4 * m > n ? cosine_small(n - 2 * m, 2 * n) : sine_small(m, n);
}

double heat_sine(int64_t m, int64_t n) {
  int64_t rest = m % (2 * n);
  const bool negative = rest > n;
  if (negative) rest -= n;
  if (2 * rest > n) rest = n - rest;
  const double sine = sine_quadrant(rest, n);
  return negative ? -sine : sine;
}

/* cos(pi m / n) = sin(pi (n - 2m) / (2n)) in the first quadrant. */
double heat_cosine(int64_t m, int64_t n) {
  int64_t rest = m % (2 * n);
  if (rest > n) rest = 2 * n - rest;
  const bool negative = 2 * rest > n;
  if (negative) rest = n - rest;
  const double cosine = sine_quadrant(n - 2 * rest, 2 * n);
  return negative ? -cosine : cosine;
}
