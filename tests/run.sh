#!/bin/sh
# Sets up, builds and runs the whole test suite: sh tests/run.sh [PRESET [CTEST-OPTION...]]
# Without a preset: release. Exits non-zero on any failure.
set -eu
cd "$(dirname "$0")/.."
preset=${1:-release}
[ $# -gt 0 ] && shift

sh setup.sh --tests
echo "tests: building preset $preset"
mkdir -p build
if ! { cmake --preset "$preset" && cmake --build --preset "$preset" --parallel "$(getconf _NPROCESSORS_ONLN)"; } >"build/$preset.log" 2>&1; then
  tail -n 40 "build/$preset.log"
  echo "tests: the build failed; the whole log is build/$preset.log" >&2
  exit 1
fi
grep 'Scalebar .*: variants' "build/$preset.log" || true
# A test of a variant that is not there is skipped: no suite passes for want of programs.
if [ "$preset" != bare ] && ! grep -q 'variants serial omp mpi hybrid;' "build/$preset.log"; then
  echo "tests: not all variants were built; 'sh tests/builds.sh bare' tests what needs none of them" >&2
  exit 1
fi
exec ctest --test-dir "build/$preset" --output-on-failure --no-tests=error -j "$(getconf _NPROCESSORS_ONLN)" "$@"
