/* probe_options.c: the keys of probe, and the rules between them. */
#include "probe_options.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

static const char *const simd_names[] = {"auto", "baseline", "avx2", "avx512"};
static const char *const part_names[PROBE_PARTS] = {"memory",   "compute",   "latency", "pairs",
                                                    "alltoall", "allreduce", "noise",   "io"};
#define PART_NAMES "memory, compute, latency, pairs, alltoall, allreduce, noise, io"

#define N_MOST 0x1p44
#define AT(member) offsetof(probe_config, member)

const sb_option probe_options[] = {
    {.key = "what",
     .type = SB_TEXT,
     .offset = AT(what),
     .initial = "all",
     .choices = "all or a list",
     .help = "memory, compute, latency, pairs, alltoall, allreduce, noise, io; triad always"},
    {.key = "n",
     .type = SB_INT,
     .offset = AT(n),
     .initial = "2^24",
     .low = 1,
     .high = N_MOST,
     .unit = "1",
     .sizes = true,
     .by_memory = true,
     .help = "doubles of each of three arrays, over all workers"},
    {.key = "core_n",
     .type = SB_INT,
     .offset = AT(core_n),
     .initial = "2^24",
     .low = 1,
     .high = N_MOST,
     .unit = "1",
     .sizes = true,
     .help = "the same for one core alone"},
    {.key = "gemm_n",
     .type = SB_INT,
     .offset = AT(gemm_n),
     .initial = "512",
     .low = 1,
     .high = 16384,
     .unit = "1",
     .sizes = true,
     .help = "rows of the square product of each worker"},
    {.key = "message_max",
     .type = SB_INT,
     .offset = AT(message_max),
     .initial = "2^22",
     .low = 1,
     .high = 1 << 30,
     .unit = "byte",
     .sizes = true,
     .help = "the longest message"},
    {.key = "io_bytes",
     .type = SB_INT,
     .offset = AT(io_bytes),
     .initial = "2^25",
     .low = 1,
     .high = N_MOST,
     .unit = "byte",
     .sizes = true,
     .help = "length of the file of each rank"},
    {.key = "folder",
     .type = SB_TEXT,
     .offset = AT(folder),
     .initial = "auto",
     .word = "auto",
     .help = "where files are written and read; auto: where output goes, else here"},
    {.key = "quanta",
     .type = SB_INT,
     .offset = AT(quanta),
     .initial = "2000",
     .low = 2,
     .high = 1e7,
     .unit = "1",
     .help = "pieces of work of 0.1 ms that each worker does for noise"},
    {.key = "samples",
     .type = SB_INT,
     .offset = AT(samples),
     .initial = "15",
     .low = 2,
     .high = 1000,
     .unit = "1",
     .help = "samples of each figure but rate and time, at most"},
    {.key = "figure_time",
     .type = SB_REAL,
     .offset = AT(figure_time),
     .initial = "0.1",
     .low = 0.001,
     .high = 1e4,
     .unit = "s",
     .help = "samples of a figure end after so long, six at least"},
    {.key = "slow_pair",
     .type = SB_REAL,
     .offset = AT(slow_pair),
     .initial = "0.8",
     .low = 0,
     .high = 1,
     .unit = "1",
     .help = "share of the median below which the best sample of a pair is warned of"},
    {.key = "simd",
     .type = SB_CHOICE,
     .offset = AT(simd),
     .initial = "auto",
     .choices = "auto|baseline|avx2|avx512",
     .help = "instruction set of sweeps and chains; auto: the best here"},
    {.key = NULL},
};

const char *probe_simd_name(const probe_config *config) { return simd_names[config->simd]; }

sb_status probe_grow(void *config, int64_t times) {
  probe_config *c = config;
  if (__builtin_mul_overflow(c->n, times, &c->n) || (double)c->n > N_MOST) {
    return sb_fail(SB_BAD_INPUT, "n: %" PRId64 " times as many exceed 2^44", times);
  }
  return SB_OK;
}

/* One core alone may want arrays of its own, at most as long; other parts find room in the reserve.
 */
sb_status probe_fill(void *config, double bytes) {
  probe_config *c = config;
  const double both = floor(0.9 * bytes / 24.0);
  if (both < 2.0) return sb_fail(SB_BAD_INPUT, "memory: %g bytes hold no arrays", bytes);
  c->core_n = (int64_t)fmin((double)c->core_n, floor(0.5 * both));
  c->n = (int64_t)fmin(both - (double)c->core_n, N_MOST);
  return SB_OK;
}

static bool between_ranks(int part) {
  return part == PROBE_LATENCY || part == PROBE_PAIRS || part == PROBE_ALLTOALL ||
         part == PROBE_ALLREDUCE;
}

/* One word of the list. */
static sb_status choose(probe_config *c, const char *word, size_t length, bool alone) {
  if (length == 3 && strncmp(word, "all", 3) == 0) {
    for (int p = 0; p < PROBE_PARTS; p++) {
      c->parts[p] |= !(alone && between_ranks(p));
      c->left_out |= alone && between_ranks(p);
    }
    return SB_OK;
  }
  for (int p = 0; p < PROBE_PARTS; p++) {
    if (strlen(part_names[p]) != length || strncmp(word, part_names[p], length) != 0) continue;
    if (alone && between_ranks(p)) {
      return sb_fail(SB_BAD_INPUT, "what = %s: there is one rank; it wants two or more",
                     part_names[p]);
    }
    c->parts[p] = 1;
    return SB_OK;
  }
  return sb_fail(SB_BAD_INPUT, "what = %.*s is unknown; allowed all, or a list of " PART_NAMES,
                 (int)(length < 40 ? length : 40), word);
}

static sb_status choose_parts(probe_config *c, bool alone) {
  sb_status status = SB_OK;
  bool any = false;
  memset(c->parts, 0, sizeof c->parts);
  c->left_out = 0;
  for (const char *at = c->what; *at != '\0';) {
    at += strspn(at, ", ");
    const size_t length = strcspn(at, ", ");
    if (length == 0) break;
    SB_TRY(choose(c, at, length, alone));
    at += length;
    any = true;
  }
  if (!any)
    return sb_fail(SB_BAD_INPUT, "what names nothing; allowed all, or a list of " PART_NAMES);
cleanup:
  return status;
}

/* The folder of `output`, where it names one. */
static void choose_folder(const sb_common *common, probe_config *c) {
  if (c->folder[0] != '\0') return;
  const char *slash = strrchr(common->output, '/');
  if (slash == NULL) return;
  const size_t length = slash == common->output ? 1 : (size_t)(slash - common->output);
  memcpy(c->folder, common->output, length);
  c->folder[length] = '\0';
}

sb_status probe_check_options(const sb_run *run, void *config) {
  probe_config *c = config;
  probe_kernels kernels;
  sb_status status = SB_OK;
  SB_TRY(probe_kernels_choose(probe_simd_name(c), &kernels));
  SB_TRY(choose_parts(c, sb_comm_size(run->comm) == 1));
  choose_folder(run->common, c);
  if (c->parts[PROBE_IO] && access(c->folder[0] != '\0' ? c->folder : ".", W_OK | X_OK) != 0) {
    status = sb_fail(SB_BAD_INPUT, "folder = %.200s: no file can be made there",
                     c->folder[0] != '\0' ? c->folder : ".");
  }
cleanup:
  return status;
}
