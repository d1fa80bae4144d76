#include "results_schema.h"

#include <stdio.h>
#include <string.h>

#include "simulation.h"

sb_status sb_sink_text(sb_sink *sink, const char *name, const char *value) {
  return sink->attribute(sink, name, SB_CHARS, value != NULL ? value : "");
}

sb_status sb_sink_whole(sb_sink *sink, const char *name, int64_t value) {
  return sink->attribute(sink, name, SB_I64, &value);
}

sb_status sb_sink_flag(sb_sink *sink, const char *name, bool value) {
  const int8_t flag = value ? 1 : 0;
  return sink->attribute(sink, name, SB_I8, &flag);
}

sb_status sb_sink_real(sb_sink *sink, const char *name, double value) {
  return sink->attribute(sink, name, SB_F64, &value);
}

/* A common option as text. */
static void common_text(const sb_common *common, const char *key, char text[SB_TEXT_SIZE]) {
  text[0] = '\0';
  for (const sb_option *option = sb_common_options; option->key != NULL; option++) {
    if (strcmp(option->key, key) == 0) sb_option_text(option, common, text, SB_TEXT_SIZE);
  }
}

static sb_status root_texts(const sb_record *record, sb_sink *sink) {
  const sb_build *build = sb_build_info();
  const char *platform = sb_simulated_platform();
  char size[SB_TEXT_SIZE], scaling[SB_TEXT_SIZE], history[SB_TEXT_SIZE + 64];
  common_text(record->common, "size", size);
  common_text(record->common, "scaling", scaling);
  snprintf(history, sizeof history, "%s: %s", record->created_utc, record->request->command_line);
  const struct {
    const char *name, *value;
  } text[] = {
      {"title", record->app->title},
      {"history", history},
      {"created_utc", record->created_utc},
      {"app", record->app->name},
      {"variant", record->variant},
      {"kernel", record->kernel},
      {"exchange", record->exchange},
      {"size", size},
      {"scaling", scaling},
      {"result", record->result},
      {"warnings", record->warnings},
      {"tier", "base"},
      {"command_line", record->request->command_line},
      {"input_sha256", record->request->input_sha256},
      {"scalebar_version", build->version},
      {"git_commit", build->git_commit},
      {"compiler", build->compiler},
      {"compiler_flags", build->compiler_flags},
      {"build_type", build->build_type},
      {"binary_sha256", record->binary_sha256},
      {"mpi_library", sb_comm_library()},
      {"blas_library", record->blas_library != NULL ? record->blas_library : "none"},
      {"fft_library", record->fft_library != NULL ? record->fft_library : "none"},
      {"hdf5_library", sb_results_library()},
      {"simulated", platform != NULL ? platform : "none"},
  };
  sb_status status = SB_OK;
  for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
    SB_TRY(sb_sink_text(sink, text[i].name, text[i].value));
  }
cleanup:
  return status;
}

static sb_status write_root(const sb_record *record, const sb_gathered *gathered, int ranks,
                            int nodes, sb_sink *sink) {
  sb_status status = SB_OK;
  SB_TRY(sb_sink_text(sink, "schema_name", "scalebar"));
  SB_TRY(sb_sink_whole(sink, "schema_version", SB_SCHEMA_VERSION));
  SB_TRY(root_texts(record, sink));
  SB_TRY(sb_sink_whole(sink, "ranks", ranks));
  SB_TRY(sb_sink_whole(sink, "threads", record->threads));
  SB_TRY(sb_sink_whole(sink, "nodes", nodes));
  SB_TRY(sb_sink_whole(sink, "seed", record->common->seed));
  SB_TRY(sb_sink_flag(sink, "git_dirty", sb_build_info()->git_dirty != 0));
  SB_TRY(sb_sink_flag(sink, "placement_ok", record->placement_ok));
  SB_TRY(sink->axis(sink, "rep", "repetition", gathered->reps));
  if (gathered->per_node) {
    SB_TRY(sink->axis(sink, "node", "node, in the order of its first rank", gathered->rows));
  } else {
    SB_TRY(sink->axis(sink, "rank", "rank", gathered->rows));
  }
cleanup:
  return status;
}

/* /timing/samples(rep,rank), or samples_{min,mean,max}(rep,node), and the same for each phase. */
static sb_status write_times(const sb_gathered *gathered, int time, sb_sink *sink) {
  static const char *const meaning[SB_TIMES] = {
      "time of one repetition on each rank", "part of it in computation",
      "part of it in communication", "part of it waiting for other ranks", "part of it in I/O"};
  static const char *const suffix[SB_PER_NODE_COLUMNS] = {"_min", "_mean", "_max"};
  static const char *const of_ranks[SB_PER_NODE_COLUMNS] = {", minimum of the node's ranks",
                                                            ", mean of the node's ranks",
                                                            ", maximum of the node's ranks"};
  const char *base = time == 0 ? "samples" : sb_phase_name((sb_phase)(time - 1));
  sb_status status = SB_OK;
  for (int c = 0; c < gathered->columns; c++) {
    char name[32], long_name[96];
    snprintf(name, sizeof name, "%s%s", base, gathered->per_node ? suffix[c] : "");
    snprintf(long_name, sizeof long_name, "%s%s", meaning[time],
             gathered->per_node ? of_ranks[c] : "");
    SB_TRY(sink->item(sink, &(sb_item){.name = name,
                                       .long_name = long_name,
                                       .units = "s",
                                       .type = SB_F64,
                                       .dims = 2,
                                       .axis = {"rep", gathered->per_node ? "node" : "rank"},
                                       .n = {gathered->reps, gathered->rows},
                                       .data = sb_gathered_times(gathered, time, c)}));
  }
cleanup:
  return status;
}

