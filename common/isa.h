/* isa.h: instruction sets, a build-time list and a run-time choice.
 *
 * A hot kernel is one source file without conditionals, compiled once per level. CMake gives each
 * compilation the level's flags and -DSB_ISA=<level>, simd.h picks the vectors from the compiler's
 * own macros, and SB_ISA_NAME makes names differ. At run time a table holds one function per level.
 *
 *   level     x86-64 flags (put after all others)                              elsewhere
 *   baseline  -march=x86-64 -mtune=generic                                     baseline alone:
 *   avx2      the same, -mavx2 -mfma -mbmi -mbmi2                              -march=armv8-a on
 *   avx512    the same as avx2, -mavx512f -mavx512dq -mavx512vl -mavx512bw     AArch64 (NEON), or
 *             -mprefer-vector-width=512                                        no flags at all
 *
 * SB_HAVE_AVX2 and SB_HAVE_AVX512 are defined for all sources when their level is built.
 * isa_guard.c gets the flags of the baseline, isa_built.c those of the build: together they end a
 * program that was built for more than this processor has, with a sentence instead of SIGILL.
 *
 * All functions are local and cheap.
 */
#ifndef SCALEBAR_ISA_H
#define SCALEBAR_ISA_H

#include <stdbool.h>

#include "status.h"

/* In order: each level includes those before it. */
typedef enum { SB_ISA_BASELINE, SB_ISA_AVX2, SB_ISA_AVX512, SB_ISA_LEVELS } sb_isa;

/* "baseline", "avx2", "avx512". */
const char *sb_isa_name(sb_isa isa);

/* Whether this build holds kernels of that level. */
bool sb_isa_built(sb_isa isa);

/* Whether this processor, under this operating system, runs them. */
bool sb_isa_runs(sb_isa isa);

/* The highest level that is built and runs. */
sb_isa sb_isa_best(void);

/* The level of a name that the user gave to `key`; "auto" stands for the best. SB_BAD_INPUT with
 * one sentence for a level that is unknown, not built, or that the processor lacks. */
sb_status sb_isa_choose(const char *key, const char *name, sb_isa *isa);

/* The function of this level: SB_ISA_NAME(f) is f_avx512 where SB_ISA is avx512. */
#define SB_ISA_NAME(function) SB_ISA_PASTE(function, SB_ISA)
#define SB_ISA_PASTE(function, level) SB_ISA_PASTE_(function, level)
#define SB_ISA_PASTE_(function, level) function##_##level

/* Declares `function` for every level: SB_ISA_DECLARE(int, f, (int x)); */
#define SB_ISA_DECLARE(type, function, parameters) \
  type function##_baseline parameters;             \
  type function##_avx2 parameters;                 \
  type function##_avx512 parameters

/* Initialiser of a table indexed by sb_isa, NULL for levels that are not built:
 * static const f_type table[SB_ISA_LEVELS] = SB_ISA_TABLE(f); */
#define SB_ISA_TABLE(function) \
  { function##_baseline, SB_ISA_IF_AVX2(function##_avx2), SB_ISA_IF_AVX512(function##_avx512) }

#ifdef SB_HAVE_AVX2
#define SB_ISA_IF_AVX2(function) function
#else
#define SB_ISA_IF_AVX2(function) 0
#endif

#ifdef SB_HAVE_AVX512
#define SB_ISA_IF_AVX512(function) function
#else
#define SB_ISA_IF_AVX512(function) 0
#endif

#endif
