# Writes build_info.h: what this program is built from. Run at every build:
#
#   cmake -DOUT=build_info.h -DSOURCE_DIR=. -DVERSION=0.1.0 "-DCOMPILER=GNU 12.2.0" "-DFLAGS=-O3"
#         -DBUILD_TYPE=release -P build_info.cmake
#
# The header is touched only when its text changes, so that an unchanged tree compiles nothing anew.
cmake_minimum_required(VERSION 3.20)

# A git hook exports these; they would point at another repository.
foreach(name GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE)
  unset(ENV{${name}})
endforeach()
set(ENV{GIT_OPTIONAL_LOCKS} 0) # looking must not write into the repository
get_filename_component(source "${SOURCE_DIR}" REALPATH)

# Runs git in the source tree; `out` gets what it prints, `ok` whether it succeeded. The tree may
# belong to another user (sudo), which git refuses unless told that this folder is meant.
function(run_git out ok)
  execute_process(
    COMMAND "${GIT}" -c "safe.directory=${source}" -c core.fsmonitor=false ${ARGN}
    WORKING_DIRECTORY "${source}"
    OUTPUT_VARIABLE text
    ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE
    RESULT_VARIABLE code)
  set(${out} "${text}" PARENT_SCOPE)
  if(code STREQUAL "0")
    set(${ok} TRUE PARENT_SCOPE)
  else()
    set(${ok} FALSE PARENT_SCOPE)
  endif()
endfunction()

set(commit "")
set(dirty 0)
find_program(GIT git)
if(GIT AND EXISTS "${source}/.git")
  run_git(head found rev-parse --verify HEAD)
  if(found)
    set(commit "${head}")
    set(dirty 1) # until git says otherwise
    # Untracked files count where a build would pick them up.
    run_git(changed asked status --porcelain --untracked-files=no)
    run_git(strays asked_too ls-files --others --exclude-standard -- apps common inputs)
    if(asked AND asked_too AND "${changed}${strays}" STREQUAL "")
      set(dirty 0)
    endif()
  endif()
elseif(EXISTS "${source}/common/archive_commit.txt")
  file(STRINGS "${source}/common/archive_commit.txt" line LIMIT_COUNT 1)
  if(line MATCHES "^[0-9a-f]+$")
    set(commit "${line}")
  endif()
endif()
if(NOT commit MATCHES "^[0-9a-f]+$")
  set(commit "unknown")
endif()

# Flags without paths: they say nothing about the program and something about its builder.
string(REPLACE ";" " " words "${FLAGS}")
separate_arguments(words UNIX_COMMAND "${words}")
set(flags "")
set(path_follows FALSE)
foreach(word IN LISTS words)
  if(word MATCHES "^(-I|-L|-isystem|-iquote|-idirafter|-include|-imacros|-isysroot|--sysroot|-B)$")
    set(path_follows TRUE)
  elseif(path_follows)
    set(path_follows FALSE)
  elseif(NOT word MATCHES "/")
    string(APPEND flags " ${word}")
  endif()
endforeach()
string(STRIP "${flags}" flags)

# Makes `text` the inside of a C string.
function(c_string out text)
  string(REPLACE "\\" "\\\\" text "${text}")
  string(REPLACE "\"" "\\\"" text "${text}")
  set(${out} "${text}" PARENT_SCOPE)
endfunction()
foreach(name VERSION COMPILER BUILD_TYPE)
  c_string(${name} "${${name}}")
endforeach()
c_string(flags "${flags}")

set(text "/* Written by build_info.cmake at each build. */
#define SB_BUILD_VERSION \"${VERSION}\"
#define SB_BUILD_COMMIT \"${commit}\"
#define SB_BUILD_DIRTY ${dirty}
#define SB_BUILD_COMPILER \"${COMPILER}\"
#define SB_BUILD_FLAGS \"${flags}\"
#define SB_BUILD_TYPE \"${BUILD_TYPE}\"
")
set(old "")
if(EXISTS "${OUT}")
  file(READ "${OUT}" old)
endif()
if(NOT old STREQUAL text)
  file(WRITE "${OUT}" "${text}")
endif()
