/* simulation_simgrid.c: simulation.h over SimGrid's SMPI. */
#include <math.h>
#include <simgrid/host.h>
#include <simgrid/zone.h>
#include <smpi/smpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "simulation.h"

const char *sb_simulated_platform(void) { return sg_zone_get_name(sg_zone_get_root()); }

const char *sb_simulated_host(void) { return sg_host_get_name(sg_host_self()); }

/* The command is: SimGrid's program, then ours. */
bool sb_simulated_program(char path[4096]) {
  char words[2 * 4096] = "";
  FILE *command = fopen("/proc/self/cmdline", "r");
  if (command == NULL) return false;
  const size_t read = fread(words, 1, sizeof words - 1, command);
  fclose(command);
  const size_t second = strlen(words) + 1;
  return second < read && realpath(words + second, path) != NULL;
}

/* Byte/s of a core of this host; without limit where the platform names none. Each rank has its own
 * copy of this file's data. */
static double memory_bandwidth(void) {
  static double bandwidth = 0.0;
  if (bandwidth > 0.0) return bandwidth;
  const char *text = sg_host_get_property_value(sg_host_self(), "memory_bandwidth");
  bandwidth = text != NULL ? strtod(text, NULL) : 0.0;
  if (!(bandwidth > 0.0)) bandwidth = (double)INFINITY;
  return bandwidth;
}

void sb_worked(double operations, double bytes) {
  const double speed = sg_host_get_speed(sg_host_self());
  const double work = fmax(operations, bytes / memory_bandwidth() * speed);
  if (work > 0.0) smpi_execute_flops_benched(work);
}

sb_status sb_simulated_moved(double seconds) {
  if (seconds > 0.0) return SB_OK;
  return sb_fail(
      SB_BAD_INPUT,
      "what was to be timed takes no time in the simulated machine %s: its platform file "
      "must give nodes a speed, a memory_bandwidth and links, also to themselves",
      sb_simulated_platform());
}
