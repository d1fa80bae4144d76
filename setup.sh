#!/bin/sh
# setup.sh: installs the system packages that Scalebar is built and read with.
#
# usage: sh setup.sh [--tests] [--ci]
#   --tests  also what the test suite needs
#   --ci     also what continuous integration needs: a second compiler, a second MPI, checkers
#
# Silent when nothing is missing. On Debian and Ubuntu it installs as root or through a sudo that asks
# for no password. Everywhere else, and without those rights, it prints the line that installs what is
# missing, and exits 1. It never asks a question.
set -eu

packages='gcc libc6-dev cmake make pkg-config git openmpi-bin libopenmpi-dev libhdf5-dev
  libhdf5-openmpi-dev libhwloc-dev libinih-dev libopenblas-serial-dev libfftw3-dev libssl-dev python3 python3-numpy python3-h5py'
test_packages='libcmocka-dev netcdf-bin python3-netcdf4 python3-xarray'
ci_packages='clang clang-format clang-tidy libclang-rt-14-dev libomp-14-dev llvm mpich libmpich-dev
  libhdf5-mpich-dev libopenblas0-pthread shellcheck'

for option in "$@"; do
  case $option in
    --tests) packages="$packages $test_packages" ;;
    --ci) packages="$packages $test_packages $ci_packages" ;;
    -h | --help) sed -n '2,10s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "setup.sh: $option is not an option; allowed --tests and --ci" >&2; exit 1 ;;
  esac
done

have() { command -v "$1" >/dev/null 2>&1; }

# advise MISSING PACKAGES: the install lines; those of other systems bring everything.
advise() {
  cat >&2 <<END
setup.sh: something is missing: ${1% }
Install it with the line for this system, then run the same command again:
  Debian, Ubuntu:  sudo apt-get install --no-install-recommends ${2% }
  Fedora, RHEL:    sudo dnf install gcc cmake make pkgconf git openmpi-devel hdf5-devel hdf5-openmpi-devel hwloc-devel inih-devel openblas-devel fftw-devel openssl-devel python3-numpy python3-h5py
  macOS:           brew install cmake pkgconf git open-mpi hdf5-mpi hwloc inih openblas fftw openssl python numpy
  any (Spack):     spack install cmake pkgconf git openmpi hdf5+mpi hwloc inih openblas fftw openssl py-numpy py-h5py
END
  exit 1
}

# Packages of the list that are not installed.
missing_packages() {
  # dpkg-query fails when it does not know one of them: its list is what counts.
  # shellcheck disable=SC2086  # a list of words
  installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' $packages 2>/dev/null | sed -n 's/ installed$//p')
  for package in $packages; do
    printf '%s\n' "$installed" | grep -qx -- "$package" || printf '%s ' "$package"
  done
}

install() {
  echo "installing: $*"
  # shellcheck disable=SC2086  # sudo and its option, or nothing
  $as_root env DEBIAN_FRONTEND=noninteractive sh -eu -c '
    apt-get -q update
    apt-get -q install -y --no-install-recommends "$@"' sh "$@" </dev/null
}

# Elsewhere: the tools and libraries themselves are looked for.
missing_tools() {
  for tool in cc cmake pkg-config mpicc python3; do
    have "$tool" || printf '%s ' "$tool"
  done
  have pkg-config || return 0
  pkg-config --exists inih || printf 'inih '
  pkg-config --exists hdf5 || have h5cc || have h5pcc || printf 'hdf5 '
}

if ! have apt-get || ! have dpkg-query; then
  missing=$(missing_tools)
  # shellcheck disable=SC2086  # a list of words, now on one line
  [ -z "$missing" ] || advise "$missing" "$(printf '%s ' $packages)"
  exit 0
fi

missing=$(missing_packages)
[ -n "$missing" ] || exit 0
if [ "$(id -u)" -eq 0 ]; then
  as_root=
elif have sudo && sudo -n true 2>/dev/null; then
  as_root='sudo -n'
else
  advise "$missing" "$missing"
fi
# shellcheck disable=SC2086  # a list of words
install $missing
missing=$(missing_packages)
[ -z "$missing" ] || advise "$missing" "$missing"
