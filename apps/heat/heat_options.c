/* heat_options.c: the keys of heat, and the rules between them. */
#include "heat_options.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "checkpoints.h"
#include "heat_plan.h"
#include "xmf.h"

static const char *const simd_names[] = {"auto", "baseline", "avx2", "avx512"};

/* Lengths of an axis. Beyond 2^31 no memory holds the square. */
#define LONGEST 2147483648.0

#define AT(member) offsetof(heat_config, member)
#define AXIS(name, index, value, text)                                                           \
  {                                                                                              \
    .key = (name), .type = SB_INT, .offset = AT(problem.n[index]), .initial = (value), .low = 1, \
    .high = LONGEST, .unit = "cell", .sizes = true, .by_memory = true, .help = (text)            \
  }
#define MODE(name, index)                                                                          \
  {                                                                                                \
    .key = (name), .type = SB_INT, .offset = AT(problem.mode[index]), .initial = "auto", .low = 1, \
    .high = LONGEST, .unit = "1", .word = "auto",                                                  \
    .help = "half waves of start=mode along this axis; auto: from the seed"                        \
  }

const sb_option heat_options[] = {
    {.key = "dims",
     .type = SB_INT,
     .offset = AT(dims),
     .initial = "2",
     .low = 2,
     .high = 3,
     .unit = "1",
     .sizes = true,
     .help = "axes: 2 (five points) or 3 (seven points)"},
    AXIS("nx", HEAT_X, "1024", "cells along x, the axis that is contiguous in memory"),
    AXIS("ny", HEAT_Y, "1024", "cells along y"),
    AXIS("nz", HEAT_Z, "1", "cells along z, to be given with dims=3; dims=2: 1"),
    {.key = "steps",
     .type = SB_INT,
     .offset = AT(problem.steps),
     .initial = "128",
     .low = 1,
     .high = 1e12,
     .unit = "1",
     .sizes = true,
     .help = "time steps of one repetition"},
    {.key = "r",
     .type = SB_REAL,
     .offset = AT(problem.r),
     .initial = "0.125",
     .low = 0,
     .high = 0.25,
     .unit = "1",
     .sizes = true,
     .help = "diffusion number alpha dt / dx^2; stable up to 1/4 (dims=2), 1/6 (dims=3)"},
    {.key = "kernel",
     .type = SB_CHOICE,
     .offset = AT(kernel),
     .initial = "blocked",
     .choices = "plain|streaming|blocked",
     .help = "textbook sweep; vectors and stores past the caches; tiles of several steps"},
    {.key = "simd",
     .type = SB_CHOICE,
     .offset = AT(simd),
     .initial = "auto",
     .choices = "auto|baseline|avx2|avx512",
     .help = "instruction set of the kernels streaming and blocked; auto: the best here"},
    {.key = "halo",
     .type = SB_INT,
     .offset = AT(halo),
     .initial = "auto",
     .low = 1,
     .high = HEAT_MOST_STEPS,
     .unit = "cell",
     .word = "auto",
     .help = "depth: steps between exchanges, and of a tile; auto: by cost (apps/heat/README.md)"},
    {.key = "overlap",
     .type = SB_FLAG,
     .offset = AT(overlap),
     .initial = "yes",
     .help = "advance inner cells while halos travel"},
    {.key = "start",
     .type = SB_CHOICE,
     .offset = AT(problem.start),
     .initial = "mode",
     .choices = "mode|hotspot",
     .sizes = true,
     .help = "a sine mode, whose decay is known exactly; or a hot box in the middle"},
    {.key = "boundary",
     .type = SB_CHOICE,
     .offset = AT(boundary),
     .initial = "auto",
     .choices = "auto|fixed|insulated|periodic",
     .sizes = true,
     .help = "start=mode: fixed at zero; start=hotspot: insulated (auto), periodic"},
    MODE("mode_x", HEAT_X),
    MODE("mode_y", HEAT_Y),
    MODE("mode_z", HEAT_Z),
    {.key = "snapshots",
     .type = SB_INT,
     .offset = AT(snapshots),
     .initial = "none",
     .low = 1,
     .high = 1e12,
     .unit = "1",
     .word = "none",
     .help = "steps between fields written beside the output; makes it one repetition"},
    {.key = "checkpoint",
     .type = SB_INT,
     .offset = AT(checkpoint),
     .initial = "none",
     .low = 1,
     .high = 1e12,
     .unit = "1",
     .word = "none",
     .help = "steps between checkpoints beside the output, two kept; makes it one repetition"},
    {.key = "restart",
     .type = SB_TEXT,
     .offset = AT(restart),
     .initial = "none",
     .word = "none",
     .help = "output file of a stopped run, to go on from its newest whole checkpoint"},
    {.key = NULL},
};

