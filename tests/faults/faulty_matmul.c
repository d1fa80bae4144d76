/* faulty_matmul.c: the mini-app matmul with one wrong number planted. The linker puts these
 * functions in place of matmul_product and matmul_panels_wait (--wrap), around the real ones.
 *
 * SB_FAULT="kind=panel rank=1 call=1 bit=45"
 *   panel  flips a bit in the middle of the panel of A, or else of B, that came the call-th time
 *   c      flips a bit of the middle entry of this rank's part of C after the call-th product
 *   nan    makes that entry NaN
 *   swap   exchanges the first and the last row of that part
 *   block  exchanges its left half with its right half
 *   a, b   flips a bit of the first entry of this rank's part of A, or of B, before the product */
#include <math.h>

#include "faulty_number.h"
#include "matmul_run.h"

void __real_matmul_product(matmul_state *state, sb_clock *clock);
void __wrap_matmul_product(matmul_state *state, sb_clock *clock);
void __real_matmul_panels_wait(matmul_panels *panels, int64_t step, sb_clock *clock);
void __wrap_matmul_panels_wait(matmul_panels *panels, int64_t step, sb_clock *clock);

static const matmul_state *own;

void __wrap_matmul_panels_wait(matmul_panels *panels, int64_t step, sb_clock *clock) {
  static long calls;
  __real_matmul_panels_wait(panels, step, clock);
  const matmul_pair pair = matmul_panels_pair(panels, step);
  calls++;
  const int64_t rows = sb_count(own->share.rows), columns = sb_count(own->share.columns);
  const bool own_a = pair.a >= own->a && pair.a < own->a + rows * sb_count(own->share.a_part);
  const double *middle = own_a ? pair.b + columns * pair.width / 2 : pair.a + rows * pair.width / 2;
  if (is_due("panel", calls)) flip((double *)(uintptr_t)middle);
}

static void swap_rows(double *first, double *last, int64_t columns) {
  for (int64_t j = 0; j < columns; j++) {
    const double kept = first[j];
    first[j] = last[j];
    last[j] = kept;
  }
}

static void swap_blocks(double *c, int64_t rows, int64_t columns) {
  const int64_t half = columns / 2;
  for (int64_t i = 0; i < rows; i++, c += columns) swap_rows(c, c + columns - half, half);
}

void __wrap_matmul_product(matmul_state *s, sb_clock *clock) {
  static long calls;
  const int64_t rows = sb_count(s->share.c_part), columns = sb_count(s->share.columns);
  own_rank = sb_comm_rank(s->run->comm);
  own = s;
  calls++;
  if (is_due("a", calls)) flip(s->a);
  if (is_due("b", calls)) flip(s->b);
  __real_matmul_product(s, clock);
  double *middle = s->c + rows / 2 * columns + columns / 2;
  if (is_due("c", calls)) flip(middle);
  if (is_due("nan", calls)) *middle = (double)NAN;
  if (is_due("block", calls)) swap_blocks(s->c, rows, columns);
  if (is_due("swap", calls)) swap_rows(s->c, s->c + (rows - 1) * columns, columns);
}
