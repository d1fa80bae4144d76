"""Predicted against simulated time: the model of results/ beside runs in a simulated machine.

    python3 tests/simulate/predicted.py [--platform fat_tree] [--ranks 16,64,256] [--ranks-a-node 16]

prints a line for each app and number of ranks. test_predicted.py holds them to 25 %."""
from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import simulated
from simulated import ONCE

from results.model import Cost, Layout, predict
from results.model_platform import of_platform

# What a rank has, as the study of simulated machines has it.
WEAK = {
    "pi": ("--samples", "16384", "--scaling", "weak"),
    "matmul": ("--m", "128", "--n", "128", "--k", "128", "--scaling", "weak"),
    "heat": ("--dims", "2", "--nx", "256", "--ny", "256", "--steps", "20", "--scaling", "weak"),
    "fft": ("--nx", "32", "--ny", "32", "--nz", "32", "--decomposition", "pencil", "--planner", "estimate",
            "--scaling", "weak"),
}
# Problems that do not grow, on numbers of ranks that do not divide them.
STRONG = {
    "pi": ("--samples", "1000000"),
    "matmul": ("--m", "500", "--n", "500", "--k", "500"),
    "heat": ("--dims", "3", "--nx", "64", "--ny", "60", "--nz", "50", "--steps", "12"),
    "fft": ("--nx", "64", "--ny", "64", "--nz", "64", "--planner", "estimate"),
}

# Short messages of panels whose widths differ, few ranks a node: (options, ranks, ranks a node).
_CUBE = ("--m", "96", "--n", "96", "--k", "96")
UNEVEN_PANELS = (
    ((*_CUBE, "--grid", "flat"), 64, 4),
    ((*_CUBE, "--grid", "flat"), 8, 4),
    (_CUBE, 64, 4),
    (_CUBE, 8, 4),
    ((*STRONG["matmul"], "--grid", "flat"), 64, simulated.CORES),
    ((*STRONG["matmul"], "--grid", "flat"), 100, simulated.CORES),
    ((*WEAK["matmul"], "--grid", "flat"), 44, simulated.CORES),
    ((*WEAK["matmul"], "--grid", "flat"), 256, simulated.CORES),
)


@dataclass(frozen=True)
class Both:
    """One run, and what was predicted of it."""

    app: str
    ranks: int
    seconds: float  # simulated
    cost: Cost
    layout: str  # as the program says it

    @property
    def ratio(self) -> float:
        return self.cost.seconds / self.seconds

    def __str__(self) -> str:
        return (f"{self.app:7}{self.ranks:6}  {self.seconds:10.4e} s  {self.cost.seconds:10.4e} s  {self.ratio:6.3f}"
                f"  {self.cost.computing:10.4e} s  {self.cost.communication:10.4e} s  {self.layout}")


HEADING = (f"{'app':7}{'ranks':>6}  {'simulated':>12}  {'predicted':>12}  {'ratio':>6}  {'computing':>12}  "
           f"{'communication':>12}")


def both(binaries: Path, app: str, options: tuple[str, ...], ranks: int, platform: str = "fat_tree",
         ranks_a_node: int = simulated.CORES) -> Both:
    found = simulated.run(binaries / f"{app}_mpi", *options, *ONCE, ranks=ranks, platform=platform,
                          ranks_a_node=ranks_a_node, timeout=1200.0)
    if not found.succeeded():
        raise RuntimeError(str(found))
    record = found.record
    machine = of_platform(simulated.PLATFORMS / f"{platform}.xml")
    cost = predict(app, record["config"], Layout(ranks, 1, record["nodes"]), machine)
    return Both(app, ranks, found.seconds(), cost, record["workload"]["decomposition"])


def main() -> int:
    asked = argparse.ArgumentParser(description="Predicted against simulated time of all apps, weak scaling.")
    asked.add_argument("--platform", default="fat_tree")
    asked.add_argument("--ranks", default="16,64,256")
    asked.add_argument("--ranks-a-node", type=int, default=simulated.CORES)
    asked.add_argument("--apps", default=",".join(WEAK))
    asked.add_argument("--programs", type=Path, help="folder of the simulated programs; built where left out")
    told = asked.parse_args()
    os.environ.setdefault("SCALEBAR_TESTS", str(simulated.ROOT / "build" / "release" / "tests"))
    binaries = told.programs.resolve() if told.programs else simulated.build()
    print(HEADING, flush=True)
    for app in told.apps.split(","):
        for ranks in map(int, told.ranks.split(",")):
            print(both(binaries, app, WEAK[app], ranks, told.platform, told.ranks_a_node), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
