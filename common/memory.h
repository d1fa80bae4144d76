/* memory.h: big arrays. Local. */
#ifndef SCALEBAR_MEMORY_H
#define SCALEBAR_MEMORY_H

#include <stdint.h>

#include "status.h"

/* Room for n doubles, aligned to 64 bytes and not touched yet: a page belongs to the memory of the
 * core that writes to it first. From 4 MiB on aligned to 2 MiB and advised for huge pages, without
 * which a sweep over gigabytes waits for address translation. Give it back with free().
 * SB_NO_MEMORY with a sentence when there is none, or when the size overflows. */
sb_status sb_doubles_create(int64_t n, double **doubles);

#endif
