#include "isa.h"

#include <string.h>

#include "isa_guard.h"

static const char *const names[SB_ISA_LEVELS] = {"baseline", "avx2", "avx512"};

/* What the flags of a level (isa.h) let the compiler use. */
static const sb_sets needs[SB_ISA_LEVELS] = {
    [SB_ISA_BASELINE] = 0,
    [SB_ISA_AVX2] = SB_SET(AVX2) | SB_SET(FMA) | SB_SET(BMI) | SB_SET(BMI2),
    [SB_ISA_AVX512] = SB_SET(AVX2) | SB_SET(FMA) | SB_SET(BMI) | SB_SET(BMI2) | SB_SET(AVX512F) |
                      SB_SET(AVX512DQ) | SB_SET(AVX512VL) | SB_SET(AVX512BW),
};

const char *sb_isa_name(sb_isa isa) { return names[isa]; }

bool sb_isa_built(sb_isa isa) {
  static const bool built[SB_ISA_LEVELS] = {
      true,
#ifdef SB_HAVE_AVX2
      [SB_ISA_AVX2] = true,
#endif
#ifdef SB_HAVE_AVX512
      [SB_ISA_AVX512] = true,
#endif
  };
  return built[isa];
}

bool sb_isa_runs(sb_isa isa) { return (needs[isa] & ~sb_sets_of_cpu()) == 0; }

sb_isa sb_isa_best(void) {
  for (int isa = SB_ISA_LEVELS - 1; isa > SB_ISA_BASELINE; isa--)
    if (sb_isa_built((sb_isa)isa) && sb_isa_runs((sb_isa)isa)) return (sb_isa)isa;
  return SB_ISA_BASELINE;
}

sb_status sb_isa_choose(const char *key, const char *name, sb_isa *isa) {
  *isa = sb_isa_best();
  if (strcmp(name, "auto") == 0) return SB_OK;
  for (int i = 0; i < SB_ISA_LEVELS; i++) {
    if (strcmp(name, names[i]) != 0) continue;
    if (!sb_isa_built((sb_isa)i))
      return sb_fail(SB_BAD_INPUT, "%s = %s: this build has none; the best here is %s", key, name,
                     names[*isa]);
    if (!sb_isa_runs((sb_isa)i))
      return sb_fail(SB_BAD_INPUT,
                     "%s = %s: this processor lacks the instructions; the best here is %s", key,
                     name, names[*isa]);
    *isa = (sb_isa)i;
    return SB_OK;
  }
  return sb_fail(SB_BAD_INPUT, "%s = %s is unknown; allowed auto, baseline, avx2, avx512", key,
                 name);
}
