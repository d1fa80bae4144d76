/* faulty_count.c: faults in the count of hits (hook=run), as a broken processor makes them.
 *
 *   flip     in repetition call=N of `rank`, bit=B of one count
 *   biased   in all repetitions of `rank`, bit=B of one count; the recount of the checks is right
 *   broken   bit=B of every count of `rank`, in the checks too */
#include <stdatomic.h>

#include "faulty_pi.h"

static pi_counter real;
static _Atomic bool armed;

/* One count of a repetition is damaged, whichever thread comes first. */
static int64_t damaged(int64_t hits) {
  const bool always = fault_is("broken") && fault_is_mine();
  if (!atomic_exchange(&armed, false) && !always) return hits;
  return (int64_t)((uint64_t)hits ^ UINT64_C(1) << faulty_number("SB_FAULT", "bit", 0));
}

static int64_t philox(uint64_t seed, int64_t lo, int64_t hi) {
  return damaged(real.philox(seed, lo, hi));
}

static int64_t nas(int64_t lo, int64_t hi) { return damaged(real.nas(lo, hi)); }

void fault_counter_setup(pi_state *state) {
  if (!fault_is("flip") && !fault_is("biased") && !fault_is("broken")) return;
  real = state->counter;
  state->counter.philox = philox;
  state->counter.nas = nas;
}

void fault_counter_arm(bool due) {
  const bool planted = (due && fault_is("flip")) || (fault_is("biased") && fault_is_mine());
  if (planted) faulty_say("bit", faulty_number("SB_FAULT", "bit", 0));
  atomic_store(&armed, planted);
}

void fault_counter_disarm(void) { atomic_store(&armed, false); }
