/* driver_show.c: what a run prints. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver.h"
#include "efficiency.h"
#include "isa.h"
#include "simulation.h"

void sb_driver_show_version(const sb_driver *d) {
  if (sb_comm_rank(d->comm) != 0) return;
  const sb_build *build = sb_build_info();
  printf("%s (Scalebar) %s\n", d->program, build->version);
  printf("commit: %s%s\n", build->git_commit, build->git_dirty ? " (changed)" : "");
  printf("compiler: %s\n", build->compiler);
  printf("compiler_flags: %s\n", build->compiler_flags);
  printf("build: %s\n", build->build_type);
  printf("instruction_set: %s\n", sb_isa_name(sb_isa_best()));
  printf("mpi: %s\n", sb_comm_library());
  printf("hdf5: %s\n", sb_results_library());
  if (sb_simulated_platform() != NULL) printf("simulated: %s\n", sb_simulated_platform());
  if (d->app->blas_name != NULL) printf("blas: %s\n", d->app->blas_name());
  if (d->app->fft_name != NULL) printf("fft: %s\n", d->app->fft_name());
}

void sb_driver_show_plan(const sb_driver *d) {
  if (sb_comm_rank(d->comm) != 0) return;
  const sb_plan *p = &d->plan;
  const int ranks = sb_comm_size(d->comm);
  const double workers = (double)ranks * d->run.threads - p->idle_threads;
  const double cores = (double)d->machine.cores * sb_comm_nodes(d->comm);
  const bool shared = cores > 0.0 && workers > cores;
  const bool simulated =
      sb_simulated_platform() != NULL; /* where no time passes while one probes */
  const double rate = simulated ? (double)NAN : d->app->probe_rate(d->config);
  printf("# %s: %d ranks x %d threads on %d nodes\n", d->program, ranks, d->run.threads,
         sb_comm_nodes(d->comm));
  printf("decomposition: %s\n", p->decomposition);
  printf("work: %.6g %s a repetition\n", p->units, d->app->unit);
  printf("memory per rank: %.4g MB%s\n", p->memory_rank / 1e6,
         d->fits ? "" : ", more than is free on this node");
  printf("idle ranks: %d\n", p->idle_ranks);
  printf("idle threads: %d\n", p->idle_threads);
  printf("bytes moved: %.4g byte a repetition\n", p->bytes);
  printf("bytes communicated: %.4g byte a repetition\n", p->comm_bytes);
  if (simulated) return;
  printf("expected time: %.4g s a repetition, at %.4g %s a %s\n",
         p->units / (rate * (shared ? cores : workers)), rate, d->app->rate_unit,
         shared ? "core" : "worker");
  if (shared) printf("oversubscription: %.0f workers share %.0f cores\n", workers, cores);
}

void sb_driver_show_measurement(const sb_driver *d) {
  if (sb_comm_rank(d->comm) != 0) return;
  const sb_measurement *m = d->measurement;
  if (sb_simulated_platform() != NULL) {
    printf("# simulated on %s: its clock, not that of this machine\n", sb_simulated_platform());
  }
  printf("# %s: %s\n", d->program, d->plan.decomposition);
  printf("# %d samples of %lld repetitions each, ended by %s; median %.5g s", m->reps,
         (long long)m->loops, sb_stop_text(m->stop), m->time.median);
  if (isnan(m->time.low)) {
    printf(", too few samples for an interval\n");
  } else {
    printf(", 95 %% interval %.5g .. %.5g s\n", m->time.low, m->time.high);
  }
  double repeated = 0.0;
  for (int i = 0; i < m->reps; i++) repeated += m->elapsed[i] * (double)m->loops;
  for (int i = 0; i < m->warmups; i++) repeated += m->warmup[i];
  printf("# outside repetitions: %.3f s up to here; one clock read %.3g s, one barrier %.3g s\n",
         sb_now() - d->began - repeated, m->timer_cost, m->barrier_cost);
}

