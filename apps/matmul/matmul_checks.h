/* matmul_checks.h: whether C is A B.
 *
 * R. Freivalds (1977): for a random vector r, C r = A (B r) can be tested with three products of a
 * matrix and a vector, row by row.
 *
 *   entries=integer  r: odd numbers of 64 bits, sums modulo 2^64. C(i, j) off by d changes row i by
 *                    d r_j, which is 0 modulo 2^64 for no |d| < 2^64: one wrong entry in a row is
 *                    always found, several with a chance of 1 - 2^-63 at least for each row.
 *   entries=real     r: signs. |C r - A (B r)|_i <= 8 u (sqrt(k) + sqrt(n)) (|A| |B| 1)_i. Derived
 *                    from rounding errors as independent (N. Higham, T. Mary, SISC 41, 2019): C is
 *                    off by at most L sqrt(k) u |A| |B|, B r by L sqrt(n) u |B| 1, its product with
 * A by L sqrt(k) u |A| |B| 1, C r by L sqrt(n) u |C| 1, together 2 L u (sqrt(k) + sqrt(n)) |A| |B|
 * 1, with L = 4 (each holds with a chance of 1 - 2 exp(-L^2 / 2)), u = 2^-53.
 *
 * A row that is wrong is computed again entry by entry by those who hold it, which tells the rank.
 */
#ifndef SCALEBAR_MATMUL_CHECKS_H
#define SCALEBAR_MATMUL_CHECKS_H

#include "matmul.h"

/* Collective. */
sb_status matmul_check(matmul_state *state, sb_checks *checks);

/* This rank's share of the digest of C (fields.h): shares add up modulo 2^64. Local. */
uint64_t matmul_digest(const matmul_state *state);

/* This rank's part of A, which lies in panels, as rows x a_part into `out`. Local. */
void matmul_unpack_a(const matmul_state *state, const sb_range *panel, int64_t panels, double *out);

#endif
