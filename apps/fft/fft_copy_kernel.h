/* fft_copy_kernel.h: rows of a block of columns to and from an array, one function per instruction
 * set. Local.
 */
#ifndef SCALEBAR_FFT_COPY_KERNEL_H
#define SCALEBAR_FFT_COPY_KERNEL_H

#include <stdint.h>

#include "isa.h"

/* Copies `rows` rows of `doubles` doubles; rows begin every `from_stride` and `to_stride` doubles.
 * fft_stream_rows writes past the caches where rows of `to` are aligned to vectors. */
typedef void fft_copy(double *to, int64_t to_stride, const double *from, int64_t from_stride,
                      int64_t rows, int64_t doubles);
SB_ISA_DECLARE(void, fft_copy_rows, (double *, int64_t, const double *, int64_t, int64_t, int64_t));
SB_ISA_DECLARE(void, fft_stream_rows,
               (double *, int64_t, const double *, int64_t, int64_t, int64_t));

#endif
