/* matmul_cut.h: a product as a sum of products that a library with narrower integers can take.
 * Local, cannot fail.
 */
#ifndef SCALEBAR_MATMUL_CUT_H
#define SCALEBAR_MATMUL_CUT_H

#include "matmul_kernel.h"

/* Calls `product` for pieces of `block` whose m, n, k, lda, ldb and ldc are at most `most`, and
 * whose leading dimensions are at least 1. A leading dimension beyond it cannot be told to the
 * library, but a matrix of one row has no use for one: such a matrix is cut into rows. Pieces of
 * one part of c follow each other along k, all but the first adding. Where m or n is 0 there are
 * none; with k = 0 the pieces have k = 0 (they make the zeros of a product that is not added). most
 * [in] >= 1 */
void matmul_cut(const matmul_block *block, int64_t most, void (*product)(const matmul_block *));

#endif
