/* placement.h: where ranks and threads may run and where they did, and whether that is fair.
 *
 * The most common mistake in practice is threads of one rank stacked on one core; it costs factors
 * and shows no error. So every run looks, warns, and stores what it saw.
 */
#ifndef SCALEBAR_PLACEMENT_H
#define SCALEBAR_PLACEMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "comm.h"

enum { SB_CPUS_TEXT = 256, SB_PLACEMENT_WARNING = 640 };

typedef struct sb_placement sb_placement;

/* Reads, in a parallel region of `threads` threads (the same number on all ranks), the CPUs each
 * thread may use, and judges each node. Collective; all ranks get the same status. */
sb_status sb_placement_create(sb_comm *comm, int threads, sb_placement **placement);

/* Notes the CPU that each thread runs on now; call it after repetitions. Local. */
void sb_placement_sample(sb_placement *placement);

/* False when on some node the workers (rank x thread) cannot each have a physical core of their own
 * (crowding.h: two threads on one core; 4 ranks on 2 cores; two hardware threads of one core), or
 * when a control group grants fewer CPUs than it has workers. `warning` gets one sentence on the
 * worst node, without the word WARN, the same on all ranks; "" when all is well:
 *   4 ranks on 2 cores (host node17)
 *   2 threads on 1 core (host node17, worst of 3 such nodes: node3 node17 node20)
 *   8 workers on a quota of 1.5 CPUs (host node17)
 * Of many such nodes eight are named. Workers are called ranks or threads where they are only that.
 * `bytes` is SB_PLACEMENT_WARNING or more. Collective. */
bool sb_placement_judge(sb_comm *comm, const sb_placement *placement, char *warning, size_t bytes);

/* CPU lists of this rank in the kernel's notation, "0-3,8": allowed to any of its threads, and seen
 * by sb_placement_sample. A list that would not fit is cut before an element and ends in "...".
 * Local. */
void sb_placement_allowed(const sb_placement *placement, char text[SB_CPUS_TEXT]);
void sb_placement_seen(const sb_placement *placement, char text[SB_CPUS_TEXT]);

/* Physical cores that this process may use (affinity, OpenMP's places, CPU quota), at least 1.
 * Ranks of one node may share them. Local. */
int sb_usable_cores(void);

/* The automatic number of threads per rank: the most for which every worker of every node has a
 * core of its own and no CPU quota is exceeded; at least 1, the same on all ranks. Ranks bound to
 * cores of their own, ranks free on all, and any mixture get what sb_placement_judge will find
 * fair. Collective; all ranks get the same status. */
sb_status sb_fair_threads(sb_comm *comm, int *threads);

void sb_placement_destroy(sb_placement **placement);

#endif
