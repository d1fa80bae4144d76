#include "timing.h"

#include <stddef.h>
#include <time.h>

#include "simulation.h"
#include "stats.h"

const char *sb_phase_name(sb_phase phase) {
  static const char *const names[SB_PHASES] = {"compute", "communicate", "wait", "io"};
  return names[phase];
}

double sb_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void sb_utc(char text[SB_UTC_TEXT]) {
  const time_t now = time(NULL);
  struct tm utc;
  strftime(text, SB_UTC_TEXT, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
}

double sb_now_cost(void) {
  enum { BATCHES = 31, READS = 200 };
  static double cost = 0.0;
  if (cost > 0.0) return cost;
  if (sb_simulated_platform() != NULL) return 0.0; /* a simulated clock stands while it is read */
  double batch[BATCHES], scratch[BATCHES];
  for (int b = 0; b < BATCHES; b++) {
    const double begin = sb_now();
    double end = begin;
    for (int i = 0; i < READS; i++) end = sb_now();
    batch[b] = (end - begin) / READS;
  }
  cost = sb_summarise(batch, BATCHES, scratch).median;
  return cost;
}

void sb_clock_reset(sb_clock *clock, sb_phase first) {
  for (int i = 0; i < SB_PHASES; i++) clock->seconds[i] = 0.0;
  clock->now = first;
  clock->since = sb_now();
}

void sb_clock_enter(sb_clock *clock, sb_phase phase) {
  const double t = sb_now();
  clock->seconds[clock->now] += t - clock->since;
  clock->since = t;
  clock->now = phase;
}

void sb_clock_stop(sb_clock *clock) { sb_clock_enter(clock, clock->now); }
