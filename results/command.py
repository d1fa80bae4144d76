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
from results.extrap import write_extrap
from results.findings import gather, tables_of
from results.outcomes import read_outcomes
from results.page import make_page
from results.picture import FORMATS
from results.summary import write_summary
from results.table import report

ABOUT = """\
Turns the result files of the study in DIR into DIR/report.html (one file that needs nothing else),
DIR/figures/, DIR/summary.csv (one row per point) and DIR/extrap.json (for Extra-P), and prints the
scaling table: time with its 95 % interval, rate, speed-up, parallel efficiency, verification; what had
to be left out and why; failed runs and warnings."""

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
        "-o",
        dest="output",
        metavar="FILE",
        type=Path,
        help="the page (default: DIR/report.html)",
    )
    parser.add_argument(
        "--formats",
        metavar="LIST",
        default="svg",
        help=f"of the pictures in DIR/figures: of {' '.join(FORMATS)}, as svg,pdf (default: svg)",
    )
    try:
        arguments = parser.parse_args(argv)
    except SystemExit as end:  # argparse's own 2 would be a wrong answer
        return 1 if end.code else 0
    try:
        return _report(arguments.folder, arguments.output, _formats(arguments.formats))
    except Refused as refusal:
        print(f"scalebar report: {refusal}", file=sys.stderr)
    except BrokenPipeError:  # the reader has seen enough, as in: scalebar report DIR | head
        sys.stdout = open(os.devnull, "w", encoding="utf-8")
        return 128 + signal.SIGPIPE
    except OSError as error:
        print(f"scalebar report: {error.filename}: {error.strerror}", file=sys.stderr)
    return 1


def _formats(text: str) -> list[str]:
    words = list(dict.fromkeys(text.replace(",", " ").split()))
    for word in words:
        if word not in FORMATS:
            raise Refused(f"--formats {text}: {word} is none; allowed {' '.join(FORMATS)}")
    return words


def _report(folder: Path, output: Path | None, formats: list[str]) -> int:
    state = load(folder)
    outcomes = read_outcomes(state)
    tables = tables_of(state, outcomes)
    # The table comes first, so that a folder one cannot write to costs only the files.
    print(report(state, tables, outcomes), flush=True)
    summary, page = folder / "summary.csv", output or folder / "report.html"
    write_summary(summary, tables)
    write_extrap(folder / "extrap.json", tables)
    figures = folder / "figures"
    figures.mkdir(exist_ok=True)
    write_whole(page, make_page(gather(state, outcomes, tables, figures, formats)))
    print(f"\nsummary: {summary}\nreport: {page.resolve()}", flush=True)
    return worst([state.exit_code(), 1 if outcomes.broken else 0])


def write_whole(path: Path, text: str) -> None:
    """Replaces the file as a whole."""
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, path)
