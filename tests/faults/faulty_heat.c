/* faulty_heat.c: the mini-app heat with one wrong number planted. The linker puts these functions
 * in place of sb_xchg_start, sb_xchg_finish and heat_advance (--wrap), around the real ones.
 *
 * SB_FAULT="kind=halo rank=1 call=3 bit=40"
 *   halo    flips a bit of the halo cell before the box's first row, after the call-th exchange
 *   corner  the same for the cell before that row's first cell: a halo of depth 1 has no corners
 *   level   hands the neighbours the rims of the step before, at the call-th exchange
 *   cell    flips a bit of the box's middle cell after the call-th stretch of steps
 *   nan     makes that cell NaN
 *
 * SB_TIMES="compute=0.1 factor=2 delay=0.05" plants time instead, in s: each stretch of steps
 * computes so much longer, on rank 0 `factor` times as much, and each exchange communicates `delay`
 * longer. The time is slept, so that more ranks than cores do not lengthen it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "faulty_number.h"
#include "heat.h"

void __real_sb_xchg_start(sb_xchg *xchg, const sb_array *array, sb_clock *clock);
void __wrap_sb_xchg_start(sb_xchg *xchg, const sb_array *array, sb_clock *clock);
void __real_sb_xchg_finish(sb_xchg *xchg, const sb_array *array, sb_clock *clock);
void __wrap_sb_xchg_finish(sb_xchg *xchg, const sb_array *array, sb_clock *clock);
void __real_heat_advance(heat_state *state, int64_t until, sb_clock *clock);
void __wrap_heat_advance(heat_state *state, int64_t until, sb_clock *clock);

typedef struct {
  double compute, factor, delay;
} planted_times;

static planted_times planted(void) {
  planted_times times = {0.0, 1.0, 0.0};
  const char *text = getenv("SB_TIMES");
  if (text != NULL && sscanf(text, "compute=%lf factor=%lf delay=%lf", &times.compute,
                             &times.factor, &times.delay) != 3) {
    fprintf(stderr, "SB_TIMES: not understood\n");
    exit(125);
  }
  return times;
}

static void sleep_for(double seconds) {
  const struct timespec time = {(time_t)seconds, (long)(fmod(seconds, 1.0) * 1e9)};
  nanosleep(&time, NULL);
}

void __wrap_sb_xchg_start(sb_xchg *xchg, const sb_array *array, sb_clock *clock) {
  static long calls;
  static sb_array before;
  sb_array given = *array;
  if (++calls > 1 && is_due("level", calls)) given = before;
  before = *array;
  __real_sb_xchg_start(xchg, &given, clock);
}

void __wrap_sb_xchg_finish(sb_xchg *xchg, const sb_array *array, sb_clock *clock) {
  static long calls;
  sb_clock_enter(clock, SB_COMMUNICATE);
  sleep_for(planted().delay);
  __real_sb_xchg_finish(xchg, array, clock);
  calls++;
  if (is_due("halo", calls)) flip(array->cell - array->stride[HEAT_Y]);
  if (is_due("corner", calls)) flip(array->cell - array->stride[HEAT_Y] - 1);
}

void __wrap_heat_advance(heat_state *state, int64_t until, sb_clock *clock) {
  static long calls;
  own_rank = sb_comm_rank(state->run->comm);
  const planted_times times = planted();
  sleep_for(times.compute * (own_rank == 0 ? times.factor : 1.0));
  __real_heat_advance(state, until, clock);
  calls++;
  const heat_grid *grid = &state->array[state->now];
  double *middle = grid->cell + state->own.hi[HEAT_Z] / 2 * grid->plane +
                   state->own.hi[HEAT_Y] / 2 * grid->row + state->own.hi[HEAT_X] / 2;
  if (is_due("cell", calls)) flip(middle);
  if (is_due("nan", calls)) *middle = (double)NAN;
}
