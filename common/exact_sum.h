/* exact_sum.h: sums of doubles without any rounding, so that they are the same bits for any order,
 * number of threads and ranks. Local, cannot fail.
 *
 * A sum is kept as one long fixed-point number in 32-bit digits with room for carries, each in an
 * int64_t: adding is adding to three of them, and sums of ranks are sums of int64_t (Kulisch and
 * Miranker 1986; Collange, Defour, Graillat and Iakymchuk, Parallel Computing 49, 2015).
 */
#ifndef SCALEBAR_EXACT_SUM_H
#define SCALEBAR_EXACT_SUM_H

#include <stdint.h>

/* 2^-1074 up to 2^1024 and 2^63 such numbers in digits of 32 bits, of which the last has the sign;
 * then the count of numbers that were not finite. */
enum { SB_EXACT_DIGITS = 69, SB_EXACT_WORDS = SB_EXACT_DIGITS + 1 };

typedef struct {
  int64_t word[SB_EXACT_WORDS];
  int64_t pending; /* additions since carries were last passed on */
} sb_exact;

void sb_exact_clear(sb_exact *sum);

/* Some 4 ns. */
void sb_exact_add(sb_exact *sum, double x);

/* Adds another sum, which is settled by this. */
void sb_exact_merge(sb_exact *sum, sb_exact *other);

/* Passes carries on. Then the words of up to 2^30 sums may be added one by one, as
 * sb_comm_sum_i64(comm, sum.word, SB_EXACT_WORDS) does over ranks, and the result settled again. */
void sb_exact_settle(sb_exact *sum);

/* The nearest double (ties to even): infinite beyond the largest, NaN when a number was not finite.
 * Settles. */
double sb_exact_value(sb_exact *sum);

#endif
