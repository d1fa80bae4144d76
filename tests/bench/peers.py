"""An app beside its peers, whole programs in turn: what matmul_peers.py and fft_peers.py share."""
from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

REPEATS = 3


@dataclass
class Peer:
    """A command that prints a figure, and the share of it that ours is to reach (of a time: to keep)."""
    name: str
    command: list[str]
    target: float | None = None
    threads: int = 1  # of OpenBLAS


def arguments(text: str, n: int, rows: str, app: str, cases: tuple[str, ...]) -> argparse.Namespace:
    """The options of a script, whose first line says what it does; `case` holds known cases alone."""
    parser = argparse.ArgumentParser(description=text.splitlines()[0])
    parser.add_argument("--build", type=Path, default=Path("build/release"), help="default: build/release")
    parser.add_argument("--rounds", type=int, default=7, help="default: 7")
    parser.add_argument("--n", type=int, default=n, help=f"{rows} (default: {n})")
    parser.add_argument("--option", action="append", default=[], help=f"further options of {app}")
    parser.add_argument("case", nargs="*", default=["all"])
    args = parser.parse_args()
    if "all" in args.case:
        args.case = list(cases)
    for case in args.case:
        if case not in cases:
            sys.exit(f"{case}: not a case; allowed {', '.join(cases)}, all")
    return args


class Turns:
    """Runs programs on the first two of the cores that this process may use."""

    def __init__(self, app: str, build: Path, programs: tuple[str, ...]) -> None:
        self.app, self.build = app, build
        cores = sorted(os.sched_getaffinity(0))[:2]
        os.sched_setaffinity(0, cores)
        self.cores = len(cores)
        self.mpiexec = self.cached("MPIEXEC_EXECUTABLE")
        missing = [p for p in programs if not (build / p).exists()]
        if self.mpiexec is None or missing:
            sys.exit(f"{build}: built without {', '.join(missing) or 'MPI'}")
        self.env = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
                    "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}

    def cached(self, name: str) -> str | None:
        """What CMake found when it made this build."""
        cache = (self.build / "CMakeCache.txt").read_text()
        found = re.search(rf"^{name}:\w+=(.*)$", cache, re.MULTILINE)
        return found.group(1) if found else None

    def figure(self, command: list[str], name: str = "rate", threads: int = 1) -> float:
        """GFLOP/s or seconds that the command prints."""
        env = {**self.env, "OPENBLAS_NUM_THREADS": str(threads)}
        run = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
        found = re.search(rf"^FOM \w+\.{name}=(\S+) ", run.stdout, re.MULTILINE)
        if run.returncode != 0 or found is None:
            sys.exit(f"{' '.join(command)}: exit {run.returncode}\n{run.stdout}{run.stderr}")
        return float(found.group(1)) / (1e9 if name == "rate" else 1.0)

    def launch(self, ranks: int) -> list[str]:
        binding = "core" if ranks <= self.cores else "none"
        return [str(self.mpiexec), "--oversubscribe", "--bind-to", binding, "-n", str(ranks)]

    def program(self, variant: str, *options: str) -> list[str]:
        return [str(self.build / f"bin/{self.app}_{variant}"), *options, "--warmup=1", f"--min_reps={REPEATS}",
                f"--max_reps={REPEATS}"]

    def compare(self, title: str, ours: list[str], peers: list[Peer], rounds: int, name: str = "rate") -> None:
        """Prints the medians, and the ratios of the rounds."""
        start = next(i for i, word in enumerate(ours) if word.startswith(str(self.build / f"bin/{self.app}_")))
        print(f"{title}: {' '.join(ours[start + 1:])}")
        mine: list[float] = []
        theirs: dict[str, list[float]] = {peer.name: [] for peer in peers}
        once = {peer.name: peer for peer in peers}  # one peer may have two targets
        for _ in range(rounds):
            mine.append(self.figure(ours, name))
            for peer in once.values():
                theirs[peer.name].append(self.figure(peer.command, name, peer.threads))
        unit, most = ("GFLOP/s", "") if name == "rate" else ("s", "at most ")
        digits = 2 if name == "rate" else 5
        print(f"  {statistics.median(mine):8.{digits}f} {unit}  {self.app}")
        for peer in peers:
            ratios = [a / b for a, b in zip(mine, theirs[peer.name])]
            asked = f", asked {most}{peer.target}" if peer.target else ""
            print(f"  {statistics.median(theirs[peer.name]):8.{digits}f} {unit}  {peer.name}: ours is "
                  f"{statistics.median(ratios):.3f} of it ({min(ratios):.3f} .. {max(ratios):.3f}{asked})",
                  flush=True)
