/* heat.h: the mini-app heat, and the state that its files share. */
#ifndef SCALEBAR_HEAT_H
#define SCALEBAR_HEAT_H

#include "app.h"
#include "dist.h"
#include "exchange.h"
#include "heat_start.h"
#include "heat_sweep.h"

extern const sb_app heat_app;

enum { HEAT_ARRAYS = 2 };

typedef struct {
  heat_problem problem;
  int64_t dims;                  /* as given; problem.dims follows (heat_options.c) */
  int boundary;                  /* index in the choices of the key; problem.boundary follows */
  int kernel;                    /* heat_kernel_kind */
  int simd;                      /* index in the choices of the key `simd` */
  int64_t halo;                  /* depth; 0: chosen by cost (heat_plan.h) */
  int overlap;                   /* whether the interior advances while halos travel */
  int64_t snapshots, checkpoint; /* steps between two; 0: none */
  char restart[SB_TEXT_SIZE];    /* output whose checkpoints to go on from, "" for none */
  int64_t first_step;            /* that the run begins with: 0, or the checkpoint's */
  int node_size; /* ranks a node where all nodes hold as many, 0 elsewhere (heat.c: check) */
} heat_config;

typedef struct {
  const sb_run *run;
  heat_config config;
  heat_law law;
  sb_dist dist;
  sb_box box;   /* own cells, in the coordinates of the whole grid; empty where idle */
  heat_box own; /* the same, relative to its first cell */
  heat_sweep sweep;
  int64_t halo; /* steps between exchanges, and depth of the halo */
  double *memory[HEAT_ARRAYS];
  heat_grid array[HEAT_ARRAYS];
  int now;      /* array[now] is the field at `step` */
  int64_t step; /* steps done */
  int64_t kept; /* of the checkpoint before the next one, -1 where there is none */
  sb_xchg *xchg;
  heat_start *start;

  /* What the checks remember. */
  int64_t repetitions;
  uint64_t digest,
      first_digest; /* this rank's share: of the last field, of the first repetition's */
  int64_t changed;  /* repetitions that ended with another digest than the first */

  double written_bytes, written_seconds;
} heat_state;

/* This rank's own cells of array[now] as a field of the whole grid without data. Local. */
void heat_describe_field(const heat_state *state, sb_field *field);

#endif
