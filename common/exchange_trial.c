#include "exchange_trial.h"

#include <math.h>
#include <time.h>

#include "comm_common.h"

sb_trial sb_trial_begin(int rank) {
  const int seed = sb_environment_int("SB_EXCHANGE_TEST", 0);
  if (seed == 0) return (sb_trial){.state = 0};
  return (sb_trial){.state = (uint64_t)seed * UINT64_C(0x9e3779b97f4a7c15) + (uint64_t)rank + 1};
}

/* Marsaglia's xorshift64 (2003): any generator will do. */
static uint64_t draw(sb_trial *trial) {
  trial->state ^= trial->state << 13;
  trial->state ^= trial->state >> 7;
  trial->state ^= trial->state << 17;
  return trial->state;
}

void sb_trial_pause(sb_trial *trial) {
  if (trial->state == 0) return;
  const uint64_t drawn = draw(trial) >> 32;
  if (drawn % 4 != 0) return;
  const long most = drawn % 64 == 0 ? 1000000 : 20000; /* ns */
  const struct timespec pause = {.tv_nsec = (long)(draw(trial) >> 32) % most};
  nanosleep(&pause, NULL);
}

void sb_trial_poison(const sb_trial *trial, double *buffer, int64_t doubles) {
  if (trial->state == 0) return;
  for (int64_t i = 0; i < doubles; i++) buffer[i] = (double)NAN;
}
