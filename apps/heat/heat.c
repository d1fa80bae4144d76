/* heat.c: the mini-app heat. See README.md. */
#include "heat.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heat_checks.h"
#include "heat_options.h"
#include "heat_plan.h"
#include "heat_run.h"
#include "heat_states.h"
#include "memory.h"
#include "threads.h"

static void kernel_name(const void *config, char *text, size_t bytes) {
  const heat_config *c = config;
  static const char *const names[] = {"plain", "streaming", "blocked"};
  heat_kernels vector;
  const bool known = heat_kernels_choose(heat_simd_name(c), &vector) == SB_OK;
  if (c->kernel == HEAT_PLAIN) {
    snprintf(text, bytes, "%s", names[c->kernel]);
  } else {
    snprintf(text, bytes, "%s/%s", names[c->kernel], known ? vector.name : "unknown");
  }
}

/* Files are for one long look at the physics, not for measuring: one repetition, without warm-up.
 */
static bool single(const void *config) {
  const heat_config *c = config;
  return c->snapshots > 0 || c->checkpoint > 0 || c->restart[0] != '\0';
}

static const char *exchange(const void *state) {
  return sb_xchg_way(((const heat_state *)state)->xchg);
}

/* Beyond the ends of a periodic axis lie cells like any others: its domain has no end that a box
 * could reach. */
static const int64_t NO_END = INT64_C(1) << 40;

static heat_sides sides_of(const heat_problem *p, const sb_box *box) {
  heat_sides sides = {.mirror = p->boundary == HEAT_INSULATED};
  for (int a = 0; a < HEAT_AXES; a++) {
    const bool endless = p->boundary == HEAT_PERIODIC && a >= HEAT_AXES - p->dims;
    sides.domain.lo[a] = endless ? -NO_END : -box->lo[a];
    sides.domain.hi[a] = endless ? NO_END : p->n[a] - box->lo[a];
  }
  return sides;
}

/* Zeros, and with them the first touch of every page by the thread that will work on it. */
static void touch(const heat_state *s, const heat_layout *layout, double *memory) {
  const heat_shape shape = heat_shape_of(&s->box, layout);
  const int64_t rows = shape.doubles / shape.row;
#pragma omp parallel
  {
    const sb_range mine = sb_split(rows, 1, sb_thread_count(), sb_thread());
    memset(memory + mine.lo * shape.row, 0, (size_t)(sb_count(mine) * shape.row) * sizeof *memory);
  }
}

static sb_status make_arrays(heat_state *s, const heat_layout *layout) {
  const heat_shape shape = heat_shape_of(&s->box, layout);
  for (int i = 0; i < HEAT_ARRAYS; i++) {
    const sb_status status = sb_doubles_create(shape.doubles, &s->memory[i]);
    if (status != SB_OK) return status;
    s->array[i] =
        (heat_grid){.cell = s->memory[i] + shape.first, .row = shape.row, .plane = shape.plane};
    if (shape.doubles > 0) touch(s, layout, s->memory[i]);
  }
  return SB_OK;
}

/* What a rank makes by itself. */
static sb_status make_local(heat_state *s, const heat_layout *layout) {
  const heat_config *c = &s->config;
  sb_status status = SB_OK;
  SB_TRY(make_arrays(s, layout));
  SB_TRY(heat_start_create(&c->problem, &s->box, &s->start));
  s->sweep = (heat_sweep){.kind = (heat_kernel_kind)c->kernel,
                          .law = s->law,
                          .sides = sides_of(&c->problem, &s->box),
                          .most_steps = (int)s->halo,
                          .threads = s->run->threads};
  SB_TRY(heat_kernels_choose(heat_simd_name(c), &s->sweep.vector));
  SB_TRY(heat_sweep_create(&s->sweep));
cleanup:
  return status;
}

/* Of the last repetition: all must end with the same bits. */
static void remember(heat_state *s) {
  static const bool as_it_is[HEAT_AXES] = {false, false, false};
  s->digest = heat_digest(s, as_it_is);
  if (s->repetitions == 1) s->first_digest = s->digest;
  if (s->digest != s->first_digest) s->changed++;
}

static sb_status setup(const sb_run *run, void *config, void **state) {
  heat_config *c = config;
  heat_layout layout;
  heat_state *s = calloc(1, sizeof *s);
  sb_status status =
      s != NULL ? SB_OK : sb_fail(SB_NO_MEMORY, "no memory for %zu bytes", sizeof *s);
  *state = s;
  SB_TRY(sb_comm_agree(run->comm, status));
  if (c->problem.start == HEAT_MODE) heat_start_modes(&c->problem, (uint64_t)run->common->seed);
  SB_TRY(heat_layout_make(c, sb_comm_size(run->comm), &layout));
  s->run = run;
  s->config = *c;
  s->law = heat_law_make(c->problem.dims, c->problem.r);
  s->dist = layout.dist;
  s->halo = layout.halo;
  s->kept = -1;
  s->box = sb_dist_box(&layout.dist, sb_comm_rank(run->comm));
  for (int a = 0; a < HEAT_AXES; a++) s->own.hi[a] = s->box.hi[a] - s->box.lo[a];
  SB_TRY(sb_comm_agree(run->comm, make_local(s, &layout)));
  SB_TRY(sb_xchg_create(run->comm, &s->dist, layout.depth, layout.corners,
                        (sb_exchange)run->common->exchange, &s->xchg));
  if (c->restart[0] != '\0') SB_TRY(heat_restart(s));
  c->first_step = s->config.first_step;
cleanup:
  return status;
}

