#include "fft_copy_kernel.h"

#include <stdbool.h>
#include <string.h>

#include "simd.h"

/* The width of a full block, known to the compiler; rows that are asked for before they are read,
 * which no processor foresees: they lie planes apart. Reading alone is a third faster with it. */
enum { BLOCK = 32, AHEAD = 8, LINE = 8 };

static inline void fetch(const double *row) {
  for (int i = 0; i < BLOCK; i += LINE) __builtin_prefetch(row + i);
}

void SB_ISA_NAME(fft_copy_rows)(double *to, int64_t to_stride, const double *from,
                                int64_t from_stride, int64_t rows, int64_t doubles) {
  if (doubles != BLOCK) {
    for (int64_t r = 0; r < rows; r++) {
      memcpy(to + r * to_stride, from + r * from_stride, (size_t)doubles * sizeof *to);
    }
    return;
  }
  for (int64_t r = 0; r < rows; r++) {
    if (r + AHEAD < rows) fetch(from + (r + AHEAD) * from_stride);
    memcpy(to + r * to_stride, from + r * from_stride, BLOCK * sizeof *to);
  }
}

void SB_ISA_NAME(fft_stream_rows)(double *to, int64_t to_stride, const double *from,
                                  int64_t from_stride, int64_t rows, int64_t doubles) {
  const uintptr_t vector = SB_LANES_F64 * sizeof(double);
  const bool aligned = (uintptr_t)to % vector == 0 && to_stride % SB_LANES_F64 == 0;
  if (!aligned || doubles != BLOCK) {
    SB_ISA_NAME(fft_copy_rows)(to, to_stride, from, from_stride, rows, doubles);
    return;
  }
  for (int64_t r = 0; r < rows; r++) {
    for (int64_t i = 0; i < BLOCK; i += SB_LANES_F64) {
      sb_f64_stream(to + r * to_stride + i, sb_f64_load(from + r * from_stride + i));
    }
  }
  sb_stream_end();
}
