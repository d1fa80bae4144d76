"""How much memory a program holds, beside what it planned."""
from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import launch

# Before a program: says at its end what memory it had resident at most.
PREFIX = (sys.executable, "-c", """if True:
    import os, sys
    end, use = os.wait4(os.spawnvp(os.P_NOWAIT, sys.argv[1], sys.argv[1:]), 0)[1:]
    print(f"resident {use.ru_maxrss} KiB", file=sys.stderr)
    sys.exit(os.waitstatus_to_exitcode(end))""")
SANITIZED = any(name in os.environ for name in ("ASAN_OPTIONS", "TSAN_OPTIONS"))


def grown(program: str, tiny: list[str], large: list[str], *options: str, ranks: int, threads: int | None,
          cwd: Path) -> tuple[float, float]:
    """MB that the rank with most holds of the large problem beyond the tiny one: at the end, and by plan."""
    found: list[tuple[float, float]] = []
    for size in (tiny, large):
        run = launch.run(program, "--warmup", "0", "--min_reps", "1", "--max_reps", "1", *size, *options, ranks=ranks,
                         threads=threads, prefix=PREFIX, cwd=cwd)
        plan = launch.run(program, *size, *options, "--dry-run", ranks=ranks, threads=threads, cwd=cwd)
        planned = re.search(r"memory per rank: (\S+) MB", plan.out)
        if not run.succeeded() or planned is None:
            raise AssertionError(f"{run}\n{plan}")
        found.append((1024e-6 * max(map(int, re.findall(r"resident (\d+) KiB", run.err))), float(planned.group(1))))
    held, planned_mb = found[1][0] - found[0][0], found[1][1] - found[0][1]
    print(f"{program} {' '.join(large)} {' '.join(options)}, {ranks} x {threads}: resident {held:.1f} MB, "
          f"planned {planned_mb:.1f} MB")
    return held, planned_mb
