/* Compiled for the baseline of the architecture, whatever the flags of the build are. */
#if !defined(_GNU_SOURCE) && defined(__linux__)
#define _GNU_SOURCE /* gethostname, getauxval */
#endif
#include "isa_guard.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif

#if defined(__x86_64__)

#define SUPPORTED(set, name, macro) | (__builtin_cpu_supports(name) ? SB_SET(set) : 0)

/* The builtin asks the processor and whether the operating system saves the wider registers. */
sb_sets sb_sets_of_cpu(void) {
  __builtin_cpu_init();
  return 0 SB_SETS_X86(SUPPORTED);
}

#elif defined(__aarch64__) && defined(__linux__)

/* Bits of AT_HWCAP and AT_HWCAP2 as the kernel's arch/arm64/include/uapi/asm/hwcap.h fixes them. */
sb_sets sb_sets_of_cpu(void) {
  const unsigned long first = getauxval(AT_HWCAP), second = getauxval(AT_HWCAP2);
  return (first >> 8 & 1 ? SB_SET(ATOMICS) : 0) | (first >> 20 & 1 ? SB_SET(DOTPROD) : 0) |
         (first >> 22 & 1 ? SB_SET(SVE) : 0) | (second >> 1 & 1 ? SB_SET(SVE2) : 0);
}

#else

/* Nothing is known here, so nothing is found missing. */
sb_sets sb_sets_of_cpu(void) { return UINT64_MAX; }

#endif

#define NAME(set, name, macro) name,
static const char *const names[SB_SET_COUNT] = {SB_SETS(NAME)};

void sb_sets_complaint(sb_sets missing, const char *host, char *text, size_t bytes) {
  char list[256] = "";
  size_t used = 0;
  for (int i = 0; i < SB_SET_COUNT && used < sizeof list; i++) {
    if (!(missing >> i & 1)) continue;
    used +=
        (size_t)snprintf(list + used, sizeof list - used, "%s%s", used == 0 ? "" : " ", names[i]);
  }
  snprintf(text, bytes,
           "this program was built for instructions that the processor of host %s lacks (%s); "
           "build it there, or with the preset portable\n",
           host, list);
}

/* Runs before any code of ours that was compiled for more than the baseline. */
__attribute__((constructor)) static void refuse_lesser_processor(void) {
  char host[65] = "", text[512];
  gethostname(host, sizeof host - 1);
  const sb_sets missing = sb_sets_assumed & ~sb_sets_of_cpu();
  if (missing == 0) return;
  sb_sets_complaint(missing, host, text, sizeof text);
  fputs(text, stderr);
  _exit(EXIT_FAILURE);
}
