"""What the model says of the curves of a study: at the points that were measured, and beyond them."""
from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Mapping, Sequence

from jobscripts.errors import Refused
from results.ceilings import Ceilings
from results.model import Cost, Layout, Unknown, anchored, predict, units
from results.model_machine import Machine, of_probe
from results.model_platform import of_platform, platform_file
from results.points import Point, Table, fastest
from results.words import Words, counted

BEYOND = (2, 4)  # times the most workers that were measured
NEAR = 0.25  # share by which a prediction may be off and still be called near
NOT_ITS_TIME = {"not verified", "repeats of unequal work"}  # reasons: the time is not that of the problem


@dataclass(frozen=True)
class Told:
    """The model's word on one layout."""

    layout: Layout
    point: Point | None  # None where none was measured, or the one that was is left out
    cost: Cost
    best: Cost | None  # with a kernel at the roofline, where `cost` is anchored on a measured base
    units: float  # work of the repetition
    left_out: Point | None = None  # measured on this layout, and not compared with

    @property
    def workers(self) -> int:
        return self.layout.ranks * self.layout.threads

    @property
    def time(self) -> float | None:
        """Measured, s; also of a point that is left out, if that is a time of the problem."""
        if self.point is not None:
            return self.point.time.median
        if self.left_out is None or NOT_ITS_TIME & set(self.left_out.left_out):
            return None
        return self.left_out.time.median

    @property
    def ratio(self) -> float:
        """Measured to predicted time."""
        return self.point.time.median / self.cost.seconds if self.point else math.nan

    @property
    def near(self) -> bool:
        return self.point is None or 1 - NEAR <= self.cost.seconds / self.point.time.median <= 1 + NEAR

    @property
    def rate(self) -> float:
        return self.units / self.cost.seconds


@dataclass(frozen=True)
class Forecast:
    """Of one variant."""

    variant: str
    machine: str
    base: Point | None  # whose time the kernel's speed was taken from; None: from the machine alone
    told: tuple[Told, ...]  # by workers
    why_no_further: str  # why there is nothing beyond the measured points; "" where there is

    @property
    def measured(self) -> list[Told]:
        return [told for told in self.told if told.point is not None]

    @property
    def left_out(self) -> list[Told]:
        return [told for told in self.told if told.left_out is not None]

    @property
    def inside(self) -> list[Told]:
        """Up to the last layout that was measured, be its point left out or not."""
        return list(self.told[: self._measured_to])

    @property
    def beyond(self) -> list[Told]:
        """With the last layout that was measured, from which the line goes on."""
        rest = self.told[self._measured_to :]
        return [self.told[self._measured_to - 1], *rest] if rest else []

    @property
    def _measured_to(self) -> int:
        return 1 + max(n for n, told in enumerate(self.told) if told.point or told.left_out)


@dataclass(frozen=True)
class NoForecast:
    variant: str
    reason: str


def forecasts_of(
    table: Table, limits: Ceilings, cores: int, platform: Path | None = None
) -> list[Forecast | NoForecast]:
    """Of each parallel variant that has a point whose time is right; of layouts with as many workers the
    fastest. A node has `cores` cores. `platform` is the file that a simulated study ran on, if it is
    kept."""
    found: list[Forecast | NoForecast] = []
    for variant in ("omp", "mpi", "hybrid"):
        points = fastest(p for p in table.points if p.variant == variant and _tells(p))
        if not points:
            continue
        try:
            left_out = {
                layout_of(p): p for p in table.points if p.variant == variant and not _tells(p)
            }
            found.append(_forecast(variant, points, left_out, limits, cores, platform))
        except Unknown as unknown:
            found.append(NoForecast(variant, unknown.words))
    return found


def _tells(point: Point) -> bool:
    """Its time is right: it is used, or left out of speed-up alone, for it has other work than its base."""
    return all(reason.startswith("other work than its base") for reason in point.left_out)


def _forecast(
    variant: str,
    points: Sequence[Point],
    left_out: Mapping[Layout, Point],
    limits: Ceilings,
    cores: int,
    platform: Path | None,
) -> Forecast:
    simulated = points[0].simulated
    machine = _simulated(simulated, platform) if simulated else of_probe(limits, cores)
    if machine is None:
        raise Unknown("the study has no figures of probe for memory and arithmetic")
    base = None if simulated else points[0]
    slowness = 1.0 if base is None else _slowness(base, machine)
    told = [_told(point.problem.app, point, machine, slowness, base is not None) for point in points]
    further, why = _further(points[-1], machine, slowness, variant == "omp")
    told += [replace(one, left_out=left_out.get(one.layout)) for one in further]
    found = Forecast(variant, machine.name, base, tuple(told), why)
    return replace(found, why_no_further="") if found.beyond else found


def _simulated(name: str, platform: Path | None) -> Machine:
    """By the study's own copy of its platform file, or by that of this name."""
    path = platform if platform is not None and platform.is_file() else platform_file(name)
    if path is None:
        raise Unknown(f"there is no platform file of {name}")
    try:
        return of_platform(path, name)
    except Refused:
        raise Unknown(f"the platform file of {name} describes no cluster that the model knows") from None


def layout_of(point: Point) -> Layout:
    return Layout(point.ranks, point.threads, point.nodes)


def _shared(point: Point) -> bool:
    return "shared" in point.exchange


def _slowness(base: Point, machine: Machine) -> float:
    return anchored(
        base.problem.app, base.config, layout_of(base), machine, _shared(base), base.time.median
    )


def _told(app: str, point: Point, machine: Machine, slowness: float, is_anchored: bool) -> Told:
    layout, shared = layout_of(point), _shared(point)
    cost = predict(app, point.config, layout, machine, shared, slowness)
    best = predict(app, point.config, layout, machine, shared) if is_anchored and app != "pi" else None
    return Told(layout, point, cost, best, point.units)


def _further(most: Point, machine: Machine, slowness: float, one_node: bool) -> tuple[list[Told], str]:
    """Twice and four times as many workers: on the same node as long as it has cores, else on as many
    times more nodes. With the reason where it ends before that."""
    found: list[Told] = []
    app, shared = most.problem.app, _shared(most)
    for times in BEYOND:
        layout = Layout(most.ranks * times, most.threads, most.nodes)
        alone = most.ranks == 1 and most.nodes == 1
        if alone and (most.threads > 1 or most.variant == "omp"):
            layout = Layout(1, most.threads * times, 1)
        if layout.ranks * layout.threads > machine.cores * most.nodes:
            if one_node or machine.link(2) is None:
                why = "threads end with the node" if one_node else "messages between nodes were not measured"
                return found, why
            layout = Layout(most.ranks * times, most.threads, most.nodes * times)
            if most.simulated and layout.nodes > machine.far[-1][0]:
                return found, Words("the machine has ", counted(machine.far[-1][0], "node", "nodes_there"))
        try:
            cost = predict(app, most.config, layout, machine, shared, slowness)
        except Unknown as unknown:
            return found, unknown.words
        found.append(Told(layout, None, cost, None, units(app, most.config, layout)))
    return found, ""
