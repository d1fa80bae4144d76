#!/bin/sh
# bind.sh LISTS PROGRAM [ARGUMENT]...: binds this rank to its own CPUs, then becomes the program.
#
# LISTS holds a CPU list for each rank of the node, "0,1/2,3". Used where this process may use a
# part of the machine only: launchers bind to the first cores of the node then, not to the first
# that are allowed.
set -eu
lists=$1
shift
rank=${OMPI_COMM_WORLD_LOCAL_RANK:-${MPI_LOCALRANKID:-${PMI_RANK:-0}}}
list=$(printf '%s\n' "$lists" | cut -d / -f "$((rank + 1))")
exec taskset -c "$list" "$@"
