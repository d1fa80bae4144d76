/* matmul.h: the mini-app matmul, and the state that its files share. */
#ifndef SCALEBAR_MATMUL_H
#define SCALEBAR_MATMUL_H

#include "app.h"
#include "matmul_entries.h"
#include "matmul_kernel.h"
#include "matmul_panels.h"
#include "matmul_plan.h"

extern const sb_app matmul_app;

typedef struct {
  const sb_run *run;
  matmul_config config;
  matmul_layout layout;
  matmul_share share; /* empty where idle */
  matmul_entries entries;
  matmul_kernels vector;
  matmul_panels *panels;

  double *a, *b;    /* this rank's parts of A and B (matmul_plan.h), in the panels' memory */
  double *block;    /* rows x columns: its block of C; with layers the layer's share of the sums */
  double *c;        /* this rank's rows of C: `block` itself without layers */
  double **scratch; /* of each thread, for the blocked kernel */
  double *packed;   /* its part of A as rows, for files alone */
} matmul_state;

#endif
