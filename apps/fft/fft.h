/* fft.h: the mini-app fft, and the state that its files share. */
#ifndef SCALEBAR_FFT_H
#define SCALEBAR_FFT_H

#include "app.h"
#include "fft_copy_kernel.h"
#include "fft_local.h"
#include "fft_plan.h"
#include "fft_start.h"

extern const sb_app fft_app;

/* Where cells of a line of columns are: cell i of [lo, hi) along an axis, of the plane `other`
 * across it, from the first column of this rank on, at data + (i - lo) along + other across. */
typedef struct {
  const double *data;
  int64_t lo, hi, along, across; /* the strides in doubles */
} fft_view;

typedef struct {
  const sb_run *run;
  fft_config config;
  fft_layout layout;
  sb_box box[FFT_ARRAYS];    /* of this rank's x-, y- and z-pencils */
  double *array[FFT_ARRAYS]; /* those pencils; the same where the layout says so */
  sb_pool *pool;
  sb_transpose *swap[FFT_SWAPS + 1]; /* NULL where there is none */
  fft_view *view[FFT_SWAPS];         /* of the pieces of swaps whose columns are transformed */
  bool planes; /* x and y are transformed plane by plane: there are enough for all threads */
  fft_local *local;
  fft_copy *copy, *stream; /* `stream`: how finished blocks are put down */
  fft_roots roots;
  fft_start start;
  double planning_time, inverse_time; /* s */
  double checksum[2];                 /* start=nas: of the last step */

  double *saved; /* what the last repetition left, once it is checked */
  double *input; /* for files alone */
} fft_state;

/* The box and the array that hold the result of a forward transform. */
static inline int fft_result(const fft_config *config) {
  return config->layout == FFT_NATURAL ? FFT_IN_X : FFT_IN_Z;
}

#endif
