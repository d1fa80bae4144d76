#include "probe_samples.h"

#include <math.h>
#include <string.h>

#include "simulation.h"

enum { SAMPLES_MOST = 1000, SAMPLES_ENOUGH = SB_INTERVAL_MIN, SAMPLES_LEAST = 2 };

/* A sample of this length is long against a clock read and a barrier. s */
static const double LONG_ENOUGH = 1e-3;

static double sample(const probe_state *s, probe_work work, void *context, int64_t loops) {
  sb_comm_barrier(s->run->comm);
  const double start = sb_now();
  work(context, loops);
  double elapsed = sb_now() - start;
  sb_comm_max_f64(s->run->comm, &elapsed, NULL, 1);
  sb_progress();
  return elapsed;
}

/* The first trial may be a cold one, which takes longer than the next. */
static sb_status choose_loops(const probe_state *s, probe_work work, void *context, double target,
                              int64_t *chosen) {
  enum { TRIALS = 4 };
  static const double MOST = 1e7;
  int64_t loops = 1;
  sb_status status = SB_OK;
  for (int i = 0; i < TRIALS; i++) {
    const double elapsed = sample(s, work, context, loops);
    SB_TRY(sb_simulated_moved(elapsed));
    if (i > 0 && elapsed > 0.5 * target) break;
    loops = (int64_t)fmin(fmax(ceil((double)loops * target / fmax(elapsed, 1e-9)), 1.0), MOST);
  }
  *chosen = loops;
cleanup:
  return status;
}

sb_status probe_time(const probe_state *state, probe_work work, void *context, double share,
                     sb_summary *time) {
  double seconds[SAMPLES_MOST], scratch[SAMPLES_MOST], so_far = 0.0;
  const double budget = state->config.figure_time * share;
  const int64_t most = state->config.samples;
  sample(state, work, context, 1);
  int64_t loops = 0;
  sb_status status = SB_OK;
  SB_TRY(choose_loops(state, work, context, fmin(LONG_ENOUGH, budget / (double)most), &loops));
  int n = 0;
  while (n < most) {
    const double elapsed = sample(state, work, context, loops);
    seconds[n++] = elapsed / (double)loops;
    so_far += elapsed;
    if (so_far > budget && n >= SAMPLES_ENOUGH) break;
    if (so_far > 4.0 * budget && n >= SAMPLES_LEAST) break;
  }
  *time = sb_summarise(seconds, n, scratch);
cleanup:
  return status;
}

void probe_add_rate(probe_state *state, probe_name name, const char *unit, double amount,
                    const sb_summary *time) {
  const char *udunit = strcmp(unit, "byte/s") == 0 ? "byte s-1" : "s-1";
  sb_figure *figure = sb_figures_add(&state->figures, name.name, name.long_name, unit, udunit,
                                     amount / time->median);
  if (figure == NULL) return; /* the list is longer than all figures there are */
  figure->low = amount / time->high;
  figure->high = amount / time->low;
  figure->n = time->n;
}

void probe_add_time(probe_state *state, probe_name name, double factor, const sb_summary *time) {
  sb_figure *figure =
      sb_figures_add(&state->figures, name.name, name.long_name, "s", "s", time->median * factor);
  if (figure == NULL) return;
  figure->low = time->low * factor;
  figure->high = time->high * factor;
  figure->n = time->n;
}
