/* heat_start.h: fields to start from, and what becomes of them. Local.
 *
 * start=mode, fixed sides: the eigenvector of the discrete Laplacian
 *     u(z, y, x) = s(z) s(y) s(x),  s(i) = sin(p pi (i + 1) / (n + 1))
 * with n and p of each axis; after s steps it is exactly G^s times itself, with
 *     G = 1 - sum over the axes of 4 r sin^2(p pi / (2 (n + 1)))
 * (LeVeque, Finite Difference Methods for Ordinary and Partial Differential Equations, 2007, 2.10
 * and 9.3).
 *
 * start=hotspot, insulated or periodic sides: 1 in a box in the middle of the grid, 0 around it.
 * Its projection on a whole cosine wave on each axis, an eigenvector with either sides, w(z, y, x)
 * = c(z) c(y) c(x),  c(i) = cos(2 pi (i + 1/2) / n) is multiplied by G = 1 - sum over the axes of 4
 * r sin^2(pi / n) each step.
 *
 * Sines come from polynomials of our own, not from libm, whose bits depend on the instruction set;
 * arguments are reduced in integers. So a start field is the same bits for any decomposition, on
 * any machine.
 */
#ifndef SCALEBAR_HEAT_START_H
#define SCALEBAR_HEAT_START_H

#include "decomp.h"
#include "heat_kernel.h"

/* HEAT_WAVE is no start of runs: it is what a hotspot is projected on. */
typedef enum { HEAT_MODE, HEAT_HOTSPOT, HEAT_WAVE } heat_start_kind;
typedef enum { HEAT_FIXED, HEAT_INSULATED, HEAT_PERIODIC } heat_boundary;

/* All that decides the field after so many steps. */
typedef struct {
  int dims;                /* 2, 3 */
  int64_t n[HEAT_AXES];    /* cells, slowest axis first, below 2^50; n[HEAT_Z] = 1 in 2-D */
  int64_t steps;           /* of one repetition */
  double r;                /* diffusion number, 0 < r <= 1 / (2 dims) */
  int start;               /* heat_start_kind */
  int boundary;            /* heat_boundary */
  int64_t mode[HEAT_AXES]; /* half-waves an axis, 1 .. n, mode * (n + 1) fits in int64_t; 0: from
                              the seed (heat_start_modes) */
} heat_problem;

/* Replaces modes that are 0 by ones from the seed, 1 .. min(n, 7) on each axis; 1 on axes not used.
 */
void heat_start_modes(heat_problem *problem, uint64_t seed);

/* The cells of an axis that start=hotspot heats: a quarter of them, and one more where that is
 * needed to lie exactly in the middle (so at least one, or two of an even number). */
sb_range heat_hot_cells(int64_t n);

/* G, of the mode or, for other starts, of the wave; within 16 LDBL_EPSILON. */
long double heat_mode_factor(const heat_problem *problem);

/* g^steps by repeated squaring, in which each factor is rounded less than `steps` times: within
 * steps * LDBL_EPSILON / 2 of itself. */
long double heat_power(long double g, int64_t steps);

/* sin(pi m / n) and cos(pi m / n) within HEAT_SINE_ULPS * 2^-53, the same bits everywhere; where
 * sines are 0 or 1, and under all their symmetries, exact. 1 <= n < 2^50, m >= 0. */
double heat_sine(int64_t m, int64_t n);
double heat_cosine(int64_t m, int64_t n);
enum { HEAT_SINE_ULPS = 2 };

/* A start field on a rank's box: the product of one factor an axis. */
typedef struct {
  int dims;
  int64_t n[HEAT_AXES]; /* cells of the box */
  double *factor[HEAT_AXES];
} heat_start;

/* `problem` has modes, none 0. An empty box is allowed, and has no cells. */
sb_status heat_start_create(const heat_problem *problem, const sb_box *box, heat_start **start);
void heat_start_destroy(heat_start **start);

/* Bytes that heat_start_create allocates. */
int64_t heat_start_bytes(const sb_box *box);

/* The start value of a cell, relative to the box's first. */
static inline double heat_start_value(const heat_start *start, int64_t z, int64_t y, int64_t x) {
  return start->factor[HEAT_Z][z] * start->factor[HEAT_Y][y] * start->factor[HEAT_X][x];
}

/* Fills the box's own cells of an array; all threads of a rank share the work, each the part that
 * it will advance (heat_sweep_share), whose memory thereby comes to lie near it. */
void heat_start_fill(const heat_start *start, const heat_grid *grid);

#endif
