#include "driver.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "simulation.h"
#include "threads.h"
#include "watchdog.h"

void sb_warn(const sb_run *run, const char *format, ...) {
  char text[SB_TEXT_SIZE + 256]; /* a path and what is said of it */
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  if (run->warnings != NULL) {
    const size_t used = strlen(run->warnings);
    snprintf(run->warnings + used, SB_WARNINGS_SIZE - used, "%s%s", used > 0 ? "\n" : "", text);
  }
  if (sb_comm_rank(run->comm) == 0) fprintf(stderr, "WARN %s\n", text);
}

/* Rank 0 reads the command line and the files; the values hold no pointers, so bytes can travel. */
static sb_status read_options(sb_driver *d, int argc, char **argv) {
  sb_status status = SB_OK;
  if (sb_comm_rank(d->comm) == 0) {
    const sb_option_set set = {.program = d->program,
                               .app = d->app->name,
                               .title = d->app->title,
                               .table = d->app->options,
                               .config = d->config,
                               .config_size = d->app->config_size,
                               .common = &d->common};
    status = sb_options_parse(&set, argc, argv, &d->request);
    if (status == SB_OK && d->request.action == SB_HELP) sb_options_help(&set, stdout);
    if (status == SB_OK && d->common.output[0] != '\0') status = sb_results_have_hdf5();
  }
  SB_TRY(sb_comm_agree(d->comm, status));
  sb_comm_broadcast(d->comm, &d->common, sizeof d->common);
  sb_comm_broadcast(d->comm, d->config, d->app->config_size);
  sb_comm_broadcast(d->comm, &d->request, sizeof d->request);
cleanup:
  return status;
}

/* The first number of OMP_NUM_THREADS, 0 where it is not set. */
static sb_status environment_threads(int64_t *threads) {
  const char *text = getenv("OMP_NUM_THREADS");
  *threads = 0;
  if (text == NULL || *text == '\0') return SB_OK;
  char *end = NULL;
  const long long value = strtoll(text, &end, 10);
  if (end == text || (*end != '\0' && *end != ',') || value < 1 || value > SB_THREADS_MAX) {
    return sb_fail(SB_BAD_INPUT, "OMP_NUM_THREADS = %.40s: allowed 1 .. %d", text, SB_THREADS_MAX);
  }
  *threads = value;
  return SB_OK;
}

/* What OpenMP really grants: OMP_THREAD_LIMIT and the system may allow fewer than were asked for.
 */
static sb_status check_grant(int asked) {
  int granted = 0;
  sb_threads_set(asked);
#pragma omp parallel
  {
    if (sb_thread() == 0) granted = sb_thread_count();
  }
  if (granted == asked) return SB_OK;
  return sb_fail(SB_BAD_INPUT, "threads = %d: OpenMP grants %d (OMP_THREAD_LIMIT?)", asked,
                 granted);
}

/* threads=auto: OMP_NUM_THREADS, else the cores this rank may use, shared fairly with other ranks
 * of the node. The same number on all ranks. Collective. */
static sb_status choose_threads(sb_driver *d) {
  int64_t threads = sb_threads_built() ? d->common.threads : 1;
  sb_status status = SB_OK;
  if (!sb_threads_built() && d->common.threads > 1) {
    status = sb_fail(SB_BAD_INPUT, "threads = %lld: %s runs one thread per rank; allowed 1 .. 1",
                     (long long)d->common.threads, d->program);
  }
  if (status == SB_OK && threads == 0) status = environment_threads(&threads);
  SB_TRY(sb_comm_agree(d->comm, status));
  sb_comm_min_i64(d->comm, &threads, 1);
  if (threads == 0) {
    int fair = 1;
    SB_TRY(sb_fair_threads(d->comm, &fair));
    threads = fair;
  }
  SB_TRY(sb_comm_agree(d->comm, check_grant((int)threads)));
  d->common.threads = threads; /* results tell what `auto` came to */
  int64_t memory[2] = {d->machine.memory_bytes, d->machine.memory_available};
  sb_comm_min_i64(d->comm, memory, 2);
  d->run = (sb_run){.comm = d->comm,
                    .threads = (int)threads,
                    .common = &d->common,
                    .seed_given = d->request.seed_given,
                    .memory_node = memory[0],
                    .memory_free = memory[1],
                    .cache_bytes = d->machine.l3_bytes * d->machine.l3_caches,
                    .warnings = d->warnings};
cleanup:
  return status;
}

static void make_plan(sb_driver *d) {
  d->app->plan(d->config, sb_comm_size(d->comm), d->run.threads, sb_comm_rank(d->comm), &d->plan);
}

/* Bytes that memory= fills: with the problem that runs or, under weak scaling, with what then grows
 * to it: a node's, or what one core of the node has of it. Collective. */
