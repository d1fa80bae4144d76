"""The parts of the page that a tester signs by: limits of the machine, answers, placement, failures,
machine and software."""
from __future__ import annotations

from typing import Iterable, Mapping, Sequence

from jobscripts.state import State
from results.ceilings import Ceilings
from results.outcomes import Outcomes, warnings_told
from results.page_parts import Cell, bullets, number, paragraph, percent, percent_span, span, table
from results.record import Figure, Record
from results.words import Words, counted, whole

STUDY = "study"  # the row of its runs, and of what it was given

UNITS = {"s-1": "1/s", "byte s-1": "byte/s"}  # udunits' words, as people write them
# Of probe's repetitions, which its file describes in the words of any app
REPETITION = {
    "time": "one repetition: a triad of all workers",
    "rate": "triad bandwidth of all workers, of the repetitions",
}
FLAG = {"0": "no", "1": "yes"}
OPERATIONS = ("fma_", "dgemm_")  # figures of probe that count them, which udunits has no word for


def limits_part(limits: Ceilings) -> str:
    """Figures in the order of the file, which keeps together what belongs together: a figure's meaning
    may speak of the one before it."""
    if not limits.records:
        return paragraph("This study has no verified run of probe: no ceilings are shown.")
    parts = []
    for record in reversed(limits.records):
        rows: list[list[Cell | str]] = [
            [
                Cell(name, code=True),
                REPETITION.get(name, figure.meaning),
                *_value(name, figure),
                number(float(figure.n), text=str(figure.n)),
            ]
            for name, figure in record.figures.items()
        ]
        names = [f"probe {record.ranks}x{record.threads} {name}" for name in record.figures]
        parts.append(
            table(
                f"probe_{record.variant}, {record.ranks} x {record.threads}, size {record.size}",
                ["figure", "meaning", "median", "95 % interval", "samples"],
                rows,
                ["", "", "figure", "interval", "samples"],
                names,
            )
        )
    return "\n".join(parts)


def _value(name: str, figure: Figure) -> tuple[Cell, Cell]:
    """The value and its interval; shares, as those of noise, in per cent."""
    if figure.unit == "1" and figure.meaning.startswith("share"):
        return percent(figure.value), percent_span(figure.low, figure.high)
    unit = unit_words(name, figure.unit)
    return number(figure.value, unit), span(figure.low, figure.high, unit)


def unit_words(name: str, unit: str) -> str:
    """The unit of a figure of probe, as people write it."""
    return "flop/s" if unit == "s-1" and name.startswith(OPERATIONS) else UNITS.get(unit, unit)


def answers_part(records: Iterable[Record]) -> str:
    """Each check of each app, with the run that came nearest to its bound."""
    found: dict[tuple[str, str], list[tuple[float, float, bool, str]]] = {}
    for record in records:
        for check in record.checks:
            found.setdefault((record.app, check.name), []).append(
                (check.error, check.bound, check.passed, check.source)
            )
    rows: list[list[Cell | str]] = []
    for (app, name), runs in sorted(found.items()):
        error, bound, _, source = max(runs, key=lambda run: _nearness(run[0], run[1]))
        passed = all(run[2] and run[0] <= run[1] for run in runs)
        rows.append(
            [
                app,
                name,
                Cell("PASS", mark="good") if passed else Cell("FAIL", mark="bad"),
                number(float(len(runs)), text=str(len(runs))),
                Cell(f"{error:.3g}", error, number=True),
                Cell(f"{bound:.3g}", bound, number=True),
                source,
            ]
        )
    headings = ["app", "check", "verdict", "runs", "worst error (1)", "its bound (1)", "where the bound comes from"]
    keys = ["", "", "", "runs", "error", "bound", ""]
    names = [f"{app} check {name}" for app, name in sorted(found)]
    return table("Checks of all runs", headings, rows, keys, names)


def _nearness(error: float, bound: float) -> float:
    if error != error:
        return float("inf")
    return error / bound if bound > 0 else (0.0 if error == 0 else float("inf"))


def failures_part(outcomes: Outcomes) -> str:
    rows: list[list[Cell | str]] = [
        [failure.run, Cell(failure.word, mark="bad"), failure.reason, failure.log]
        for failure in outcomes.failures
    ]
    parts = []
    if rows:
        names = [failure.run for failure in outcomes.failures]
        headings = ["run", "verdict", "reason", "log"]
        parts.append(table("Runs that failed, or were slow", headings, rows, (), names))
    if outcomes.waiting:
        waiting = counted(outcomes.waiting, "run", "waiting", STUDY)
        why = f" ({'; '.join(outcomes.why)})" if outcomes.why else ""
        parts.append(paragraph(waiting + f" still to come{why}; the same command with --out resumes.", "warn"))
    return "\n".join(parts) or paragraph("Every run gave a right result.")


def warnings_of(limits: Ceilings) -> list[str]:
    """What probe itself says against its figures, arrays that fit into caches first of all."""
    lines = [
        f"probe_{record.variant}, {record.ranks} x {record.threads}: {line}"
        for record in reversed(limits.records)
        for line in record.warnings
    ]
    return list(dict.fromkeys(lines))


def warnings_part(state: State, records: Mapping[str, Record], undrawn: Sequence[str]) -> str:
    """`undrawn`: pictures that there are not, and why."""
    lines = warnings_told(state, records) + [f"not drawn: {words}" for words in undrawn]
    placed = sum(record.placement_ok for record in records.values())
    all_of_them = counted(len(records), "run", "results", STUDY)
    words = Words(whole(placed, "placed", STUDY), " of ", all_of_them)
    return paragraph(words + " had a core for each worker, as observed.") + (bullets(lines) or paragraph("No run warned of anything."))


def machine_part(
    state: State, machine: Mapping[str, str], run: str, hosts: Sequence[str]
) -> str:
    """`machine` is what the run of that name saw: it may have been given less than the study has."""
    told = state.data["machine"]
    rows: list[list[Cell | str]] = [
        ["processor", str(told["model"]), "the study"],
        ["cores for this study", Words(whole(told["workers"], "cores")), "the study"],
        ["NUMA domains", Words(whole(told["numa_domains"], "domains")), "the study"],
        ["hosts", ", ".join(hosts) or "not recorded", "all runs"],
    ]
    names = [STUDY] * len(rows) + ["machine"] * len(machine)
    rows += [[key.replace("_", " "), value, run] for key, value in sorted(machine.items())]
    title = "Machine (usable: what the first rank of that one run was given)"
    return table(title, ["property", "value", "seen by"], rows, (), names)


def software_part(records: Iterable[Record]) -> str:
    """Each property with every value that any run had: a report of mixed builds says so."""
    found: dict[str, dict[str, set[str]]] = {}
    for record in records:
        for key, value in record.software.items():
            found.setdefault(key, {}).setdefault(value, set()).add(record.variant)
    rows: list[list[Cell | str]] = []
    for key, values in found.items():
        for value, variants in values.items():
            who = "all" if len(values) == 1 else ", ".join(sorted(variants))
            words = FLAG.get(value, value) if key == "git_dirty" else value
            rows.append([key.replace("_", " "), words, who])
    return table("Software", ["property", "value", "programs"], rows)
