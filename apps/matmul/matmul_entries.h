/* matmul_entries.h: the entries of A and B as a function of where they stand, so that any rank
 * makes any of them. Local, cannot fail.
 *
 * Entry e (its row-major index in the whole matrix) is half of the Philox block e/2 whose counter
 * has the matrix in its third word, under the seed as key (rng.h): 64 random bits w, words 0 (the
 * lower) and 1 of it for even e, 2 and 3 for odd e. With w the signed number that they are,
 *
 *   real     (w >> 11) 2^-52, uniform on [-1, 1)
 *   integer  w >> (64 - b), uniform on [-2^(b-1), 2^(b-1)), with the largest b <= 27 for which
 *            k 2^(2b-2) <= 2^52: no partial sum of any product exceeds 2^52, so every sum is exact
 *            in any order.
 */
#ifndef SCALEBAR_MATMUL_ENTRIES_H
#define SCALEBAR_MATMUL_ENTRIES_H

#include <stdbool.h>
#include <stdint.h>

typedef enum { MATMUL_A = 0, MATMUL_B = 1 } matmul_operand;

typedef struct {
  uint64_t seed;
  int bits; /* of an integer entry; 0: real entries */
} matmul_entries;

/* k [in] >= 1: length of the sums. Beyond 2^52 even entries of one bit would not be exact; the
 * options refuse such k. */
matmul_entries matmul_entries_make(bool integer, int64_t k, int64_t seed);

/* Entries [first, first + count) of the row that begins at index `row * columns` of a matrix of so
 * many columns.
 *   out [out] count doubles */
void matmul_entries_row(const matmul_entries *entries, matmul_operand operand, int64_t row,
                        int64_t columns, int64_t first, int64_t count, double *out);

#endif
