/* matmul_freivalds.h: C r against A (B r), row by row (matmul_checks.h says why that is a check).
 *
 * The vectors are as long as the problem, but no rank ever holds one whole: blocks of fixed length
 * are summed over all ranks, one after the other. */
#ifndef SCALEBAR_MATMUL_FREIVALDS_H
#define SCALEBAR_MATMUL_FREIVALDS_H

#include "matmul.h"

typedef struct {
  int64_t wrong;   /* rows that are */
  int64_t first;   /* the first of them, -1: none; as rank 0 sees it */
  double worst;    /* error of the worst row over its bound: more than 1 is wrong */
  int64_t invalid; /* entries of C on this rank that no sum of integers can be */
} matmul_rows;

/* Collective.
 *   panel [in] matmul_panels_cut of this rank's layer
 * Errors, agreed on: SB_NO_MEMORY. */
sb_status matmul_freivalds(const matmul_state *state, const sb_range *panel, int64_t panels,
                           matmul_rows *found);

/* Bytes that it allocates on a rank with this share, which holds so many columns. Local. */
int64_t matmul_freivalds_bytes(const matmul_share *share);

/* Whether entries=integer can have summed up to x. Local. */
bool matmul_is_sum(double x);

#endif
