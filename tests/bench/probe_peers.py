#!/usr/bin/env python3
"""Compares probe with a STREAM and OSU's message loops written by hand, and with HPCC, in turns.

    python3 tests/bench/probe_peers.py [--build build/release] [--rounds 7] [--n 16777216] [CASE...]

CASE: memory, messages, hpcc, or all (default). memory: copy and triad of one core and of two, each with
stores through the caches and past them, beside stream_bench. messages: latency, bandwidth, sums, all to
all and barriers of two ranks, beside message_bench. hpcc: STREAM, products and latency of HPC Challenge
(Debian: hpcc; left out where it is not installed), which names the best time of ten where probe takes the
median, and takes the BLAS that the machine's alternatives choose. Printed are the medians, and the
median, least and largest ratio of probe's speed to the peer's: "in turn" where each sample of probe's loops
and the peer's took turns in one process, which is what tells on a machine whose memory is slow for seconds
at a time; and of whole runs one after the other. All runs share the first two of the cores
that this process may use (taskset chooses others).
"""
from __future__ import annotations

import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from peers import Turns, arguments

TIMES = ("latency_node", "allreduce", "allreduce_large", "alltoall_time", "barrier")  # less is better
CASES = ("memory", "messages", "hpcc")
SAMPLES = 15
LONGEST = 1 << 22  # bytes of the longest message
EXAMPLE = Path("/usr/share/doc/hpcc/examples/_hpccinf.txt")
HPCC_N = 6144  # rows of its Linpack; its STREAM takes as much memory as that matrix
Figures = dict[str, float]

# Ours, and what message_bench calls it.
MESSAGES = {"latency_node": "latency", "bandwidth_node": "bandwidth", "bandwidth_both_node": "bandwidth_both",
            "allreduce": "allreduce", "allreduce_large": "allreduce_large", "alltoall_time": "alltoall_time",
            "barrier": "barrier"}


class Bench(Turns):
    def __init__(self, build: Path, n: int, options: list[str]) -> None:
        super().__init__("probe", build, ("bin/probe_omp", "bin/probe_mpi", "tests/stream_bench",
                                          "tests/message_bench"))
        self.n, self.options = n, options

    def figures(self, command: list[str], cwd: str | None = None) -> Figures:
        """All that FOM lines say, without the name of the app."""
        run = subprocess.run(command, capture_output=True, text=True, check=False, env=self.env, cwd=cwd)
        if run.returncode != 0:
            sys.exit(f"{' '.join(command)}: exit {run.returncode}\n{run.stdout}{run.stderr}")
        return {name: float(value) for name, value in re.findall(r"^FOM \w+\.(\w+)=(\S+) ", run.stdout, re.MULTILINE)}

    def ours(self, variant: str, what: str, *options: str) -> list[str]:
        return [*self.program(variant, f"--what={what}", f"--samples={SAMPLES}", "--figure_time=10", *options),
                *self.options]

    def stream(self, threads: int) -> Figures:
        """Named as ours: of one core, or of all."""
        who = "core" if threads == 1 else "all"
        found = self.figures([str(self.build / "tests/stream_bench"), str(self.n), str(threads), str(SAMPLES)])
        return {re.sub(r"(_ratio)?$", rf"_{who}\1", name, count=1): value for name, value in found.items()}

    def memory(self) -> tuple[Figures, Figures]:
        size = (f"--n={self.n}", f"--core_n={self.n}", f"--threads={self.cores}")
        return self.figures(self.ours("omp", "memory", *size)), {**self.stream(1), **self.stream(self.cores)}

    def messages(self) -> tuple[Figures, Figures]:
        size = ("--n=1000", f"--message_max={LONGEST}")
        ours = self.figures([*self.launch(2), *self.ours("mpi", "latency,alltoall,allreduce", *size)])
        theirs = self.figures([*self.launch(2), str(self.build / "tests/message_bench"), str(SAMPLES), str(LONGEST),
                               str(int(ours["alltoall_bytes"]))])
        named = {f"{name}{end}": theirs[their + end] for name, their in MESSAGES.items() for end in ("", "_ratio")}
        return ours, named

    def hpcc(self) -> tuple[Figures, Figures]:
        """Its rates are in 1e9 a second, of each rank; its latency is in 1e-6 s."""
        with tempfile.TemporaryDirectory() as folder:
            lines = EXAMPLE.read_text().splitlines()
            lines[5], lines[10], lines[11] = f"{HPCC_N} Ns", "1 Ps", "2 Qs"
            Path(folder, "hpccinf.txt").write_text("\n".join(lines) + "\n")
            subprocess.run([*self.launch(2), "hpcc"], cwd=folder, env=self.env, check=True, capture_output=True)
            text = Path(folder, "hpccoutf.txt").read_text()
        found = {name: float(value) for name, value in re.findall(r"^(\w+)=([\d.e+-]+)$", text, re.MULTILINE)}
        n = int(found["STREAM_VectorSize"])
        ours = self.figures([*self.launch(2), *self.ours("mpi", "memory,compute,latency", f"--n={2 * n}",
                                                         f"--core_n={n}", f"--gemm_n={int(found['DGEMM_N'])}",
                                                         "--message_max=8")])
        theirs = {"copy_core": found["SingleSTREAM_Copy"] * 1e9, "triad_core": found["SingleSTREAM_Triad"] * 1e9,
                  "copy_all": found["StarSTREAM_Copy"] * 2e9, "triad_all": found["StarSTREAM_Triad"] * 2e9,
                  "dgemm_core": found["SingleDGEMM_Gflops"] * 1e9, "dgemm_all": found["StarDGEMM_Gflops"] * 2e9,
                  "latency_node": found["AvgPingPongLatency_usec"] * 1e-6}
        return ours, theirs


def run_case(bench: Bench, case: str, rounds: int) -> None:
    print(f"{case}:")
    turns = [getattr(bench, case)() for _ in range(rounds)]
    for name in [name for name in turns[0][1] if not name.endswith("_ratio")]:
        rates = [ours[name] / theirs[name] for ours, theirs in turns]
        ratios = [1 / rate for rate in rates] if name in TIMES else rates
        ours, theirs = (statistics.median(turn[who][name] for turn in turns) for who in (0, 1))
        in_turn = [theirs[f"{name}_ratio"] for _, theirs in turns if f"{name}_ratio" in theirs]
        told = f"in turn {spread(in_turn)}   " if in_turn else ""
        print(f"  {name:<20} probe {ours:10.4g}   peer {theirs:10.4g}   {told}whole runs {spread(ratios)}", flush=True)


def spread(ratios: list[float]) -> str:
    return f"{statistics.median(ratios):.3f} ({min(ratios):.3f} .. {max(ratios):.3f})"


def main() -> None:
    args = arguments(__doc__ or "", 1 << 24, "doubles of each array", "probe", CASES)
    bench = Bench(args.build, args.n, args.option)
    for case in args.case:
        if case == "hpcc" and not (shutil.which("hpcc") and EXAMPLE.exists()):
            print("hpcc: not installed, left out")
            continue
        run_case(bench, case, args.rounds)


if __name__ == "__main__":
    main()
