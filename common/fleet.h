/* fleet.h: whether the nodes of a run are alike.
 *
 * One odd node makes all others wait, and its figures are taken for the machine's. So one small
 * record of each node goes to rank 0, which compares them.
 */
#ifndef SCALEBAR_FLEET_H
#define SCALEBAR_FLEET_H

#include "app.h"
#include "machine.h"

/* What is compared as a number; 0 where a node does not tell. */
typedef enum {
  SB_FLEET_SOCKETS,
  SB_FLEET_CORES,
  SB_FLEET_THREADS, /* of the hardware */
  SB_FLEET_NUMA,
  SB_FLEET_CACHE,  /* bytes of the third level, all instances */
  SB_FLEET_MEMORY, /* bytes */
  SB_FLEET_CLOCK,  /* Hz, the highest that the processor is set up for */
  SB_FLEET_NUMBERS
} sb_fleet_number;

typedef struct {
  char node[64], processor[128], instruction_set[32];
  double number[SB_FLEET_NUMBERS];
} sb_fleet_record;

enum { SB_FLEET_TEXT = 512 };

/* Describes this node. SB_FLEET_PRETEND="cores=4 memory=8e9 processor=Other" in the environment
 * gives other values, for tests: numbers by the names sockets, cores, threads, numa, cache, memory,
 * clock, and words processor and instruction_set. Local. */
void sb_fleet_describe(const sb_machine *machine, const char *node, sb_fleet_record *record);

/* How a node differs from what is usual, "4 cores (most have 2), 8.2 GB of memory (most have
 * 16.4)"; "" where it does not. Usual is, of words, the one that most nodes have, and of numbers
 * the median. Memory may differ by 5 % (what firmware and kernel keep for themselves), clocks by 2
 * %. `usual` comes from sb_fleet_usual. Local. */
void sb_fleet_difference(const sb_fleet_record *node, const sb_fleet_record *usual,
                         char text[SB_FLEET_TEXT]);

/* all     [in] n >= 1 records, which it leaves in another order
 * usual   [out] its field `node` means nothing. Local. */
void sb_fleet_usual(sb_fleet_record *all, int n, sb_fleet_record *usual);

/* Warns of each node that differs, four at most, and then of how many more do:
 *   WARN heterogeneous: node n7 has 4 cores (most have 2), 8.2 GB of memory (most have 16.4)
 * Collective; all ranks get the same status. */
sb_status sb_fleet_compare(const sb_run *run, const sb_machine *machine);

#endif