/* Remembers what the repetition before left, and starts anew. A run that goes on from a checkpoint
 * has one repetition, whose field is there already. */
static sb_status reset(void *state) {
  heat_state *s = state;
  if (s->repetitions > 0) remember(s);
  if (s->config.first_step > 0) return SB_OK;
  s->now = 0;
  s->step = 0;
  heat_start_fill(s->start, &s->array[0]);
  return SB_OK;
}

static sb_status run(void *state, sb_clock *clock) {
  heat_state *s = state;
  sb_status status = SB_OK;
  s->repetitions++;
  while (s->step < s->config.problem.steps) {
    heat_advance(s, heat_next_stop(&s->config, s->step), clock);
    SB_TRY(heat_write_due(s, clock));
  }
cleanup:
  return status;
}

static sb_status verify(void *state, sb_checks *checks) {
  heat_state *s = state;
  remember(s);
  return heat_check(s, checks);
}

static sb_status output(void *state, sb_figures *figures, sb_fields *fields) {
  heat_state *s = state;
  sb_figures_add_count(figures, "halo", "depth of the halo, steps between exchanges", s->halo);
  static const char *const modes[HEAT_AXES] = {"mode_z", "mode_y", "mode_x"};
  const heat_problem *p = &s->config.problem;
  for (int a = HEAT_AXES - p->dims; p->start == HEAT_MODE && a < HEAT_AXES; a++) {
    sb_figures_add_count(figures, modes[a], "half waves of the start along the axis", p->mode[a]);
  }
  if (s->written_bytes > 0.0) {
    sb_figures_add(figures, "write_rate", "snapshots and checkpoints written in a second, synced",
                   "byte/s", "byte s-1", s->written_bytes / s->written_seconds);
  }
  sb_field *field = sb_fields_add(fields);
  if (field == NULL) return sb_fail(SB_INTERNAL, "too many fields");
  heat_pack(s, field);
  return SB_OK;
}

static sb_status sidecar(const void *state, const char *path) { return heat_sidecar(state, path); }

static void teardown(void **state) {
  heat_state *s = *state;
  if (s == NULL) return;
  sb_xchg_destroy(&s->xchg);
  heat_sweep_destroy(&s->sweep);
  heat_start_destroy(&s->start);
  for (int i = 0; i < HEAT_ARRAYS; i++) free(s->memory[i]);
  free(s);
  *state = NULL;
}

/* A box that does not fit into caches, as a rank's share would, on one core. */
static double probe_rate(const void *config) {
  heat_config c = *(const heat_config *)config;
  const bool flat = c.problem.dims == 2;
  const int64_t n[HEAT_AXES] = {flat ? 1 : 64, flat ? 2048 : 128, flat ? 1024 : 256};
  const sb_box box = {.hi = {n[0], n[1], n[2]}};
  memcpy(c.problem.n, n, sizeof n);
  c.problem.boundary = HEAT_FIXED;
  heat_layout layout;
  heat_state s = {.config = c, .law = heat_law_make(c.problem.dims, c.problem.r), .box = box};
  double best = (double)NAN;
  if (heat_layout_make(&c, 1, &layout) != SB_OK) return best;
  const sb_run one = {.threads = 1};
  s.run = &one;
  s.halo = layout.halo;
  s.own = (heat_box){.hi = {n[0], n[1], n[2]}};
  sb_threads_set(1);
  if (make_local(&s, &layout) == SB_OK) {
    sb_clock clock;
    sb_clock_reset(&clock, SB_COMPUTE);
    for (int i = 0; i < 3; i++) {
      const double start = sb_now();
      heat_advance(&s, s.step + s.halo, &clock);
      const double rate = (double)heat_cells(&c.problem) * (double)s.halo / (sb_now() - start);
      if (i > 0 && !(rate < best)) best = rate;
    }
  }
  heat_sweep_destroy(&s.sweep);
  heat_start_destroy(&s.start);
  for (int i = 0; i < HEAT_ARRAYS; i++) free(s.memory[i]);
  return best;
}

const sb_app heat_app = {
    .name = "heat",
    .title = "Stencil heat: explicit steps of the heat equation on a regular grid",
    .unit = "cell",
    .rate_unit = "cell/s",
    .rate_udunit = "s-1",
    .options = heat_options,
    .config_size = sizeof(heat_config),
    .grow = heat_grow,
    .fill = heat_fill,
    .check = heat_check_options,
    .check_sized = heat_check_sized,
    .plan = heat_plan,
    .kernel_name = kernel_name,
    .probe_rate = probe_rate,
    .single = single,
    .exchange = exchange,
    .setup = setup,
    .reset = reset,
    .run = run,
    .verify = verify,
    .output = output,
    .sidecar = sidecar,
    .teardown = teardown,
};
