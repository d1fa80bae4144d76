/* watchdog.h: ends a run that makes no progress, and says where it stood.
 *
 * A thread of its own looks at a counter that sb_progress and sb_watchdog_phase move. Each rank
 * watches itself; a rank that waits for a lost one stands still too, so every hang ends. Ranks that
 * wait for others are half as long again patient, so that the one that hangs names itself first.
 * All functions are local.
 */
#ifndef SCALEBAR_WATCHDOG_H
#define SCALEBAR_WATCHDOG_H

#include "status.h"

/* Starts watching; `seconds` 0 does nothing. After so long without progress it writes
 *   ERROR watchdog: rank 3 (node17) without progress for 30 s in run
 * ("waiting for others in run" where it is inside a collective call)
 * to stderr and ends the process with exit code 1, upon which launchers end the other ranks. */
sb_status sb_watchdog_start(double seconds, int rank, const char *host);

/* Names the phase that begins ("setup", "run"), which counts as progress. A string literal. */
void sb_watchdog_phase(const char *phase);

/* The phase that the run is in. */
const char *sb_watchdog_now(void);

/* Stops watching. Does nothing when it was not started. */
void sb_watchdog_stop(void);

#endif
