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

# scalebar_choose_sources(NAME OUT file...)
#
# The sources of app NAME as this machine's libraries let them be: where there is no scalebar::L, the
# file NAME_L_none.c stands in for NAME_L.c.
function(scalebar_choose_sources name out)
  set(sources "")
  foreach(source IN LISTS ARGN)
    string(REGEX REPLACE "^${name}_(blas)\\.c$" "\\1" library ${source})
    if(NOT library STREQUAL source AND NOT TARGET scalebar::${library})
      set(source ${name}_${library}_none.c)
    endif()
    list(APPEND sources ${source})
  endforeach()
  set(${out} ${sources} PARENT_SCOPE)
endfunction()

# scalebar_run_paths(PROGRAM target...): the folders of libraries that must not be found by name alone
# come first in the program's run path, where it is built and where it is installed.
function(scalebar_run_paths program)
  foreach(target IN LISTS ARGN)
    get_target_property(folder ${target} SCALEBAR_RUN_PATH)
    foreach(tree BUILD_RPATH INSTALL_RPATH)
      get_target_property(path ${program} ${tree})
      if(NOT path)
        set(path "")
      endif()
      if(folder)
        list(PREPEND path ${folder})
        set_target_properties(${program} PROPERTIES ${tree} "${path}")
      endif()
    endforeach()
  endforeach()
endfunction()

# add_miniapp(NAME SOURCES file... [KERNELS file...] [LIBRARIES blas])
#
# Makes NAME_serial, NAME_omp, NAME_mpi and NAME_hybrid, as far as this machine has what they need,
# from one list of sources. All link the KERNELS (add_kernels) and those of the LIBRARIES (scalebar::
# is put before them) that were found; the others choose sources (scalebar_choose_sources).
function(add_miniapp name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;KERNELS;LIBRARIES")
  set_property(GLOBAL PROPERTY scalebar_kernels_${name} "")
  if(arg_KERNELS)
    add_kernels(${name} ${arg_KERNELS})
  endif()
  get_property(kernels GLOBAL PROPERTY scalebar_kernels_${name})
  scalebar_choose_sources(${name} sources ${arg_SOURCES})
  list(TRANSFORM arg_LIBRARIES PREPEND scalebar::)
  set(libraries "")
  foreach(library IN LISTS arg_LIBRARIES)
    if(TARGET ${library})
      list(APPEND libraries ${library})
    endif()
  endforeach()
  foreach(variant IN LISTS scalebar_variants)
    # All but main.c is an object library, so that tests can put another main around the same app.
    add_library(${name}_${variant}_app OBJECT ${sources})
    target_link_libraries(${name}_${variant}_app PUBLIC scalebar_${variant} ${libraries})
    add_executable(${name}_${variant} main.c ${kernels})
    target_link_libraries(${name}_${variant} PRIVATE ${name}_${variant}_app)
    scalebar_run_paths(${name}_${variant} ${libraries})
    install(TARGETS ${name}_${variant} DESTINATION ${CMAKE_INSTALL_BINDIR})
  endforeach()
endfunction()
