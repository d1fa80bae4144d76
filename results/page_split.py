"""The numbers of the picture that shows where the time goes, of all points that tell it."""
from __future__ import annotations

from typing import Callable

from results.page_parts import Cell, number, paragraph, percent, table
from results.points import Point, Table

HEADINGS = {"compute": "computing", "communicate": "communicating", "wait": "waiting", "io": "I/O"}
MEANS = (
    "Means of the ranks and of all repetitions, so that the shares make up the time; the table of points "
    "has the median of the repetitions. A few slow ones raise the mean alone, and ranks that end early "
    "lower it."
)


def split_part(found: Table, name_of: Callable[[Point], str]) -> str:
    """`name_of` names the row of a point, as scripts know it. "" where no file says where its time went."""
    points = [point for point in found.points if point.split is not None]
    if not points:
        return ""
    title = f"Where the time goes{found.simulated}"
    inside = table(
        title,
        ["variant", "ranks x threads", "nodes", "mean time", *HEADINGS.values(), "notes"],
        [_row(point) for point in points],
        ["", "", "nodes", "mean_time", *(f"{phase}_share" for phase in HEADINGS), ""],
        [name_of(point) for point in points],
    )
    summary = "Where the time goes, in numbers"
    return f"<details><summary>{summary}</summary>{paragraph(MEANS)}{inside}</details>"


def _row(point: Point) -> list[Cell | str]:
    assert point.split is not None
    reasons = [reason.partition(": ")[0] for reason in point.left_out]
    return [
        point.variant,
        f"{point.ranks} x {point.threads}",
        number(float(point.nodes), text=str(point.nodes)),
        number(point.split.seconds, "s"),
        *(percent(point.split.share(phase)) for phase in HEADINGS),
        Cell("; ".join(f"left out: {reason}" for reason in reasons), mark="warn" if reasons else ""),
    ]
