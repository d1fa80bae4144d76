/* heat_plan.h: how a problem is dealt to ranks, and what it costs: arithmetic alone, all local. */
#ifndef SCALEBAR_HEAT_PLAN_H
#define SCALEBAR_HEAT_PLAN_H

#include "heat.h"
#include "heat_sweep.h"

/* The process grid, and the halo where the configuration leaves it open (halo = 0).
 *
 * The grid is the one with the least halo to move for the largest box, cells of x faces counted
 * X_WEIGHT times: when packed each of them is a cache line of its own. The depth k is the one with
 * the least time for a step of the largest box,
 *
 *   V u + 16 V / (k b) + (m l + 8 H(k) c) / k + u R(k) / k        kernel blocked
 *   16 V / b           + (m l + 8 H(k) c) / k + 16 R(k) / (k b)   kernels plain, streaming
 *
 * with V its cells, H(k) cells of its halo, R(k) updates of other ranks' cells that k steps between
 * exchanges repeat, m its cut sides, u time of an update in cache, b memory bandwidth of a rank, l
 * latency and c time a byte of an exchange (nominal values: heat_plan.c). */
typedef struct {
  sb_dist dist;
  int64_t halo;           /* k: steps between exchanges, and those that tiles advance at once */
  int64_t depth[SB_AXES]; /* of the halo: k on the axes in use, 0 on the others */
  bool corners;           /* whether the halo has edges and corners: k > 1 */
} heat_layout;

/* SB_BAD_INPUT where a halo that was asked for is deeper than a periodic axis is long. */
sb_status heat_layout_make(const heat_config *config, int ranks, heat_layout *layout);

/* The hook of sb_app. */
void heat_plan(const void *config, int ranks, int threads, int rank, sb_plan *plan);

/* Cells of the whole problem. */
int64_t heat_cells(const heat_problem *problem);

/* Doubles of one array of a rank, and where in it the box's first cell lies. */
typedef struct {
  int64_t row, plane, first, doubles;
} heat_shape;

heat_shape heat_shape_of(const sb_box *box, const heat_layout *layout);

#endif
