/* stats.h: the median of a sample and how sure it is. Local. */
#ifndef SCALEBAR_STATS_H
#define SCALEBAR_STATS_H

typedef struct {
  double median;
  double low, high; /* 95 % interval of the median; both NaN when n < 6 */
  double minimum, maximum, mean;
  int n;
} sb_summary;

/* Fewest samples that give a 95 % interval: with 6, min and max enclose the median with 96.9 %. */
enum { SB_INTERVAL_MIN = 6 };

/* Ranks (1-based) of the order statistics that enclose the median with at least 95 %, without any
 * assumption on the distribution: the largest l with 1 - 2 P(B <= l - 1) >= 0.95 where B is
 * binomial(n, 1/2), and its mirror n + 1 - l (David and Nagaraja, Order Statistics, 7.1; used for
 * timings by Hoefler and Belli, SC15, section 3.1.3). Above 1000 samples the normal approximation
 * floor((n - 1.96 sqrt n) / 2). n >= SB_INTERVAL_MIN; otherwise both are 0. */
void sb_median_ranks(int n, int *low, int *high);

/* values [in] n >= 1 numbers, left as they are; scratch [out] room for n numbers. */
sb_summary sb_summarise(const double *values, int n, double *scratch);

#endif
