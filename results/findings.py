"""From the folder of a study to all that a report shows."""
from __future__ import annotations

from pathlib import Path
from typing import Sequence

from jobscripts.simulate import FOLDER as SIMULATION, PLATFORM
from jobscripts.state import State, StudyRun
from results.ceilings import ceilings
from results.children import each_in_children
from results.curves import curves_of
from results.forecast import forecasts_of
from results.gallery import make_gallery
from results.machine import read_machine
from results.outcomes import Outcomes
from results.page import Findings
from results.points import Table, make_tables
from results.record import Record
from results.result_file import Unreadable
from results.roof import on_roof

PURPOSES = ("probe", "picture")  # of runs that are no points of a curve


def curve_runs(state: State) -> list[StudyRun]:
    return [run for run in state.runs if run.get("purpose") not in PURPOSES]


def tables_of(state: State, outcomes: Outcomes) -> list[Table]:
    return make_tables(curve_runs(state), outcomes.records, state.data["machine"]["workers"])


def gather(
    state: State,
    outcomes: Outcomes,
    tables: Sequence[Table],
    figures: Path | None,
    formats: Sequence[str],
) -> Findings:
    """Fits, ceilings and pictures; those go into the folder `figures`, where there is one."""
    records = list(outcomes.records.values())
    curves = {table.problem: curves_of(table) for table in tables}
    limits = ceilings(probe_records(state, outcomes))
    cores = state.data["machine"]["workers"]
    platform = state.folder / SIMULATION / PLATFORM
    forecasts = {table.problem: forecasts_of(table, limits, cores, platform) for table in tables}
    machine, machine_run = _machine(records)
    return Findings(
        state=state,
        outcomes=outcomes,
        tables=tables,
        curves=curves,
        limits=limits,
        forecasts=forecasts,
        gallery=make_gallery(
            tables, curves, limits, on_roof(tables), _with_fields(records), figures, formats, forecasts
        ),
        machine=machine,
        machine_run=machine_run,
    )


def probe_records(state: State, outcomes: Outcomes) -> list[Record]:
    """Of the runs that were made for the ceilings; without those, of any run of probe."""
    records = outcomes.records
    made = [run["id"] for run in state.runs if run.get("purpose") == "probe"]
    return [records[name] for name in made if name in records] or list(records.values())


def _with_fields(records: Sequence[Record]) -> list[Record]:
    """One run of each app that stored its fields: what was made for that, or the first."""
    found: dict[str, Record] = {}
    for record in records:
        if record.fields and record.verified:
            found.setdefault(record.app, record)
    return list(found.values())


def _machine(records: Sequence[Record]) -> tuple[dict[str, str], str]:
    """As the first run saw it whose file says so, and that run's name."""
    for record in records:
        (told,) = each_in_children(_machine_of, [record.path])
        if isinstance(told, dict):
            return told, record.path.stem
    return {}, ""


def _machine_of(path: Path) -> dict[str, str] | None:
    try:
        return read_machine(path)
    except Unreadable:
        return None
