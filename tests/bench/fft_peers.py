#!/usr/bin/env python3
"""Compares fft with FFTW's own threads and FFTW's own MPI, in turns, round by round.

    python3 tests/bench/fft_peers.py [--build build/release] [--rounds 7] [--n 256] [CASE...]

CASE: two, threads, four, natural, pencil, real, message, or all (default). FFTW runs in place or out of
place, and where the number of ranks is free on 1, 2 or 4, whichever was fastest in a round of its own
before. Printed for each case are the medians, and the median, least and largest ratio of ours to each
peer; of real the ratio of times. Needs Debian's libfftw3-dev and libfftw3-mpi-dev when it is built. All
runs share the first two of the cores that this process may use (taskset chooses others).
"""
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
PLACES = {"in": "in place", "out": "out of place"}
CASES = ("two", "threads", "four", "natural", "pencil", "real", "message")


@dataclass
class Peer:
    """A command that prints a figure, and the share of it that ours is to reach (of a time: to keep)."""
    name: str
    command: list[str]
    target: float | None = None


class Bench:
    def __init__(self, build: Path, cores: int, n: int, options: list[str]) -> None:
        self.build, self.cores, self.n, self.options = build, cores, n, options
        cache = (build / "CMakeCache.txt").read_text()
        mpiexec = re.search(r"^MPIEXEC_EXECUTABLE:\w+=(.*)$", cache, re.MULTILINE)
        programs = ("bin/fft_mpi", "bin/fft_omp", "tests/fftw_bench", "tests/fftw_mpi_bench")
        missing = [p for p in programs if not (build / p).exists()]
        if mpiexec is None or missing:
            sys.exit(f"{build}: built without {', '.join(missing) or 'MPI'}")
        self.mpiexec = mpiexec.group(1)
        self.env = {**os.environ, "OMP_NUM_THREADS": "1",
                    "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
        self.tried: dict[str, float] = {}  # rates of the rounds before

    def figure(self, command: list[str], name: str = "rate") -> float:
        """GFLOP/s or seconds that the command prints."""
        run = subprocess.run(command, capture_output=True, text=True, check=False, env=self.env)
        found = re.search(rf"^FOM (?:fft|fftw|fftw_mpi)\.{name}=(\S+) ", run.stdout, re.MULTILINE)
        if run.returncode != 0 or found is None:
            sys.exit(f"{' '.join(command)}: exit {run.returncode}\n{run.stdout}{run.stderr}")
        return float(found.group(1)) / (1e9 if name == "rate" else 1.0)

    def launch(self, ranks: int) -> list[str]:
        binding = "core" if ranks <= self.cores else "none"
        return [self.mpiexec, "--oversubscribe", "--bind-to", binding, "-n", str(ranks)]

    def program(self, variant: str, *options: str) -> list[str]:
        size = [f"--{axis}={self.n}" for axis in ("nx", "ny", "nz")]
        return [str(self.build / f"bin/fft_{variant}"), *size, "--warmup=1", f"--min_reps={REPEATS}",
                f"--max_reps={REPEATS}", *options, *self.options]

    def ours(self, ranks: int, *options: str) -> list[str]:
        return [*self.launch(ranks), *self.program("mpi", *options)]

    def fastest(self, peers: list[Peer]) -> Peer:
        """Each runs once in all the cases."""
        for peer in peers:
            if peer.name not in self.tried:
                self.tried[peer.name] = self.figure(peer.command)
        return max(peers, key=lambda peer: self.tried[peer.name])

    def threaded(self, target: float | None = None) -> Peer:
        program = str(self.build / "tests/fftw_bench")
        return self.fastest([Peer(f"FFTW, 2 threads, {PLACES[place]}",
                                  [program, str(self.n), "2", place, "c2c", str(REPEATS)], target)
                             for place in PLACES])

    def fftw_mpi(self, ranks: tuple[int, ...], layout: str, target: float | None = None) -> Peer:
        program = str(self.build / "tests/fftw_mpi_bench")
        return self.fastest([Peer(f"FFTW-MPI, {layout}, {r} rank{'s' * (r > 1)}, {PLACES[place]}",
                                  [*self.launch(r), program, str(self.n), layout, str(REPEATS), place],
                                  target)
                             for r in ranks for place in PLACES])

    def compare(self, title: str, ours: list[str], peers: list[Peer], rounds: int,
                name: str = "rate") -> None:
        start = next(i for i, word in enumerate(ours) if word.startswith(str(self.build / "bin/fft_")))
        print(f"{title}: {' '.join(ours[start + 1:])}")
        mine: list[float] = []
        theirs: dict[str, list[float]] = {peer.name: [] for peer in peers}  # of equal ones once
        commands = {peer.name: peer.command for peer in peers}
        for _ in range(rounds):
            mine.append(self.figure(ours, name))
            for peer_name, command in commands.items():
                theirs[peer_name].append(self.figure(command, name))
        unit, most = ("GFLOP/s", "") if name == "rate" else ("s", "at most ")
        digits = 2 if name == "rate" else 5
        print(f"  {statistics.median(mine):8.{digits}f} {unit}  fft")
        for peer in peers:
            ratios = [a / b for a, b in zip(mine, theirs[peer.name])]
            asked = f", asked {most}{peer.target}" if peer.target else ""
            print(f"  {statistics.median(theirs[peer.name]):8.{digits}f} {unit}  {peer.name}: ours is "
                  f"{statistics.median(ratios):.3f} of it ({min(ratios):.3f} .. {max(ratios):.3f}{asked})",
                  flush=True)


def run_case(bench: Bench, case: str, rounds: int) -> None:
    some, name = (1, 2, 4), "rate"
    if case == "two":
        title, ours = "two ranks", bench.ours(2)
        peers = [bench.threaded(0.8), bench.fftw_mpi((2,), "transposed", 3.0),
                 bench.fftw_mpi(some, "transposed", 1.2)]
    elif case == "threads":
        title, ours = "two threads", bench.program("omp", "--threads=2")
        peers = [bench.threaded()]
    elif case == "four":
        title, ours = f"four ranks on {bench.cores} cores", bench.ours(4)
        peers = [bench.fftw_mpi(some, "transposed")]
    elif case == "natural":
        title, ours = "natural layout, two ranks", bench.ours(2, "--layout=natural")
        peers = [bench.fftw_mpi(some, "natural", 1.05)]
    elif case == "pencil":
        title, ours = f"pencils, four ranks on {bench.cores} cores", bench.ours(4, "--decomposition=pencil")
        peers = [bench.fftw_mpi((4,), "transposed", 0.95)]
    elif case == "real":
        title, ours, name = "time of real numbers, two ranks", bench.ours(2, "--transform=r2c"), "time"
        peers = [Peer("fft --transform=c2c", bench.ours(2, "--transform=c2c"), 0.6)]
    else:
        title, ours = "messages alone, two ranks", bench.ours(2, "--exchange=message")
        peers = [bench.fftw_mpi((2,), "transposed", 1.5)]
    bench.compare(title, ours, peers, rounds, name)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--build", type=Path, default=Path("build/release"), help="default: build/release")
    parser.add_argument("--rounds", type=int, default=7, help="default: 7")
    parser.add_argument("--n", type=int, default=256, help="points along each axis (default: 256)")
    parser.add_argument("--option", action="append", default=[], help="further options of fft")
    parser.add_argument("case", nargs="*", default=["all"])
    args = parser.parse_args()
    cases = CASES if "all" in args.case else args.case
    for case in cases:
        if case not in CASES:
            sys.exit(f"{case}: not a case; allowed {', '.join(CASES)}, all")
    cores = sorted(os.sched_getaffinity(0))[:2]
    os.sched_setaffinity(0, cores)
    bench = Bench(args.build, len(cores), args.n, args.option)
    for case in cases:
        run_case(bench, case, args.rounds)


if __name__ == "__main__":
    main()
