/* heat_golden.h: digests of fields that are known. Local. */
#ifndef SCALEBAR_HEAT_GOLDEN_H
#define SCALEBAR_HEAT_GOLDEN_H

#include "heat_start.h"

/* The field after `steps` steps of a problem, as sb_field_digest (fields.h) of a field with the
 * axes z, y, x. Modes count with start=mode alone. */
typedef struct {
  heat_problem problem;
  uint64_t digest;
} heat_golden;

extern const heat_golden heat_goldens[];
extern const int heat_golden_count;

/* The entry of a problem, or NULL. */
const heat_golden *heat_golden_find(const heat_problem *problem);

#endif
