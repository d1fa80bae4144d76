#include "heat_states.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "checkpoints.h"
#include "heat_run.h"
#include "state_file.h"
#include "xmf.h"

enum { HEAT_PROBLEM_TEXT = 256 };

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/* The next multiple of `every` after `step`; beyond all steps where every is 0. */
static int64_t next_multiple(int64_t step, int64_t every) {
  return every > 0 ? (step / every + 1) * every : INT64_MAX;
}

int64_t heat_next_stop(const heat_config *c, int64_t step) {
  const int64_t stop = least(next_multiple(step, c->snapshots), next_multiple(step, c->checkpoint));
  return least(stop, c->problem.steps);
}

void heat_describe_field(const heat_state *s, sb_field *field) {
  static const char *const names[SB_AXES] = {"z", "y", "x"};
  static const char *const long_names[SB_AXES] = {"middle of a cell along z, in grid spacings",
                                                  "middle of a cell along y, in grid spacings",
                                                  "middle of a cell along x, in grid spacings"};
  *field =
      (sb_field){.name = "temperature", .long_name = "temperature", .units = "K", .dims = SB_AXES};
  for (int a = 0; a < SB_AXES; a++) {
    field->axis[a] = (sb_axis){.name = names[a],
                               .long_name = long_names[a],
                               .units = "1",
                               .n = s->config.problem.n[a],
                               .first = 0.5,
                               .step = 1.0};
    field->lo[a] = s->box.lo[a];
    field->hi[a] = s->box.hi[a];
  }
}

void heat_pack(heat_state *s, sb_field *field) {
  const heat_grid grid = s->array[s->now];
  const int64_t nz = s->own.hi[HEAT_Z], ny = s->own.hi[HEAT_Y], nx = s->own.hi[HEAT_X];
  double *packed = s->memory[1 - s->now];
#pragma omp parallel for schedule(static)
  for (int64_t row = 0; row < nz * ny; row++) {
    memcpy(packed + row * nx, grid.cell + row / ny * grid.plane + row % ny * grid.row,
           (size_t)nx * sizeof *packed);
  }
  heat_describe_field(s, field);
  field->data = packed;
}

/* All that decides the field besides the number of steps. */
static void problem_text(const heat_state *s, char text[HEAT_PROBLEM_TEXT]) {
  const heat_problem *p = &s->config.problem;
  static const char *const starts[] = {"mode", "hotspot"};
  static const char *const boundaries[] = {"fixed", "insulated", "periodic"};
  snprintf(text, HEAT_PROBLEM_TEXT,
           "dims=%d n=%" PRId64 "x%" PRId64 "x%" PRId64 " r=%a start=%s boundary=%s mode=%" PRId64
           "x%" PRId64 "x%" PRId64,
           p->dims, p->n[HEAT_Z], p->n[HEAT_Y], p->n[HEAT_X], p->r, starts[p->start],
           boundaries[p->boundary], p->mode[HEAT_Z], p->mode[HEAT_Y], p->mode[HEAT_X]);
}

static bool due(int64_t step, int64_t every) { return every > 0 && step % every == 0; }

static sb_status write_state(heat_state *s, const char *kind, const sb_fields *fields) {
  char path[SB_TEXT_SIZE], problem[HEAT_PROBLEM_TEXT];
  sb_status status = SB_OK;
  problem_text(s, problem);
  const sb_state_info info = {.app = heat_app.name,
                              .problem = problem,
                              .step = s->step,
                              .time = s->config.problem.r * (double)s->step};
  status = sb_state_path(s->run->common->output, kind, s->step, path, sizeof path);
  SB_TRY(sb_comm_agree(s->run->comm, status));
  SB_TRY(sb_state_write(s->run->comm, path, &info, fields));
  s->written_bytes += 8.0 * (double)sb_field_elements(&fields->field[0]);
cleanup:
  return status;
}

sb_status heat_write_due(heat_state *s, sb_clock *clock) {
  const bool snapshot = due(s->step, s->config.snapshots);
  const bool checkpoint = due(s->step, s->config.checkpoint);
  if (!snapshot && !checkpoint) return SB_OK;
  sb_status status = SB_OK;
  sb_fields fields = {.count = 1};
  const double start = sb_now();
  sb_clock_enter(clock, SB_IO);
  heat_pack(s, &fields.field[0]);
  if (s->written_bytes == 0.0 && sb_comm_rank(s->run->comm) == 0) {
    sb_states_tidy(s->run->common->output);
  }
  if (snapshot) SB_TRY(write_state(s, "snapshot", &fields));
  if (checkpoint) {
    SB_TRY(write_state(s, "checkpoint", &fields));
    if (sb_comm_rank(s->run->comm) == 0) {
      sb_checkpoints_prune(s->run->common->output, s->step, s->kept);
    }
    s->kept = s->step;
  }
  heat_zero_sides(s, &s->array[1 - s->now]); /* packing went over them */
  s->written_seconds += sb_now() - start;
  sb_clock_enter(clock, SB_COMPUTE);
cleanup:
  return status;
}

