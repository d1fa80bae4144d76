#!/usr/bin/env python3
"""Compares matmul with ScaLAPACK's pdgemm and OpenBLAS's own threads, in turns, round by round.

    python3 tests/bench/matmul_peers.py [--build build/release] [--rounds 7] [--n 4096] [CASE...]

CASE: two, four, tall, message, or all (default). pdgemm runs with the serial OpenBLAS that matmul links,
over the grid and in the blocks that were fastest in a round of its own before. Printed for each case are
the medians, and the median, least and largest ratio of ours to each peer. Needs Debian's
libscalapack-openmpi-dev, libopenblas-pthread-dev and libopenblas0-pthread when it is built. All runs share
the first two of the cores that this process may use (taskset chooses others).
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
BLOCKS = (64, 128, 256, 512)


@dataclass
class Peer:
    """A command that prints a rate, and the share of it that ours is to reach."""
    name: str
    command: list[str]
    target: float | None = None


class Bench:
    def __init__(self, build: Path, cores: int) -> None:
        self.build, self.cores = build, cores
        cache = (build / "CMakeCache.txt").read_text()
        blas = re.search(r"^SCALEBAR_OPENBLAS_SERIAL:\w+=(.*)$", cache, re.MULTILINE)
        mpiexec = re.search(r"^MPIEXEC_EXECUTABLE:\w+=(.*)$", cache, re.MULTILINE)
        if blas is None or mpiexec is None:
            sys.exit(f"{build}: built without MPI or the serial OpenBLAS")
        self.mpiexec = mpiexec.group(1)
        self.env = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
                    "LD_LIBRARY_PATH": str(Path(blas.group(1)).parent),
                    "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}

    def rate(self, command: list[str], threads: int = 1) -> float:
        """GFLOP/s that the command prints."""
        env = {**self.env, "OPENBLAS_NUM_THREADS": str(threads)}
        run = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
        found = re.search(r"^FOM (?:matmul|dgemm|pdgemm)\.rate=(\S+) ", run.stdout, re.MULTILINE)
        if run.returncode != 0 or found is None:
            sys.exit(f"{' '.join(command)}: exit {run.returncode}\n{run.stdout}{run.stderr}")
        return float(found.group(1)) / 1e9

    def launch(self, ranks: int) -> list[str]:
        binding = "core" if ranks <= self.cores else "none"
        return [self.mpiexec, "--oversubscribe", "--bind-to", binding, "-n", str(ranks)]

    def ours(self, ranks: int, size: tuple[int, int, int], *options: str) -> list[str]:
        m, n, k = size
        return [*self.launch(ranks), str(self.build / "bin/matmul_mpi"), f"--m={m}", f"--n={n}", f"--k={k}",
                "--warmup=1", f"--min_reps={REPEATS}", f"--max_reps={REPEATS}", *options]

    def threaded(self, size: tuple[int, int, int]) -> Peer:
        program = self.build / "tests/dgemm_bench"
        return Peer("OpenBLAS, 2 threads", [str(program), *map(str, size), str(REPEATS)], 0.97)

    def pdgemm(self, ranks: int, size: tuple[int, int, int], target: float) -> Peer:
        """The fastest of all grids and blocks."""
        program = str(self.build / "tests/pdgemm_bench")
        best, fastest = Peer("", []), 0.0
        for rows in (p for p in range(1, ranks + 1) if ranks % p == 0):
            for block in BLOCKS:
                command = [*self.launch(ranks), program, *map(str, size), str(block), str(rows),
                           str(ranks // rows), str(REPEATS)]
                rate = self.rate(command)
                if rate > fastest:
                    name = f"pdgemm, {rows} x {ranks // rows} ranks, blocks of {block}"
                    best, fastest = Peer(name, command, target), rate
        return best

    def compare(self, title: str, ours: list[str], peers: list[Peer], rounds: int) -> None:
        print(f"{title}: {' '.join(ours[ours.index(str(self.build / 'bin/matmul_mpi')) + 1:])}")
        mine: list[float] = []
        theirs: list[list[float]] = [[] for _ in peers]
        for _ in range(rounds):
            mine.append(self.rate(ours))
            for i, peer in enumerate(peers):
                theirs[i].append(self.rate(peer.command, 2 if "OpenBLAS" in peer.name else 1))
        print(f"  {statistics.median(mine):6.1f} GFLOP/s  matmul")
        for peer, rates in zip(peers, theirs):
            ratios = [a / b for a, b in zip(mine, rates)]
            asked = f", asked {peer.target}" if peer.target else ""
            print(f"  {statistics.median(rates):6.1f} GFLOP/s  {peer.name}: ours is "
                  f"{statistics.median(ratios):.3f} of it ({min(ratios):.3f} .. {max(ratios):.3f}{asked})",
                  flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--build", type=Path, default=Path("build/release"), help="default: build/release")
    parser.add_argument("--rounds", type=int, default=7, help="default: 7")
    parser.add_argument("--n", type=int, default=4096, help="rows of the square product (default: 4096)")
    parser.add_argument("--option", action="append", default=[], help="further options of matmul")
    parser.add_argument("case", nargs="*", default=["all"])
    args = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))[:2]
    os.sched_setaffinity(0, cores)
    bench = Bench(args.build, len(cores))
    square, tall = (args.n, args.n, args.n), (512, 512, 200_000)
    cases = ("two", "four", "tall", "message") if "all" in args.case else args.case
    for case in cases:
        if case == "two":
            peers = [bench.threaded(square), bench.pdgemm(2, square, 1.08)]
            bench.compare("two ranks", bench.ours(2, square, *args.option), peers, args.rounds)
        elif case == "four":
            peers = [bench.pdgemm(4, square, 1.1)]
            bench.compare(f"four ranks on {bench.cores} cores", bench.ours(4, square, *args.option), peers,
                          args.rounds)
        elif case == "tall":
            peers = [bench.pdgemm(2, tall, 1.25)]
            bench.compare("tall and skinny, two ranks", bench.ours(2, tall, *args.option), peers,
                          args.rounds)
        elif case == "message":
            for ranks in (2, 4):
                peers = [bench.pdgemm(ranks, square, 0.95)]
                bench.compare(f"messages alone, {ranks} ranks",
                              bench.ours(ranks, square, "--exchange=message", *args.option), peers,
                              args.rounds)
        else:
            sys.exit(f"{case}: not a case; allowed two, four, tall, message, all")


if __name__ == "__main__":
    main()
