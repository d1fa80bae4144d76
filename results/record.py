"""What a report needs of one run, read from its result file."""
from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Mapping

import numpy as np

from results.result_file import ResultFile, Unreadable, open_result, path_of, text

PHASES = ("compute", "communicate", "wait", "io")
SOFTWARE = (
    "scalebar_version git_commit git_dirty build_type compiler compiler_flags mpi_library "
    "blas_library fft_library hdf5_library"
).split()

__all__ = ["Check", "Figure", "PHASES", "Record", "Times", "Unreadable", "Work", "read_record"]


@dataclass(frozen=True)
class Check:
    name: str
    error: float
    bound: float
    passed: bool
    source: str = ""

    @property
    def holds(self) -> bool:
        """Said to be passed, and within its bound; both are numbers."""
        finite = math.isfinite(self.error) and math.isfinite(self.bound)
        return self.passed and finite and self.error <= self.bound


@dataclass(frozen=True)
class Figure:
    """A figure of merit, with the 95 % interval of its median where it has one."""

    name: str
    meaning: str
    unit: str  # as udunits reads it
    value: float
    low: float = math.nan
    high: float = math.nan
    n: int = 1


@dataclass(frozen=True)
class Times:
    """Where the ranks' time went, over all repetitions of the run, in s."""

    elapsed: float  # sum of the repetitions' times
    phases: Mapping[str, float]  # mean of the ranks' sums, by name of phase
    useful_mean: float  # of the ranks' sums outside communication (POP's U_i): their mean
    useful_max: float  # and their maximum


@dataclass(frozen=True)
class Work:
    """Of one repetition, whole problem."""

    units: float
    unit: str
    flop: float
    bytes: float  # moved between memory and processors, by the work model
    sent: float  # between ranks, counted, bytes
    sent_predicted: float


@dataclass(frozen=True)
class Record:
    """One run, as its program stored it."""

    path: Path
    app: str
    variant: str
    kernel: str
    exchange: str
    tier: str  # "base", "ported" (build flags alone) or "optimised"
    size: str
    scaling: str
    result: str
    created_utc: str
    ranks: int
    threads: int
    nodes: int
    placement_ok: bool
    warnings: tuple[str, ...]
    binary_sha256: str
    elapsed: tuple[float, ...]  # of each repetition, s
    stop: str  # what ended the repetitions
    wide: bool  # the interval stayed wider than asked
    times: Times | None  # None: the file does not say
    work: Work
    figures: Mapping[str, Figure]
    checks: tuple[Check, ...]
    software: Mapping[str, str]
    hosts: tuple[str, ...]  # each once
    config: Mapping[str, str]
    simulated: str = ""  # the machine that it was simulated on; "" where the run is real
    fields: tuple[str, ...] = field(default=())

    @property
    def units(self) -> float:
        return self.work.units

    @property
    def verified(self) -> bool:
        """At least one check, and each one holds."""
        return bool(self.checks) and all(check.holds for check in self.checks)


def read_record(base: Path) -> Record:
    """Of `base`.h5, or of `base`.json where there is no such file."""
    path = path_of(base)
    with open_result(path) as file:
        return _record(path, file)


def _record(path: Path, file: ResultFile) -> Record:
    root = file.attributes()
    elapsed = tuple(float(value) for value in np.atleast_1d(file.values("timing/elapsed")))
    work = _work(file)
    if not elapsed or not all(0 < number < math.inf for number in (*elapsed, work.units)):
        raise ValueError("no samples of time, or no work")
    if min(int(root[key]) for key in ("ranks", "threads", "nodes")) < 1:
        raise ValueError("no ranks, threads or nodes")
    timing = file.attributes("timing")
    return Record(
        path=path,
        kernel=text(root.get("kernel", "")),
        exchange=text(root.get("exchange", "")),
        tier=text(root.get("tier", "")),
        created_utc=text(root.get("created_utc", "")),
        app=text(root["app"]),
        variant=text(root["variant"]),
        size=text(root["size"]),
        scaling=text(root["scaling"]),
        result=text(root["result"]),
        binary_sha256=text(root["binary_sha256"]),
        ranks=int(root["ranks"]),
        threads=int(root["threads"]),
        nodes=int(root["nodes"]),
        placement_ok=int(root["placement_ok"]) == 1,
        warnings=tuple(line for line in text(root["warnings"]).splitlines() if line),
        elapsed=elapsed,
        stop=text(timing.get("stop", "")),
        wide=int(timing.get("wide", 0)) == 1,
        times=_times(file, sum(elapsed)),
        work=work,
        figures={name: _figure(file, name) for name in file.members("figures")},
        checks=_checks(file),
        software={key: text(root[key]) for key in SOFTWARE if key in root},
        hosts=_hosts(file),
        config={key: text(value) for key, value in _attributes(file, "config").items()},
        simulated=_platform(root),
        fields=tuple(file.members("fields")),
    )