static void unpack(heat_state *s, const double *packed) {
  const heat_grid grid = s->array[s->now];
  const int64_t nz = s->own.hi[HEAT_Z], ny = s->own.hi[HEAT_Y], nx = s->own.hi[HEAT_X];
#pragma omp parallel for schedule(static)
  for (int64_t row = 0; row < nz * ny; row++) {
    memcpy(grid.cell + row / ny * grid.plane + row % ny * grid.row, packed + row * nx,
           (size_t)nx * sizeof *packed);
  }
}

/* One of them: SB_OK, or the reason why it cannot be used. */
static sb_status read_checkpoint(heat_state *s, int64_t step) {
  char path[SB_TEXT_SIZE], problem[HEAT_PROBLEM_TEXT];
  sb_field field;
  int64_t there = 0;
  sb_status status = SB_OK;
  problem_text(s, problem);
  heat_describe_field(s, &field);
  double *packed = s->memory[1 - s->now];
  SB_TRY(sb_state_path(s->config.restart, "checkpoint", step, path, sizeof path));
  SB_TRY(sb_state_read(s->run->comm, path, heat_app.name, problem, &field, packed, &there));
  if (there > s->config.problem.steps) {
    return sb_fail(SB_BAD_INPUT, "%s holds step %" PRId64 "; allowed 0 .. steps = %" PRId64, path,
                   there, s->config.problem.steps);
  }
  unpack(s, packed);
  s->step = s->config.first_step = s->kept = there;
cleanup:
  return status;
}

sb_status heat_restart(heat_state *s) {
  int64_t steps[SB_CHECKPOINTS_MOST];
  int found = 0;
  sb_status status = SB_OK;
  SB_TRY(sb_checkpoints_find(s->run->comm, s->config.restart, steps, &found));
  for (int i = 0; i < found; i++) {
    status = read_checkpoint(s, steps[i]);
    if (status == SB_OK) break;
    if (i + 1 < found) {
      sb_warn(s->run, "restart: %s", sb_message());
      sb_clear();
    }
  }
  heat_zero_sides(s, &s->array[1 - s->now]);
  if (status == SB_OK && s->step == s->config.problem.steps) {
    sb_warn(s->run, "restart: all %" PRId64 " steps are done: nothing is left to measure", s->step);
  }
cleanup:
  return status;
}

/* Snapshots of this problem that lie beside the output: those of this run, and of the one that it
 * goes on from. */
static sb_status list_snapshots(const heat_state *s, const char *output,
                                char (*paths)[SB_TEXT_SIZE], sb_xmf_moment *moments, int *count) {
  const heat_problem *p = &s->config.problem;
  const int64_t every = s->config.snapshots;
  char problem[HEAT_PROBLEM_TEXT];
  problem_text(s, problem);
  for (int64_t step = every; every > 0 && step <= p->steps; step += every) {
    char *path = paths[*count];
    const sb_status status = sb_state_path(output, "snapshot", step, path, SB_TEXT_SIZE);
    if (status != SB_OK) return status;
    if (access(path, R_OK) != 0 || !sb_state_is_of(path, heat_app.name, problem)) continue;
    moments[(*count)++] = (sb_xmf_moment){.file = path, .time = p->r * (double)step};
  }
  return SB_OK;
}

sb_status heat_sidecar(const heat_state *s, const char *output) {
  const heat_problem *p = &s->config.problem;
  const int64_t most = s->config.snapshots > 0 ? p->steps / s->config.snapshots : 0;
  sb_status status = SB_OK;
  sb_field field;
  int count = 0;
  heat_describe_field(s, &field);
  sb_xmf_moment *moments = calloc((size_t)most + 1, sizeof *moments);
  char(*paths)[SB_TEXT_SIZE] = calloc((size_t)most + 1, sizeof *paths);
  if (moments == NULL || paths == NULL) {
    status = sb_fail(SB_NO_MEMORY, "no memory for the names of %" PRId64 " snapshots", most);
    goto cleanup;
  }
  SB_TRY(list_snapshots(s, output, paths, moments, &count));
  if (s->run->common->fields && !due(p->steps, s->config.snapshots)) {
    moments[count++] = (sb_xmf_moment){.file = output, .time = p->r * (double)p->steps};
  }
  if (count > 0) {
    status = sb_xmf_write(output, &field, moments, count);
  } else {
    sb_xmf_remove(output); /* it would show what is no longer there */
  }
cleanup:
  free(paths);
  free(moments);
  return status;
}
