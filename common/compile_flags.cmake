# Flags of all code, and the levels of instruction sets that hot kernels are compiled for.
include(CheckCCompilerFlag)
include(CheckCSourceCompiles)

add_library(scalebar_flags INTERFACE)
# No fused multiply-add behind our back: results are the same bits for every instruction set.
set(scalebar_options -Wall -Wextra -Wconversion -Wshadow -ffp-contract=off)
if(SCALEBAR_WERROR)
  list(APPEND scalebar_options -Werror)
endif()
# All code but hot kernels and the guard, which have flags of their own.
set(scalebar_native "")
if(SCALEBAR_NATIVE)
  check_c_compiler_flag(-march=native scalebar_has_native)
  if(scalebar_has_native)
    set(scalebar_native -march=native)
  endif()
endif()
if(SCALEBAR_SANITIZE)
  list(APPEND scalebar_options -fsanitize=${SCALEBAR_SANITIZE} -fno-omit-frame-pointer
       -fno-sanitize-recover=all)
  target_link_options(scalebar_flags INTERFACE -fsanitize=${SCALEBAR_SANITIZE})
endif()
target_compile_options(scalebar_flags INTERFACE ${scalebar_options})
target_compile_definitions(scalebar_flags INTERFACE _GNU_SOURCE)
target_include_directories(scalebar_flags INTERFACE ${CMAKE_SOURCE_DIR}/common)
target_link_libraries(scalebar_flags INTERFACE m)

check_c_source_compiles("#ifndef __x86_64__\n#error\n#endif\nint main(void) { return 0; }"
                        scalebar_is_x86_64)
check_c_source_compiles("#ifndef __aarch64__\n#error\n#endif\nint main(void) { return 0; }"
                        scalebar_is_aarch64)

# Levels of isa.h.
set(scalebar_levels baseline)
set(scalebar_flags_baseline "")
if(scalebar_is_aarch64)
  set(scalebar_flags_baseline -march=armv8-a)
endif()
if(scalebar_is_x86_64)
  set(scalebar_flags_baseline -march=x86-64 -mtune=generic)
  set(scalebar_flags_avx2 ${scalebar_flags_baseline} -mavx2 -mfma -mbmi -mbmi2)
  set(scalebar_flags_avx512 ${scalebar_flags_avx2} -mavx512f -mavx512dq -mavx512vl -mavx512bw
      -mprefer-vector-width=512)
  foreach(level avx2 avx512)
    set(CMAKE_REQUIRED_FLAGS "")
    list(JOIN scalebar_flags_${level} " " CMAKE_REQUIRED_FLAGS)
    check_c_source_compiles("#include <immintrin.h>\nint main(void) { return 0; }"
                            scalebar_compiles_${level})
    set(CMAKE_REQUIRED_FLAGS "")
    if(scalebar_compiles_${level})
      list(APPEND scalebar_levels ${level})
      string(TOUPPER ${level} upper)
      target_compile_definitions(scalebar_flags INTERFACE SB_HAVE_${upper})
    endif()
  endforeach()
endif()