static double bytes_to_fill(sb_driver *d) {
  const double node = d->common.memory * (double)d->run.memory_node;
  if (d->common.scaling != SB_WEAK) return node * sb_comm_nodes(d->comm);
  int64_t cores = d->machine.cores;
  sb_comm_max_i64(d->comm, &cores, 1);
  return d->common.per == SB_PER_NODE || cores < 1 ? node : node / (double)cores;
}

/* From the problem asked for to the problem that runs. */
static sb_status size_problem(sb_driver *d) {
  const sb_app *app = d->app;
  sb_status status = SB_OK;
  if (app->check != NULL) SB_TRY(app->check(&d->run, d->config));
  if (app->single != NULL && app->single(d->config)) {
    d->common.warmup = 0;
    d->common.min_reps = d->common.max_reps = 1;
  }
  memcpy(d->asked, d->config, app->config_size);
  if (d->common.memory > 0.0) {
    SB_TRY(app->fill(d->config, bytes_to_fill(d)));
  }
  if (d->common.scaling == SB_WEAK) {
    const int64_t workers = (int64_t)sb_comm_size(d->comm) * d->run.threads;
    SB_TRY(app->grow(d->config, d->common.per == SB_PER_NODE ? sb_comm_nodes(d->comm) : workers));
  }
  if (app->check_sized != NULL) SB_TRY(app->check_sized(&d->run, d->config));
  make_plan(d);
cleanup:
  return status;
}

/* The rank that needs most speaks for all: the launcher deals ranks to nodes as it likes. */
static sb_status fit_memory(sb_driver *d) {
  sb_comm_max_f64(d->comm, &d->plan.memory_rank, NULL, 1);
  const double needed = d->plan.memory_rank * sb_comm_node_size(d->comm);
  d->fits = d->machine.memory_available <= 0 || needed <= (double)d->machine.memory_available;
  if (!d->fits && d->request.action == SB_RUN) {
    return sb_fail(SB_NO_MEMORY, "this problem needs %.4g GB on this node; %.4g GB are free",
                   needed / 1e9, (double)d->machine.memory_available / 1e9);
  }
  return SB_OK;
}

/* A reference file that does not fit is refused before anything is computed. */
static sb_status read_reference(sb_driver *d) {
  if (d->common.expect[0] == '\0' || sb_comm_rank(d->comm) != 0) return SB_OK;
  static const char *const sizes[] = {"tiny", "small", "medium", "large", "custom"};
  return sb_expect_read(d->common.expect, d->program, sizes[d->common.size], sb_comm_nodes(d->comm),
                        sb_comm_size(d->comm), d->run.threads, &d->expected);
}

static sb_status prepare(sb_driver *d, int argc, char **argv) {
  sb_status status = SB_OK;
  d->config = calloc(1, d->app->config_size);
  d->asked = calloc(1, d->app->config_size);
  if (d->config == NULL || d->asked == NULL)
    status = sb_fail(SB_NO_MEMORY, "no memory for the options");
  SB_TRY(sb_comm_agree(d->comm, status));
  SB_TRY(read_options(d, argc, argv));
  if (d->request.action == SB_HELP || d->request.action == SB_VERSION) return SB_OK;
  SB_TRY(sb_watchdog_start(d->common.watchdog, sb_comm_rank(d->comm), sb_comm_host(d->comm)));
  sb_watchdog_phase("placement");
  SB_TRY(sb_comm_agree(d->comm, sb_machine_observe(&d->machine)));
  SB_TRY(choose_threads(d));
  SB_TRY(sb_comm_agree(d->comm, size_problem(d)));
  SB_TRY(sb_comm_agree(d->comm, fit_memory(d)));
  SB_TRY(sb_comm_agree(d->comm, read_reference(d)));
cleanup:
  return status;
}

static sb_status repeat(sb_driver *d) {
  sb_status status = SB_OK;
  sb_counters_read(&d->before);
  sb_watchdog_phase("run");
  SB_TRY(sb_measure(&d->run, d->app, d->state, &d->measurement));
  sb_counters_read(&d->after);
  sb_placement_sample(d->placement);
  if (d->measurement->wide) {
    sb_warn(&d->run, "interval: the time's 95 %% interval is wider than %g of it after %d samples",
            d->common.ci, d->measurement->reps);
  }
cleanup:
  return status;
}

static sb_status measure_once(sb_driver *d) {
  if (d->app->measure == NULL) return SB_OK;
  sb_watchdog_phase("measure");
  return sb_comm_agree(d->comm, d->app->measure(d->state));
}

static void add_speed_figures(sb_driver *d) {
  const sb_summary *t = &d->measurement->time;
  sb_figure *time =
      sb_figures_add(&d->figures, "time", "time of one repetition, median", "s", "s", t->median);
  time->low = t->low;
  time->high = t->high;
  time->n = t->n;
  sb_figure *rate =
      sb_figures_add(&d->figures, "rate", "units of work in a second", d->app->rate_unit,
                     d->app->rate_udunit, d->plan.units / t->median);
  rate->low = d->plan.units / t->high;
  rate->high = d->plan.units / t->low;
  rate->n = t->n;
}

