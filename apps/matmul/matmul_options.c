/* matmul_options.c: the keys of matmul, and the rules between them. */
#include "matmul_options.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "matmul_kernel.h"

static const char *const simd_names[] = {"auto", "baseline", "avx2", "avx512"};

#define LONGEST 2147483648.0
#define AT(member) offsetof(matmul_config, member)
#define LENGTH(name, member, text)                                                    \
  {                                                                                   \
    .key = (name), .type = SB_INT, .offset = AT(member), .initial = "1024", .low = 1, \
    .high = LONGEST, .unit = "1", .sizes = true, .by_memory = true, .help = (text)    \
  }

const sb_option matmul_options[] = {
    LENGTH("m", m, "rows of A and C"),
    LENGTH("n", n, "columns of B and C"),
    LENGTH("k", k, "columns of A, rows of B: the length of the sums"),
    {.key = "kernel",
     .type = SB_CHOICE,
     .offset = AT(kernel),
     .initial = MATMUL_FIRST_KERNEL, /* blas where the build has one, else blocked */
     .choices = "naive|blocked|blas",
     .help = "three loops; tiles that stay in the caches; the BLAS of this build"},
    {.key = "simd",
     .type = SB_CHOICE,
     .offset = AT(simd),
     .initial = "auto",
     .choices = "auto|baseline|avx2|avx512",
     .help = "instruction set of the kernel blocked; auto: the best here"},
    {.key = "entries",
     .type = SB_CHOICE,
     .offset = AT(entries),
     .initial = "real",
     .choices = "real|integer",
     .sizes = true,
     .help = "random numbers in [-1, 1); or integers for which every sum is exact"},
    {.key = "panel",
     .type = SB_INT,
     .offset = AT(panel),
     .initial = "256",
     .low = 1,
     .high = 65536,
     .unit = "1",
     .help = "columns of A and rows of B that are handed over and multiplied together"},
    {.key = "grid",
     .type = SB_TEXT,
     .offset = AT(grid),
     .initial = "auto",
     .word = "auto",
     .choices = "flat or ranks as 2x3x1",
     .help =
         "ranks along m, n and k; auto: by cost (apps/matmul/README.md); flat: by cost, of grids "
         "of one layer, whose memory a rank does not grow"},
    {.key = "weak_law",
     .type = SB_CHOICE,
     .offset = AT(weak_law),
     .initial = "memory",
     .choices = "memory|work",
     .help = "what scaling=weak keeps for each worker: m, n, k grow by the square (cube) root"},
    {.key = NULL},
};

const char *matmul_simd_name(const matmul_config *config) { return simd_names[config->simd]; }

/* "2x3x1", "flat" or "" */
static sb_status read_grid(matmul_config *c) {
  int used = 0;
  memset(c->given, 0, sizeof c->given);
  c->flat = strcmp(c->grid, "flat") == 0;
  if (c->grid[0] == '\0' || c->flat) return SB_OK;
  const int found =
      sscanf(c->grid, "%6dx%6dx%6d%n", &c->given[0], &c->given[1], &c->given[2], &used);
  if (found == SB_AXES && c->grid[used] == '\0' && c->given[0] > 0 && c->given[1] > 0 &&
      c->given[2] > 0) {
    return SB_OK;
  }
  return sb_fail(SB_BAD_INPUT, "grid = %.40s: allowed auto, flat, or ranks along m, n, k as 2x3x1",
                 c->grid);
}

static sb_status check_sizes(const matmul_config *c) {
  const double m = (double)c->m, n = (double)c->n, k = (double)c->k;
  if (m * k > 0x1p52 || k * n > 0x1p52 || m * n > 0x1p52) {
    return sb_fail(SB_BAD_INPUT, "m, n, k = %g, %g, %g: allowed up to 2^52 entries a matrix", m, n,
                   k);
  }
  return SB_OK;
}

static sb_status check_kernel(const matmul_config *c) {
  matmul_kernels kernels;
  if (c->kernel == MATMUL_BLAS && !matmul_have_blas()) {
    return sb_fail(SB_BAD_INPUT, "kernel = blas: this build has no BLAS; allowed naive, blocked");
  }
  return matmul_kernels_choose(matmul_simd_name(c), &kernels);
}

sb_status matmul_check_options(const sb_run *run, void *config) {
  matmul_config *c = config;
  int64_t largest = sb_comm_node_size(run->comm);
  sb_status status = SB_OK;
  sb_comm_max_i64(run->comm, &largest, 1);
  c->node_size = sb_comm_uniform_node_size(run->comm);
  c->largest_node = (int)largest;
  c->fields = run->common->fields;
  c->memory_node = run->memory_free;
  SB_TRY(check_sizes(c));
  SB_TRY(read_grid(c));
  SB_TRY(check_kernel(c));
cleanup:
  return status;
}

sb_status matmul_check_sized(const sb_run *run, void *config) {
  matmul_layout layout;
  ((matmul_config *)config)->threads = run->threads;
  return matmul_layout_make(config, sb_comm_size(run->comm), &layout);
}

static int64_t stretched(int64_t length, double by) {
  const double to = round((double)length * by);
  return to < 1.0 ? 1 : (int64_t)fmin(to, 2.0 * LONGEST);
}

/* All three lengths by the same factor, rounded to whole rows. */
sb_status matmul_grow(void *config, int64_t times) {
  matmul_config *c = config;
  const double by = c->weak_law == MATMUL_MEMORY ? sqrt((double)times) : cbrt((double)times);
  c->m = stretched(c->m, by);
  c->n = stretched(c->n, by);
  c->k = stretched(c->k, by);
  if ((double)c->m > LONGEST || (double)c->n > LONGEST || (double)c->k > LONGEST) {
    return sb_fail(SB_BAD_INPUT, "%" PRId64 " times as much: m, n or k exceeds 2^31", times);
  }
  return check_sizes(c);
}

/* A square product; ranks need room for panels too, hence the reserve. */
sb_status matmul_fill(void *config, double bytes) {
  matmul_config *c = config;
  const double length = floor(sqrt(0.9 * bytes / (3.0 * 8.0)) / 8.0) * 8.0;
  if (length < 8.0) return sb_fail(SB_BAD_INPUT, "memory: %g bytes hold no matrices", bytes);
  c->m = c->n = c->k = (int64_t)fmin(length, LONGEST);
  return check_sizes(c);
}
