/* fft_local.h: transforms of a rank's own rows and columns, by FFTW. The only user of fftw3.h.
 *
 * FFTW makes plans one at a time and runs them from any thread. Plans here are for few rows or
 * columns, so that each fits in a cache; threads run them on rows of their own.
 */
#ifndef SCALEBAR_FFT_LOCAL_H
#define SCALEBAR_FFT_LOCAL_H

#include "fft_plan.h"

/* Columns of a block: 256 bytes of a row, some cache lines. */
enum { FFT_COLUMNS = 16, FFT_ROWS = 16 };

typedef enum { FFT_FORWARD, FFT_INVERSE, FFT_SIGNS } fft_sign;

typedef struct fft_local fft_local;

/* What a rank transforms. */
typedef struct {
  int64_t columns; /* in a row of its z-pencils, 0 where it is idle */
  int64_t rows;    /* of its x-pencils */
  bool planes;     /* whether planes are transformed, not rows and columns along y */
} fft_share;

/* Plans for rows of x (or for planes of x and y), and for columns along y and z in blocks of
 * FFT_COLUMNS and, where `columns` leaves a rest, of that. SB_NO_MEMORY, SB_INTERNAL. Local; the
 * main thread alone. */
sb_status fft_local_create(const fft_config *config, const fft_share *share, int threads,
                           fft_local **local);
void fft_local_destroy(fft_local **local);

/* Bytes of its blocks. */
int64_t fft_lines_bytes(const fft_config *config, int threads);

/* Bytes that planning takes for a while beside the arrays. */
int64_t fft_scratch_bytes(const fft_config *config, bool planes, int64_t rows);

/* Transforms `count` rows that lie one behind the other, each of fft_row() complex numbers (r2c:
 * forward takes nx real numbers at the begin of each row, inverse leaves them there). In place. Any
 * thread. */
void fft_local_rows(const fft_local *local, fft_sign sign, double *rows, int64_t count);

/* Transforms a plane of ny such rows along x and y, in place. Any thread. */
void fft_local_plane(const fft_local *local, fft_sign sign, double *plane);

/* This thread's block: cell (i, column) at 2 (FFT_COLUMNS i + column). */
double *fft_local_block(const fft_local *local);

/* Transforms the first `columns` columns of this thread's block; of fewer than FFT_COLUMNS those
 * behind them may change too. */
void fft_local_lines(const fft_local *local, int axis, fft_sign sign, int64_t columns);

/* Of FFTW, read before plans are made; local. False where FFTW does not take it. */
bool fft_wisdom_take(const char *text);
char *fft_wisdom_give(void); /* NULL: none; free() it */

/* "fftw-3.3.10-sse2-avx", as it names itself. */
const char *fft_library(void);

#endif
