"""Names of rows, by which scripts find the numbers of a point or of a problem on the page."""
from __future__ import annotations

from results.points import Point, Problem


def row_name(point: Point) -> str:
    """ "heat strong tiny mpi 2x1": finds the row of a point."""
    nodes = f" on {point.nodes} nodes" if point.nodes > 1 else ""
    return f"{problem_name(point.problem)} {point.variant} {point.ranks}x{point.threads}{nodes}"


def problem_name(problem: Problem) -> str:
    words = [problem.app, problem.scaling, problem.size, problem.options]
    return " ".join(word for word in words if word)