static sb_status check_shape(const heat_config *c) {
  const heat_problem *p = &c->problem;
  const double most = 1.0 / (2.0 * p->dims);
  if (p->dims == 2 && p->n[HEAT_Z] != 1) {
    return sb_fail(SB_BAD_INPUT, "nz = %" PRId64 ": dims=2 allows 1 .. 1", p->n[HEAT_Z]);
  }
  /* 1/6 as users write it may be rounded up; the check's bound needs weights >= 0. */
  if (p->r > most || heat_law_make(p->dims, p->r).c < 0.0) {
    return sb_fail(SB_BAD_INPUT, "r = %.16g: unstable; dims=%d allows 0 .. %.16g", p->r, p->dims,
                   most);
  }
  const double cells = (double)p->n[HEAT_Z] * (double)p->n[HEAT_Y] * (double)p->n[HEAT_X];
  if (cells * (double)p->steps > 9007199254740992.0 * 64.0 || cells > 4503599627370496.0) {
    return sb_fail(SB_BAD_INPUT,
                   "%g cells and %" PRId64
                   " steps: allowed up to 2^52 cells and 2^59 "
                   "updates",
                   cells, p->steps);
  }
  return SB_OK;
}

static const char *const mode_keys[HEAT_AXES] = {"mode_z", "mode_y", "mode_x"};

static sb_status check_start(const sb_run *run, heat_config *c) {
  heat_problem *p = &c->problem;
  p->boundary =
      c->boundary == 0 ? (p->start == HEAT_MODE ? HEAT_FIXED : HEAT_INSULATED) : c->boundary - 1;
  c->boundary = p->boundary + 1; /* what `auto` came to, for the results */
  if (p->start == HEAT_MODE && p->boundary != HEAT_FIXED) {
    return sb_fail(SB_BAD_INPUT, "boundary: start=mode allows fixed");
  }
  if (p->start == HEAT_HOTSPOT && p->boundary == HEAT_FIXED) {
    return sb_fail(SB_BAD_INPUT, "boundary: start=hotspot allows insulated, periodic");
  }
  if (p->start == HEAT_HOTSPOT && run->seed_given) {
    return sb_fail(SB_BAD_INPUT, "seed: start=hotspot has fixed data and takes no seed");
  }
  for (int a = 0; a < HEAT_AXES; a++) {
    if (p->start == HEAT_HOTSPOT && p->mode[a] != 0) {
      return sb_fail(SB_BAD_INPUT, "%s: start=hotspot has no modes", mode_keys[a]);
    }
  }
  return SB_OK;
}

/* More are a slip of the pen, and each has a line in the sidecar. */
enum { MOST_FILES = 1000000 };

/* Their names and numbers are right before anything is computed. */
static sb_status check_series(const sb_run *run, const char *key, const char *kind, int64_t every,
                              int64_t steps) {
  char path[SB_TEXT_SIZE];
  if (every == 0) return SB_OK;
  if (run->common->output[0] == '\0') {
    return sb_fail(SB_BAD_INPUT, "%s: its files are named after output, which is not given", key);
  }
  if (steps / every > MOST_FILES) {
    return sb_fail(SB_BAD_INPUT,
                   "%s = %" PRId64 ": %" PRId64 " files; allowed %" PRId64 " .. steps", key, every,
                   steps / every, steps / MOST_FILES + 1);
  }
  return sb_state_path(run->common->output, kind, steps, path, sizeof path);
}

/* What the run will write beside its output must neither meet something else nor each other. Rank
 * 0 looks. */
static sb_status check_files(const sb_run *run, const heat_config *c) {
  const sb_common *common = run->common;
  sb_status status = SB_OK;
  SB_TRY(check_series(run, "snapshots", "snapshot", c->snapshots, c->problem.steps));
  SB_TRY(check_series(run, "checkpoint", "checkpoint", c->checkpoint, c->problem.steps));
  if (common->output[0] != '\0' && sb_state_owns(common->output, common->json)) {
    return sb_fail(SB_BAD_INPUT, "json = %s: the name of a file beside output; name another",
                   common->json);
  }
  if (common->output[0] != '\0' && (common->fields || c->snapshots > 0) &&
      sb_comm_rank(run->comm) == 0) {
    status = sb_xmf_check(common->output);
  }
  SB_TRY(sb_comm_agree(run->comm, status));
cleanup:
  return status;
}

