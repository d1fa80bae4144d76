/* simulation_none.c: a program that runs for real. */
#include <stddef.h>

#include "simulation.h"

const char *sb_simulated_platform(void) { return NULL; }

const char *sb_simulated_host(void) { return NULL; }

bool sb_simulated_program(char path[4096]) { return (void)path, false; }

void sb_worked(double operations, double bytes) {
  (void)operations;
  (void)bytes;
}

sb_status sb_simulated_moved(double seconds) { return (void)seconds, SB_OK; }
