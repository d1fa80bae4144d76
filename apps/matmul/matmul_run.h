/* matmul_run.h: one distributed product. */
#ifndef SCALEBAR_MATMUL_RUN_H
#define SCALEBAR_MATMUL_RUN_H

#include "matmul.h"

/* c(rows x columns) (+)= a b of the state's kernel by this thread, in its scratch. Local. */
void matmul_multiply(const matmul_state *state, const matmul_block *block);

/* C = A B. Collective. */
void matmul_product(matmul_state *state, sb_clock *clock);

#endif
