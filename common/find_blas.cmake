# Sets scalebar::blas, a BLAS with its C interface, and scalebar_blas_kind, how the summary names it.
#
# Our threads call it, each on its own block, so it must not bring threads of its own. Debian's three
# flavours of OpenBLAS share one SONAME: linked by name, the machine's alternatives choose which runs,
# often the one with threads. So the serial one is taken by its path, and programs carry its folder as
# run path (SCALEBAR_RUN_PATH, see add_miniapp). Where there is none, or BLA_VENDOR asks for another,
# CMake's FindBLAS decides.
include(CheckCSourceCompiles)

set(blas "")
if(NOT BLA_VENDOR AND CMAKE_LIBRARY_ARCHITECTURE)
  set(flavour ${CMAKE_LIBRARY_ARCHITECTURE}/openblas-serial)
  find_library(SCALEBAR_OPENBLAS_SERIAL openblas PATHS /usr/lib/${flavour} NO_DEFAULT_PATH)
  find_path(SCALEBAR_OPENBLAS_SERIAL_INCLUDE cblas.h PATHS /usr/include/${flavour} NO_DEFAULT_PATH)
  if(SCALEBAR_OPENBLAS_SERIAL AND SCALEBAR_OPENBLAS_SERIAL_INCLUDE)
    set(blas ${SCALEBAR_OPENBLAS_SERIAL})
    set(blas_include ${SCALEBAR_OPENBLAS_SERIAL_INCLUDE})
    set(scalebar_blas_kind "serial OpenBLAS")
  endif()
endif()

if(NOT blas)
  find_package(BLAS QUIET)
  if(BLAS_FOUND)
    list(GET BLAS_LIBRARIES 0 first)
    get_filename_component(scalebar_blas_kind ${first} NAME)
    get_filename_component(folder ${first} DIRECTORY)
    find_path(SCALEBAR_CBLAS_INCLUDE cblas.h HINTS ${folder}/../include
              PATH_SUFFIXES openblas flexiblas mkl)
    if(SCALEBAR_CBLAS_INCLUDE)
      set(blas ${BLAS_LIBRARIES} ${BLAS_LINKER_FLAGS})
      set(blas_include ${SCALEBAR_CBLAS_INCLUDE})
    endif()
  endif()
endif()
if(NOT blas)
  return()
endif()

# A BLAS may come without its C interface. The answer is kept for this library alone.
string(MAKE_C_IDENTIFIER "scalebar_links_${blas}" links)
set(CMAKE_REQUIRED_INCLUDES ${blas_include})
set(CMAKE_REQUIRED_LIBRARIES ${blas})
set(CMAKE_REQUIRED_DEFINITIONS -D_GNU_SOURCE)
check_c_source_compiles(
  "#include <cblas.h>
   int main(void) {
     double x = 1.0, y;
     cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, 1, 1, 1, x, &x, 1, &x, 1, 0.0, &y, 1);
     return 0;
   }"
  ${links})
unset(CMAKE_REQUIRED_INCLUDES)
unset(CMAKE_REQUIRED_LIBRARIES)
unset(CMAKE_REQUIRED_DEFINITIONS)
if(NOT ${links})
  return()
endif()

add_library(scalebar::blas INTERFACE IMPORTED GLOBAL)
target_include_directories(scalebar::blas INTERFACE ${blas_include})
target_link_libraries(scalebar::blas INTERFACE ${blas})
target_compile_definitions(scalebar::blas INTERFACE SB_HAVE_BLAS=1)
if(APPLE)
  # blas.c asks whether these two are there.
  target_link_libraries(scalebar::blas INTERFACE -Wl,-U,_openblas_get_config
                                                 -Wl,-U,_openblas_set_num_threads)
else()
  # As DT_RPATH the run path comes before LD_LIBRARY_PATH; as DT_RUNPATH, after it. Among the libraries,
  # because MPI compilers ask for DT_RUNPATH among the options, and the last word counts.
  target_link_libraries(scalebar::blas INTERFACE -Wl,--disable-new-dtags)
endif()
list(GET blas 0 first)
get_filename_component(folder ${first} DIRECTORY)
if(folder AND NOT folder IN_LIST CMAKE_C_IMPLICIT_LINK_DIRECTORIES)
  set_property(TARGET scalebar::blas PROPERTY SCALEBAR_RUN_PATH ${folder})
endif()