def _platform(root: Mapping[str, Any]) -> str:
    name = text(root.get("simulated", "none"))
    return "" if name == "none" else name


def _attributes(file: ResultFile, group: str) -> Mapping[str, Any]:
    try:
        return file.attributes(group)
    except KeyError:
        return {}


def _work(file: ResultFile) -> Work:
    members = file.members("workload")

    def number(name: str) -> float:
        return _real(file.values(f"workload/{name}")) if name in members else math.nan

    return Work(
        units=float(file.values("workload/units")),
        unit=text(_attributes(file, "workload").get("unit", "")),
        flop=number("flop"),
        bytes=number("bytes"),
        sent=number("comm_bytes_actual"),
        sent_predicted=number("comm_bytes_predicted"),
    )


def _times(file: ResultFile, elapsed: float) -> Times | None:
    """Of tables (rep, rank); above some number of ranks files hold (rep, node) with minimum, mean and
    maximum of a node's ranks, and the efficiencies are those that the program found."""
    members = file.members("timing")
    if "compute" in members:
        ranks = {phase: _sums(file, phase) for phase in PHASES}
        if len({sums.shape for sums in ranks.values()}) > 1:
            raise ValueError("tables of times of unequal numbers of ranks")
        useful = ranks["compute"]
        means = {phase: float(np.mean(sums)) for phase, sums in ranks.items()}
        return Times(elapsed, means, float(np.mean(useful)), float(np.max(useful)))
    if "compute_mean" in members:
        share = np.atleast_1d(file.values("machine/ranks")).astype(float)
        means = {
            phase: float(np.average(_sums(file, f"{phase}_mean"), weights=share))
            for phase in PHASES
        }
        maximum = elapsed * float(file.values("efficiency/communication_efficiency"))
        mean = elapsed * float(file.values("efficiency/parallel_efficiency"))
        return Times(elapsed, means, mean, maximum)
    return None


def _sums(file: ResultFile, name: str) -> np.ndarray:
    table = np.asarray(file.values(f"timing/{name}"), dtype=float)
    if table.ndim != 2 or not table.size or not (np.isfinite(table) & (table >= 0)).all():
        raise ValueError(f"timing/{name} is no table of times")
    return table.sum(axis=0)


def _figure(file: ResultFile, name: str) -> Figure:
    about = file.about(f"figures/{name}")
    return Figure(
        name=name,
        meaning=text(about.get("long_name", "")),
        unit=text(about.get("units", "1")),
        value=_real(file.values(f"figures/{name}")),
        low=_real(about.get("ci_low")),
        high=_real(about.get("ci_high")),
        n=int(about.get("n", 1)),
    )


def _checks(file: ResultFile) -> tuple[Check, ...]:
    names = ["check", "error", "bound", "passed"]
    columns = [np.atleast_1d(file.values(f"verification/{name}")) for name in names]
    length = len(columns[0])
    has_source = "source" in file.members("verification")
    columns.append(
        np.atleast_1d(file.values("verification/source")) if has_source else np.array([""] * length)
    )
    if {len(column) for column in columns} != {length}:
        raise ValueError("checks of unequal lengths")
    return tuple(
        Check(text(name), _real(error), _real(bound), int(passed) == 1, text(source))
        for name, error, bound, passed, source in zip(*columns)
    )


def _hosts(file: ResultFile) -> tuple[str, ...]:
    if "host" not in file.members("machine"):
        return ()
    return tuple(dict.fromkeys(text(host) for host in np.atleast_1d(file.values("machine/host"))))


def _real(value: Any) -> float:
    return math.nan if value is None else float(value)  # JSON's null: not a finite number
