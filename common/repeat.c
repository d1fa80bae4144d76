#include "repeat.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "simulation.h"

/* Looping aims at a sample this many times longer than what surrounds it, within these bounds: on a
 * loaded machine the cost of a barrier may come out far too high. In seconds. */
static const double TIMES_OVERHEAD = 200.0;
static const double SHORTEST_SAMPLE = 1e-3;
static const double LONGEST_LOOP = 0.05;

const char *sb_stop_text(sb_stop stop) {
  static const char *const text[] = {"interval", "max_reps", "time_limit"};
  return text[stop];
}

/* What one sample took on all ranks, and how far the run is. */
typedef struct {
  double local;   /* this rank, s */
  double elapsed; /* slowest rank, s */
  double so_far;  /* since the first warm-up, slowest rank, s */
} sample;

/* A rank that failed inside timed code has left the others in a message that it will never answer.
 */
_Noreturn static void strand_nobody(const sb_run *run) {
  fprintf(stderr, "ERROR rank %d (%s): %s\n", sb_comm_rank(run->comm), sb_comm_host(run->comm),
          sb_message());
  sb_comm_abort(SB_FAILED);
}

/* Runs `loops` repetitions between two clock reads. */
static sb_status take_sample(const sb_run *run, const sb_app *app, void *state, int64_t loops,
                             double began, sb_clock *clock, sample *s) {
  sb_status status = app->reset != NULL ? app->reset(state) : SB_OK;
  status = sb_comm_agree(run->comm, status);
  if (status != SB_OK) return status;
  sb_comm_barrier(run->comm);
  sb_clock_reset(clock, SB_COMPUTE);
  const double start = clock->since;
  for (int64_t i = 0; i < loops && status == SB_OK; i++) {
    sb_clock_enter(clock, SB_COMPUTE);
    status = app->run(state, clock);
  }
  sb_clock_stop(clock);
  const double end = clock->since;
  if (status != SB_OK && !sb_comm_failed_together(run->comm)) strand_nobody(run);
  if (status != SB_OK) return status;
  sb_progress();

  double worst[2] = {end - start, end - began};
  sb_comm_max_f64(run->comm, worst, NULL, 2);
  *s = (sample){.local = end - start, .elapsed = worst[0], .so_far = worst[1]};
  return status;
}

static double barrier_cost(sb_comm *comm) {
  enum { TIMES = 21 };
  double cost[TIMES], scratch[TIMES];
  const int times = sb_simulated_platform() != NULL ? 1 : TIMES; /* which is exact */
  sb_comm_barrier(comm);
  for (int i = 0; i < times; i++) {
    const double start = sb_now();
    sb_comm_barrier(comm);
    cost[i] = sb_now() - start;
  }
  double median = sb_summarise(cost, times, scratch).median;
  sb_comm_max_f64(comm, &median, NULL, 1);
  return median;
}

/* How long a sample should be: long against clock and barrier. */
static double target_length(const sb_measurement *m) {
  const double wanted = TIMES_OVERHEAD * (2.0 * m->timer_cost + m->barrier_cost);
  return fmin(fmax(wanted, SHORTEST_SAMPLE), LONGEST_LOOP);
}

/* Loops of short repetitions, tried out: the last warm-up may still have been a cold one. Without
 * warm-up, or with something to reset, nothing is looped. */
static sb_status choose_loops(const sb_run *run, const sb_app *app, void *state, double began,
                              double repetition, sb_measurement *m) {
  enum { TRIALS = 4 };
  const double target = target_length(m);
  m->loops = 1;
  if (app->reset != NULL) return SB_OK;
  sb_status status = sb_simulated_moved(repetition);
  if (status != SB_OK) return status;
  for (int i = 0; i < TRIALS && repetition * (double)m->loops < 0.8 * target; i++) {
    sb_clock clock;
    sample s;
    m->loops = (int64_t)ceil(target / fmax(repetition, 1e-9));
    status = take_sample(run, app, state, m->loops, began, &clock, &s);
    if (status != SB_OK) return status;
    repetition = s.elapsed / (double)m->loops;
  }
  return SB_OK;
}

static void show_progress(const sb_run *run, const sb_app *app, const sb_measurement *m,
                          double so_far) {
  if (sb_comm_rank(run->comm) != 0 || !isatty(STDERR_FILENO)) return;
  const double limit = run->common->time_limit - so_far;
  const double most = (so_far / m->reps) * (double)(run->common->max_reps - m->reps);
  fprintf(stderr, "\r%s: %d samples in %.1f s, at most %.0f s left \033[K", app->name, m->reps,
          so_far, most < limit ? most : limit);
}

static void hide_progress(const sb_run *run) {
  if (sb_comm_rank(run->comm) == 0 && isatty(STDERR_FILENO)) fprintf(stderr, "\r\033[K");
}

