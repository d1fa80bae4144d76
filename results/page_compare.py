"""comparison.html: machines or dates side by side."""
from __future__ import annotations

from typing import Callable, Iterator, Sequence

from results.compare import Comparison, Line
from results.page_parts import (
    Cell,
    bullets,
    escape,
    marked,
    number,
    paragraph,
    pictures,
    section,
    span,
    table,
    told,
)
from results.page_shell import contents, document
from results.picture import Picture
from results.page_facts import unit_words
from results.points import measured_rate
from results.ratio import Ratio
from results.words import Words, counted, numbered, whole

MARKS = {"slower": "bad", "faster": "good", "same": "", "no interval": "warn", "undecided": "warn"}
BESIDE = 2  # studies beside the base in one table: more would not fit on paper
MEAN = "geometric mean"  # also the name of its row
LISTED = 12  # changes at the top of the page; the tables have all
HOW = (
    "A ratio is the rate of a study by that of the base, of the same problem: above 1 is faster. Its "
    "95 % interval is the wider of two: that which joins those of both medians (Zou and Donner 2008), "
    "and that which follows from how much processes differ.",
    "Processes of one machine differ by more than the repetitions inside one of them show. How much, "
    "the repeats of all points of a study tell together (Studies, in What differs). This takes them "
    "to scatter alike; a point whose own repeats scatter more is judged by those. What all processes "
    "of a study have in common, as other users of the machine or the heat of the day, no repeat shows, "
    "and no interval here holds.",
    "Slower (a regression) or faster: the interval leaves 1 out, and the change is beyond the "
    "threshold. Of figures that did not change, at most one in twenty leaves 1 out by chance where "
    "points scatter alike.",
    "Undecided: neither study has a point with two repeats, so nothing is known of how processes "
    "differ. The interval shown is that of two processes, and no change can be told from chance: ask "
    "the study for three repeats. Figures of probe are of one process each, and always undecided.",
    "One repeat: one of both figures is of one process; a study without repeats is taken to scatter "
    "as the other.",
    "All cores: the fastest point of each study on its most workers. Machines of unequal size are "
    "compared as wholes there, and core by core in the table of layouts.",
    "The geometric mean is over the problems on all cores; its interval takes the errors of their "
    "ratios for independent, for each is of other processes. It is also the ratio of the SSP figures, "
    "the geometric mean of rates of a node, times the nodes.",
    "Points that a study leaves out (wrong, oversubscribed, too few samples) are left out here.",
)


def make_comparison(found: Comparison, drawn: Sequence[Picture], threshold: float) -> str:
    base = found.studies[found.base].label
    places = [
        ("glance", "At a glance"),
        ("whole", "All cores"),
        ("layouts", "Layouts"),
        ("limits", "Machine limits"),
        ("differences", "What differs"),
        ("how", "How to read this"),
    ]
    title = "Scalebar: " + " and ".join(study.label for study in found.studies)
    body = [
        f"<header><h1>{escape(title)}</h1>",
        paragraph(f"Ratios to {base}; changes below {100 * threshold:g} % are called none.", "quiet"),
        "</header>",
        contents(places),
        section("glance", "At a glance", _cards(found), _changes(found, threshold)),
        section(
            "whole",
            "All cores",
            pictures(drawn),
            _lines("Fastest on all cores", found.whole, found, threshold),
        ),
        section(
            "layouts",
            "Layouts",
            _lines("The same ranks and threads", found.layouts, found, threshold),
        ),
        section("limits", "Machine limits", _limits(found, threshold)),
        section("differences", "What differs", _studies(found), bullets(found.differences)),
        section("how", "How to read this", bullets(HOW)),
    ]
    return document(title, "\n".join(body))


def _cards(found: Comparison) -> str:
    """`big` and `line` are HTML."""
    cards = []
    for index, study in enumerate(found.studies):
        mean = found.means[index]
        if index == found.base:
            big, line = "base", "all ratios are to this study"
        elif mean is None:
            big, line = "-", "a problem has no point that can be compared"
        else:
            key = f"mean{index}"
            big = f"{told(number(mean.value), MEAN, key)} times"
            of_all = marked(counted(len(found.whole), "problem", "problems", MEAN))
            line = f"{MEAN} of {of_all}, {told(_interval(mean), MEAN, key)}"
            line += f"; {mean.caution}" if mean.caution else ""
        machine = study.state.data["machine"]
        words = Words(f"{machine['model']}, ", counted(machine["workers"], "core", "cores", _study(index)))
        cards.append(
            f'<div class="card"><h3>{escape(study.label)}</h3><div class="big">{big}</div>'
            f"<p>{line}</p><p>{marked(words)}</p></div>"
        )
    return f'<div class="cards">{"".join(cards)}</div>'


def _interval(part: Ratio) -> Cell:
    return span(part.low, part.high, "1")


def _changes(found: Comparison, threshold: float) -> str:
    parts = []
    for verdict, title in (("slower", "Regressions"), ("faster", "Faster")):
        changed = found.changed(verdict, threshold)
        lines = [_change(line, index, part, found) for line, index, part in changed[:LISTED]]
        if len(changed) > LISTED:
            more = counted(len(changed) - LISTED, "more figure", f"more_{verdict}", "changes")
            lines.append(marked(Words("and ", more, ": see Layouts")))
        if lines:
            items = "".join(f"<li>{line}</li>" for line in lines)
            parts.append(f"<h3>{title}</h3><ul>{items}</ul>")
    if found.undecided:
        words = "no change can be told from chance: repeats are missing, or points left out"
        parts.append(paragraph(f"{', '.join(found.undecided)}: {words}."))
    return "".join(parts) or paragraph("No figure became slower or faster beyond the threshold.")


