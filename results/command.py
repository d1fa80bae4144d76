"""`scalebar report`: the command line."""
from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path

from jobscripts.errors import Refused
from jobscripts.outcome import worst
from jobscripts.units import count
from results.compare import Comparison
from results.picture import FORMATS
from results.ratio import THRESHOLD
from results.write import report_one, report_several, with_baseline

ABOUT = """\
Turns the result files of the study in DIR into DIR/report.html (one file that needs nothing else),
DIR/figures/, DIR/summary.csv (one row per point) and DIR/extrap.json (for Extra-P), and prints the
scaling table: time with its 95 % interval, rate, speed-up, parallel efficiency, verification; what had
to be left out and why; failed runs and warnings.

Several DIRs, of machines or dates, are put side by side: ratios with intervals, their geometric mean,
regressions marked; into comparison.html and comparison.csv. Verdicts take two repeats (of one study
at least), better three: one process says nothing of how much processes differ."""

EXITS = """\
exit codes: the worst of the study's runs (2 a wrong answer, then 1 could not run or did not take place
for another reason than the budget, or an app has no point, then 5 slow), 0 when all passed. A regression
between studies counts with --fail-on-regression alone"""


def main(argv: list[str]) -> int:
    parser = _parser()
    try:
        arguments = parser.parse_args(argv)
    except SystemExit as end:  # argparse's own 2 would be a wrong answer
        return 1 if end.code else 0
    try:
        return _command(arguments)
    except Refused as refusal:
        print(f"scalebar report: {refusal}", file=sys.stderr)
    except BrokenPipeError:  # the reader has seen enough, as in: scalebar report DIR | head
        sys.stdout = open(os.devnull, "w", encoding="utf-8")
        return 128 + signal.SIGPIPE
    except KeyboardInterrupt:
        print("scalebar report: interrupted", file=sys.stderr)
        return 128 + signal.SIGINT
    except OSError as error:
        print(f"scalebar report: {error.filename}: {error.strerror}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scalebar report",
        description=ABOUT,
        epilog=EXITS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "folders",
        metavar="DIR",
        type=Path,
        nargs="+",
        help="folder of a study: it holds study.json; several are compared",
    )
    parser.add_argument(
        "--baseline",
        metavar="DIR",
        type=Path,
        help="the study that the others are compared with (default: the first)",
    )
    parser.add_argument(
        "--threshold",
        metavar="SHARE",
        type=float,
        default=THRESHOLD,
        help=f"changes below this share are called none (default: {THRESHOLD})",
    )
    parser.add_argument(
        "--fail-on-regression",
        action="store_true",
        help="of several DIRs: exit code 5 where a figure became slower beyond the threshold, its "
        "interval below 1; 1 where none of a study's figures can be judged",
    )
    parser.add_argument(
        "-o",
        dest="output",
        metavar="FILE",
        type=Path,
        help="the page (default: DIR/report.html; of several studies: comparison.html here)",
    )
    parser.add_argument(
        "--expect",
        metavar="FILE",
        type=Path,
        help="a reference file: points outside its bounds are marked SLOW, exit code 5",
    )
    parser.add_argument(
        "--write-reference",
        metavar="FILE",
        type=Path,
        help="writes the strong-scaling points as a reference file, for --expect of a program",
    )
    parser.add_argument(
        "--table",
        action="store_true",
        help="the table and summary.csv alone: no page, no pictures",
    )
    parser.add_argument(
        "--formats",
        metavar="LIST",
        default="svg",
        help=f"of the pictures in DIR/figures: of {' '.join(FORMATS)}, as svg,pdf (default: svg)",
    )
    return parser


def _command(arguments: argparse.Namespace) -> int:
    formats = _formats(arguments.formats)
    if not 0 <= arguments.threshold < 1:
        raise Refused(f"--threshold {arguments.threshold:g}: allowed 0 .. 1")
    folders, base = with_baseline(arguments.folders, arguments.baseline)
    if arguments.table and (arguments.output or len(folders) > 1):
        raise Refused("--table writes no page: it goes with one DIR and without -o")
    if len(folders) == 1 and arguments.fail_on_regression:
        raise Refused("--fail-on-regression goes with several DIRs")
    if len(folders) == 1:
        return report_one(
            folders[0],
            arguments.output,
            formats,
            table_alone=arguments.table,
            expect=arguments.expect,
            reference=arguments.write_reference,
        )
    if arguments.expect or arguments.write_reference:
        raise Refused("--expect and --write-reference go with one DIR")
    code, found = report_several(folders, base, arguments.output, arguments.threshold)
    return worst([code, _gate(found, arguments.threshold)]) if arguments.fail_on_regression else code


def _gate(found: Comparison, threshold: float) -> int:
    """What regressions count for. A study of which nothing can be said has not passed."""
    slower = found.changed("slower", threshold)
    if slower:
        print(f"scalebar report: {count(len(slower), 'figure')} became slower", file=sys.stderr)
    for label in found.undecided:
        words = "no figure can be judged: repeats are missing, or points left out"
        print(f"scalebar report: --fail-on-regression: {label}: {words}", file=sys.stderr)
    return worst([5 if slower else 0, 1 if found.undecided else 0])


def _formats(text: str) -> list[str]:
    words = list(dict.fromkeys(text.replace(",", " ").split()))
    for word in words:
        if word not in FORMATS:
            raise Refused(f"--formats {text}: {word} is none; allowed {' '.join(FORMATS)}")
    return words
