#!/usr/bin/env python3
"""Runs commands in turn and compares a figure of merit, round by round.

    python3 tests/bench/alternate.py [--figure pi.rate] [--rounds 9] COMMAND COMMAND...

Each COMMAND is one argument, split as a shell would split it but run without one. Every round runs all
of them once; printed are the median of each and the median, least and largest ratio to the first.
"""
from __future__ import annotations

import argparse
import re
import shlex
import statistics
import subprocess
import sys


def figure(command: str, name: str) -> float:
    run = subprocess.run(shlex.split(command), capture_output=True, text=True, check=False)
    found = re.search(rf"^FOM {re.escape(name)}=(\S+) ", run.stdout, re.MULTILINE)
    if run.returncode != 0 or found is None:
        sys.exit(f"{command}: exit {run.returncode}, {name} not printed\n{run.stdout}{run.stderr}")
    return float(found.group(1))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--figure", default="pi.rate", help="name on the FOM line (default: pi.rate)")
    parser.add_argument("--rounds", type=int, default=9, help="default: 9")
    parser.add_argument("command", nargs="+")
    args = parser.parse_args()
    rounds = [[figure(c, args.figure) for c in args.command] for _ in range(args.rounds)]
    for i, command in enumerate(args.command):
        values = [r[i] for r in rounds]
        ratios = [r[i] / r[0] for r in rounds]
        print(f"{statistics.median(values):.4g}  ratio {statistics.median(ratios):.3f} "
              f"({min(ratios):.3f} .. {max(ratios):.3f})  {command}")


if __name__ == "__main__":
    main()
