#!/bin/sh
# The other builds: each compiles without a warning and passes the tests that say something about it.
set -eu
cd "$(dirname "$0")/.."

build() { # build PRESET [CMAKE-OPTION...]
  preset=$1
  shift
  echo "builds: $preset"
  mkdir -p build
  if ! { cmake --preset "$preset" -DSCALEBAR_WERROR=ON "$@" && cmake --build --preset "$preset" --parallel "$(getconf _NPROCESSORS_ONLN)"; } \
    >"build/$preset.log" 2>&1; then
    tail -n 40 "build/$preset.log"
    exit 1
  fi
}

check() { # check PRESET LABELS
  ctest --test-dir "build/$1" --output-on-failure --no-tests=error -L "$2" -LE slow -j "$(getconf _NPROCESSORS_ONLN)" |
    tail -n 15
}

for preset in portable debug clang mpich asan tsan; do
  build "$preset"
  check "$preset" 'unit|app|faults'
done
