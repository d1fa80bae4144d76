/* pi.c: Monte Carlo pi. Counts points of a square that lie in its circle. See README.md. */
#include "pi.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "isa.h"
#include "simulation.h"
#include "threads.h"

/* A kernel call ends within some 15 ms even in the textbook loop, then the watchdog hears of it;
 * calls cost 0.3 us beside their samples, here under a thousandth. */
static const int64_t PIECE = INT64_C(1) << 21;

/* Two samples come from one block of the generator: workers share blocks, never halves of one. */
enum { BLOCK = 2 };

/* Operations of a sample, of which a simulated machine is told. Philox 4x32-10 makes two samples in
 * ten rounds of two products, four exclusive-ors and two sums of keys; each then takes two
 * conversions, two products, a sum and a comparison. A NAS pair: two numbers of a generator in
 * doubles (some 20 operations each) and the nine counted below. */
enum { PHILOX_OPERATIONS = 10 * 8 / 2 + 6, NAS_OPERATIONS = 2 * 20 + 9 };

enum { POINT_BYTES = 16 }; /* of a point, if it were kept: two doubles */

#define KERNELS "auto|plain|baseline|avx2|avx512"
static const char *const kernel_names[] = {"auto", "plain", "baseline", "avx2", "avx512"};

static const sb_option options[] = {
    {.key = "samples",
     .type = SB_INT,
     .offset = offsetof(pi_config, samples),
     .initial = "1e8",
     .low = 1,
     .high = 9007199254740992.0,
     .unit = "sample",
     .sizes = true,
     .by_memory = true,
     .help = "points to draw; rng=nas: pairs, at most 2^40"},
    {.key = "rng",
     .type = SB_CHOICE,
     .offset = offsetof(pi_config, rng),
     .initial = "philox",
     .choices = "philox|nas",
     .unit = "",
     .sizes = true, /* another generator is another problem: no reference of a named size fits it */
     .help = "generator: Philox 4x32-10, or that of the NAS benchmark EP (no seed)"},
    {.key = "kernel",
     .type = SB_CHOICE,
     .offset = offsetof(pi_config, kernel),
     .initial = "auto",
     .choices = KERNELS,
     .unit = "",
     .help = "textbook loop (plain), or vectors of an instruction set; auto: the best here"},
    {.key = NULL},
};

static sb_status grow(void *config, int64_t times) {
  pi_config *c = config;
  if (__builtin_mul_overflow(c->samples, times, &c->samples) || c->samples > (INT64_C(1) << 53)) {
    return sb_fail(SB_BAD_INPUT, "samples: %" PRId64 " times as many exceed 2^53", times);
  }
  if (c->rng == PI_NAS && c->samples > PI_NAS_MOST) {
    return sb_fail(SB_BAD_INPUT,
                   "samples: %" PRId64
                   " times as many exceed 2^40, the most that "
                   "rng=nas allows",
                   times);
  }
  return SB_OK;
}

/* As many points of two doubles as would fill so many bytes, were they kept. */
static sb_status fill(void *config, double bytes) {
  pi_config *c = config;
  const double points = floor(bytes / POINT_BYTES);
  const double most_points = c->rng == PI_NAS ? (double)PI_NAS_MOST : 0x1p53;
  if (points < 1.0) return sb_fail(SB_BAD_INPUT, "memory: %g bytes hold no point", bytes);
  c->samples = (int64_t)fmin(points, most_points);
  return SB_OK;
}

static sb_status check(const sb_run *run, void *config) {
  const pi_config *c = config;
  if (c->rng == PI_NAS && run->seed_given) {
    return sb_fail(SB_BAD_INPUT, "seed: rng=nas has fixed data and takes no seed");
  }
  if (c->rng == PI_NAS && c->samples > PI_NAS_MOST) {
    return sb_fail(SB_BAD_INPUT, "samples = %" PRId64 ": rng=nas allows 1 .. 2^40", c->samples);
  }
  pi_counter counter;
  return pi_counter_choose(kernel_names[c->kernel], &counter);
}

