/* rng.h: random numbers as a function of where they are used, not of when they are drawn.
 *
 * Philox 4x32-10 scrambles a 128-bit counter under a 64-bit key into four 32-bit words: Salmon,
 * Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11, section 3.3. It holds
 * no state, so any worker computes any number in any order, and a run draws the same numbers
 * whatever its ranks, threads and instruction set. Local, cannot fail.
 */
#ifndef SCALEBAR_RNG_H
#define SCALEBAR_RNG_H

#include <stdint.h>

/* Multipliers of a round, and what is added to the key between rounds (the same paper). */
#define SB_PHILOX_M0 UINT32_C(0xD2511F53)
#define SB_PHILOX_M1 UINT32_C(0xCD9E8D57)
#define SB_PHILOX_W0 UINT32_C(0x9E3779B9)
#define SB_PHILOX_W1 UINT32_C(0xBB67AE85)
enum { SB_PHILOX_ROUNDS = 10 };

/* The four words of one block.
 *
 *   counter [in]  4 words, word 0 least significant
 *   key     [in]  2 words, word 0 least significant
 *   out     [out] 4 words, uniform on 0 .. 2^32 - 1; may be `counter` itself
 */
void sb_philox4x32_10(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/* The same for a numbered block of a seeded sequence: counter words 0 and 1 are `block`, words 2
 * and 3 are zero, the key is `seed`. */
void sb_random_block(uint64_t seed, uint64_t block, uint32_t out[4]);

/* The generator of the NAS benchmarks, x -> 5^13 x mod 2^46 (Bailey et al., The NAS Parallel
 * Benchmarks, RNR-94-007, section 2.3): the factor of `steps` steps at once, and x that many steps
 * further. */
uint64_t sb_nas_power(uint64_t steps);
uint64_t sb_nas_next(uint64_t x, uint64_t steps);

#endif
