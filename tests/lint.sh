#!/bin/sh
# Lint: formatting, clang-tidy, shell scripts, layers. Prints what is wrong and exits non-zero.
set -eu
cd "$(dirname "$0")/.."
failed=0

c_files=$(git ls-files '*.c' '*.h')
# shellcheck disable=SC2086  # names in this repository hold no spaces
clang-format --dry-run -Werror $c_files || failed=1

shell_files=$(git grep -lE '^#!.*\b(sh|bash)\b' -- ':!*.py')
# shellcheck disable=SC2086
shellcheck $shell_files || failed=1

python3 tests/layers.py || failed=1

# clang-tidy reads the flags of a build; it needs the generated header, so that target is built first.
mkdir -p build
cmake --preset clang >build/lint.log 2>&1
cmake --build --preset clang --target scalebar_build_info >>build/lint.log 2>&1
skipped='^$' # the one file that needs SimGrid's headers, where they are missing
command -v smpicc >/dev/null || skipped='simulation_simgrid'
git ls-files 'common/*.c' 'apps/*.c' | grep -v "$skipped" |
  xargs -P "$(getconf _NPROCESSORS_ONLN)" -n 8 clang-tidy -p build/clang --quiet --warnings-as-errors='*' \
    >build/tidy.log 2>&1 || {
  grep -E 'warning:|error:' build/tidy.log | sort -u
  failed=1
}
[ "$failed" = 0 ] && echo "lint: clean"
exit "$failed"
