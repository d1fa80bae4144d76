/* heat_start.h: fields to start from, and what becomes of them. Local.
 *
 * start=mode, fixed sides: the eigenvector of the discrete Laplacian
 *     u(x, y, z) = sx(x) sy(y) sz(z),  sx(x) = sin(p pi (x + 1) / (nx + 1))
 * and likewise for y and z; after s steps it is exactly G^s times itself, with
 *     G = 1 - sum over the axes of 4 r sin^2(p pi / (2 (n + 1)))
 * (LeVeque, Finite Difference Methods for Ordinary and Partial Differential Equations, 2007, 2.10
 * and 9.3). start=hotspot: 1 in a box in the middle of the grid, 0 around it.
 *
 * Sines come from polynomials of our own, not from libm, whose bits depend on the instruction set;
 * arguments are reduced in integers. So a start field is the same bits for any decomposition, on
 * any machine.
 */
#ifndef SCALEBAR_HEAT_START_H
#define SCALEBAR_HEAT_START_H

#include "decomp.h"
#include "heat_kernel.h"

typedef enum { HEAT_MODE, HEAT_HOTSPOT } heat_start_kind;
typedef enum { HEAT_FIXED, HEAT_INSULATED, HEAT_PERIODIC } heat_boundary;

/* All that decides the field after so many steps. */
typedef struct {
  int dims;                /* 2, 3 */
  int64_t n[HEAT_AXES];    /* cells, slowest axis first; n[HEAT_Z] = 1 in 2-D */
  int64_t steps;           /* of one repetition */
  double r;                /* diffusion number */
  int start;               /* heat_start_kind */
  int boundary;            /* heat_boundary */
  int64_t mode[HEAT_AXES]; /* half-waves an axis, 1 .. n; 0: from the seed (heat_start_modes) */
} heat_problem;

/* Replaces modes that are 0 by ones from the seed, 1 .. min(n, 7) on each axis; 1 on axes not used.
 */
void heat_start_modes(heat_problem *problem, uint64_t seed);

/* G of the problem's mode, and its power for so many steps, in long double and rounded last. */
double heat_mode_factor(const heat_problem *problem, int64_t steps);

/* sin(pi m / n) and cos(pi m / n) within 1.5 units in the last place of 1 (2^-53), the same bits
 * everywhere. n >= 1, m >= 0, 8 * n and m fit in int64_t. */
double heat_sine(int64_t m, int64_t n);
double heat_cosine(int64_t m, int64_t n);

/* The factors of a rank's box. */
typedef struct heat_start heat_start;
sb_status heat_start_create(const heat_problem *problem, const sb_box *box, heat_start **start);
void heat_start_destroy(heat_start **start);

/* Doubles that heat_start_create allocates, in bytes. */
int64_t heat_start_bytes(const sb_box *box);

/* The start value of a cell, relative to the box's first. */
double heat_start_value(const heat_start *start, int64_t z, int64_t y, int64_t x);

/* Fills the box's own cells of an array; all threads of a rank share the work. */
void heat_start_fill(const heat_start *start, const heat_grid *grid);

#endif
