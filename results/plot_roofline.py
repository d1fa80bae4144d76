"""The roofline: how many operations a second a program of some intensity can reach on this machine,
and where each app's fastest run stands (Williams, Waterman and Patterson, CACM 52(4), 2009)."""
from __future__ import annotations

from typing import Sequence

import numpy as np
from matplotlib.axes import Axes

from results.ceilings import Ceilings
from results.palette import light
from results.picture import HEIGHT, Drawing, axes, log_axis, safe_name
from results.points import Point
from results.roof import intensity

SYMBOLS = {"matmul": "s", "heat": "o", "fft": "^"}
STYLES = ("-", "--", ":", (0, (7, 2, 1, 2, 1, 2)), (0, (1, 3)), (0, (9, 4)))  # DGEMM has the one between


def draw_roofline(limits: Ceilings, points: Sequence[Point]) -> Drawing | None:
    """Of points with floating-point operations and memory traffic. None without a probe."""
    if limits.compute is None or limits.bandwidth is None:
        return None
    figure, found = axes("Roofline", "intensity in flop/byte", "Gflop/s", 1.35 * HEIGHT)
    places = [intensity(point) for point in points]
    counts = _counts(limits, points)
    ridge = max(limits.compute.at(n) / limits.bandwidth.at(n) for n in counts)
    across = np.geomspace(min([0.05, *places]) / 2, max([10 * ridge, *places]) * 2, 200)
    roofs: dict[tuple[float, ...], list[int]] = {}
    for workers in counts:
        roof = tuple(limits.roof(float(x), workers) / 1e9 for x in across)
        roofs.setdefault(roof, []).append(workers)  # fewer workers may reach as much as more
    for number, (roof, same) in enumerate(roofs.items()):
        style = STYLES[number % len(STYLES)]
        found.plot(across, roof, linestyle=style, color=light("quiet"), label=_workers(*same), gid=f"roof-{same[0]}")
    if limits.product is not None:
        found.axhline(
            limits.product.at(counts[0]) / 1e9, color=light("quiet"), linestyle="-.", linewidth=1.2,
            label=f"DGEMM of BLAS, {_workers(counts[0])}", gid="roof-dgemm",
        )
    sizes = len({point.problem.size for point in points})
    for number, point in enumerate(points, start=1):
        most = max(p.workers for p in points if p.problem.app == point.problem.app)
        _mark(found, number, point, point.workers == most, sizes > 1)
    found.set_xscale("log")
    found.set_yscale("log")
    log_axis(found.xaxis, *found.get_xlim())
    log_axis(found.yaxis, *found.get_ylim())
    found.legend(loc="upper center", bbox_to_anchor=(0.45, -0.16), ncol=2, columnspacing=1)
    words = (
        "operations a second against intensity: the machine's ceilings for as many workers as the points "
        "have, and each app's points, by number"
    )
    if counts[0] > limits.compute.workers:
        words += "; several nodes: as many times one node's ceilings"
    return Drawing(figure, safe_name("roofline"), "Roofline", words)


def _counts(limits: Ceilings, points: Sequence[Point]) -> list[int]:
    """The numbers of workers that have a roof, most first: those of the points, so that each stands under
    its own; without points those that were measured."""
    measured = limits.compute.workers if limits.compute is not None else 1
    return sorted({point.workers for point in points} or {measured, 1}, reverse=True)


def _mark(found: Axes, number: int, point: Point, filled: bool, with_size: bool) -> None:
    """The app by its marker, the variant by its colour, which point it is by its number; filled: that
    of the app's most workers."""
    place = intensity(point), point.work.flop / point.time.median / 1e9
    colour = light(point.variant)
    problem = point.problem
    words = [problem.app, "weak" if problem.scaling == "weak" else "", problem.size if with_size else ""]
    words += [point.variant, f"{point.ranks} x {point.threads}"]
    found.plot(
        [place[0]],
        [place[1]],
        SYMBOLS.get(problem.app, "D"),
        color=colour,
        markerfacecolor=colour if filled else light("page"),
        markersize=5.5,
        label=f"{number} " + " ".join(word for word in words if word),
        gid=f"point-{number}",
    )
    found.annotate(
        str(number), place, xytext=(6, -3), textcoords="offset points", color=colour, fontsize=8.5,
        bbox={"facecolor": light("page"), "edgecolor": "none", "pad": 0.3},
    )


def _workers(*counts: int) -> str:
    return "one worker" if counts == (1,) else f"{', '.join(map(str, counts))} workers"
