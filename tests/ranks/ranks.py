"""Runs one test program with several numbers of ranks: ranks.py PROGRAM [NAME=VALUE ...]

What follows the program goes into its environment.
"""
from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import launch

# Sanitizers make the start of an MPI program take seconds.
RANKS = (1, 3) if "LSAN_OPTIONS" in os.environ else (1, 2, 3, 4, 5, 7)
# MPICH's ranks poll: on two cores, seven of them take four times as long as three.
RANKS_POLLING = (1, 2, 3, 5)
SKIPPED = 77  # tests/CMakeLists.txt
# Of MPICH's polling ranks few share cores in tests that wait for each other thousands of times.
WAITING = ("ranks_products", "ranks_transpose")


def main() -> int:
    program = Path(sys.argv[1])
    env = dict(setting.split("=", 1) for setting in sys.argv[2:])
    failed = skipped = 0
    few = launch.POLLING and program.name.startswith(WAITING)
    numbers = RANKS_POLLING if launch.POLLING else RANKS
    numbers = [r for r in numbers if r <= 3] if few else numbers
    for ranks in numbers:
        outcome = launch.run(program, ranks=ranks, env=env, timeout=120)
        # Each rank says so when it passed its whole group: one that fell out is missing.
        said = len(re.findall(r"PASSED +\] \d+ test", outcome.err + outcome.out))
        if outcome.code == SKIPPED:
            print(f"{ranks} ranks: skipped\n{outcome.out}")
            skipped += 1
        elif outcome.code != 0 or said != ranks:
            print(f"{ranks} ranks: failed\n{outcome}")
            failed += 1
        for name in sorted(set(re.findall(r"SKIPPED +\] (\w+)$", outcome.err + outcome.out, re.MULTILINE))):
            print(f"{ranks} ranks: skipped {name}")
    print(f"{program.name}: {len(numbers) - failed - skipped} of {len(numbers)} numbers of ranks passed")
    return 1 if failed else SKIPPED if skipped else 0


if __name__ == "__main__":
    sys.exit(main())
