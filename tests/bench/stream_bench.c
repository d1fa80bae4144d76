/* stream_bench: what probe's memory bandwidth is compared with: STREAM's copy and triad (J.
 * McCalpin, Memory bandwidth and machine balance in current high performance computers, IEEE TCCA
 * Newsletter, 1995), written by hand.
 *
 *   stream_bench N THREADS REPEATS
 *
 * Arrays of N doubles, touched first by the threads that use them. Plain C loops store through the
 * caches; where the processor has them (x86), loops with its own instructions store past them. Each
 * loop runs once unmeasured and then REPEATS times; the rates of the median times go to stdout as
 * apps print theirs, counted as STREAM counts: 16 and 24 bytes an element. */
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#ifdef __SSE2__
#include <immintrin.h>
#endif

#include "memory.h"
#include "stats.h"

enum { REPEATS_MAX = 1001 };

static const double SCALE = 3.0;

typedef struct {
  double *a, *b, *c;
  int64_t n;
} arrays;

static void copy(const arrays *x) {
  double *a = x->a;
  const double *b = x->b;
#pragma omp parallel for simd schedule(static)
  for (int64_t i = 0; i < x->n; i++) a[i] = b[i];
}

static void triad(const arrays *x) {
  double *a = x->a;
  const double *b = x->b, *c = x->c;
#pragma omp parallel for simd schedule(static)
  for (int64_t i = 0; i < x->n; i++) a[i] = b[i] + SCALE * c[i];
}

#ifdef __SSE2__
/* Four doubles at a time, which is half of a line: N is a multiple of 8 here. */
static void copy_stream(const arrays *x) {
#pragma omp parallel
  {
    double *a = x->a;
    const double *b = x->b;
#pragma omp for schedule(static)
    for (int64_t line = 0; line < x->n / 8; line++) {
      for (int64_t i = 8 * line; i < 8 * line + 8; i += 2) {
        _mm_stream_pd(a + i, _mm_load_pd(b + i));
      }
    }
    _mm_sfence();
  }
}

static void triad_stream(const arrays *x) {
#pragma omp parallel
  {
    const __m128d scale = _mm_set1_pd(SCALE);
    double *a = x->a;
    const double *b = x->b, *c = x->c;
#pragma omp for schedule(static)
    for (int64_t line = 0; line < x->n / 8; line++) {
      for (int64_t i = 8 * line; i < 8 * line + 8; i += 2) {
        const __m128d scaled = _mm_mul_pd(scale, _mm_load_pd(c + i));
        _mm_stream_pd(a + i, _mm_add_pd(_mm_load_pd(b + i), scaled));
      }
    }
    _mm_sfence();
  }
}
#endif

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void measure(const arrays *x, int repeats, void (*loop)(const arrays *), const char *name,
                    double bytes) {
  static double seconds[REPEATS_MAX], scratch[REPEATS_MAX];
  for (int i = -1; i < repeats; i++) {
    const double start = now();
    loop(x);
    if (i >= 0) seconds[i] = now() - start;
  }
  printf("FOM stream.%s=%.6e byte/s\n", name,
         bytes * (double)x->n / sb_summarise(seconds, repeats, scratch).median);
}

static void give_up(const char *why) {
  fprintf(stderr, "stream_bench: %s\n", why);
  exit(1);
}

int main(int argc, char **argv) {
  const int64_t n = argc == 4 ? atoll(argv[1]) / 8 * 8 : 0;
  const int threads = argc == 4 ? atoi(argv[2]) : 0, repeats = argc == 4 ? atoi(argv[3]) : 0;
  if (n < 8 || threads < 1 || repeats < 1 || repeats > REPEATS_MAX) {
    give_up("wants N THREADS REPEATS");
  }
  arrays x = {.n = n};
  omp_set_dynamic(0);
  omp_set_num_threads(threads);
  if (sb_doubles_create(n, &x.a) != SB_OK || sb_doubles_create(n, &x.b) != SB_OK ||
      sb_doubles_create(n, &x.c) != SB_OK) {
    give_up(sb_message());
  }
#pragma omp parallel for schedule(static)
  for (int64_t i = 0; i < n; i++) {
    x.a[i] = 0.0;
    x.b[i] = 2.0;
    x.c[i] = 1.0;
  }
  measure(&x, repeats, copy, "copy", 16.0);
  measure(&x, repeats, triad, "triad", 24.0);
#ifdef __SSE2__
  measure(&x, repeats, copy_stream, "copy_stream", 16.0);
  measure(&x, repeats, triad_stream, "triad_stream", 24.0);
#endif
  const double right = 2.0 + SCALE;
  for (int64_t i = 0; i < n; i++) {
    if (x.a[i] != right) give_up("a triad is wrong");
  }
  free(x.a);
  free(x.b);
  free(x.c);
  return 0;
}
