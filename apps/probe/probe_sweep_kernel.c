/* Copy and triad, in vectors, with either kind of store.
 *
 * Stores past the caches are made a line of memory at a time, so that a line leaves as a whole;
 * those through the caches a vector at a time, which is some 4 % faster for the copy than lines
 * are. The pointers are hidden from the compiler after each, or it would put a library's memcpy in
 * place of the copy, which chooses the kind of store by itself. */
#include "probe_kernel.h"
#include "simd.h"

enum { LINE = 8 };

static inline __attribute__((always_inline)) void put(double *to, sb_f64 x, bool stream) {
  if (stream) {
    sb_f64_stream(to, x);
  } else {
    sb_f64_store(to, x);
  }
}

static inline __attribute__((always_inline)) void copy(double *a, const double *b, int64_t n,
                                                       bool stream) {
  const int64_t piece = stream ? LINE : SB_LANES_F64;
  const double *const end = b + n / LINE * LINE;
  while (b < end) {
    for (int64_t at = 0; at < piece; at += SB_LANES_F64) put(a + at, sb_f64_load(b + at), stream);
    a += piece;
    b += piece;
    SB_OPAQUE("r", a);
  }
  for (int64_t i = 0; i < n % LINE; i++) a[i] = b[i];
  if (stream) sb_stream_end();
}

static inline __attribute__((always_inline)) void triad(double *a, const double *b, const double *c,
                                                        double s, int64_t n, bool stream) {
  const int64_t piece = stream ? LINE : SB_LANES_F64;
  const double *const end = b + n / LINE * LINE;
  const sb_f64 scale = sb_f64_all(s);
  while (b < end) {
    for (int64_t at = 0; at < piece; at += SB_LANES_F64) {
      put(a + at, sb_f64_fma(scale, sb_f64_load(c + at), sb_f64_load(b + at)), stream);
    }
    a += piece;
    b += piece;
    c += piece;
    SB_OPAQUE("r", a);
  }
  for (int64_t i = 0; i < n % LINE; i++) a[i] = b[i] + s * c[i];
  if (stream) sb_stream_end();
}

void SB_ISA_NAME(probe_copy)(double *a, const double *b, int64_t n) { copy(a, b, n, false); }

void SB_ISA_NAME(probe_copy_stream)(double *a, const double *b, int64_t n) { copy(a, b, n, true); }

void SB_ISA_NAME(probe_triad)(double *a, const double *b, const double *c, double s, int64_t n) {
  triad(a, b, c, s, n, false);
}

void SB_ISA_NAME(probe_triad_stream)(double *a, const double *b, const double *c, double s,
                                     int64_t n) {
  triad(a, b, c, s, n, true);
}