sb_range pi_share(const pi_config *config, int ranks, int rank, int workers, int worker) {
  const sb_range mine = sb_split(config->samples, BLOCK, ranks, rank);
  const sb_range part = sb_split(sb_count(mine), BLOCK, workers, worker);
  return (sb_range){.lo = mine.lo + part.lo, .hi = mine.lo + part.hi};
}

static int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

static void plan(const void *config, int ranks, int threads, int rank, sb_plan *plan) {
  const pi_config *c = config;
  const int64_t blocks = c->samples / BLOCK + c->samples % BLOCK;
  const int64_t small = blocks / ranks, extra = blocks % ranks; /* `extra` ranks have small + 1 */
  *plan = (sb_plan){
      .units = (double)c->samples,
      .units_rank = (double)sb_count(sb_split(c->samples, BLOCK, ranks, rank)),
      /* Philox and its hit test are integer work; a NAS pair takes two scalings to (-1, 1) of three
       * operations each, two squares and a sum. */
      .flop = c->rng == PI_NAS ? 9.0 * (double)c->samples : 0.0,
      .memory_rank = (double)sizeof(pi_state),
      .idle_ranks = (int)most(0, ranks - blocks),
      .idle_threads =
          (int)(extra * most(0, threads - small - 1) + (ranks - extra) * most(0, threads - small)),
  };
  snprintf(plan->decomposition, sizeof plan->decomposition,
           "%" PRId64 " samples over %d ranks x %d threads: %" PRId64 " to %" PRId64 " each",
           c->samples, ranks, threads,
           sb_count(pi_share(c, ranks, ranks - 1, threads, threads - 1)),
           sb_count(pi_share(c, ranks, 0, threads, 0)));
}

static void kernel_name(const void *config, char *text, size_t bytes) {
  const pi_config *c = config;
  pi_counter counter;
  const bool known = pi_counter_choose(kernel_names[c->kernel], &counter) == SB_OK;
  snprintf(text, bytes, "%s/%s", c->rng == PI_NAS ? "nas" : "philox",
           known ? counter.name : "unknown");
}

int64_t pi_count(const pi_state *s, int64_t lo, int64_t hi) {
  return s->config.rng == PI_NAS ? s->counter.nas(lo, hi) : s->counter.philox(s->seed, lo, hi);
}

static double probe_rate(const void *config) {
  pi_state s = {.config = *(const pi_config *)config, .seed = 1};
  if (pi_counter_choose(kernel_names[s.config.kernel], &s.counter) != SB_OK) return (double)NAN;
  for (int64_t samples = 1 << 14;; samples *= 2) { /* ends within 40 ms */
    const double start = sb_now();
    pi_count(&s, 0, samples);
    const double seconds = sb_now() - start;
    if (seconds > 0.01) return (double)samples / seconds;
  }
}

static sb_status setup(const sb_run *run, void *config, void **state) {
  pi_state *s = calloc(1, sizeof *s);
  if (s == NULL) return sb_fail(SB_NO_MEMORY, "no memory for %zu bytes", sizeof *s);
  *state = s;
  s->run = run;
  s->config = *(const pi_config *)config;
  s->seed = (uint64_t)run->common->seed;
  const int64_t batches = s->config.samples / PI_BATCH_MIN;
  s->batches = batches < 1 ? 1 : batches > PI_BATCHES ? PI_BATCHES : (int)batches;
  return pi_counter_choose(kernel_names[s->config.kernel], &s->counter);
}

sb_range pi_batch(const pi_state *s, int batch) {
  return sb_split(s->config.samples, BLOCK, s->batches, batch);
}

/* Adds the hits of one worker's samples to `hits`, batch by batch. */
static void count_share(const pi_state *s, sb_range share, int64_t hits[PI_BATCHES]) {
  for (int64_t lo = share.lo, hi; lo < share.hi; lo = hi) {
    const int batch = (int)sb_owner(s->config.samples, BLOCK, s->batches, lo);
    const int64_t end = pi_batch(s, batch).hi;
    hi = share.hi < end ? share.hi : end;
    if (hi - lo > PIECE) hi = lo + PIECE;
    hits[batch] += pi_count(s, lo, hi);
    sb_progress();
  }
}

