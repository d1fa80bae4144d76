"""A comparison as plain text, and as comparison.csv."""
from __future__ import annotations

import csv
import io
import math
from typing import Iterator

from jobscripts.units import rate_text
from results.compare import Comparison, Line
from results.points import measured_rate
from results.ratio import Ratio

LISTED = 12  # changes that are told
COLUMNS = (
    "app scaling size options layout study base unit rate rate_low rate_high "
    "ratio ratio_low ratio_high verdict repeats reason"
).split()


def comparison_text(found: Comparison, threshold: float) -> str:
    lines = [f"base: {found.studies[found.base].label}"]
    for index, study in enumerate(found.studies):
        mean = found.means[index]
        if index != found.base:
            told = "no mean: a problem has no point" if mean is None else _ratio(mean)
            caution = f"; {mean.caution}" if mean is not None and mean.caution else ""
            lines.append(f"{study.label}: {told} (geometric mean of all problems on all cores{caution})")
    lines.append("processes of one study differ by:")
    lines += [f"  {s.label}: {spread.words}" for s, spread in zip(found.studies, found.spreads)]
    lines += ["", "all cores:"]
    for line in found.whole:
        lines += _texts(found, line, threshold)
    nothing = "  no change can be told from chance" if found.undecided else "  none"
    lines += ["", "changed most:", *(_changes(found, threshold) or [nothing])]
    if found.differences:
        lines += ["", "what else differs:", *(f"  {words}" for words in found.differences)]
    return "\n".join(lines) + "\n"


def _changes(found: Comparison, threshold: float) -> list[str]:
    lines = []
    for verdict in ("slower", "faster"):
        changed = found.changed(verdict, threshold)
        lines += [
            f"  {part.words(threshold)}: {found.studies[index].label}, {_name(line)}: {_ratio(part)}"
            for line, index, part in changed[:LISTED]
        ]
        if len(changed) > LISTED:
            lines.append(f"  {verdict}: {len(changed) - LISTED} more, see the page")
    return lines


def _texts(found: Comparison, line: Line, threshold: float) -> Iterator[str]:
    base = line.points[found.base]
    start = rate_text(base.rate, line.unit) if base else line.reasons[found.base]
    yield f"  {_name(line)}: {start}"
    for index, study in enumerate(found.studies):
        part, point = line.ratios[index], line.points[index]
        if index == found.base:
            continue
        if part is None or point is None:
            yield f"    {study.label}: {line.reasons[index] or 'nothing to compare with'}"
        else:
            told = rate_text(point.rate, line.unit)
            yield f"    {study.label}: {told}, {_ratio(part)} {part.words(threshold)}"


def _name(line: Line) -> str:
    problem = line.problem
    words = [problem.app, problem.scaling, problem.size, problem.options, line.what]
    return " ".join(word for word in words if word)


def _ratio(part: Ratio) -> str:
    if not part.has_interval:
        return f"{part.value:.3f} times (no interval)"
    return f"{part.value:.3f} times [{part.low:.3f}, {part.high:.3f}]"


def comparison_csv(found: Comparison, threshold: float) -> str:
    """One row for each figure and study."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for line in found.whole + found.layouts:
        for index, study in enumerate(found.studies):
            point, part = line.points[index], line.ratios[index]
            problem = line.problem
            cells: list[object] = [problem.app, problem.scaling, problem.size, problem.options]
            cells += [line.what, study.label, int(index == found.base), line.unit]
            known = measured_rate(point) if point else None
            cells += [known.value, known.low, known.high] if known else ["", "", ""]
            cells += [part.value, part.low, part.high] if part else ["", "", ""]
            cells.append(part.verdict(threshold) if part else "")
            cells += [point.repeats if point else "", line.reasons[index]]
            writer.writerow(["" if _missing(cell) else cell for cell in cells])
    return text.getvalue()


def _missing(cell: object) -> bool:
    return isinstance(cell, float) and math.isnan(cell)