static sb_status write_timing(const sb_measurement *m, const sb_gathered *gathered, sb_sink *sink) {
  sb_status status = SB_OK;
  SB_TRY(sink->group(sink, "timing"));
  SB_TRY(sb_sink_text(sink, "stop", sb_stop_text(m->stop)));
  SB_TRY(sb_sink_flag(sink, "wide", m->wide));
  SB_TRY(sb_sink_whole(sink, "loops", m->loops));
  SB_TRY(sb_sink_real(sink, "timer_cost", m->timer_cost));
  SB_TRY(sb_sink_real(sink, "barrier_cost", m->barrier_cost));
  SB_TRY(sb_sink_text(sink, "cost_units", "s"));
  SB_TRY(sink->item(sink, &(sb_item){.name = "elapsed",
                                     .long_name = "time of one repetition, slowest rank",
                                     .units = "s",
                                     .type = SB_F64,
                                     .dims = 1,
                                     .axis = {"rep"},
                                     .n = {m->reps},
                                     .data = m->elapsed}));
  for (int time = 0; time < SB_TIMES; time++) SB_TRY(write_times(gathered, time, sink));
  SB_TRY(sink->axis(sink, "warmup_rep", "warm-up repetition", m->warmups));
  SB_TRY(sink->item(sink, &(sb_item){.name = "warmup",
                                     .long_name = "time of one warm-up repetition, slowest rank",
                                     .units = "s",
                                     .type = SB_F64,
                                     .dims = 1,
                                     .axis = {"warmup_rep"},
                                     .n = {m->warmups},
                                     .data = m->warmup}));
cleanup:
  return status;
}

static sb_status write_figures(const sb_figures *figures, sb_sink *sink) {
  sb_status status = SB_OK;
  SB_TRY(sink->group(sink, "figures"));
  for (int i = 0; i < figures->count; i++) {
    const sb_figure *f = &figures->figure[i];
    SB_TRY(sink->item(sink, &(sb_item){.name = f->name,
                                       .long_name = f->long_name,
                                       .units = f->udunit,
                                       .type = f->is_count ? SB_I64 : SB_F64,
                                       .data = f->is_count ? (const void *)&f->count : &f->value,
                                       .interval = f}));
  }
cleanup:
  return status;
}

typedef struct {
  const char *name, *long_name, *units;
  double value;
} real_item;

static sb_status write_reals(const real_item *items, size_t count, sb_sink *sink) {
  sb_status status = SB_OK;
  for (size_t i = 0; i < count; i++) {
    SB_TRY(sink->item(sink, &(sb_item){.name = items[i].name,
                                       .long_name = items[i].long_name,
                                       .units = items[i].units,
                                       .type = SB_F64,
                                       .data = &items[i].value}));
  }
cleanup:
  return status;
}

static sb_status write_efficiency_and_work(const sb_record *record, const sb_gathered *gathered,
                                           sb_sink *sink) {
  const sb_efficiency *e = &gathered->efficiency;
  const real_item efficiency[] = {
      {"parallel_efficiency", "POP parallel efficiency", "1", e->parallel_efficiency},
      {"load_balance", "POP load balance", "1", e->load_balance},
      {"communication_efficiency", "POP communication efficiency", "1",
       e->communication_efficiency}};
  const sb_plan *plan = record->plan;
  char units_name[64];
  snprintf(units_name, sizeof units_name, "work of one repetition, counted in %ss",
           record->app->unit);
  const real_item work[] = {
      {"units", units_name, "1", plan->units},
      {"flop", "floating-point operations of one repetition", "1", plan->flop},
      {"bytes", "bytes moved between memory and processors in one repetition", "byte", plan->bytes},
      {"comm_bytes_predicted", "bytes sent between ranks in one repetition, by the work model",
       "byte", plan->comm_bytes},
      {"comm_bytes_actual", "bytes sent between ranks in one repetition, counted", "byte",
       gathered->comm_bytes}};
  sb_status status = SB_OK;
  SB_TRY(sink->group(sink, "efficiency"));
  SB_TRY(write_reals(efficiency, sizeof efficiency / sizeof *efficiency, sink));
  SB_TRY(sink->group(sink, "workload"));
  SB_TRY(sb_sink_text(sink, "unit", record->app->unit));
  SB_TRY(sb_sink_text(sink, "decomposition", plan->decomposition));
  SB_TRY(write_reals(work, sizeof work / sizeof *work, sink));
cleanup:
  return status;
}

/* Of paths the base name alone: where a user keeps files is nobody else's business. */
static sb_status write_options(const sb_option *table, const void *values, sb_sink *sink) {
  sb_status status = SB_OK;
  for (const sb_option *option = table; option->key != NULL; option++) {
    char text[SB_TEXT_SIZE];
    sb_option_text(option, values, text, sizeof text);
    const char *slash = option->type == SB_TEXT ? strrchr(text, '/') : NULL;
    SB_TRY(sb_sink_text(sink, option->key, slash != NULL ? slash + 1 : text));
  }
cleanup:
  return status;
}

sb_status sb_schema_write(const sb_record *record, const sb_gathered *gathered, int ranks,
                          int nodes, sb_sink *sink) {
  sb_status status = SB_OK;
  SB_TRY(write_root(record, gathered, ranks, nodes, sink));
  SB_TRY(write_timing(record->measurement, gathered, sink));
  SB_TRY(write_figures(record->figures, sink));
  SB_TRY(write_efficiency_and_work(record, gathered, sink));
  SB_TRY(sb_schema_checks(record->checks, sink));
  SB_TRY(sb_schema_machine(record, gathered, sink));
  SB_TRY(sink->group(sink, "config"));
  SB_TRY(write_options(record->app->options, record->config, sink));
  SB_TRY(write_options(sb_common_options, record->common, sink));
cleanup:
  return status;
}
