/* exchange_trial.h: makes mistakes in the order of an exchange visible, for tests. Local.
 *
 * No race detector sees across processes. With SB_EXCHANGE_TEST=seed in the environment, buffers
 * are filled with NaN as soon as they are consumed, so that what is read too early or written too
 * early ends in a halo; and ranks pause at random around each flag and message, so that all orders
 * come up. Without it every function here returns at once.
 */
#ifndef SCALEBAR_EXCHANGE_TRIAL_H
#define SCALEBAR_EXCHANGE_TRIAL_H

#include <stdint.h>

typedef struct {
  uint64_t state; /* 0: not on trial */
} sb_trial;

/* Ranks pause differently. */
sb_trial sb_trial_begin(int rank);

/* Not at all, or some microseconds, or longer than a turn of the core. */
void sb_trial_pause(sb_trial *trial);

void sb_trial_poison(const sb_trial *trial, double *buffer, int64_t doubles);

#endif
