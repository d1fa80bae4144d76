/* fft.c: the mini-app fft. See README.md. */
#include "fft.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fft_checks.h"
#include "fft_options.h"
#include "fft_run.h"
#include "fft_sums.h"
#include "fft_wisdom.h"
#include "memory.h"

/* From so many bytes of a rank on, finished blocks are written past the caches: they would not be
 * there any more when the next step wants them. */
static const int64_t STREAMED = (int64_t)16 << 20;

static void kernel_name(const void *config, char *text, size_t bytes) {
  static const char *const efforts[] = {"estimate", "measure", "patient"};
  snprintf(text, bytes, "fftw/%s", efforts[((const fft_config *)config)->planner]);
}

static const char *exchange(const void *state) {
  return sb_pool_way(((const fft_state *)state)->pool);
}

static void choose_copies(fft_state *s) {
  static fft_copy *const copy[SB_ISA_LEVELS] = SB_ISA_TABLE(fft_copy_rows);
  static fft_copy *const stream[SB_ISA_LEVELS] = SB_ISA_TABLE(fft_stream_rows);
  const sb_isa isa = sb_isa_best();
  s->copy = copy[isa];
  s->stream = s->layout.doubles * (int64_t)sizeof(double) >= STREAMED ? stream[isa] : copy[isa];
}

static sb_status make_pool(fft_state *s) {
  const fft_layout *l = &s->layout;
  sb_comm *comm = s->run->comm;
  sb_status status = SB_OK;
  SB_TRY(sb_pool_create(comm, l->doubles, l->shape, l->plans, (sb_exchange)s->run->common->exchange,
                        &s->pool));
  for (int a = 0; a < FFT_ARRAYS; a++) {
    s->box[a] = sb_dist_box(&l->dist[a], sb_comm_rank(comm));
    s->array[a] = sb_pool_memory(s->pool) + l->at[l->array[a]];
  }
  for (int swap = 0; swap < FFT_SWAPS; swap++) {
    if (l->plan[swap] >= 0) s->swap[swap] = sb_pool_plan(s->pool, l->plan[swap]);
  }
  SB_TRY(sb_comm_agree(comm, fft_views_create(s)));
cleanup:
  return status;
}

static sb_status make_plans(fft_state *s) {
  const bool keeps = s->config.wisdom[0] != '\0';
  const sb_box *box = &s->box[FFT_IN_Z], *x = &s->box[FFT_IN_X];
  sb_status status = SB_OK;
  s->planes = fft_takes_planes(&s->layout, x, s->run->threads);
  const fft_share share = {.columns = sb_box_empty(box) ? 0 : box->hi[FFT_X] - box->lo[FFT_X],
                           .rows = sb_box_empty(x) ? 0 : sb_box_count(x) / fft_row(&s->config),
                           .planes = s->planes};
  if (keeps) SB_TRY(fft_wisdom_read(s->run, s->config.wisdom));
  sb_comm_barrier(s->run->comm);
  const double began = sb_now();
  SB_TRY(sb_comm_agree(s->run->comm,
                       fft_local_create(&s->config, &share, s->run->threads, &s->local)));
  s->planning_time = sb_now() - began;
  sb_comm_max_f64(s->run->comm, &s->planning_time, NULL, 1);
  if (keeps) SB_TRY(fft_wisdom_write(s->run, s->config.wisdom));
cleanup:
  return status;
}

static sb_status setup(const sb_run *run, void *config, void **state) {
  fft_state *s = calloc(1, sizeof *s);
  sb_status status =
      s != NULL ? SB_OK : sb_fail(SB_NO_MEMORY, "no memory for %zu bytes", sizeof *s);
  *state = s;
  SB_TRY(sb_comm_agree(run->comm, status));
  s->run = run;
  s->config = *(const fft_config *)config;
  SB_TRY(fft_layout_make(&s->config, sb_comm_size(run->comm), &s->layout));
  choose_copies(s);
  SB_TRY(sb_comm_agree(run->comm, fft_roots_create(&s->config, &s->roots)));
  s->start = fft_start_make(&s->config, &s->roots, run->common->seed);
  SB_TRY(make_pool(s));
  SB_TRY(make_plans(s));
cleanup:
  return status;
}

/* A transform destroys its input. */
static sb_status reset(void *state) {
  fft_state *s = state;
  fft_fill(s, &s->start);
  return SB_OK;
}

static sb_status run(void *state, sb_clock *clock) {
  fft_forward(state, clock);
  return SB_OK;
}

static sb_status verify(void *state, sb_checks *checks) { return fft_check(state, checks); }

/* The axes z, y, x of a field, and a fourth of real and imaginary part where it is complex. */
static void describe(const fft_state *s, sb_field *field, const sb_box *box, int64_t row,
                     bool spectrum, bool complex) {
  static const char *const names[2][SB_AXES] = {{"z", "y", "x"}, {"kz", "ky", "kx"}};
  const int64_t n[SB_AXES] = {s->config.nz, s->config.ny, row};
  field->units = "1";
  field->dims = complex ? SB_AXES + 1 : SB_AXES;
  for (int a = 0; a < SB_AXES; a++) {
    field->axis[a] = (sb_axis){.name = names[spectrum ? 1 : 0][a],
                               .long_name = spectrum ? "frequency index" : "cell index",
                               .units = "1",
                               .n = n[a],
                               .first = 0.0,
                               .step = 1.0};
    field->lo[a] = box->lo[a];
    field->hi[a] = a == FFT_X && !spectrum ? row : box->hi[a];
  }
  if (sb_box_empty(box)) field->hi[0] = field->lo[0];
  field->axis[SB_AXES] = (sb_axis){.name = "part",
                                   .long_name = "real and imaginary part",
                                   .units = "1",
                                   .n = 2,
                                   .first = 0.0,
                                   .step = 1.0};
  field->hi[SB_AXES] = 2;
}

