#include "crowding.h"

enum { NOBODY = -1, SEEKER = -1 };

/* A matching in the making. */
typedef struct {
  const sb_cpuset *may_use;
  int holder[SB_CPUS]; /* the worker that has the core, NOBODY */
  sb_cpuset closed; /* cores from which no free core can be reached: nobody need look there again */
} matching;

/* Looks for a free core for `seeker`: one that it may use, or that it gets when holders move on to
 * other cores of theirs. Breadth first over cores. Where there is none, all cores seen are closed.
 */
static void seat(matching *m, int seeker) {
  int asked_by[SB_CPUS]; /* per core seen: the core whose holder would take it, or SEEKER */
  int queue[SB_CPUS];
  int first = 0, last = 0;
  sb_cpuset seen = m->closed;
  for (int from = SEEKER;; from = queue[first++]) {
    const sb_cpuset *wanted = &m->may_use[from == SEEKER ? seeker : m->holder[from]];
    for (int core = sb_cpuset_next(wanted, 0); core >= 0; core = sb_cpuset_next(wanted, core + 1)) {
      if (sb_cpuset_has(&seen, core)) continue;
      sb_cpuset_add(&seen, core);
      asked_by[core] = from;
      if (m->holder[core] != NOBODY) {
        queue[last++] = core;
        continue;
      }
      for (int to = core; to != SEEKER; to = asked_by[to])
        m->holder[to] = asked_by[to] == SEEKER ? seeker : m->holder[asked_by[to]];
      return;
    }
    if (first == last) break;
  }
  m->closed = seen;
}

sb_crowd sb_crowding(const sb_cpuset *may_use, int workers) {
  matching m = {.may_use = may_use};
  for (int core = 0; core < SB_CPUS; core++) m.holder[core] = NOBODY;
  for (int w = 0; w < workers; w++)
    if (sb_cpuset_next(&may_use[w], 0) >= 0) seat(&m, w);

  sb_crowd crowd = {.cores = sb_cpuset_count(&m.closed)};
  for (int w = 0; w < workers; w++)
    if (sb_cpuset_next(&may_use[w], 0) >= 0 && sb_cpuset_within(&may_use[w], &m.closed))
      crowd.workers++;
  return crowd;
}
