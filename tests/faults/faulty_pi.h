/* faulty_pi.h: what faulty_main.c, faulty_checks.c and faulty_count.c share. Local. */
#ifndef SCALEBAR_FAULTY_PI_H
#define SCALEBAR_FAULTY_PI_H

#include "faulty.h"
#include "pi.h"

/* SB_FAULT says kind=`kind`. */
bool fault_is(const char *kind);

/* SB_FAULT names this rank. */
bool fault_is_mine(void);

/* Changes the checks that the app has recorded, when `due` or, for faults of which all ranks must
 * know, on all `ranks`. */
void fault_checks(sb_checks *checks, bool due, int ranks);

/* Puts itself between the state and the counting loop that it uses. */
void fault_counter_setup(pi_state *state);

/* Before and after a repetition; `due`: this is the one that the fault is meant for. */
void fault_counter_arm(bool due);
void fault_counter_disarm(void);

#endif
