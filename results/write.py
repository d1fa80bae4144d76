"""Writes what `scalebar report` makes of one study, or of several."""
from __future__ import annotations

from pathlib import Path
from typing import Sequence

from jobscripts.errors import Refused
from jobscripts.outcome import worst
from jobscripts.state import load
from results.ceilings import ceilings
from results.compare import Comparison, Study, compare
from results.compare_text import comparison_csv, comparison_text
from results.extrap import write_extrap
from results.findings import gather, probe_records, tables_of
from results.gallery import draw_comparison
from results.outcomes import read_outcomes
from results.page import make_page
from results.page_compare import make_comparison
from results.page_parts import printable
from results.reference_file import judge_all, write_reference
from results.summary import write_summary
from results.table import report
from results.whole_file import refuse_unfit, write_whole


def report_one(
    folder: Path,
    output: Path | None,
    formats: Sequence[str],
    table_alone: bool = False,
    expect: Path | None = None,
    reference: Path | None = None,
) -> int:
    """Prints the table, writes the files, and returns the exit code: the worst of the runs'."""
    state = load(folder)
    for path in filter(None, (output, reference)):
        refuse_unfit(path, [folder])
    outcomes = read_outcomes(state)
    tables = tables_of(state, outcomes)
    fast = judge_all(expect, tables) if expect else True
    # The table comes first, so that a folder one cannot write to costs only the files.
    print(printable(report(state, tables, outcomes)), flush=True)
    summary, page = folder / "summary.csv", output or folder / "report.html"
    write_summary(summary, tables)
    print(f"summary: {summary}", flush=True)
    if not table_alone:
        write_extrap(folder / "extrap.json", tables)
        figures = folder / "figures"
        figures.mkdir(exist_ok=True)
        write_whole(page, make_page(gather(state, outcomes, tables, figures, formats)))
        print(f"report: {page.resolve()}", flush=True)
    if reference:
        head = f"{state.data['machine']['model']}, study {state.data['study']}, {state.data['created_utc']}"
        count = write_reference(reference, tables, head)
        print(f"reference: {reference}, {count} points", flush=True)
    return worst([state.exit_code(), outcomes.exit_code, 0 if fast else 5])


def with_baseline(folders: Sequence[Path], baseline: Path | None) -> tuple[list[Path], int]:
    """All folders, each once, and the number of the base among them."""
    found = list(dict.fromkeys([*folders, *([baseline] if baseline else [])]))
    return found, found.index(baseline) if baseline else 0


def report_several(
    folders: Sequence[Path], base: int, output: Path | None, threshold: float
) -> tuple[int, Comparison]:
    """Prints the comparison, writes the files, and returns the worst exit code of all runs, and what
    was found."""
    studies = [_study(folder) for folder in folders]
    page = output or Path("comparison.html")
    numbers = page.with_suffix(".csv")
    if numbers == page:
        raise Refused(f"{page}: the page needs another name, for its numbers go into that file")
    for path in (page, numbers):
        refuse_unfit(path, folders)
    found = compare(_labelled(studies), base)
    print(printable(comparison_text(found, threshold)), flush=True)
    write_whole(page, make_comparison(found, draw_comparison(found), threshold))
    write_whole(numbers, comparison_csv(found, threshold))
    print(f"numbers: {numbers}\nreport: {page.resolve()}", flush=True)
    codes = [(study.state.exit_code(), study.outcomes.exit_code) for study in studies]
    return worst([code for both in codes for code in both]), found


def _study(folder: Path) -> Study:
    state = load(folder)
    outcomes = read_outcomes(state)
    tables = tables_of(state, outcomes)
    limits = ceilings(probe_records(state, outcomes))
    hosts = [host for record in outcomes.records.values() for host in record.hosts]
    name = f"{hosts[0] if hosts else folder.name}, {state.data['created_utc'][:10]}"
    return Study(name, folder, state, outcomes, tables, limits)


def _labelled(studies: Sequence[Study]) -> list[Study]:
    """Labels that differ: of the same host and day, the folders' names; else with a number."""
    labels = [study.label for study in studies]
    if len(set(labels)) < len(labels):
        labels = [study.folder.resolve().name for study in studies]
    if len(set(labels)) < len(labels):
        labels = [f"{label} ({number})" for number, label in enumerate(labels, start=1)]
    labels = [
        label + (" (simulated)" if s.state.data.get("simulated") else "")
        for label, s in zip(labels, studies)
    ]
    return [
        Study(label, s.folder, s.state, s.outcomes, s.tables, s.limits)
        for label, s in zip(labels, studies)
    ]