/* The interval is within `ci` of the median on both sides. */
static bool tight(const sb_summary *time, double ci) {
  if (time->n < SB_INTERVAL_MIN) return false;
  return time->high - time->median <= ci * time->median &&
         time->median - time->low <= ci * time->median;
}

static void keep(sb_measurement *m, const sample *s, const sb_clock *clock) {
  const double loops = (double)m->loops;
  m->elapsed[m->reps] = s->elapsed / loops;
  m->local[m->reps] = s->local / loops;
  double *phase = m->phase + (size_t)m->reps * SB_PHASES;
  for (int p = 0; p < SB_PHASES; p++) phase[p] = clock->seconds[p] / loops;
  /* Until the slowest rank ends, the others wait: so the phases of each rank add up to `elapsed`.
   */
  phase[SB_WAIT] += (s->elapsed - s->local) / loops;
  m->reps++;
}

static sb_status warm_up(const sb_run *run, const sb_app *app, void *state, double began,
                         sb_measurement *m, double *last) {
  sb_clock clock;
  sample s = {.elapsed = 0.0};
  sb_status status = SB_OK;
  for (int64_t i = 0; i < run->common->warmup && s.so_far < run->common->time_limit; i++) {
    SB_TRY(take_sample(run, app, state, 1, began, &clock, &s));
    m->warmup[m->warmups++] = s.elapsed;
  }
  *last = m->warmups > 0 ? s.elapsed : (double)INFINITY;
cleanup:
  return status;
}

static sb_status repeat(const sb_run *run, const sb_app *app, void *state, double began,
                        double *scratch, sb_measurement *m) {
  const sb_common *limits = run->common;
  sb_status status = SB_OK;
  for (;;) {
    sb_clock clock;
    sample s;
    SB_TRY(take_sample(run, app, state, m->loops, began, &clock, &s));
    keep(m, &s, &clock);
    m->time = sb_summarise(m->elapsed, m->reps, scratch);
    show_progress(run, app, m, s.so_far);
    m->stop = SB_STOP_CI;
    if (m->reps >= limits->min_reps && tight(&m->time, limits->ci)) break;
    m->stop = SB_STOP_MAX_REPS;
    if (m->reps >= limits->max_reps) break;
    m->stop = SB_STOP_TIME_LIMIT;
    if (s.so_far >= limits->time_limit) break;
  }
  m->wide = m->reps >= SB_INTERVAL_MIN && !tight(&m->time, limits->ci);
cleanup:
  hide_progress(run);
  return status;
}

static sb_status create(const sb_common *limits, sb_measurement **measurement) {
  const size_t reps = (size_t)limits->max_reps, warmups = (size_t)limits->warmup;
  sb_measurement *m = calloc(1, sizeof *m);
  if (m != NULL) {
    m->elapsed = calloc(reps, sizeof *m->elapsed);
    m->local = calloc(reps, sizeof *m->local);
    m->phase = calloc(reps * SB_PHASES, sizeof *m->phase);
    m->warmup = calloc(warmups + 1, sizeof *m->warmup);
  }
  *measurement = m;
  if (m == NULL || !m->elapsed || !m->local || !m->phase || !m->warmup) {
    return sb_fail(SB_NO_MEMORY, "no memory for %zu samples", reps);
  }
  return SB_OK;
}

sb_status sb_measure(const sb_run *run, const sb_app *app, void *state, sb_measurement **result) {
  sb_measurement *m = NULL;
  double *scratch = NULL;
  sb_status status = create(run->common, &m);
  if (status == SB_OK) {
    scratch = malloc((size_t)run->common->max_reps * sizeof *scratch);
    if (scratch == NULL) status = sb_fail(SB_NO_MEMORY, "no memory for the samples");
  }
  SB_TRY(sb_comm_agree(run->comm, status));
  /* Each rank would find another cost, and what is decided from it must be the same on all. */
  m->timer_cost = sb_now_cost();
  sb_comm_max_f64(run->comm, &m->timer_cost, NULL, 1);
  m->barrier_cost = barrier_cost(run->comm);

  const double began = sb_now();
  double repetition = 0.0;
  SB_TRY(warm_up(run, app, state, began, m, &repetition));
  SB_TRY(choose_loops(run, app, state, began, repetition, m));
  const int64_t sent = sb_comm_bytes_sent(run->comm);
  SB_TRY(repeat(run, app, state, began, scratch, m));
  m->comm_bytes =
      (double)(sb_comm_bytes_sent(run->comm) - sent) / ((double)m->reps * (double)m->loops);
cleanup:
  free(scratch);
  if (status != SB_OK) sb_measurement_destroy(&m);
  *result = m;
  return status;
}

void sb_measurement_destroy(sb_measurement **measurement) {
  sb_measurement *m = *measurement;
  if (m != NULL) {
    free(m->elapsed);
    free(m->local);
    free(m->phase);
    free(m->warmup);
  }
  free(m);
  *measurement = NULL;
}
