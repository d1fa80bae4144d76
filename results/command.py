"""`scalebar report`: the command line."""
from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path

from jobscripts.errors import Refused
from jobscripts.outcome import worst
from jobscripts.state import load
from results.outcomes import read_outcomes
from results.points import make_tables
from results.summary import write_summary
from results.table import report

ABOUT = """\
Prints the scaling table of the study in DIR: time with its 95 % interval, rate, speed-up, parallel
efficiency, verification; what had to be left out and why; failed runs and warnings. Writes
DIR/summary.csv, one row per point."""

EXITS = """\
exit codes: the worst of the study's runs (2 a wrong answer, then 1 could not run, then 5 slow), 0 when
all passed"""


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="scalebar report",
        description=ABOUT,
        epilog=EXITS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "folder", metavar="DIR", type=Path, help="folder of a study: it holds study.json"
    )
    parser.add_argument(
        "-o", dest="output", metavar="FILE", type=Path, help="write the table to FILE as well"
    )
    try:
        arguments = parser.parse_args(argv)
    except SystemExit as end:  # argparse's own 2 would be a wrong answer
        return 1 if end.code else 0
    try:
        return _report(arguments.folder, arguments.output)
    except Refused as refusal:
        print(f"scalebar report: {refusal}", file=sys.stderr)
    except BrokenPipeError:  # the reader has seen enough, as in: scalebar report DIR | head
        sys.stdout = open(os.devnull, "w", encoding="utf-8")
        return 128 + signal.SIGPIPE
    except OSError as error:
        print(f"scalebar report: {error.filename}: {error.strerror}", file=sys.stderr)
    return 1


def _report(folder: Path, output: Path | None) -> int:
    state = load(folder)
    outcomes = read_outcomes(state)
    tables = make_tables(state.runs, outcomes.records, state.data["machine"]["workers"])
    summary = folder / "summary.csv"
    text = report(state, tables, outcomes)
    print(text, flush=True)  # first, so that a folder one cannot write to costs only the files
    if output:
        output.write_text(text, encoding="utf-8")
    write_summary(summary, tables)
    print(f"\nsummary: {summary}", flush=True)
    return worst([state.exit_code(), 1 if outcomes.broken else 0])