static void show_checks(const sb_driver *d) {
  for (int i = 0; i < d->checks.count; i++) {
    const sb_check *c = &d->checks.check[i];
    const bool passed = sb_check_passed(c) && !d->checks.overfull;
    printf("VERIFY %s %s check=%s error=%.3g bound=%.3g", d->app->name, passed ? "PASS" : "FAIL",
           c->name, c->error, c->bound);
    if (!c->recorded) printf(" not run");
    if (!passed) printf(" rank=%d host=%s", c->worst_rank, c->host);
    printf("\n");
  }
  if (d->checks.count == 0 || d->checks.overfull) {
    printf("VERIFY %s FAIL check=none error=nan bound=nan: the app's checks are not as declared\n",
           d->app->name);
  }
}

/* One line per node: the work of its ranks over the time of its slowest rank, median of samples. */
typedef struct {
  char host[64];
  double rate;
} node_line;

static sb_status node_rate(sb_driver *d, node_line *line) {
  const sb_measurement *m = d->measurement;
  const int ranks = sb_comm_node_size(d->comm);
  const bool leads = sb_comm_node_rank(d->comm) == 0;
  const size_t reps = (size_t)m->reps;
  double *all = leads ? malloc(reps * (size_t)(ranks + 2) * sizeof *all) : NULL;
  double *units = leads ? malloc((size_t)ranks * sizeof *units) : NULL;
  sb_status status = SB_OK;
  if (leads && (all == NULL || units == NULL)) {
    status = sb_fail(SB_NO_MEMORY, "no memory for the samples of a node");
  }
  SB_TRY(sb_comm_agree(d->comm, status));
  sb_comm_gather_node(d->comm, m->local, reps * sizeof *all, all);
  sb_comm_gather_node(d->comm, &d->plan.units_rank, sizeof *units, units);
  if (leads) {
    double *slowest = all + reps * (size_t)ranks, *scratch = slowest + reps;
    double sum = 0.0;
    for (int r = 0; r < ranks; r++) sum += units[r];
    for (size_t i = 0; i < reps; i++) {
      slowest[i] = all[i];
      for (int r = 1; r < ranks; r++) slowest[i] = fmax(slowest[i], all[(size_t)r * reps + i]);
    }
    line->rate = sum / sb_summarise(slowest, m->reps, scratch).median;
    snprintf(line->host, sizeof line->host, "%s", sb_comm_host(d->comm));
  }
cleanup:
  free(units);
  free(all);
  return status;
}

static sb_status show_nodes(sb_driver *d) {
  const bool first = sb_comm_rank(d->comm) == 0;
  const int nodes = sb_comm_nodes(d->comm);
  node_line mine = {.rate = 0.0}, *all = NULL;
  sb_status status = SB_OK;
  SB_TRY(node_rate(d, &mine));
  if (first) {
    all = malloc((size_t)nodes * sizeof *all);
    if (all == NULL) status = sb_fail(SB_NO_MEMORY, "no memory for the lines of %d nodes", nodes);
  }
  SB_TRY(sb_comm_agree(d->comm, status));
  sb_comm_gather_nodes(d->comm, &mine, sizeof mine, all);
  for (int i = 0; first && i < nodes; i++) {
    printf("NODE %s %s.rate=%.6g %s\n", all[i].host, d->app->name, all[i].rate, d->app->rate_unit);
  }
cleanup:
  free(all);
  return status;
}

sb_status sb_driver_show_outcome(sb_driver *d) {
  const bool first = sb_comm_rank(d->comm) == 0;
  for (int i = 0; first && i < d->figures.count; i++) {
    char text[40];
    const sb_figure *f = &d->figures.figure[i];
    printf("FOM %s.%s=%s %s\n", d->app->name, f->name, sb_figure_text(f, text), f->unit);
  }
  const sb_status status = show_nodes(d);
  if (first) show_checks(d);
  return status;
}
