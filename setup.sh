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
  libhdf5-openmpi-dev libhwloc-dev libinih-dev libopenblas-serial-dev libfftw3-dev libssl-dev
  python3 python3-numpy python3-h5py python3-scipy python3-matplotlib'
test_packages='libcmocka-dev netcdf-bin python3-netcdf4 python3-xarray iproute2'
# A browser opens the report in a test, which is skipped where the system has no such package.
optional_packages='chromium chromium-driver python3-selenium libsimgrid-dev'
ci_packages='clang clang-format clang-tidy libclang-rt-14-dev libomp-14-dev llvm mpich libmpich-dev
  libhdf5-mpich-dev libopenblas0-pthread shellcheck slurm-wlm munge'

optional=
for option in "$@"; do
  case $option in
    --tests) packages="$packages $test_packages"; optional=$optional_packages ;;
    --ci) packages="$packages $test_packages $ci_packages"; optional=$optional_packages ;;
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
  Fedora, RHEL:    sudo dnf install gcc cmake make pkgconf git openmpi-devel hdf5-devel hdf5-openmpi-devel hwloc-devel inih-devel openblas-devel fftw-devel openssl-devel python3-numpy python3-h5py python3-scipy python3-matplotlib
  macOS:           brew install cmake pkgconf git open-mpi hdf5-mpi hwloc inih openblas fftw openssl python numpy scipy python-matplotlib
                   (for reports also h5py: pip install it in a virtual environment, and set PYTHON to its python3)
  any (Spack):     spack install cmake pkgconf git openmpi hdf5+mpi hwloc inih openblas fftw openssl py-numpy py-h5py py-scipy py-matplotlib
END
  exit 1
}

# missing_packages PACKAGE...: those that are not installed.
missing_packages() {
  # dpkg-query fails when it does not know one of them: its list is what counts.
  installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null | sed -n 's/ installed$//p')
  for package in "$@"; do
    printf '%s\n' "$installed" | grep -qx -- "$package" || printf '%s ' "$package"
  done
}

# offered_packages PACKAGE...: those that this system has. Ubuntu has chromium as a snap alone.
offered_packages() {
  for package in "$@"; do
    if apt-cache policy "$package" 2>/dev/null | grep -q 'Candidate: [^(]'; then
      printf '%s ' "$package"
    fi
  done
}

# Whether we may install, and how.
find_rights() {
  may_install=yes
  as_root=
  if [ "$(id -u)" -ne 0 ]; then
    as_root='sudo -n'
    have sudo && sudo -n true 2>/dev/null || may_install=no
  fi
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

# What tests can do without: installed where it is offered and we may, never a reason to fail.
install_optional() {
  # shellcheck disable=SC2086  # a list of words, here and below
  wanted=$(missing_packages $optional)
  [ -n "$wanted" ] || return 0
  set -- /var/lib/apt/lists/*_Packages*
  [ -e "$1" ] || $as_root apt-get -q update || return 0
  # shellcheck disable=SC2086
  wanted=$(offered_packages $wanted)
  [ -n "$wanted" ] || return 0
  # shellcheck disable=SC2086
  install $wanted || echo "setup.sh: not installed, tests that need them are skipped: ${wanted% }"
}

# shellcheck disable=SC2086
missing=$(missing_packages $packages)
[ -n "$missing$optional" ] || exit 0
find_rights
if [ -n "$missing" ]; then
  [ "$may_install" = yes ] || advise "$missing" "$missing"
  # shellcheck disable=SC2086
  install $missing
  # shellcheck disable=SC2086
  missing=$(missing_packages $packages)
  [ -z "$missing" ] || advise "$missing" "$missing"
fi
if [ -n "$optional" ] && [ "$may_install" = yes ]; then
  install_optional
fi
