/* toy_record.h: a made-up run to write results of, as the driver would hand it over. */
#ifndef SCALEBAR_TOY_RECORD_H
#define SCALEBAR_TOY_RECORD_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decomp.h"
#include "results.h"

typedef struct {
  int64_t samples;
  int method;
  char file[SB_TEXT_SIZE];
} toy_config;

static const sb_option toy_options[] = {{.key = "samples",
                                         .type = SB_INT,
                                         .offset = offsetof(toy_config, samples),
                                         .initial = "1000",
                                         .low = 1,
                                         .high = 1e15,
                                         .unit = "1",
                                         .sizes = true,
                                         .help = "points"},
                                        {.key = "method",
                                         .type = SB_CHOICE,
                                         .offset = offsetof(toy_config, method),
                                         .initial = "plain",
                                         .choices = "plain|fancy",
                                         .help = "how"},
                                        {.key = "file",
                                         .type = SB_TEXT,
                                         .offset = offsetof(toy_config, file),
                                         .initial = "none",
                                         .word = "none",
                                         .help = "a path"},
                                        {.key = NULL}};

static const sb_app toy_app = {.name = "toy",
                               .title = "A toy: counts \"points\"",
                               .unit = "sample",
                               .rate_unit = "sample/s",
                               .rate_udunit = "s-1",
                               .options = toy_options,
                               .config_size = sizeof(toy_config)};

enum { TOY_REPS = 12, TOY_WARMUPS = 2, TOY_NZ = 6, TOY_NY = 5, TOY_NX = 7, TOY_BATCHES = 1000 };

typedef struct {
  toy_config config;
  sb_common common;
  sb_request request;
  sb_machine machine;
  sb_counters before, after;
  sb_plan plan;
  sb_measurement measurement;
  double elapsed[TOY_REPS], local[TOY_REPS], phase[TOY_REPS * SB_PHASES], warmup[TOY_WARMUPS];
  sb_checks checks;
  sb_figures figures;
  sb_fields fields;
  double estimate[TOY_BATCHES], temperature[TOY_NZ * TOY_NY * TOY_NX], edge[TOY_NX];
  sb_record record;
} toy_run;

/* What rank `rank` measured: phases add up to 1 ms and a bit. */
static inline void toy_measure(toy_run *toy, int rank) {
  toy->measurement = (sb_measurement){.reps = TOY_REPS,
                                      .loops = 3,
                                      .elapsed = toy->elapsed,
                                      .local = toy->local,
                                      .phase = toy->phase,
                                      .warmup = toy->warmup,
                                      .warmups = TOY_WARMUPS,
                                      .stop = SB_STOP_CI,
                                      .timer_cost = 25e-9,
                                      .barrier_cost = 1e-6};
  for (int rep = 0; rep < TOY_REPS; rep++) {
    toy->elapsed[rep] = 1e-3 + 1e-6 * rep;
    toy->local[rep] = 1e-3 - 1e-5 * rank;
    const double part[SB_PHASES] = {8e-4 - 1e-5 * rank, 1e-4, 1e-4 + 1e-6 * rep + 1e-5 * rank, 0.0};
    memcpy(toy->phase + rep * SB_PHASES, part, sizeof part);
  }
  for (int i = 0; i < TOY_WARMUPS; i++) toy->warmup[i] = 2e-3;
}

/* The value of a field at its global row-major index: what a reader of the file can check. */
static inline double toy_value(int field, int64_t index) {
  return sin((double)index + 1.0) * (field + 1);
}

static inline void toy_fill(sb_field *f, int number, double *data) {
  f->data = data;
  for (int64_t z = f->lo[0]; z < f->hi[0]; z++) {
    int64_t inner = 1;
    for (int d = 1; d < f->dims; d++) inner *= f->axis[d].n;
    for (int64_t i = 0; i < inner; i++) *data++ = toy_value(number, z * inner + i);
  }
}

