/* probe_kernel.h: the loops whose speed is the machine's own. Local, one thread's work.
 *
 * Sweeps (STREAM: J. McCalpin, Memory bandwidth and machine balance in current high performance
 * computers, IEEE TCCA Newsletter, 1995), each with stores through the caches and past them:
 *   copy   a[i] = b[i]              16 bytes an element as STREAM counts: it leaves out that stores
 *   triad  a[i] = b[i] + s c[i]     24 bytes   through the caches read the line first
 * Arrays do not overlap, are aligned to 64 bytes, and hold n >= 0 doubles. With b, c and s for
 * which the sum is exact, all instruction sets give the same bits.
 *
 * Chains: x = x * factor + term, `steps` times, for as many numbers as registers hold, none of
 * which waits for another. Two operations a step and number.
 */
#ifndef SCALEBAR_PROBE_KERNEL_H
#define SCALEBAR_PROBE_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "isa.h"

SB_ISA_DECLARE(void, probe_copy, (double *a, const double *b, int64_t n));
SB_ISA_DECLARE(void, probe_copy_stream, (double *a, const double *b, int64_t n));
SB_ISA_DECLARE(void, probe_triad,
               (double *a, const double *b, const double *c, double s, int64_t n));
SB_ISA_DECLARE(void, probe_triad_stream,
               (double *a, const double *b, const double *c, double s, int64_t n));

enum { PROBE_LANES_MOST = 192 }; /* numbers that chains work on at most */

/* Takes the numbers from start [in] and leaves them in end [out], both with room for
 * PROBE_LANES_MOST; returns how many there are. */
SB_ISA_DECLARE(int, probe_chains,
               (int64_t steps, double factor, double term, const double *start, double *end));

/* The kernels of one instruction set; [0]: stores through the caches, [1]: past them. */
typedef struct {
  const char *name; /* "avx512" */
  void (*copy[2])(double *, const double *, int64_t);
  void (*triad[2])(double *, const double *, const double *, double, int64_t);
  int (*chains)(int64_t, double, double, const double *, double *);
} probe_kernels;

/* As sb_isa_choose takes names ("auto", "avx2"), with its errors. */
sb_status probe_kernels_choose(const char *name, probe_kernels *kernels);

/* Whether the chains round once a step, as a fused multiply-add does, or twice. */
bool probe_chains_fused(const probe_kernels *kernels);

/* The chains in plain C, for `lanes` numbers: the answer to compare with. */
void probe_chains_plain(bool fused, int64_t steps, double factor, double term, int lanes,
                        const double *start, double *end);

#endif
