/* faulty_probe.c: the mini-app probe with one wrong number planted. The linker puts these functions
 * in place of the ones they wrap (--wrap), around the real ones.
 *
 * SB_FAULT="kind=copy rank=1 bit=0"
 *   copy, triad  flips a bit of the middle element of each sweep of that kind
 *   skip         a copy that leaves its last element as it was
 *   chain        flips a bit of the last number in the middle of the chains' steps
 *   product      flips a bit of the middle entry of each product
 *   byte         flips a bit of the last byte of the call-th message, or block of an all-to-all,
 *                that is looked at
 *   sum          flips a bit of the last sum over the ranks
 *   file         flips a bit of the last byte of each block that is read
 *   full         the call-th write finds no room
 *   cable        each window of messages with rank `peer` takes ms milliseconds more */
#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "blas.h"
#include "comm_raw.h"
#include "faulty_number.h"
#include "probe_options.h"
#include "probe_pattern.h"

sb_status __real_probe_check_options(const sb_run *run, void *config);
sb_status __wrap_probe_check_options(const sb_run *run, void *config);
sb_status __real_probe_kernels_choose(const char *name, probe_kernels *kernels);
sb_status __wrap_probe_kernels_choose(const char *name, probe_kernels *kernels);
void __real_sb_blas_multiply(int m, int n, int k, const double *a, int lda, const double *b,
                             int ldb, bool add, double *c, int ldc);
void __wrap_sb_blas_multiply(int m, int n, int k, const double *a, int lda, const double *b,
                             int ldb, bool add, double *c, int ldc);
int64_t __real_probe_words_wrong(uint64_t seed, uint64_t stream, const void *room, int64_t bytes);
int64_t __wrap_probe_words_wrong(uint64_t seed, uint64_t stream, const void *room, int64_t bytes);
void __real_sb_raw_sum(sb_comm *comm, const double *values, double *sums, int n);
void __wrap_sb_raw_sum(sb_comm *comm, const double *values, double *sums, int n);
void __real_sb_raw_window(sb_comm *comm, int peer, const void *data, int sends, void *room,
                          int receives, int bytes);
void __wrap_sb_raw_window(sb_comm *comm, int peer, const void *data, int sends, void *room,
                          int receives, int bytes);
ssize_t __real_pread(int file, void *room, size_t bytes, off_t at);
ssize_t __wrap_pread(int file, void *room, size_t bytes, off_t at);
ssize_t __real_pwrite(int file, const void *data, size_t bytes, off_t at);
ssize_t __wrap_pwrite(int file, const void *data, size_t bytes, off_t at);

static probe_kernels real;

/* In each call, said once. Threads may ask at the same time: then it is said twice. */
static bool always(const char *kind) {
  static bool said;
  char name[32];
  const char *text = getenv("SB_FAULT");
  snprintf(name, sizeof name, "kind=%s ", kind);
  if (text == NULL || strstr(text, name) == NULL || own_rank != number("rank", 0)) return false;
  if (!said) fprintf(stderr, "FAULT planted: %s\n", kind);
  said = true;
  return true;
}

static void flip_byte(void *byte) {
  *(unsigned char *)byte ^= (unsigned char)(1 << number("bit", 0));
}

sb_status __wrap_probe_check_options(const sb_run *run, void *config) {
  own_rank = sb_comm_rank(run->comm);
  return __real_probe_check_options(run, config);
}

static void copy(double *a, const double *b, int64_t n) {
  const double last = n > 0 ? a[n - 1] : 0.0;
  real.copy[0](a, b, n);
  if (n > 0 && always("copy")) flip(&a[n / 2]);
  if (n > 0 && always("skip")) a[n - 1] = last;
}

static void triad(double *a, const double *b, const double *c, double s, int64_t n) {
  real.triad[0](a, b, c, s, n);
  if (n > 0 && always("triad")) flip(&a[n / 2]);
}

static int chains(int64_t steps, double factor, double term, const double *start, double *end) {
  if (!always("chain")) return real.chains(steps, factor, term, start, end);
  double half[PROBE_LANES_MOST];
  const int lanes = real.chains(steps / 2, factor, term, start, half);
  flip(&half[lanes - 1]);
  return real.chains(steps - steps / 2, factor, term, half, end);
}

sb_status __wrap_probe_kernels_choose(const char *name, probe_kernels *kernels) {
  const sb_status status = __real_probe_kernels_choose(name, kernels);
  real = *kernels;
  kernels->copy[0] = kernels->copy[1] = copy;
  kernels->triad[0] = kernels->triad[1] = triad;
  kernels->chains = chains;
  return status;
}

void __wrap_sb_blas_multiply(int m, int n, int k, const double *a, int lda, const double *b,
                             int ldb, bool add, double *c, int ldc) {
  __real_sb_blas_multiply(m, n, k, a, lda, b, ldb, add, c, ldc);
  if (always("product")) flip(&c[m / 2 * ldc + n / 2]);
}

int64_t __wrap_probe_words_wrong(uint64_t seed, uint64_t stream, const void *room, int64_t bytes) {
  static long calls;
  if (is_due("byte", ++calls)) flip_byte((char *)(uintptr_t)room + bytes - 1);
  return __real_probe_words_wrong(seed, stream, room, bytes);
}

void __wrap_sb_raw_sum(sb_comm *comm, const double *values, double *sums, int n) {
  __real_sb_raw_sum(comm, values, sums, n);
  if (always("sum")) flip(&sums[n - 1]);
}

void __wrap_sb_raw_window(sb_comm *comm, int peer, const void *data, int sends, void *room,
                          int receives, int bytes) {
  if (peer == number("peer", -1) && always("cable")) {
    nanosleep(&(struct timespec){.tv_nsec = 1000000L * number("ms", 0)}, NULL);
  }
  __real_sb_raw_window(comm, peer, data, sends, room, receives, bytes);
}

ssize_t __wrap_pread(int file, void *room, size_t bytes, off_t at) {
  const ssize_t got = __real_pread(file, room, bytes, at);
  if (got > 0 && always("file")) flip_byte((char *)room + got - 1);
  return got;
}

ssize_t __wrap_pwrite(int file, const void *data, size_t bytes, off_t at) {
  static long calls;
  if (is_due("full", ++calls)) {
    errno = ENOSPC;
    return -1;
  }
  return __real_pwrite(file, data, bytes, at);
}
