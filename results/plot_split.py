"""Where the time of each point went: bars of the mean rank's time in one repetition."""
from __future__ import annotations

from typing import Any, Sequence

from matplotlib.collections import PolyCollection
from matplotlib.patches import Patch

from results.palette import HATCHES, light
from results.picture import HEIGHT, Drawing, axes
from results.plot_scaling import table_name
from results.points import Point, Table
from results.record import PHASES

HEIGHT_OF_BAR = 0.7  # of the distance between two
BAR = 0.17  # inches of height that a bar adds


def draw_split(table: Table) -> Drawing | None:
    """None where no file says where its time went."""
    points = [point for point in table.points if point.split is not None]
    if not points:
        return None
    all_of_them = len(points)
    points = _few(points)
    height = max(HEIGHT, 1.2 + BAR * len(points))
    figure, found = axes("Where the time goes", "time of a rank in s", "", height, left=1.2, top=0.55)
    left = [0.0] * len(points)
    for phase in PHASES:
        seconds = [point.split.phases[phase] for point in points if point.split]
        found.add_collection(_bars(phase, left, seconds))
        left = [before + now for before, now in zip(left, seconds)]
    found.set_yticks(range(len(points)), labels=[_label(point) for point in points])
    found.set_ylim(len(points) - 0.3, -0.7)
    found.grid(axis="y", visible=False)
    found.set_xlim(0, 1.02 * max(left))
    found.legend(
        handles=[Patch(**_style(phase), label=phase) for phase in PHASES],
        loc="lower center", bbox_to_anchor=(0.4, 1.06), ncol=len(PHASES), columnspacing=1,
        handlelength=1.4,
    )
    problem = table.problem
    words = (
        f"{problem.app}, {problem.scaling} scaling: computing, communicating, waiting and I/O "
        f"of the mean rank, of {len(points)} of {all_of_them} points"
    )
    title = "Where the time goes" + table.simulated
    found.set_title(title)
    return Drawing(figure, f"{table_name(table)}-split", title, words + table.simulated)


def _bars(phase: str, left: Sequence[float], seconds: Sequence[float]) -> PolyCollection:
    """All bars of a phase as one artist: a bar each would take longer than the rest of the page."""
    low, high = -HEIGHT_OF_BAR / 2, HEIGHT_OF_BAR / 2
    corners = [
        [(a, place + low), (b, place + low), (b, place + high), (a, place + high)]
        for place, (a, b) in enumerate(zip(left, map(sum, zip(left, seconds))))
    ]
    return PolyCollection(corners, **_style(phase))


def _style(phase: str) -> dict[str, Any]:
    return {
        "facecolor": light(phase),
        "edgecolor": light("page"),
        "hatch": HATCHES[phase],
        "linewidth": 0.5,
    }


def _few(points: list[Point], most: int = 24) -> list[Point]:
    """A picture holds so many bars; the table has all."""
    step = -(-len(points) // most)
    return points[::step]


def _label(point: Point) -> str:
    return f"{point.variant} {point.ranks} x {point.threads}"