static void remember(pi_state *s) {
  if (s->repetitions++ == 0) memcpy(s->first, s->local, sizeof s->first);
  for (int b = 0; b < s->batches; b++) {
    /* In doubles: the difference of two wrong counts may not fit in an integer. */
    s->most_changed = fmax(s->most_changed, fabs((double)s->local[b] - (double)s->first[b]));
  }
}

static sb_status run(void *state, sb_clock *clock) {
  pi_state *s = state;
  const int ranks = sb_comm_size(s->run->comm), rank = sb_comm_rank(s->run->comm);
  memset(s->local, 0, sizeof s->local);
#pragma omp parallel
  {
    int64_t hits[PI_BATCHES] = {0};
    count_share(s, pi_share(&s->config, ranks, rank, sb_thread_count(), sb_thread()), hits);
    for (int b = 0; b < s->batches; b++) {
#pragma omp atomic
      s->local[b] += hits[b];
    }
  }
  const double operations = s->config.rng == PI_NAS ? NAS_OPERATIONS : PHILOX_OPERATIONS;
  sb_worked(operations * (double)sb_count(pi_share(&s->config, ranks, rank, 1, 0)), 0.0);
  remember(s);
  memcpy(s->total, s->local, sizeof s->total);
  sb_clock_enter(clock, SB_COMMUNICATE);
  sb_comm_sum_i64(s->run->comm, s->total, s->batches);
  return SB_OK;
}

int64_t pi_total_hits(const pi_state *s) {
  int64_t hits = 0;
  for (int b = 0; b < s->batches; b++) hits += s->total[b];
  return hits;
}

static sb_status verify(void *state, sb_checks *checks) {
  pi_check(state, checks);
  return SB_OK;
}

static sb_status output(void *state, sb_figures *figures, sb_fields *fields) {
  pi_state *s = state;
  const double estimate = 4.0 * (double)pi_total_hits(s) / (double)s->config.samples;
  sb_figures_add_count(figures, "hits", "samples inside the circle", pi_total_hits(s));
  sb_figure *figure = sb_figures_add(figures, "estimate", "estimate of pi", "1", "1", estimate);
  if (figure != NULL) figure->digits = 12;
  sb_figures_add(figures, "error", "distance of the estimate from pi", "1", "1",
                 fabs(estimate - acos(-1.0)));

  for (int b = 0; b < s->batches; b++) {
    s->estimate[b] = 4.0 * (double)s->total[b] / (double)sb_count(pi_batch(s, b));
  }
  sb_field *field = sb_fields_add(fields);
  if (field == NULL) return sb_fail(SB_INTERNAL, "too many fields");
  field->name = "estimate";
  field->long_name = "estimate of pi by each batch of samples";
  field->units = "1";
  field->dims = 1;
  field->axis[0] = (sb_axis){
      .name = "batch", .long_name = "batch of samples", .units = "1", .n = s->batches, .step = 1.0};
  field->hi[0] = sb_comm_rank(s->run->comm) == 0 ? s->batches : 0; /* rank 0 holds all of them */
  field->data = s->estimate;
  return SB_OK;
}

static void teardown(void **state) {
  free(*state);
  *state = NULL;
}

const sb_app pi_app = {
    .name = "pi",
    .title = "Monte Carlo pi: counts random points of a square that lie in its circle",
    .unit = "sample",
    .rate_unit = "sample/s",
    .rate_udunit = "s-1",
    .options = options,
    .config_size = sizeof(pi_config),
    .grow = grow,
    .fill = fill,
    .check = check,
    .plan = plan,
    .kernel_name = kernel_name,
    .probe_rate = probe_rate,
    .setup = setup,
    .run = run,
    .verify = verify,
    .output = output,
    .teardown = teardown,
};
