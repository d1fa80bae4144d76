#!/bin/sh
# The other builds: each compiles without a warning and passes the tests that say something about it.
#   sh tests/builds.sh [PRESET...]
set -eu
cd "$(dirname "$0")/.."
cores=$(getconf _NPROCESSORS_ONLN)
mkdir -p build
all="portable debug clang bare mpich asan tsan"

# Tests of a preset, as a regular expression on their names. All run the unit tests; counts must be
# the same in every build; MPICH has its own way with faults; sanitizers look at whole programs too.
# What ranks do together is tested by release, MPICH and asan: the others' code for it is the same.
tests_of() {
  case $1 in
    portable) echo '^(unit|fuzz|app_counts)' ;;
    debug) echo '^(unit|fuzz)' ;; # counts of kernels that are not optimised take seven minutes
    clang) echo '^(unit|fuzz)' ;;
    bare) echo '^(unit|fuzz|app_(bad_input|counts)|faults_ends)' ;;
    mpich) echo '^(ranks_(pieces$|products|[^p])|unit_comm|app_(output|schema|placement)|faults_(ends|full|verdicts|writing))' ;;
    asan) echo '^(unit|ranks|fuzz|planted|app_(schema|threads))' ;;
    tsan) echo '^(unit|planted|app_threads)' ;;
    *)
      echo "builds: $1 is not one of $all" >&2
      exit 1
      ;;
  esac
}

# shellcheck disable=SC2086  # names of presets
[ $# -gt 0 ] || set -- $all
for preset in "$@"; do
  chosen=$(tests_of "$preset")
  jobs=$cores
  [ "$preset" != mpich ] || jobs=1 # its ranks poll: two tests at once take more than twice as long
  echo "builds: $preset"
  if ! { cmake --preset "$preset" -DSCALEBAR_WERROR=ON &&
    cmake --build --preset "$preset" --parallel "$cores"; } >"build/$preset.log" 2>&1; then
    tail -n 40 "build/$preset.log"
    exit 1
  fi
  if [ "$preset" != bare ] && ! grep -q 'variants serial omp mpi hybrid;' "build/$preset.log"; then
    grep 'Scalebar .*: variants' "build/$preset.log"
    echo "builds: $preset must have all variants" >&2
    exit 1
  fi
  if ! ctest --test-dir "build/$preset" --output-on-failure --no-tests=error -R "$chosen" -j "$jobs" \
    >"build/$preset-tests.log" 2>&1; then
    tail -n 80 "build/$preset-tests.log"
    exit 1
  fi
  grep 'tests passed' "build/$preset-tests.log"
done