def _change(line: Line, index: int, part: Ratio, found: Comparison) -> str:
    """ "new: heat strong tiny, omp 1 x 4: 0.801 (0.782 .. 0.820)", as HTML."""
    problem, row = line.problem, _row_name(line)
    ratio = told(number(part.value), row, f"ratio{index}")
    reach = told(_interval(part), row, f"interval{index}")
    words = f"{found.studies[index].label}: {problem.app} {problem.scaling} {problem.size}, {line.what}"
    return f"{escape(words)}: {ratio} ({reach})" + (", one repeat" if part.once else "")


def _lines(caption: str, lines: Sequence[Line], found: Comparison, threshold: float) -> str:
    def of_group(words: str, group: Sequence[int]) -> str:
        headings, keys = ["app", "scaling", "size", "layout"], [""] * 4
        for index in group:
            others = index != found.base
            headings += [found.studies[index].label, *["ratio", "95 % interval", "verdict"] * others]
            keys += _keys(index, others)
        rows = [_line(line, group, found.base, threshold) for line in lines]
        return table(words, headings, rows, keys, list(map(_row_name, lines)))

    return _in_groups(caption, found, of_group) if lines else paragraph("None.")


def _keys(index: int, others: bool) -> list[str]:
    """Of the columns of a study; `others`: it is not the base."""
    return [f"rate{index}", *[f"ratio{index}", f"interval{index}", ""] * others]


def _row_name(line: Line) -> str:
    """ "heat strong tiny omp 1 x 4": finds the row of a line."""
    return f"{line.problem.app} {line.problem.scaling} {_size(line)} {line.what}"


def _line(line: Line, group: Sequence[int], base: int, threshold: float) -> list[Cell | str]:
    row: list[Cell | str] = [line.problem.app, line.problem.scaling, _size(line)]
    row.append(Cell(line.what, mark="whole"))
    for index in group:
        point = line.points[index]
        row.append(number(measured_rate(point).value if point else None, line.unit))
        if index != base:
            reason = numbered(line.reasons[index], index)
            row += _ratio_cells(line.ratios[index], threshold, reason)
    return row


def _in_groups(caption: str, found: Comparison, make: Callable[[str, Sequence[int]], str]) -> str:
    """One table, or several whose captions say of which studies."""
    groups = list(_groups(len(found.studies), found.base))
    if len(groups) == 1:
        return make(caption, groups[0])
    labels = [" and ".join(found.studies[i].label for i in group) for group in groups]
    return "\n".join(make(f"{caption}: {label}", group) for label, group in zip(labels, groups))


def _groups(count: int, base: int) -> Iterator[list[int]]:
    """The base with some of the others, in the order of the studies."""
    others = [index for index in range(count) if index != base]
    for start in range(0, len(others), BESIDE):
        yield sorted([base, *others[start : start + BESIDE]])


def _size(line: Line) -> str:
    problem = line.problem
    return problem.size + (f" {problem.options}" if problem.options else "")


def _ratio_cells(part: Ratio | None, threshold: float, reason: str = "") -> list[Cell | str]:
    if part is None:
        return [Cell("-", number=True), Cell("-", number=True), reason or "nothing to compare with"]
    verdict = part.verdict(threshold)
    return [
        number(part.value, mark=MARKS[verdict]),
        _interval(part),
        Cell(part.words(threshold), mark=MARKS[verdict]),
    ]


def _limits(found: Comparison, threshold: float) -> str:
    if not found.limits:
        return paragraph("No study has a verified run of probe.")

    def of_group(words: str, group: Sequence[int]) -> str:
        headings, keys = ["figure"], [""]
        for index in group:
            others = index != found.base
            headings += [found.studies[index].label, *["better by", "interval", "verdict"] * others]
            keys += _keys(index, others)
        rows = []
        for name, unit, measured, ratios in found.limits:
            row: list[Cell | str] = [name]
            unit = unit_words(name.rpartition(": ")[2], unit)
            for index in group:
                part = measured[index]
                row.append(number(part.value if part else None, unit))
                if index != found.base:
                    row += _ratio_cells(ratios[index], threshold)
            rows.append(row)
        names = [f"probe {name}" for name, *_ in found.limits]
        return table(words, headings, rows, keys, names)

    return _in_groups("Figures of probe; ratios above 1 are better", found, of_group)


def _study(number: int) -> str:
    """The name of its row."""
    return f"study {number}"


def _studies(found: Comparison) -> str:
    rows: list[list[Cell | str]] = []
    for study, spread in zip(found.studies, found.spreads):
        data = study.state.data
        machine = data["machine"]
        right = sum(record.verified for record in study.outcomes.records.values())
        rows.append(
            [
                study.label,
                data["study"],
                data["created_utc"],
                str(machine["model"]),
                Words(whole(machine["workers"], "cores")),
                Words(whole(right, "right"), " of ", whole(len(study.state.runs), "runs")),
                spread.words,
            ]
        )
    headings = ["label", "study", "date", "processor", "cores", "runs that are right"]
    headings.append("processes differ by")
    names = list(map(_study, range(len(rows))))
    return table("Studies", headings, rows, (), names)
