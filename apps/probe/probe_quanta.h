/* probe_quanta.h: what the times of equal pieces of work tell of the rest of the system. Local,
 * cannot fail.
 *
 * The shortest piece was left alone; whatever a piece takes longer went elsewhere. */
#ifndef SCALEBAR_PROBE_QUANTA_H
#define SCALEBAR_PROBE_QUANTA_H

#include <float.h>
#include <stdint.h>

/* The times of one worker's quanta so far, in s. Begins as PROBE_NO_QUANTA. */
typedef struct {
  int64_t count;
  double sum, least, most;
} probe_quanta;

#define PROBE_NO_QUANTA ((probe_quanta){.least = DBL_MAX})

void probe_quanta_add(probe_quanta *quanta, double seconds);

/* The share of all their time that others took: 1 - least / mean, 0 .. 1. Of a worker that is held
 * up for as long as it works it is a half, and however much is taken it stays below 1. There
 * has to be a quantum. */
double probe_quanta_loss(const probe_quanta *quanta);

/* How much longer the longest took than the shortest, in s. There has to be one. */
double probe_quanta_detour(const probe_quanta *quanta);

#endif
