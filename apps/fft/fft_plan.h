/* fft_plan.h: how a transform is dealt to ranks, and what it costs: arithmetic alone, all local.
 *
 * Cells are complex numbers at (z, y, x), x fastest. A process grid of pz x py ranks holds them in
 * turn as
 *
 *   x-pencils   z in pz parts, y in py parts, x whole     input, output in natural order
 *   y-pencils   z in pz parts, y whole,       x in py parts
 *   z-pencils   z whole,       y in pz parts, x in py parts   transposed output
 *
 * so each swap is among the py ranks of a row or the pz ranks of a column of the grid. Where py or
 * pz is 1 (slabs) there is one swap. With transform=r2c x has nx/2 + 1 numbers after the first step
 * (the others are their conjugates).
 */
#ifndef SCALEBAR_FFT_PLAN_H
#define SCALEBAR_FFT_PLAN_H

#include "app.h"
#include "dist.h"
#include "transpose.h"

/* Axes, slowest first. */
enum { FFT_Z, FFT_Y, FFT_X };

typedef enum { FFT_C2C, FFT_R2C } fft_transform;
typedef enum { FFT_AUTO, FFT_SLAB, FFT_PENCIL } fft_decomposition;
typedef enum { FFT_TRANSPOSED, FFT_NATURAL } fft_order;
typedef enum { FFT_ESTIMATE, FFT_MEASURE, FFT_PATIENT } fft_planner;
typedef enum { FFT_RANDOM, FFT_MODE, FFT_NAS } fft_start_kind;

typedef struct {
  int64_t nx, ny, nz;
  int transform;     /* fft_transform */
  int decomposition; /* fft_decomposition */
  int layout;        /* fft_order */
  int planner;       /* fft_planner */
  int start;         /* fft_start_kind */
  int64_t steps;     /* of start = nas */
  char wisdom[SB_TEXT_SIZE];
  int node_size; /* ranks a node where all nodes hold as many, 0 elsewhere */
  bool fields;
} fft_config;

/* Arrays of a rank: x-, y- and z-pencils. Those that a decomposition does without are the ones
 * before them. */
enum { FFT_IN_X, FFT_IN_Y, FFT_IN_Z, FFT_ARRAYS };

/* The swaps of a transform, in the order in which they come. */
typedef enum {
  FFT_X_TO_Y,
  FFT_Y_TO_Z,
  FFT_TO_NATURAL, /* z-pencils (or the last) back to x-pencils */
  FFT_FROM_NATURAL,
  FFT_Z_TO_Y,
  FFT_Y_TO_X,
  FFT_SWAPS
} fft_swap;

typedef struct {
  sb_dist dist[FFT_ARRAYS];
  int array[FFT_ARRAYS];  /* which array x-, y- and z-pencils are in */
  int64_t at[FFT_ARRAYS]; /* where an array begins in a rank's memory, in doubles */
  int64_t doubles;        /* of all arrays, the same on all ranks */
  int plan[FFT_SWAPS];    /* number of a swap among the plans; -1 where there is none */
  int plans;
  sb_transpose_shape shape[FFT_SWAPS];
} fft_layout;

/* The cheapest grid of at most `ranks` ranks of the decomposition that is asked for. `layout` keeps
 * pointers into itself. SB_BAD_INPUT where there is none. */
sb_status fft_layout_make(const fft_config *config, int ranks, fft_layout *layout);

/* Whether x-pencils and y-pencils (y and z) are not the same. */
bool fft_layout_swaps(const fft_layout *layout, fft_swap swap);

/* Whether a rank whose x-pencils are `box` transforms whole planes of x and y: where it holds them,
 * and enough of them for its threads. */
bool fft_takes_planes(const fft_layout *layout, const sb_box *box, int threads);

/* Numbers of a row of x after the first step. */
int64_t fft_row(const fft_config *config);

/* Cells in all: nx ny nz. */
double fft_points(const fft_config *config);

/* 5 N log2 N operations, half of it for r2c: the field's convention, whatever an algorithm does. */
double fft_flop(const fft_config *config);

/* The hook of sb_app. */
void fft_plan(const void *config, int ranks, int threads, int rank, sb_plan *plan);

#endif
