# add_kernels(NAME file...)
#
# Compiles hot kernels once per instruction-set level (common/isa.h); they hold no ranks, no threads,
# no input or output. The objects are the global property scalebar_kernels_NAME.
function(add_kernels name)
  set(kernels "")
  foreach(level IN LISTS scalebar_levels)
    add_library(${name}_kernels_${level} OBJECT ${ARGN})
    target_link_libraries(${name}_kernels_${level} PRIVATE scalebar_flags)
    target_compile_definitions(${name}_kernels_${level} PRIVATE SB_ISA=${level})
    target_compile_options(${name}_kernels_${level} PRIVATE ${scalebar_flags_${level}})
    list(APPEND kernels $<TARGET_OBJECTS:${name}_kernels_${level}>)
  endforeach()
  set_property(GLOBAL PROPERTY scalebar_kernels_${name} "${kernels}")
endfunction()

# add_miniapp(NAME SOURCES file... [KERNELS file...])
#
# Makes NAME_serial, NAME_omp, NAME_mpi and NAME_hybrid, as far as this machine has what they need,
# from one list of sources. All link the KERNELS (add_kernels).
function(add_miniapp name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;KERNELS")
  set_property(GLOBAL PROPERTY scalebar_kernels_${name} "")
  if(arg_KERNELS)
    add_kernels(${name} ${arg_KERNELS})
  endif()
  get_property(kernels GLOBAL PROPERTY scalebar_kernels_${name})
  foreach(variant IN LISTS scalebar_variants)
    # All but main.c is an object library, so that tests can put another main around the same app.
    add_library(${name}_${variant}_app OBJECT ${arg_SOURCES})
    target_link_libraries(${name}_${variant}_app PUBLIC scalebar_${variant})
    add_executable(${name}_${variant} main.c ${kernels})
    target_link_libraries(${name}_${variant} PRIVATE ${name}_${variant}_app)
    install(TARGETS ${name}_${variant} DESTINATION ${CMAKE_INSTALL_BINDIR})
  endforeach()
endfunction()
