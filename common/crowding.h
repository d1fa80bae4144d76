/* crowding.h: whether every worker can have a physical core of its own. Local, cannot fail. */
#ifndef SCALEBAR_CROWDING_H
#define SCALEBAR_CROWDING_H

#include "cpuset.h"

/* `workers` workers that can run on no more than `cores` cores, fewer than they are. Both 0 when
 * every worker can have a core of its own. */
typedef struct {
  int workers, cores;
} sb_crowd;

/* may_use [in] `workers` sets of cores (cores.h), one per worker; an empty set is no worker.
 *
 * Workers and cores are matched as far as possible (augmenting paths; Berge 1957). By Hall's
 * theorem either all workers get a core, or there are workers whose cores together are fewer than
 * they; the answer names all of the latter, so workers - cores is the number of workers left
 * without a core (Koenig). Two threads bound to one core, four ranks free on two cores, two
 * hardware threads of one core and any mixture are all found, and no placement that is fair is
 * blamed. */
sb_crowd sb_crowding(const sb_cpuset *may_use, int workers);

#endif
