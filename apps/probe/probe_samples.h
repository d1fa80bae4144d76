/* probe_samples.h: how long a piece of work takes, from some samples, and the figure that follows.
 */
#ifndef SCALEBAR_PROBE_SAMPLES_H
#define SCALEBAR_PROBE_SAMPLES_H

#include "probe.h"
#include "stats.h"

/* Does the work `loops` times. Collective, or nothing on ranks that have no part in it. */
typedef void (*probe_work)(void *context, int64_t loops);

/* Time of one loop: of each sample the slowest rank's, started at a barrier. The same on all ranks.
 * A sample is looped until it is long against clock and barrier; there are `samples` of them, fewer
 * (six, if need be two) where they take longer than `share` of the key figure_time. One more before
 * them warms up. Collective. Fails, on all ranks together, where a simulated clock stands still
 * meanwhile: it is exact, so it would do so however often the work is done.
 *   time [out] */
sb_status probe_time(const probe_state *state, probe_work work, void *context, double share,
                     sb_summary *time);

/* Names of a figure, as figures.h wants them: literals. */
typedef struct {
  const char *name, *long_name;
} probe_name;

/* amount / time, in unit a second: "byte/s" or "flop/s". Local. */
void probe_add_rate(probe_state *state, probe_name name, const char *unit, double amount,
                    const sb_summary *time);

/* time * factor, in s. Local. */
void probe_add_time(probe_state *state, probe_name name, double factor, const sb_summary *time);

#endif
