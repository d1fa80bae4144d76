#include "fft_options.h"

#include <inttypes.h>
#include <math.h>
#include <stddef.h>

#define AT(member) offsetof(fft_config, member)
#define LONGEST 1073741824.0
#define LENGTH(name, member, text)                                                   \
  {                                                                                  \
    .key = (name), .type = SB_INT, .offset = AT(member), .initial = "128", .low = 1, \
    .high = LONGEST, .unit = "1", .sizes = true, .by_memory = true, .help = (text)   \
  }

const sb_option fft_options[] = {
    LENGTH("nx", nx, "cells along x, which are next to each other"),
    LENGTH("ny", ny, "cells along y"),
    LENGTH("nz", nz, "cells along z; 1: a transform in two dimensions"),
    {.key = "transform",
     .type = SB_CHOICE,
     .offset = AT(transform),
     .initial = "c2c",
     .choices = "c2c|r2c",
     .sizes = true,
     .help = "complex numbers; or real ones, of whose transform half is kept"},
    {.key = "decomposition",
     .type = SB_CHOICE,
     .offset = AT(decomposition),
     .initial = "auto",
     .choices = "auto|slab|pencil",
     .help = "cut along one axis, one swap; along two, two swaps, where the ranks allow it; auto: "
             "by cost"},
    {.key = "layout",
     .type = SB_CHOICE,
     .offset = AT(layout),
     .initial = "transposed",
     .choices = "transposed|natural",
     .help = "whether ranks keep what they hold after the last step, or what they began with"},
    {.key = "planner",
     .type = SB_CHOICE,
     .offset = AT(planner),
     .initial = "measure",
     .choices = "estimate|measure|patient",
     .help = "how FFTW chooses its algorithms; its time is reported apart"},
    {.key = "wisdom",
     .type = SB_TEXT,
     .offset = AT(wisdom),
     .initial = "none",
     .word = "none",
     .help = "file of FFTW's choices: read if there, written when they are more"},
    {.key = "start",
     .type = SB_CHOICE,
     .offset = AT(start),
     .initial = "random",
     .choices = "random|mode|nas",
     .help = "random numbers; some plane waves; data and evolution of NAS FT"},
    {.key = "steps",
     .type = SB_INT,
     .offset = AT(steps),
     .initial = "6",
     .low = 1,
     .high = 1000,
     .unit = "1",
     .help = "of start=nas: steps of the evolution, summed and compared"},
    {.key = NULL},
};

static sb_status check_lengths(const fft_config *c) {
  const double n[SB_AXES] = {(double)c->nz, (double)c->ny, (double)c->nx};
  static const char *const names[SB_AXES] = {"nz", "ny", "nx"};
  for (int a = 0; a < SB_AXES; a++) {
    if (n[a] > LONGEST)
      return sb_fail(SB_BAD_INPUT, "%s = %.0f: allowed 1 .. %.0f", names[a], n[a], LONGEST);
  }
  if (fft_points(c) > 0x1p44 || fft_points(c) < 2.0) {
    return sb_fail(SB_BAD_INPUT,
                   "nx, ny, nz = %" PRId64 ", %" PRId64 ", %" PRId64
                   ": allowed 2 .. 2^44 cells in all",
                   c->nx, c->ny, c->nz);
  }
  return SB_OK;
}

sb_status fft_check_options(const sb_run *run, void *config) {
  fft_config *c = config;
  c->node_size = sb_comm_uniform_node_size(run->comm);
  c->fields = run->common->fields;
  if (c->start == FFT_NAS && c->transform == FFT_R2C)
    return sb_fail(SB_BAD_INPUT, "start = nas: its data are complex; allowed transform = c2c");
  if (c->start == FFT_NAS && run->seed_given)
    return sb_fail(SB_BAD_INPUT, "seed: start=nas has fixed data and takes no seed");
  return SB_OK;
}

sb_status fft_check_sized(const sb_run *run, void *config) {
  fft_layout layout;
  const sb_status status = check_lengths(config);
  return status != SB_OK ? status : fft_layout_make(config, sb_comm_size(run->comm), &layout);
}

/* The prime factors of `times`, largest first, each to the shortest axis of those in use: as many
 * cells for each worker, and lengths that are quick to transform where `times` is. */
sb_status fft_grow(void *config, int64_t times) {
  fft_config *c = config;
  int64_t *n[SB_AXES] = {&c->nz, &c->ny, &c->nx};
  const int first = c->nz == 1 ? FFT_Y : FFT_Z;
  int64_t factor[64];
  int factors = 0;
  for (int64_t p = 2; times > 1; p = p * p > times ? times : p + 1) {
    for (; times % p == 0; times /= p) factor[factors++] = p;
  }
  while (factors > 0) {
    int shortest = first;
    for (int a = first; a < SB_AXES; a++) {
      if (*n[a] < *n[shortest]) shortest = a;
    }
    *n[shortest] *= factor[--factors];
    if ((double)*n[shortest] > LONGEST)
      return sb_fail(SB_BAD_INPUT, "so many workers: nx, ny or nz exceeds 2^30");
  }
  return check_lengths(c);
}

/* Whether FFTW has quick algorithms for a length. */
static bool is_smooth(int64_t n) {
  for (int64_t p = 2; p <= 7; p++) {
    while (n % p == 0) n /= p;
  }
  return n == 1;
}

/* A cube of which the arrays, the copy for the check, the input for files, and what messages may
 * need take that. Pencils have an array more, and in natural order send and receive all at once. */
sb_status fft_fill_memory(void *config, double bytes) {
  fft_config *c = config;
  const bool pencils = c->decomposition == FFT_PENCIL, natural = c->layout == FFT_NATURAL;
  const int arrays = 5 + (pencils ? 1 : 0) + (pencils && natural ? 2 : 0) + (c->fields ? 1 : 0);
  const double cells = bytes / (16.0 * arrays);
  int64_t n = (int64_t)fmin(cbrt(cells), LONGEST);
  while (n > 1 && !is_smooth(n)) n--;
  if (n < 2) return sb_fail(SB_BAD_INPUT, "memory: %g bytes hold no cube", bytes);
  c->nx = c->ny = c->nz = n;
  return check_lengths(c);
}
