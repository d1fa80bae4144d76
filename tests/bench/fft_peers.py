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

from pathlib import Path

from peers import REPEATS, Peer, Turns, arguments

PLACES = {"in": "in place", "out": "out of place"}
CASES = ("two", "threads", "four", "natural", "pencil", "real", "message")


class Bench(Turns):
    def __init__(self, build: Path, n: int, options: list[str]) -> None:
        super().__init__("fft", build, ("bin/fft_mpi", "bin/fft_omp", "tests/fftw_bench", "tests/fftw_mpi_bench"))
        self.n = n
        self.options = [f"--{axis}={n}" for axis in ("nx", "ny", "nz")] + options
        self.tried: dict[str, float] = {}  # rates of the rounds before

    def threads(self, count: int) -> list[str]:
        return self.program("omp", *self.options, f"--threads={count}")

    def ours(self, ranks: int, *options: str) -> list[str]:
        return [*self.launch(ranks), *self.program("mpi", *self.options, *options)]

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


def run_case(bench: Bench, case: str, rounds: int) -> None:
    some, name = (1, 2, 4), "rate"
    if case == "two":
        title, ours = "two ranks", bench.ours(2)
        peers = [bench.threaded(0.8), bench.fftw_mpi((2,), "transposed", 3.0),
                 bench.fftw_mpi(some, "transposed", 1.2)]
    elif case == "threads":
        title, ours = "two threads", bench.threads(2)
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
    args = arguments(__doc__ or "", 256, "points along each axis", "fft", CASES)
    bench = Bench(args.build, args.n, args.option)
    for case in args.case:
        run_case(bench, case, args.rounds)


if __name__ == "__main__":
    main()
