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

from pathlib import Path

from peers import REPEATS, Peer, Turns, arguments

BLOCKS = (64, 128, 256, 512)
CASES = ("two", "four", "tall", "message")
Size = tuple[int, int, int]


class Bench(Turns):
    def __init__(self, build: Path, options: list[str]) -> None:
        super().__init__("matmul", build, ("bin/matmul_mpi", "tests/dgemm_bench", "tests/pdgemm_bench"))
        self.options = options
        self.env["LD_LIBRARY_PATH"] = str(Path(self.cached("SCALEBAR_OPENBLAS_SERIAL") or "").parent)

    def ours(self, ranks: int, size: Size, *options: str) -> list[str]:
        m, n, k = size
        return [*self.launch(ranks), *self.program("mpi", f"--m={m}", f"--n={n}", f"--k={k}", *options, *self.options)]

    def threaded(self, size: Size) -> Peer:
        program = self.build / "tests/dgemm_bench"
        return Peer("OpenBLAS, 2 threads", [str(program), *map(str, size), str(REPEATS)], 0.97, threads=2)

    def pdgemm(self, ranks: int, size: Size, target: float) -> Peer:
        """The fastest of all grids and blocks."""
        program = str(self.build / "tests/pdgemm_bench")
        best, fastest = Peer("", []), 0.0
        for rows in (p for p in range(1, ranks + 1) if ranks % p == 0):
            for block in BLOCKS:
                command = [*self.launch(ranks), program, *map(str, size), str(block), str(rows),
                           str(ranks // rows), str(REPEATS)]
                rate = self.figure(command)
                if rate > fastest:
                    name = f"pdgemm, {rows} x {ranks // rows} ranks, blocks of {block}"
                    best, fastest = Peer(name, command, target), rate
        return best


def run_case(bench: Bench, case: str, square: Size, rounds: int) -> None:
    tall = (512, 512, 200_000)
    if case == "two":
        bench.compare("two ranks", bench.ours(2, square), [bench.threaded(square), bench.pdgemm(2, square, 1.08)],
                      rounds)
    elif case == "four":
        bench.compare(f"four ranks on {bench.cores} cores", bench.ours(4, square), [bench.pdgemm(4, square, 1.1)],
                      rounds)
    elif case == "tall":
        bench.compare("tall and skinny, two ranks", bench.ours(2, tall), [bench.pdgemm(2, tall, 1.25)], rounds)
    else:
        for ranks in (2, 4):
            bench.compare(f"messages alone, {ranks} ranks", bench.ours(ranks, square, "--exchange=message"),
                          [bench.pdgemm(ranks, square, 0.95)], rounds)


def main() -> None:
    args = arguments(__doc__ or "", 4096, "rows of the square product", "matmul", CASES)
    bench = Bench(args.build, args.option)
    for case in args.case:
        run_case(bench, case, (args.n, args.n, args.n), args.rounds)


if __name__ == "__main__":
    main()
