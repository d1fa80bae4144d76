/* probe_chains.h: chains of multiply-adds with starts that differ, and the answer they must give.
 */
#ifndef SCALEBAR_PROBE_CHAINS_H
#define SCALEBAR_PROBE_CHAINS_H

#include "probe.h"
#include "probe_pattern.h"

/* x = x * factor + term from starts in [1, 1.25) stays below 2 for 2^20 steps: there every step is
 * strictly growing and stretches distances, so two numbers that differ never meet again, rounded
 * once or twice. A bit that is wrong in any step is therefore still wrong at the end. */
#define PROBE_FACTOR (1.0 + 0x1p-22)
#define PROBE_TERM 0x1p-24
enum { PROBE_STEPS_MOST = 1 << 20 };

static inline void probe_chains_start(uint64_t seed, double *start) {
  for (uint64_t i = 0; i < PROBE_LANES_MOST; i++) {
    start[i] = 1.0 + (double)(int64_t)(probe_mix(seed, i) >> 14) * 0x1p-52;
  }
}

/* How many of `lanes` numbers differ; a NaN does. None is a zero, which has two signs. Local. */
static inline int probe_chains_wrong(int lanes, const double *right, const double *end) {
  int wrong = 0;
  for (int i = 0; i < lanes; i++) wrong += !(right[i] == end[i]);
  return wrong;
}

#endif
