#include "build_info.h"

#include "hash.h"
#include "machine.h"
#include "simulation.h"

/* What one variant's flags add to the common ones: "-fopenmp". */
#ifdef SB_VARIANT_FLAGS
#define SB_ALL_FLAGS SB_BUILD_FLAGS " " SB_VARIANT_FLAGS
#else
#define SB_ALL_FLAGS SB_BUILD_FLAGS
#endif

const sb_build *sb_build_info(void) {
  static const sb_build build = {
      .version = SB_BUILD_VERSION,
      .git_commit = SB_BUILD_COMMIT,
      .git_dirty = SB_BUILD_DIRTY,
      .compiler = SB_BUILD_COMPILER,
      .compiler_flags = SB_ALL_FLAGS,
      .build_type = SB_BUILD_TYPE,
  };
  return &build;
}

void sb_binary_sha256(char hex[65]) {
  char path[4096];
  sb_sha256_file(sb_simulated_program(path) ? path : "/proc/self/exe", hex);
}
