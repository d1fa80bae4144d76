/* stream_bench: what probe's memory bandwidth is compared with: STREAM's copy and triad (J.
 * McCalpin, Memory bandwidth and machine balance in current high performance computers, IEEE TCCA
 * Newsletter, 1995), written by hand.
 *
 *   stream_bench N THREADS REPEATS
 *
 * Arrays of N doubles, touched first by the threads that use them. Plain C loops store through the
 * caches; where the processor has them (x86), loops with its widest instructions store past them.
 * Each loop runs once unmeasured and then REPEATS times, in turn with probe's kernel on the same
 * arrays, for memory may be slow for a while. To stdout, as apps print theirs: the rates of the
 * median times, counted as STREAM counts (16 and 24 bytes an element), and the median of the ratios
 * of probe's rate to them (name_ratio). */
#include <omp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#ifdef __SSE2__
#include <immintrin.h>
#endif

#include "decomp.h"
#include "memory.h"
#include "probe_kernel.h"
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

/* Stores past the caches, as wide as the instructions this is compiled for; a line at a time, and N
 * is a multiple of lines here. */
#if defined __AVX512F__
typedef __m512d vector;
enum { LANES = 8 };
#define LOAD _mm512_load_pd
#define STREAM _mm512_stream_pd
#define SCALED(b, s, c) _mm512_add_pd(b, _mm512_mul_pd(s, c))
#define ALL _mm512_set1_pd
#elif defined __AVX__
typedef __m256d vector;
enum { LANES = 4 };
#define LOAD _mm256_load_pd
#define STREAM _mm256_stream_pd
#define SCALED(b, s, c) _mm256_add_pd(b, _mm256_mul_pd(s, c))
#define ALL _mm256_set1_pd
#elif defined __SSE2__
typedef __m128d vector;
enum { LANES = 2 };
#define LOAD _mm_load_pd
#define STREAM _mm_stream_pd
#define SCALED(b, s, c) _mm_add_pd(b, _mm_mul_pd(s, c))
#define ALL _mm_set1_pd
#endif

#ifdef STREAM
/* Pointers that run to an end: the peer is to be at its best. */
static void copy_stream(const arrays *x) {
#pragma omp parallel
  {
    const sb_range r = sb_split(x->n, 8, omp_get_num_threads(), omp_get_thread_num());
    const double *b = x->b + r.lo, *const end = x->b + r.hi;
    for (double *a = x->a + r.lo; b < end; a += 8, b += 8) {
      for (int i = 0; i < 8; i += LANES) STREAM(a + i, LOAD(b + i));
    }
    _mm_sfence();
  }
}

static void triad_stream(const arrays *x) {
#pragma omp parallel
  {
    const sb_range r = sb_split(x->n, 8, omp_get_num_threads(), omp_get_thread_num());
    const vector scale = ALL(SCALE);
    const double *b = x->b + r.lo, *c = x->c + r.lo, *const end = x->b + r.hi;
    for (double *a = x->a + r.lo; b < end; a += 8, b += 8, c += 8) {
      for (int i = 0; i < 8; i += LANES) {
        STREAM(a + i, SCALED(LOAD(b + i), scale, LOAD(c + i)));
      }
    }
    _mm_sfence();
  }
}
#endif

/* probe's kernels on the same arrays, cut into lines for the same threads. */
static probe_kernels probe;

static void probe_sweep(const arrays *x, int kind, int stream) {
#pragma omp parallel
  {
    const sb_range r = sb_split(x->n, 8, omp_get_num_threads(), omp_get_thread_num());
    if (kind == 0) {
      probe.copy[stream](x->a + r.lo, x->b + r.lo, sb_count(r));
    } else {
      probe.triad[stream](x->a + r.lo, x->b + r.lo, x->c + r.lo, SCALE, sb_count(r));
    }
  }
}

static void probe_copy(const arrays *x) { probe_sweep(x, 0, 0); }
static void probe_triad(const arrays *x) { probe_sweep(x, 1, 0); }
#ifdef STREAM
static void probe_copy_stream(const arrays *x) { probe_sweep(x, 0, 1); }
static void probe_triad_stream(const arrays *x) { probe_sweep(x, 1, 1); }
#endif

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double seconds_of(const arrays *x, void (*loop)(const arrays *)) {
  const double start = now();
  loop(x);
  return now() - start;
}

/* The two take turns, and each begins as often as the other: memory may be slow for a while. */
static void measure(const arrays *x, int repeats, const char *name, double bytes,
                    void (*loop)(const arrays *), void (*ours)(const arrays *)) {
  static double seconds[REPEATS_MAX], ratio[REPEATS_MAX], scratch[REPEATS_MAX];
  for (int i = -1; i < repeats; i++) {
    const bool ours_first = i % 2 == 0;
    double mine = ours_first ? seconds_of(x, ours) : 0.0;
    const double other = seconds_of(x, loop);
    if (!ours_first) mine = seconds_of(x, ours);
    if (i < 0) continue;
    seconds[i] = other;
    ratio[i] = other / mine;
  }
  const sb_summary ratios = sb_summarise(ratio, repeats, scratch);
  printf("FOM stream.%s=%.6e byte/s\n", name,
         bytes * (double)x->n / sb_summarise(seconds, repeats, scratch).median);
  printf("FOM stream.%s_ratio=%.4f 1\n", name, ratios.median);
  printf("# %s: probe's kernel %.3f of it, 95 %% interval %.3f .. %.3f\n", name, ratios.median,
         ratios.low, ratios.high);
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
  if (probe_kernels_choose("auto", &probe) != SB_OK) give_up(sb_message());
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
  measure(&x, repeats, "copy", 16.0, copy, probe_copy);
  measure(&x, repeats, "triad", 24.0, triad, probe_triad);
#ifdef STREAM
  measure(&x, repeats, "copy_stream", 16.0, copy_stream, probe_copy_stream);
  measure(&x, repeats, "triad_stream", 24.0, triad_stream, probe_triad_stream);
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
