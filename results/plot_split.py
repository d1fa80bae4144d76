"""Where the time of each point went: shares of the mean rank's time in one repetition. Shares, since
times of few and of most workers lie too far apart for one axis; the time itself stands at the bar, with a
word where the point is left out. The table of page_split.py has all of these numbers."""
from __future__ import annotations

import math
from typing import Any, Sequence

from matplotlib.collections import PolyCollection
from matplotlib.patches import Patch

from results.page_parts import si
from results.palette import HATCHES, light
from results.picture import HEIGHT, WIDTH, Drawing, axes
from results.plot_scaling import table_name
from results.points import Point, Table, fastest
from results.record import PHASES
from results.rows import problem_name
from results.words import Words, counted, whole

HEIGHT_OF_BAR = 0.7  # of the distance between two
BAR = 0.17  # inches of height that a bar adds
RIGHT = 0.8  # inches for the times right of the bars
WORD, OF_WORD = ", left out", 0.5  # after them, and the inches that it takes


def draw_split(table: Table) -> Drawing | None:
    """None where no file says where its time went."""
    points = [point for point in table.points if point.split is not None]
    if not points:
        return None
    all_of_them = len(points)
    points = _few(points)
    height = max(HEIGHT, 1.2 + BAR * len(points))
    across = "share of a rank's time in %"
    figure, found = axes("Where the time goes", across, "", height, left=1.2, top=0.55)
    right = RIGHT + (0.0 if all(point.used for point in points) else OF_WORD)
    figure.subplots_adjust(right=1 - right / WIDTH)
    left = [0.0] * len(points)
    for phase in PHASES:
        shares = [100 * _share(point, phase) for point in points]
        found.add_collection(_bars(phase, left, shares))
        left = [before + now for before, now in zip(left, shares)]
    for place, point in enumerate(points):
        found.text(102, place, _beside(point), va="center", fontsize=8)
    found.set_yticks(range(len(points)), labels=[_label(point) for point in points])
    found.set_ylim(len(points) - 0.3, -0.7)
    found.grid(axis="y", visible=False)
    found.set_xlim(0, 100)
    found.legend(
        handles=[Patch(**_style(phase), label=phase) for phase in PHASES],
        loc="lower center", bbox_to_anchor=(0.45, 1.06), ncol=len(PHASES), columnspacing=1,
        handlelength=1.4,
    )
    problem = table.problem
    name = problem_name(problem)
    words = Words(
        f"{problem.app}, {problem.scaling} scaling: computing, communicating, waiting and I/O "
        "as shares of the mean rank's time in a repetition, which stands beside the bar "
        "(a mean, where the table of points has the median), of ",
        Words(whole(len(points), "bars", name), " of ", counted(all_of_them, "point", "points", name)),
    )
    title = "Where the time goes" + (" (simulated)" if table.simulated else "")
    found.set_title(title)
    return Drawing(figure, f"{table_name(table)}-split", title, words + table.simulated)


def _bars(phase: str, left: Sequence[float], shares: Sequence[float]) -> PolyCollection:
    """All bars of a phase as one artist: a bar each would take longer than the rest of the page."""
    low, high = -HEIGHT_OF_BAR / 2, HEIGHT_OF_BAR / 2
    corners = [
        [(a, place + low), (b, place + low), (b, place + high), (a, place + high)]
        for place, (a, b) in enumerate(zip(left, map(sum, zip(left, shares))))
    ]
    return PolyCollection(corners, gid=f"bars-{phase}", **_style(phase))


def _style(phase: str) -> dict[str, Any]:
    return {
        "facecolor": light(phase),
        "edgecolor": light("page"),
        "hatch": HATCHES[phase],
        "linewidth": 0.5,
    }


def _share(point: Point, phase: str) -> float:
    share = point.split.share(phase) if point.split else math.nan
    return 0.0 if math.isnan(share) else share


def _beside(point: Point) -> str:
    time = si(point.split.seconds, "s") if point.split else "-"
    return time + ("" if point.used else WORD)


def _few(points: list[Point], most: int = 24) -> list[Point]:
    """A picture holds so many bars; the table has all. Each variant keeps the fastest of its fewest and
    of its most workers, between which points are left out evenly."""
    if len(points) <= most:
        return points
    places = {id(point): index for index, point in enumerate(points)}
    kept: set[int] = set()
    for variant in {point.variant for point in points}:
        curve = fastest(point for point in points if point.variant == variant)
        kept |= {places[id(curve[0])], places[id(curve[-1])]}
    rest = [index for index in range(len(points)) if index not in kept]
    room = most - len(kept)
    kept |= {rest[(2 * n + 1) * len(rest) // (2 * room)] for n in range(room)}
    return [points[index] for index in sorted(kept)]


def _label(point: Point) -> str:
    return f"{point.variant} {point.ranks} x {point.threads}"
