#include "memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>

static const size_t HUGE_PAGE = (size_t)2 << 20, LINE = 64;

sb_status sb_doubles_create(int64_t n, double **doubles) {
  void *memory = NULL;
  *doubles = NULL;
  if (n < 0 || (uint64_t)n > (SIZE_MAX - HUGE_PAGE) / sizeof(double)) {
    return sb_fail(SB_NO_MEMORY, "%lld numbers are more than memory can hold", (long long)n);
  }
  const size_t bytes = (size_t)n * sizeof(double);
  const bool big = bytes >= 2 * HUGE_PAGE;
  if (posix_memalign(&memory, big ? HUGE_PAGE : LINE, bytes + LINE) != 0) {
    return sb_fail(SB_NO_MEMORY, "no memory for %.4g GB", (double)bytes / 1e9);
  }
#ifdef MADV_HUGEPAGE
  if (big) (void)madvise(memory, bytes, MADV_HUGEPAGE); /* advice: without it all works, slower */
#endif
  *doubles = memory;
  return SB_OK;
}
