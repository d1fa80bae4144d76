#!/bin/sh
# agent.sh HOST COMMAND...: runs a command on a host made by hosts.py, as ssh does on a real one: in
# that host's network, under its name, the words joined by blanks and read by a shell.
set -eu
host=$1
shift
# shellcheck disable=SC2016  # expanded by the shell inside
exec ip netns exec "$host" unshare --uts sh -c '
  echo "$1" >/proc/sys/kernel/hostname
  shift
  exec sh -c "$*"' sh "$host" "$@"
