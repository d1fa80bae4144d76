"""The programs of a build: where they are, their SHA-256, what `--version` tells of them."""
from __future__ import annotations

import hashlib
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Sequence

from jobscripts.errors import Refused
from jobscripts.study import PROBE_APP, VARIANTS, Study

SIMULATED = b"libsimgrid"  # the library of programs that are built for simulation

_PROGRAM = re.compile(r"([a-z][a-z0-9_]*)_(serial|omp|mpi|hybrid)", re.ASCII)


@dataclass(frozen=True)
class Program:
    """One executable, `<app>_<variant>`."""

    path: Path
    app: str
    variant: str
    sha256: str
    version: str  # the first line of --version
    facts: dict[str, str]  # its further lines, "mpi: Open MPI v4.1.4 ..."

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def mpi(self) -> str:
        """Flavour of the MPI library: openmpi, mpich, other; none for serial and omp."""
        library = self.facts.get("mpi", "none").lower()
        if self.variant in ("serial", "omp") or library == "none":
            return "none"
        for flavour, mark in (("openmpi", "open mpi"), ("mpich", "mpich")):
            if mark in library:
                return flavour
        return "other"

    @property
    def has_hdf5(self) -> bool:
        return self.facts.get("hdf5", "unknown") != "none"


def find_programs(study: Study, folder: Path, simulator: Sequence[str] = ()) -> list[Program]:
    """The programs that the study asks for, in its order; refuses what is missing. `simulator` is
    what starts one rank in a simulated machine, for programs that are built for that."""
    built = _built(folder)
    if not built:
        preset = "simulate" if simulator else "release"
        raise Refused(
            f"no Scalebar programs in {folder}; build them: "
            f"cmake --preset {preset} && cmake --build --preset {preset}"
        )
    every = sorted({app for app, _ in built} - {PROBE_APP})
    apps = every if study.apps == ("all",) else list(study.apps)
    for app in {**study.options, **study.nodes_of}:
        if app not in apps and study.apps != ("all",) and not (study.probe and app == PROBE_APP):
            raise Refused(f"{study.name}: keys are set for {app}; its apps are {', '.join(apps)}")
    programs = []
    for app in apps:
        if not any((app, variant) in built for variant in VARIANTS):
            raise Refused(f"{study.name}: there is no app {app} in {folder}")
        for variant in VARIANTS if study.variants == ("all",) else study.variants:
            if (app, variant) in built:
                programs.append(inspect(built[app, variant], app, variant, simulator))
            elif study.variants != ("all",):
                raise Refused(
                    f"{study.name}: {app}_{variant} is not in {folder}; "
                    "was it left out of the build?"
                )
    return programs


def find_probe(study: Study, folder: Path, simulator: Sequence[str] = ()) -> list[Program]:
    """The programs of probe, whichever are built, where the study wants the machine's limits."""
    if not study.probe:
        return []
    built = _built(folder)
    wanted = [(variant, built.get((PROBE_APP, variant))) for variant in VARIANTS]
    return [inspect(path, PROBE_APP, variant, simulator) for variant, path in wanted if path]


def inspect(path: Path, app: str, variant: str, simulator: Sequence[str] = ()) -> Program:
    """Asks the program for its version and takes its checksum. Refuses one that is built for a
    simulated machine where runs are real, and the other way round."""
    start = [*simulator, str(path), "--"] if simulator else [str(path)]
    try:
        content = path.read_bytes()
        if SIMULATED in content and not simulator:
            raise Refused(
                f"{path} is built for a simulated machine: it takes --launcher simulate"
            )
        told = subprocess.run(
            [*start, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=60,
            env={**os.environ, **root_permission()},
            check=False,
        )
        digest = hashlib.sha256(content).hexdigest()
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Refused(f"{path.name} --version does not work: {error}") from None
    lines = told.stdout.splitlines()
    if simulator and not re.search(r"^simulated: (?!none$)", told.stdout, re.MULTILINE):
        raise Refused(
            f"{path} is not built for a simulated machine; build it: "
            "cmake --preset simulate && cmake --build --preset simulate"
        )
    if told.returncode != 0 or not lines:
        raise Refused(
            f"{path.name} --version ended with {told.returncode}: {told.stderr.strip()[:300]}"
        )
    facts = {}
    for line in lines[1:]:
        key, colon, value = line.partition(":")
        if colon:
            facts[key.strip()] = value.strip()
    return Program(path, app, variant, digest, lines[0].strip(), facts)


def root_permission() -> dict[str, str]:
    """What Open MPI wants to find in its environment before it runs for root."""
    if os.geteuid() != 0:
        return {}
    return {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}


def _built(folder: Path) -> dict[tuple[str, str], Path]:
    found = {}
    for path in sorted(folder.glob("*_*")) if folder.is_dir() else []:
        match = _PROGRAM.fullmatch(path.name)
        if match and path.is_file() and os.access(path, os.X_OK):
            found[match[1], match[2]] = path.resolve()
    return found