/* expect=: rank 0 compares; all ranks get the verdict. */
static sb_status compare_with_reference(sb_driver *d) {
  sb_status status = SB_OK;
  int64_t slow = 0;
  for (int i = 0; i < d->expected.count && status == SB_OK; i++) { /* empty on other ranks */
    bool within = false;
    char sentence[256];
    status =
        sb_expect_compare(&d->expected.item[i], &d->figures, &within, sentence, sizeof sentence);
    if (status == SB_OK) printf("# expected: %s\n", sentence);
    if (!within) slow = 1;
  }
  SB_TRY(sb_comm_agree(d->comm, status));
  sb_comm_max_i64(d->comm, &slow, 1);
  if (slow != 0 && d->verdict == SB_PASS) d->verdict = SB_SLOW;
cleanup:
  return status;
}

static sb_status judge(sb_driver *d) {
  sb_status status = SB_OK;
  sb_watchdog_phase("verify");
  SB_TRY(sb_comm_agree(d->comm, d->app->verify(d->state, &d->checks)));
  sb_checks_agree(d->comm, &d->checks);
  d->verdict = sb_checks_passed(&d->checks) ? SB_PASS : SB_WRONG;
  add_speed_figures(d);
  sb_watchdog_phase("output");
  SB_TRY(sb_comm_agree(d->comm, d->app->output(d->state, &d->figures, &d->fields)));
  SB_TRY(compare_with_reference(d));
cleanup:
  return status;
}

/* What was printed must have arrived: a full disk under stdout is no success. */
static sb_status flush_stdout(void) {
  if (fflush(stdout) == 0 && !ferror(stdout)) return SB_OK;
  return sb_fail(SB_IO_ERROR, "cannot write to stdout");
}

static sb_status compute(sb_driver *d) {
  sb_status status = SB_OK;
  SB_TRY(sb_driver_place(d));
  sb_watchdog_phase("setup");
  SB_TRY(sb_comm_agree(d->comm, d->app->setup(&d->run, d->config, &d->state)));
  make_plan(d);
  SB_TRY(repeat(d));
  SB_TRY(measure_once(d));
  SB_TRY(judge(d));
  sb_driver_show_measurement(d);
  SB_TRY(sb_driver_show_outcome(d));
  SB_TRY(sb_comm_agree(d->comm, flush_stdout()));
  SB_TRY(sb_driver_write_results(d));
cleanup:
  sb_watchdog_phase("teardown");
  if (d->state != NULL) d->app->teardown(&d->state);
  return sb_comm_agree(d->comm, status);
}

/* The last line and the exit code. Ranks agree before, so PASS means that all of them came here. */
static int conclude(sb_driver *d, sb_status status) {
  const sb_verdict verdict = status == SB_OK ? d->verdict : SB_FAILED;
  if (d->comm == NULL || sb_comm_rank(d->comm) == 0) {
    if (status != SB_OK) fprintf(stderr, "ERROR %s: %s\n", d->program, sb_message());
    printf("RESULT %s %s\n", d->program, sb_verdict_word(verdict));
  }
  return (int)verdict;
}

static void release(sb_driver *d) {
  sb_measurement_destroy(&d->measurement);
  sb_placement_destroy(&d->placement);
  free(d->asked);
  free(d->config);
  sb_watchdog_phase("finish");
  sb_comm_finish(&d->comm);
  sb_watchdog_stop();
}

int sb_main(const sb_app *app, int argc, char **argv) {
  sb_driver d = {.app = app, .began = sb_now(), .verdict = SB_PASS};
  snprintf(d.program, sizeof d.program, "%s_%s", app->name, sb_comm_variant());
  sb_status status = sb_comm_start(&argc, &argv, &d.comm);
  if (sb_simulated_platform() != NULL) d.began = sb_now(); /* another clock, which starts there */
  if (status == SB_OK) status = prepare(&d, argc, argv);
  int code = 0;
  if (status == SB_OK && d.request.action == SB_VERSION) {
    sb_driver_show_version(&d);
  } else if (status == SB_OK && d.request.action == SB_DRY_RUN) {
    sb_driver_show_plan(&d);
  } else if (status != SB_OK || d.request.action == SB_RUN) {
    if (status == SB_OK) status = compute(&d);
    code = conclude(&d, status);
  }
  if (flush_stdout() != SB_OK && code == 0) {
    fprintf(stderr, "ERROR %s: cannot write to stdout\n", d.program);
    code = SB_FAILED;
  }
  if (sb_results_must_abort()) { /* HDF5 would crash or hang in MPI's end */
    sb_comm_barrier(d.comm);
    sb_comm_abort(code);
  }
  release(&d);
  return code;
}