/* The input is made again, row by row. */
static sb_status make_input(fft_state *s) {
  const sb_box *box = &s->box[FFT_IN_X];
  const int64_t row = s->config.nx * (s->start.real ? 1 : 2);
  const int64_t rows = sb_box_empty(box) ? 0 : sb_box_count(box) / fft_row(&s->config);
  const int64_t ny = box->hi[FFT_Y] - box->lo[FFT_Y];
  const sb_status status = sb_doubles_create(rows * row, &s->input);
  if (status != SB_OK) return status;
#pragma omp parallel for schedule(static)
  for (int64_t r = 0; r < rows; r++) {
    fft_start_row(&s->start, box->lo[FFT_Z] + r / ny, box->lo[FFT_Y] + r % ny, s->input + r * row);
  }
  return SB_OK;
}

static sb_status add_fields(fft_state *s, sb_fields *fields) {
  const sb_status status = make_input(s);
  if (status != SB_OK) return status;
  sb_field *input = sb_fields_add(fields), *output = sb_fields_add(fields);
  if (input == NULL || output == NULL) return sb_fail(SB_INTERNAL, "too many fields");
  input->name = "input";
  input->long_name = "numbers to transform";
  input->data = s->input;
  describe(s, input, &s->box[FFT_IN_X], s->config.nx, false, !s->start.real);
  output->name = "output";
  output->long_name = "their transform, not divided by their number";
  output->data = s->saved;
  describe(s, output, &s->box[fft_result(&s->config)], fft_row(&s->config), true, true);
  return SB_OK;
}

static sb_status output(void *state, sb_figures *figures, sb_fields *fields) {
  fft_state *s = state;
  sb_figures_add(figures, "inverse_time", "one inverse transform, in the slowest rank", "s", "s",
                 s->inverse_time);
  sb_figures_add(figures, "inverse_rate", "operations a second of the inverse transform", "flop/s",
                 "s-1", fft_flop(&s->config) / s->inverse_time);
  sb_figures_add(figures, "planning_time", "FFTW's choice of algorithms, in the slowest rank", "s",
                 "s", s->planning_time);
  if (s->config.start == FFT_NAS) {
    static const char *const names[] = {"checksum_real", "checksum_imaginary"};
    for (int part = 0; part < 2; part++) {
      sb_figure *figure = sb_figures_add(figures, names[part], "sum after the last step of NAS FT",
                                         "1", "1", s->checksum[part]);
      if (figure != NULL) figure->digits = 13;
    }
  }
  return s->run->common->fields ? add_fields(s, fields) : SB_OK;
}

static void teardown(void **state) {
  fft_state *s = *state;
  if (s == NULL) return;
  fft_views_destroy(s);
  sb_pool_destroy(&s->pool);
  fft_local_destroy(&s->local);
  fft_roots_destroy(&s->roots);
  free(s->saved);
  free(s->input);
  free(s);
  *state = NULL;
}

/* Some blocks of columns as long as x, up to a length that takes no time. */
static double probe_rate(const void *config) {
  enum { TIMES = 40, LONGEST = 4096 };
  const fft_share share = {.columns = FFT_COLUMNS, .rows = 1};
  fft_config c = *(const fft_config *)config;
  fft_local *local = NULL;
  double best = 0.0;
  c.planner = FFT_ESTIMATE;
  c.transform = FFT_C2C;
  c.nx = c.nx > 1 ? c.nx : 2;
  if (c.nx > LONGEST) c.nx = LONGEST;
  c.ny = c.nx;
  c.nz = 1;
  if (fft_local_create(&c, &share, 1, &local) == SB_OK) {
    const fft_config line = {.nx = c.ny, .ny = 1, .nz = 1};
    for (int i = 0; i < TIMES; i++) {
      const double began = sb_now();
      fft_local_lines(local, FFT_Y, FFT_FORWARD, FFT_COLUMNS);
      const double rate = FFT_COLUMNS * fft_flop(&line) / (sb_now() - began);
      if (rate > best) best = rate;
    }
  }
  fft_local_destroy(&local);
  return best;
}

const sb_app fft_app = {
    .name = "fft",
    .title = "Fast Fourier transform in three dimensions, complex or real",
    .unit = "flop",
    .rate_unit = "flop/s",
    .rate_udunit = "s-1",
    .options = fft_options,
    .config_size = sizeof(fft_config),
    .grow = fft_grow,
    .fill = fft_fill_memory,
    .check = fft_check_options,
    .check_sized = fft_check_sized,
    .plan = fft_plan,
    .kernel_name = kernel_name,
    .probe_rate = probe_rate,
    .fft_name = fft_library,
    .exchange = exchange,
    .setup = setup,
    .reset = reset,
    .run = run,
    .verify = verify,
    .output = output,
    .teardown = teardown,
};
