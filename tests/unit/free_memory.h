/* free_memory.h: whether there is room for a test that needs gigabytes. */
#ifndef SCALEBAR_TESTS_FREE_MEMORY_H
#define SCALEBAR_TESTS_FREE_MEMORY_H

#include <stdlib.h>

#include "machine.h"

/* Bytes that may be taken without paging, what the kernel keeps of files counted as free. */
static inline double free_memory(void) {
  sb_machine *machine = calloc(1, sizeof *machine);
  double bytes = 0.0;
  if (machine != NULL && sb_machine_observe(machine) == SB_OK) {
    bytes = (double)machine->memory_available;
  }
  free(machine);
  return bytes;
}

#endif