/* Three fields, each cut along its first axis, two of them with an axis in common. */
static inline void toy_make_fields(toy_run *toy, int ranks, int rank) {
  const sb_axis x = {"x", "distance along x", "m", TOY_NX, 0.0, 0.25, NULL};
  const sb_field made[] = {
      {.name = "estimate",
       .long_name = "estimate of each batch",
       .units = "1",
       .dims = 1,
       .axis = {{"batch", "batch of samples", "1", TOY_BATCHES, 0.0, 1.0, NULL}}},
      {.name = "temperature",
       .long_name = "temperature",
       .units = "K",
       .dims = 3,
       .axis = {{"z", "distance along z", "m", TOY_NZ, 0.0, 0.5, NULL},
                {"y", "distance along y", "m", TOY_NY, 0.0, 0.5, NULL},
                x}},
      {.name = "edge",
       .long_name = "temperature of one edge",
       .units = "K",
       .dims = 1,
       .axis = {x}}};
  double *const data[] = {toy->estimate, toy->temperature, toy->edge};
  for (int i = 0; i < 3; i++) {
    sb_field *f = sb_fields_add(&toy->fields);
    *f = made[i];
    for (int d = 0; d < f->dims; d++) f->hi[d] = f->axis[d].n;
    const sb_range mine = sb_split(f->axis[0].n, 1, ranks, rank);
    f->lo[0] = mine.lo;
    f->hi[0] = mine.hi;
    toy_fill(f, i, data[i]);
  }
}

static inline void toy_judge(sb_comm *comm, toy_run *toy) {
  sb_checks_expect(&toy->checks, "golden_count", "exact integer arithmetic");
  sb_checks_expect(&toy->checks, "binomial", "five sigma of the binomial");
  sb_checks_record(&toy->checks, "golden_count", 0.0, 0.0);
  sb_checks_record(&toy->checks, "binomial", 1.25 + sb_comm_rank(comm), 500.0);
  sb_checks_agree(comm, &toy->checks);
  sb_figure *rate =
      sb_figures_add(&toy->figures, "rate", "samples a second", "sample/s", "s-1", 1e6);
  rate->low = 0.99e6;
  rate->high = 1.01e6;
  rate->n = TOY_REPS;
  sb_figure *time = sb_figures_add(&toy->figures, "time", "median time", "s", "s", 1.0055e-3);
  time->n = TOY_REPS;
  sb_figures_add_count(&toy->figures, "hits", "points that hit", INT64_C(9007199254740993));
}

/* The same record on all ranks, but for what is a rank's own. Collective; free() the result. */
static inline toy_run *toy_create(sb_comm *comm) {
  toy_run *toy = calloc(1, sizeof *toy);
  if (toy == NULL) abort();
  const int rank = sb_comm_rank(comm);
  toy->config.samples = 1000;
  snprintf(toy->config.file, sizeof toy->config.file, "/home/canary/secret.dat");
  toy->common = (sb_common){.warmup = 2,
                            .min_reps = 10,
                            .max_reps = 100,
                            .time_limit = 60.0,
                            .ci = 0.025,
                            .seed = 1,
                            .fields = 1};
  snprintf(toy->request.input_sha256, sizeof toy->request.input_sha256, "%064d", 0);
  snprintf(toy->request.command_line, sizeof toy->request.command_line, "toy_serial toy.ini --n é");
  snprintf(toy->machine.cpu_model, sizeof toy->machine.cpu_model, "Toy CPU (R) \"fast\"\t2000");
  toy->machine.cores = 2;
  toy->before =
      (sb_counters){.clock_hz = INT64_C(2500000000), .throttle_events = 3, .memory_errors = -1};
  toy->after = (sb_counters){.clock_hz = -1, .throttle_events = 5, .memory_errors = -1};
  toy->plan = (sb_plan){.units = 1000, .bytes = 8000, .decomposition = "1000 samples"};
  toy_measure(toy, rank);
  toy_judge(comm, toy);
  toy_make_fields(toy, sb_comm_size(comm), rank);
  toy->record = (sb_record){.app = &toy_app,
                            .common = &toy->common,
                            .config = &toy->config,
                            .request = &toy->request,
                            .variant = sb_comm_variant(),
                            .kernel = "plain",
                            .exchange = "none",
                            .result = "PASS",
                            .warnings = "",
                            .created_utc = "2026-01-31T12:00:00Z",
                            .binary_sha256 = "unknown",
                            .placement_ok = true,
                            .threads = 1,
                            .machine = &toy->machine,
                            .before = &toy->before,
                            .after = &toy->after,
                            .cpus_allowed = rank % 2 == 0 ? "0-3" : "4,6-7",
                            .cpus_seen = "0",
                            .plan = &toy->plan,
                            .measurement = &toy->measurement,
                            .checks = &toy->checks,
                            .figures = &toy->figures,
                            .fields = &toy->fields};
  return toy;
}

#endif
