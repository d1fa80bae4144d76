"""Reference files: how fast programs should be on a machine, in the format of common/expect.h.

    [heat_mpi size=medium nodes=1 ranks=8 threads=1]
    rate = 3.1e9 cell/s, -0.05, none        ; at least 95 % of the reference

They know neither scaling modes nor settings of a study: of a study, the strong-scaling points of named
sizes without settings of their own are written and compared."""
from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Sequence

from jobscripts.errors import Refused
from jobscripts.study import SIZES
from results.points import Point, Table
from results.whole_file import write_whole

LONGEST = 80  # characters of a malformed line that are shown
LOWER = -0.05  # what is written: 95 % of the reference is fast enough
FIGURES = ("rate", "time")

_KEYS = ("size", "nodes", "ranks", "threads")
_LINE = re.compile(r"(\w[\w.]*)\s*=\s*(\S+)\s+([^\s,]+)\s*,\s*(\S+)\s*,\s*(\S+)", re.ASCII)


@dataclass(frozen=True)
class Expectation:
    """One line: a figure, and how far below and above it a run may lie, as fractions."""

    figure: str
    value: float
    unit: str
    lower: float  # -inf: no bound
    upper: float
    where: str  # "machine.ini:12"

    def judge(self, point: Point) -> str:
        """A sentence where the point's median is outside the bounds, else nothing."""
        unit = point.rate_unit if self.figure == "rate" else "s"
        if self.unit != unit:
            raise Refused(f"{self.where}: {self.figure} is in {self.unit}; the study has it in {unit}")
        found = point.rate if self.figure == "rate" else point.time.median
        change = found / self.value - 1
        if self.lower <= change <= self.upper:
            return ""
        side, bound = ("below", -self.lower) if change < self.lower else ("above", self.upper)
        return (
            f"{self.figure} {found:.4g} {unit} is {100 * abs(change):.1f} % {side} "
            f"{self.value:.4g} ({self.where} allows {100 * bound:g} %)"
        )


def write_reference(path: Path, tables: Sequence[Table], head: str) -> int:
    """Writes the points that may be a reference, and returns how many."""
    points = [point for table in tables for point in table.points if _may_stand(point)]
    if not points:
        raise Refused("no point of strong scaling, of a named size, can be a reference")
    lines = [f"; {head}", "; rates: medians; at least 95 % of each is asked for"]
    for point in points:
        rate = f"rate = {point.rate:.6g} {point.rate_unit}, {LOWER:g}, none"
        lines += ["", f"[{_section(point)}]", rate]
    write_whole(path, "\n".join(lines) + "\n")
    return len(points)


def _may_stand(point: Point) -> bool:
    problem = point.problem
    return problem.scaling == "strong" and problem.size in SIZES and not problem.options and point.used


def _section(point: Point) -> str:
    return (
        f"{point.problem.app}_{point.variant} size={point.problem.size} nodes={point.nodes} "
        f"ranks={point.ranks} threads={point.threads}"
    )


def judge_all(path: Path, tables: Sequence[Table]) -> bool:
    """Notes at each point that has a section how it differs, and marks it as slow; whether all are
    within their bounds. Refused where the file is malformed, or has a section for none of the points."""
    reference = read_reference(path)
    met, good = 0, True
    for point in (point for table in tables for point in table.points if _may_stand(point)):
        for expectation in reference.get(_section(point), []):
            met += 1
            told = expectation.judge(point)
            if told:
                good = False
                point.notes.append(f"SLOW: {told}")
                point.result = "SLOW"
    if not met:
        raise Refused(f"{path}: no section of it is of a point of this study")
    return good


def read_reference(path: Path) -> dict[str, list[Expectation]]:
    """By section, as _section() names it."""
    found: dict[str, list[Expectation]] = {}
    section: list[Expectation] | None = None
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Refused(f"{path} is no text") from None
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.split(";", 1)[0].strip()
        where = f"{path.name}:{number}"
        if line.startswith("["):
            name = _section_name(line, where)
            if name in found:
                raise Refused(f"{where}: {line} stands here a second time")
            section = found.setdefault(name, [])
        elif line:
            if section is None:
                raise Refused(f"{where}: {_short(line)!r} stands before any section")
            section.append(_expectation(line, where))
    return found


def _short(line: str) -> str:
    return line if len(line) <= LONGEST else line[:LONGEST] + " ..."


def _section_name(line: str, where: str) -> str:
    """The words of a section in the order of _section(), whatever theirs is."""
    words = line[1:-1].split() if line.endswith("]") else []
    pairs = dict(word.split("=", 1) for word in words[1:] if "=" in word)
    numbers = all(pairs.get(key, "").isdigit() for key in _KEYS[1:])
    if len(words) != 1 + len(_KEYS) or set(pairs) != set(_KEYS) or "=" in words[0] or not numbers:
        raise Refused(
            f"{where}: section {_short(line)} is malformed; "
            "allowed [program size=WORD nodes=N ranks=N threads=N]"
        )
    return " ".join([words[0], *(f"{key}={pairs[key]}" for key in _KEYS)])


def _expectation(line: str, where: str) -> Expectation:
    match = _LINE.fullmatch(line)
    try:
        if match is None or match[1] not in FIGURES:
            raise ValueError
        value = float(match[2])
        lower = -math.inf if match[4] == "none" else float(match[4])
        upper = math.inf if match[5] == "none" else float(match[5])
        if not (0 < value < math.inf and lower <= 0 <= upper):
            raise ValueError
        if math.isinf(lower) and math.isinf(upper):
            raise ValueError
    except ValueError:
        raise Refused(
            f"{where}: {_short(line)!r} is malformed; allowed rate|time = VALUE UNIT, LOWER, UPPER with "
            "a lower bound from -1 to 0 or none, an upper bound from 0 or none, not none twice"
        ) from None
    return Expectation(match[1], value, match[3], lower, upper, where)
