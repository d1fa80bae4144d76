#!/bin/sh
# quickstart.sh: from a fresh machine to a report of how it scales.
#
# usage: sh jobscripts/quickstart.sh [--budget TIME]
#   --budget TIME  time for the measurements, as 60s or 3min (default: 3min)
#
# Installs what is missing (setup.sh), builds, runs the study inputs/studies/quick.ini on this
# machine's cores, prints its table and says where its report is. It measures anew each time;
# installing and building are skipped when they are done. Exit code: the worst of the runs', 1 when
# it could not come that far.
set -eu

budget=3min
while [ $# -gt 0 ]; do
  case $1 in
    --budget=*) budget=${1#*=} ;;
    --budget) [ $# -gt 1 ] || { echo 'quickstart: --budget wants a time, as 60s' >&2; exit 1; }
      budget=$2; shift ;;
    -h | --help) sed -n '2,10s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "quickstart: $1 is not an option; allowed --budget TIME" >&2; exit 1 ;;
  esac
  shift
done

cd -- "$(dirname -- "$0")/.."
mkdir -p build

step() { echo "quickstart: $*"; }

# Runs a command with its output in a log; shows the log's end when it fails.
quietly() {
  log=$1
  shift
  if ! "$@" >"$log" 2>&1; then
    tail -n 30 "$log" >&2
    step "failed; the whole log is $log" >&2
    exit 1
  fi
}

step '1/4 system packages'
sh setup.sh

step '2/4 build (preset release; log: build/release.log)'
quietly build/release.log sh -c 'cmake --preset release && cmake --build --preset release'

machine=$(uname -n | sed 's/\..*//; s/[^A-Za-z0-9_-]/-/g')
out=results/data/$machine/quickstart-$(date -u +%Y%m%dT%H%M%SZ)
step "3/4 measurements (time: $budget)"
code=0
./scalebar study inputs/studies/quick.ini --budget "$budget" --out "$out" --launcher local || code=$?
[ -f "$out/study.json" ] || exit "$code"
[ "$code" -lt 128 ] || exit "$code"

step '4/4 report'
echo
report=0
./scalebar report "$out" || report=$?
[ "$report" -eq 0 ] || [ "$code" -ne 0 ] || code=$report

cat <<END

next:
  build/release/bin/pi_omp --help                             every key of a program
  build/release/bin/heat_omp --size tiny --threads 2          one run by hand
  ./scalebar study inputs/studies/pi_strong.ini --dry-run     what a study would run, and how long
  ./scalebar study inputs/studies/pi_strong.ini               a longer study: an hour or so
  ./scalebar study inputs/studies/workstation.ini --dry-run   this machine, thoroughly: hours
  ./scalebar report $out
HDF5 files of all runs, for h5py, xarray and ncdump: $out/runs
END
if [ -f "$out/report.html" ]; then
  echo
  echo "report: $(pwd -P)/$out/report.html"
fi
exit "$code"
