"""Runs in a simulated machine: what of a study can take place there, and how SimGrid starts it.

All ranks of a run live in one process on this machine and take turns; what a run measures is the
clock of the simulated machine. So two runs are the same to the last digit, and what a run takes here
has nothing to do with the time that it finds.
"""
from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from jobscripts.errors import Refused
from jobscripts.layout import Layout, written_layout
from jobscripts.platform import Platform
from jobscripts.probe import ONCE
from jobscripts.state import RUNS
from jobscripts.study import Study

DEFAULT = "fat_tree"
FOLDER = "simulation"  # in the study's: the platform file and the host files
PLATFORM = "platform.xml"
VARIANT = "mpi"  # the only one: ranks are simulated, threads are not

_SMPIRUN = ("smpirun", "--log=root.thres:warning")


def simulated_study(study: Study, platform: Platform) -> tuple[Study, list[str]]:
    """The study as it takes place in a simulated machine, and a sentence for each thing that is
    not as the file has it. Refuses what cannot be simulated."""
    notes = [f"simulated: times are those of the machine {platform.name}, not of this one"]
    _refuse(study, platform)
    others = [name for name in study.variants if name not in (VARIANT, "all")]
    if others:
        notes.append(f"left out: {', '.join(others)}; in a simulated machine ranks are run, not threads")
    threaded = [word for word in study.workers if "x" in word and written_layout(word).threads > 1]
    if threaded:
        notes.append(f"left out: workers {', '.join(threaded)}; there are no threads")
    if study.repeats > 1:
        notes.append("one repeat: a simulated run is the same each time, to the last digit")
    workers = tuple(word for word in study.workers if word not in threaded)
    study = replace(
        study,
        variants=(VARIANT,),
        repeats=1,
        workers=workers,
        measure={**ONCE, **study.measure},  # unless the study says otherwise
        pictures=False,
    )
    return study, notes


def _refuse(study: Study, platform: Platform) -> None:
    if VARIANT not in study.variants and "all" not in study.variants:
        raise Refused(
            f"{study.name}: variants = {' '.join(study.variants)}: none of them can be simulated; "
            f"allowed {VARIANT}"
        )
    filled = [size for size in study.sizes if size.startswith("memory=")]
    if filled:
        raise Refused(f"{study.name}: sizes = {filled[0]}: a simulated node has no memory to be filled")
    for app, options in study.options.items():
        if options.get("exchange") == "shared":
            raise Refused(
                f"{study.name}: {app}.exchange = shared: ranks of a simulated machine share no "
                "memory; allowed auto, message"
            )
    layouts = [written_layout(word) for word in study.workers if "x" in word]
    own = [number for numbers in study.nodes_of.values() for number in numbers]
    most = max(*study.nodes, *own, *(layout.nodes for layout in layouts), 1)
    if most > len(platform.nodes):
        raise Refused(
            f"{study.name}: {most} nodes; the simulated machine {platform.name} has "
            f"{len(platform.nodes)}"
        )


@dataclass(frozen=True)
class Simulator:
    """Starts programs in a simulated machine. Of a study in `folder` the commands name files by
    where they lie as seen from its runs. Without one a rank alone is asked, and more are but shown."""

    platform: Platform
    folder: Path | None = None

    def start(self, layout: Layout, mpi: str) -> list[str]:
        """The words before a program. `--` keeps smpirun from taking the program's own."""
        hosts = f"../{FOLDER}/{layout}.hosts"
        file = f"../{FOLDER}/{PLATFORM}"
        if self.folder is None:
            file = str(self.platform.path)
        else:
            (self.folder / RUNS / hosts).write_text(self.platform.hosts(layout), encoding="utf-8")
        placed = ["-hostfile", hosts] if self.folder or layout.ranks > 1 else []
        return [*_SMPIRUN, "-np", str(layout.ranks), "-platform", file, *placed]

    def into(self, folder: Path) -> Simulator:
        """For the runs of the study in `folder`, which keeps the platform file."""
        (folder / FOLDER).mkdir(exist_ok=True)
        (folder / FOLDER / PLATFORM).write_bytes(self.platform.text)
        return replace(self, folder=folder)


def need_smpirun() -> None:
    if shutil.which(_SMPIRUN[0]) is None:
        raise Refused("--launcher simulate needs smpirun: install SimGrid (Debian: libsimgrid-dev)")
