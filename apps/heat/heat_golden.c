#include "heat_golden.h"

#include <stddef.h>

/* Each from a plain double loop of its own (tests/unit/test_heat_checks.c), not from the kernels.
 */
const heat_golden heat_goldens[] = {
    {{2, {1, 64, 64}, 100, 0.25, HEAT_MODE, HEAT_FIXED, {1, 1, 1}}, UINT64_C(0xe6ee1f78d5e752ae)},
    {{2, {1, 61, 83}, 77, 0.2, HEAT_MODE, HEAT_FIXED, {1, 3, 5}}, UINT64_C(0x7944a827b2ae899d)},
    {{2, {1, 64, 64}, 100, 0.25, HEAT_HOTSPOT, HEAT_INSULATED, {0, 0, 0}},
     UINT64_C(0x86e1602c1bc21438)},
    {{2, {1, 61, 83}, 77, 0.2, HEAT_HOTSPOT, HEAT_PERIODIC, {0, 0, 0}},
     UINT64_C(0x78862bad1cb59f27)},
    {{3, {32, 32, 32}, 50, 0.125, HEAT_MODE, HEAT_FIXED, {1, 1, 1}}, UINT64_C(0xd26da6483e55969f)},
    {{3, {17, 19, 23}, 50, 0.15, HEAT_MODE, HEAT_FIXED, {2, 1, 3}}, UINT64_C(0xac8f09bf2e78d4fb)},
    {{3, {32, 32, 32}, 50, 0.125, HEAT_HOTSPOT, HEAT_INSULATED, {0, 0, 0}},
     UINT64_C(0x0be22ae7115f70e1)},
    {{3, {17, 19, 23}, 50, 0.15, HEAT_HOTSPOT, HEAT_PERIODIC, {0, 0, 0}},
     UINT64_C(0x2313468299d754e8)},
    /* --size tiny, and inputs/heat/tiny_3d.ini, with seed 1: by numpy, which is equal bit by bit.
     */
    {{2, {1, 1024, 1024}, 256, 0.125, HEAT_MODE, HEAT_FIXED, {1, 4, 3}},
     UINT64_C(0x1588e0f9a7141d92)},
    {{3, {128, 128, 128}, 64, 0.125, HEAT_MODE, HEAT_FIXED, {2, 4, 3}},
     UINT64_C(0x951503f2d649f87d)},
};
const int heat_golden_count = sizeof heat_goldens / sizeof heat_goldens[0];

static bool same(const heat_problem *a, const heat_problem *b) {
  bool equal = a->dims == b->dims && a->steps == b->steps && a->r == b->r && a->start == b->start &&
               a->boundary == b->boundary;
  for (int axis = 0; axis < HEAT_AXES; axis++) {
    equal = equal && a->n[axis] == b->n[axis];
    if (a->start == HEAT_MODE && axis >= HEAT_AXES - a->dims) {
      equal = equal && a->mode[axis] == b->mode[axis];
    }
  }
  return equal;
}

const heat_golden *heat_golden_find(const heat_problem *problem) {
  for (int i = 0; i < heat_golden_count; i++) {
    if (same(&heat_goldens[i].problem, problem)) return &heat_goldens[i];
  }
  return NULL;
}
