/* pi_kernel_bench: speed of the counting loops on one core, by instruction set.
 *
 *   pi_kernel_bench [rounds]        default 41
 *
 * Kernels take turns, round after round, so that a noisy hour hits all of them alike; each line
 * gives the median round: cycles per sample, Gsample/s, and how many times the baseline's speed. A
 * cycle is a step of a chain of dependent additions, timed beside each sample: no counter tells the
 * clock of a virtual machine. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "pi_kernel.h"

enum { KERNELS = 8, ROUNDS_MAX = 1001, SEED = 1 };

typedef struct {
  pi_counter counter;
  int nas;         /* pairs of NAS EP instead of Philox samples */
  int64_t samples; /* a few milliseconds' worth */
  double cycles[ROUNDS_MAX], rate[ROUNDS_MAX], speed_up[ROUNDS_MAX];
} bench;

static bench benches[KERNELS];

/* Seconds of this thread on its core: what others do there meanwhile does not count. */
static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Core cycles a second. */
static double clock_rate(void) {
  enum { STEPS = 1 << 20, UNROLLED = 8 };
  uint64_t x = 0;
  const double start = now();
  for (int i = 0; i < STEPS; i += UNROLLED) {
    for (int j = 0; j < UNROLLED; j++) {
      x += 1;
      __asm__ volatile("" : "+r"(x)); /* one addition stays one addition */
    }
  }
  return STEPS / (now() - start);
}

static double seconds(const bench *b) {
  volatile int64_t hits;
  const double start = now();
  hits = b->nas ? b->counter.nas(0, b->samples) : b->counter.philox(SEED, 0, b->samples);
  (void)hits;
  return now() - start;
}

static void play_round(int count, int round) {
  for (int k = 0; k < count; k++) {
    bench *b = &benches[k];
    const double before = clock_rate(), time = seconds(b), after = clock_rate();
    b->rate[round] = (double)b->samples / time;
    b->cycles[round] = 0.5 * (before + after) / b->rate[round];
  }
}

static int ascending(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median(double *values, int n) {
  qsort(values, (size_t)n, sizeof *values, ascending);
  return values[n / 2];
}

/* Doubles the samples until a round lasts 5 ms. */
static void add(int *count, const char *name, int nas) {
  bench *b = &benches[*count];
  if (pi_counter_choose(name, &b->counter) != SB_OK) {
    printf("# %s\n", sb_message());
    sb_clear();
    return;
  }
  b->nas = nas;
  for (b->samples = 1 << 14; seconds(b) < 0.005;) b->samples *= 2;
  ++*count;
}

static void print(int count, int rounds) {
  printf("%-8s %-9s %13s %10s %17s\n", "numbers", "kernel", "cycles/sample", "Gsample/s",
         "speed to baseline");
  const bench *base = benches;
  for (int k = 0; k < count; k++) {
    if (benches[k].nas != base->nas) base = &benches[k];
    for (int r = 0; r < rounds; r++) benches[k].speed_up[r] = benches[k].rate[r] / base->rate[r];
  }
  for (int k = 0; k < count; k++) {
    bench *b = &benches[k];
    printf("%-8s %-9s %13.3f %10.3f %17.2f\n", b->nas ? "nas" : "philox", b->counter.name,
           median(b->cycles, rounds), median(b->rate, rounds) * 1e-9, median(b->speed_up, rounds));
  }
}

int main(int argc, char **argv) {
  static const char *const names[] = {"baseline", "plain", "avx2", "avx512"};
  const int rounds = argc > 1 ? atoi(argv[1]) : 41;
  if (rounds < 1 || rounds > ROUNDS_MAX) {
    fprintf(stderr, "usage: %s [rounds, 1 .. %d]\n", argv[0], ROUNDS_MAX);
    return 1;
  }
  int count = 0;
  for (int nas = 0; nas <= 1; nas++)
    for (int i = 0; i < 4; i++) add(&count, names[i], nas);
  for (int round = 0; round < rounds; round++) play_round(count, round);
  print(count, rounds);
  return 0;
}
