/* simulation.h: runs in a machine that does not exist, by SimGrid.
 *
 * Programs built with -DSCALEBAR_SIMGRID=ON (simulation_simgrid.c) run all their ranks inside one
 * process. They compute and exchange real data, so answers are checked as ever; but the clock
 * (timing.h) is that of the simulated machine. Two things move it: messages, by the links of the
 * platform file that they cross; and work, by what the apps declare here. All other programs have
 * simulation_none.c: they run for real, and declaring work does nothing.
 */
#ifndef SCALEBAR_SIMULATION_H
#define SCALEBAR_SIMULATION_H

#include <stdbool.h>

#include "status.h"

/* The name of the simulated machine, the id of the outermost zone of its platform file; NULL where
 * the run is real. Local; valid until the end of the program. */
const char *sb_simulated_platform(void);

/* The name of the simulated node that this rank runs on; NULL where the run is real. Local. */
const char *sb_simulated_host(void);

/* Where the program lies, links resolved: it is loaded by SimGrid's own program, which is what the
 * operating system knows of. False where the run is real, or where that is not found out. Local. */
bool sb_simulated_program(char path[4096]);

/* Work of one core: lets the simulated clock advance by the longer of
 *
 *   operations / speed        speed of the core, operation/s: the platform's host speed
 *   bytes / memory_bandwidth  byte/s of the core, the host's property of that name
 *
 * the roofline (Williams, Waterman and Patterson 2009). Call it where the work is done; programs
 * that are simulated have no threads, in others it does nothing.
 *
 *   operations [in] of arithmetic, as the app's README counts them
 *   bytes      [in] moved between memory and processor
 * Local. */
void sb_worked(double operations, double bytes);

/* Whoever repeats work until the clock has moved by enough asks this after the first time: a
 * simulated clock is exact, and where it stood still it does so for ever. Fails then; a real run's
 * clock may be a coarse one, so there it never does.
 *
 *   seconds [in] what the work took; the same on all ranks, that they fail together
 * Local. */
sb_status sb_simulated_moved(double seconds);

#endif
