/* pi_kernel.h: how many of a range of random points fall into the circle. Local, no I/O.
 *
 * The numbered points (global samples) are the same for everyone, so counts of disjoint ranges add
 * up to the count of the whole, exactly, for any ranks, threads, pieces and instruction set.
 *
 *   philox  Sample s takes words (0, 1) of a block of the generator when s is even and words (2, 3)
 *           when it is odd; the block is sb_random_block(seed, s / 2). With x and y the words as
 *           signed 32-bit numbers a hit is x*x + y*y < 2^62: the square [-2^31, 2^31)^2 and the
 *           circle in it.
 *   nas     Sample s is pair s of the NAS benchmark EP (Bailey et al., "The NAS Parallel
 *           Benchmarks", RNR-94-007, section 2.2.1): with x_0 = 271828183 and x_k = 5^13 x_(k-1)
 *           mod 2^46, pair s is a = 2 x_(2s+1) / 2^46 - 1 and b = 2 x_(2s+2) / 2^46 - 1; a hit is
 *           a*a + b*b <= 1 in double precision, rounded as EP rounds it.
 *
 * Each count function takes samples lo <= s < hi, where 0 <= lo <= hi <= 2^62; both bounds may be
 * odd, and an empty range has no hits. A call costs up to 1 us beside its samples.
 */
#ifndef SCALEBAR_PI_KERNEL_H
#define SCALEBAR_PI_KERNEL_H

#include <stdint.h>

#include "isa.h"
#include "rng.h"

/* NAS EP's largest class, F, has 2^40 pairs. The sequence itself repeats after 2^43. */
#define PI_NAS_MOST (INT64_C(1) << 40)

/* The counting loops of one kernel. */
typedef struct {
  const char *name; /* "plain", or the instruction set: "avx512" */
  int64_t (*philox)(uint64_t seed, int64_t lo, int64_t hi);
  int64_t (*nas)(int64_t lo, int64_t hi);
} pi_counter;

/* The kernel of a name: "plain", or as sb_isa_choose takes it. SB_BAD_INPUT with one sentence where
 * this build or this processor lacks it. */
sb_status pi_counter_choose(const char *name, pi_counter *counter);

/* The textbook loops, one sample after the other: for reading, and as the reference. */
int64_t pi_hits_plain(uint64_t seed, int64_t lo, int64_t hi);
int64_t pi_hits_nas_plain(int64_t lo, int64_t hi);

/* The vectorised loops, one per instruction set: pi_philox_kernel.c and pi_nas_kernel.c. */
SB_ISA_DECLARE(int64_t, pi_hits, (uint64_t seed, int64_t lo, int64_t hi));
SB_ISA_DECLARE(int64_t, pi_hits_nas, (int64_t lo, int64_t hi));

/* x_0 of NAS EP. */
#define PI_NAS_SEED UINT64_C(271828183)

#endif
