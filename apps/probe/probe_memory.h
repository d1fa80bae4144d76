/* probe_memory.h: the arrays that sweeps work on, and the sweeps of all workers. */
#ifndef SCALEBAR_PROBE_MEMORY_H
#define SCALEBAR_PROBE_MEMORY_H

#include "probe.h"

typedef enum { PROBE_COPY, PROBE_TRIAD } probe_sweep_kind;

/* Makes the arrays of this rank, each page touched first by the thread that will sweep it, and
 * chooses the kind of store for the triad by a trial. Collective. */
sb_status probe_arrays_create(probe_state *state);
void probe_arrays_destroy(probe_state *state);

/* One sweep of this rank's threads, each over its own part of the arrays. Local.
 *   seconds [out] what each thread took by itself; NULL: not asked for */
void probe_sweep(const probe_state *state, probe_sweep_kind kind, bool stream, double *seconds);

/* Elements of a that are not what a sweep leaves there. Local. */
int64_t probe_sweep_wrong(const probe_state *state, probe_sweep_kind kind);

/* Arrays that one core alone sweeps: on rank 0, thread 0. Whether it needs its own, because its
 * part of the others is smaller. Local, by arithmetic. */
bool probe_core_arrays_needed(const probe_config *config, int ranks, int threads);

#endif