sb_status heat_check_options(const sb_run *run, void *config) {
  heat_config *c = config;
  heat_kernels kernels;
  sb_status status = SB_OK;
  c->problem.dims = (int)c->dims;
  c->node_size = sb_comm_uniform_node_size(run->comm);
  SB_TRY(check_shape(c));
  SB_TRY(check_start(run, c));
  SB_TRY(check_files(run, c));
  SB_TRY(heat_kernels_choose(heat_simd_name(c), &kernels));
cleanup:
  return status;
}

sb_status heat_check_sized(const sb_run *run, void *config) {
  heat_config *c = config;
  const heat_problem *p = &c->problem;
  heat_layout layout;
  sb_status status = SB_OK;
  for (int a = 0; a < HEAT_AXES; a++) {
    if (p->mode[a] > p->n[a]) {
      return sb_fail(SB_BAD_INPUT, "%s = %" PRId64 ": allowed 1 .. %" PRId64, mode_keys[a],
                     p->mode[a], p->n[a]);
    }
  }
  SB_TRY(heat_layout_make(c, sb_comm_size(run->comm), &layout));
  if (p->dims == 3 && p->n[HEAT_Z] == 1) {
    sb_warn(run, "nz: dims=3 with one plane; set nz, or take an input like tiny_3d.ini");
  }
cleanup:
  return status;
}

const char *heat_simd_name(const heat_config *config) { return simd_names[config->simd]; }

/* The divisor of n that is nearest to its dims-th root from below, or 1. */
static int64_t near_root(int64_t n, int dims) {
  int64_t best = 1;
  for (int64_t d = 1; pow((double)d, dims) <= (double)n * (1.0 + 1e-12); d++) {
    if (n % d == 0) best = d;
  }
  return best;
}

/* `times` as many cells: x gets the divisor of `times` nearest to its root, then y, and the slowest
 * axis the rest, so that the work of a worker is exactly the same for any number of them. */
sb_status heat_grow(void *config, int64_t times) {
  heat_config *c = config;
  heat_problem *p = &c->problem;
  int64_t left = times;
  for (int a = HEAT_X; a >= HEAT_AXES - p->dims; a--) {
    const int axes_left = a - (HEAT_AXES - p->dims) + 1;
    const int64_t factor = near_root(left, axes_left);
    left /= factor;
    if (__builtin_mul_overflow(p->n[a], factor, &p->n[a]) || (double)p->n[a] > LONGEST) {
      return sb_fail(SB_BAD_INPUT, "%" PRId64 " times as many cells: an axis exceeds 2^31", times);
    }
  }
  return check_shape(c);
}

/* Bytes of both arrays of a square (cube) of n cells an axis, on one rank. */
static double square_bytes(const heat_config *config, int64_t n) {
  heat_config c = *config;
  heat_layout layout;
  for (int a = HEAT_AXES - c.problem.dims; a < HEAT_AXES; a++) c.problem.n[a] = n;
  if (heat_layout_make(&c, 1, &layout) != SB_OK) return (double)INFINITY;
  const sb_box box = sb_dist_box(&layout.dist, 0);
  return HEAT_ARRAYS * 8.0 * (double)heat_shape_of(&box, &layout).doubles;
}

/* The largest square (cube) of whole cache lines an axis. More ranks have more halo and alignment,
 * and there are tables, hence the reserve. */
sb_status heat_fill(void *config, double bytes) {
  heat_config *c = config;
  heat_problem *p = &c->problem;
  const double room = 0.97 * bytes;
  int64_t n = (int64_t)pow(room / (HEAT_ARRAYS * 8.0), 1.0 / p->dims) / HEAT_ALIGN * HEAT_ALIGN;
  while (n >= HEAT_ALIGN && square_bytes(c, n) > room) n -= HEAT_ALIGN;
  if (n < HEAT_ALIGN) return sb_fail(SB_BAD_INPUT, "memory: %g bytes hold no grid", bytes);
  for (int a = HEAT_AXES - p->dims; a < HEAT_AXES; a++) p->n[a] = n;
  return check_shape(c);
}
