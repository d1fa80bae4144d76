/* isa_guard.h: the instruction sets that this build assumes, and those that this processor has.
 *
 * Before main starts, isa_guard.c compares the two. A program built for more than the processor has
 * says so in one sentence on stderr and ends with exit code 1, where it would have died of SIGILL.
 */
#ifndef SCALEBAR_ISA_GUARD_H
#define SCALEBAR_ISA_GUARD_H

#include <stddef.h>
#include <stdint.h>

/* Instruction sets that a compiler may use by itself, or a kernel by intent: X(our name, their
 * name, the macro that is 1 where the compiler may use it). Their name is the one of
 * __builtin_cpu_supports on x86. */
#define SB_SETS_X86(X)                                       \
  X(SSE42, "sse4.2", __SSE4_2__)                             \
  X(POPCNT, "popcnt", __POPCNT__)                            \
  X(AVX, "avx", __AVX__)                                     \
  X(AVX2, "avx2", __AVX2__)                                  \
  X(FMA, "fma", __FMA__)                                     \
  X(BMI, "bmi", __BMI__)                                     \
  X(BMI2, "bmi2", __BMI2__)                                  \
  X(AVX512F, "avx512f", __AVX512F__)                         \
  X(AVX512DQ, "avx512dq", __AVX512DQ__)                      \
  X(AVX512VL, "avx512vl", __AVX512VL__)                      \
  X(AVX512BW, "avx512bw", __AVX512BW__)                      \
  X(AVX512CD, "avx512cd", __AVX512CD__)                      \
  X(AVX512IFMA, "avx512ifma", __AVX512IFMA__)                \
  X(AVX512VBMI, "avx512vbmi", __AVX512VBMI__)                \
  X(AVX512VBMI2, "avx512vbmi2", __AVX512VBMI2__)             \
  X(AVX512VNNI, "avx512vnni", __AVX512VNNI__)                \
  X(AVX512BITALG, "avx512bitalg", __AVX512BITALG__)          \
  X(AVX512VPOPCNTDQ, "avx512vpopcntdq", __AVX512VPOPCNTDQ__) \
  X(GFNI, "gfni", __GFNI__)                                  \
  X(VPCLMULQDQ, "vpclmulqdq", __VPCLMULQDQ__)
#define SB_SETS_ARM(X)                         \
  X(ATOMICS, "atomics", __ARM_FEATURE_ATOMICS) \
  X(DOTPROD, "dotprod", __ARM_FEATURE_DOTPROD) \
  X(SVE, "sve", __ARM_FEATURE_SVE)             \
  X(SVE2, "sve2", __ARM_FEATURE_SVE2)
#define SB_SETS(X) SB_SETS_X86(X) SB_SETS_ARM(X)

#define SB_SET_NUMBER(set, name, macro) SB_NUMBER_##set,
enum { SB_SETS(SB_SET_NUMBER) SB_SET_COUNT };
#undef SB_SET_NUMBER

/* One bit per instruction set: SB_SET(AVX2) | SB_SET(FMA). */
typedef uint64_t sb_sets;
#define SB_SET(set) (UINT64_C(1) << SB_NUMBER_##set)

/* What the flags of this build let the compiler use anywhere (isa_built.c). */
extern const sb_sets sb_sets_assumed;

/* What this processor and its operating system offer. Local. */
sb_sets sb_sets_of_cpu(void);

/* The sentence, with a line break, for a processor on `host` that lacks `missing`; cut to fit. */
void sb_sets_complaint(sb_sets missing, const char *host, char *text, size_t bytes);

#endif
