/* probe_plan.h: sizes that follow from the configuration and the ranks alone. Local. */
#ifndef SCALEBAR_PROBE_PLAN_H
#define SCALEBAR_PROBE_PLAN_H

#include "probe.h"

/* Bytes from each rank to each rank: a megabyte, less where all ranks' together are more than 16
 * MiB or a message may not be as long; a multiple of 8. */
int probe_alltoall_bytes(const probe_config *config, int ranks);

/* Length of the long sum: 1 MiB, or the longest message. */
int probe_allreduce_doubles(const probe_config *config);

/* The hook `plan` (app.h). */
void probe_plan(const void *config, int ranks, int threads, int rank, sb_plan *plan);

#endif
