"""Judges a run by what it printed, how it ended, and what it left. Fails closed.

Launchers lose and invent exit codes, so a run succeeded only with exit code 0 and a last line
`RESULT <program> PASS`, and with its result files in place.
"""
from __future__ import annotations

import json
import math
import re
import signal
from dataclasses import dataclass, field
from pathlib import Path

from jobscripts.execute import Ended

EXIT_CODES = {"PASS": 0, "ERROR": 1, "WRONG": 2, "SLOW": 5}
SEVERITY = (2, 1, 5, 0)  # exit codes from worst to best

_FOM = re.compile(r"FOM (\S+)=(\S+) (\S+)")
_HDF5 = b"\x89HDF\r\n\x1a\n"


@dataclass(frozen=True)
class Outcome:
    verdict: str  # PASS, ERROR, WRONG, SLOW
    reason: str  # "" for PASS
    figures: dict[str, dict[str, object]] = field(default_factory=dict)
    checks: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def worst(codes: list[int]) -> int:
    """The worst exit code: 2, then 1, then 5. Without any run, 1: nothing was shown."""
    return min(codes, key=SEVERITY.index, default=1)


def judge(program: str, ended: Ended, log: Path, files: list[Path]) -> Outcome:
    """`log` begins with the program's output, cut off before its standard error."""
    lines = _output(log)
    figures = {}
    for line in lines:
        match = _FOM.fullmatch(line)
        if match:
            figures[match[1]] = {"value": _number(match[2]), "unit": match[3]}
    checks = [line for line in lines if line.startswith("VERIFY ")]
    warnings = [line[5:] for line in ended.stderr.splitlines() if line.startswith("WARN ")]
    if ended.left_behind and not ended.timed_out:
        warnings.append(f"processes: {ended.left_behind} outlived the run and were killed")
    verdict, reason = _verdict(program, ended, lines, files)
    if verdict == "ERROR":
        reason += _told(ended.stderr)
    return Outcome(verdict, reason, figures, checks, warnings)


def cut_short(results: Path) -> int | None:
    """Of a run that its time_limit ended, by its JSON: how many repetitions that took, those to warm
    up included. None where something else ended it, and where nothing is told."""
    try:
        timing = json.loads(results.read_text(encoding="utf-8"))["timing"]
        if timing["stop"] != "time_limit":
            return None
        return len(timing["warmup"]["value"]) + timing["loops"] * len(timing["elapsed"]["value"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _output(log: Path) -> list[str]:
    text = log.read_text(encoding="utf-8", errors="replace")
    return text.split("\n# standard error:\n", 1)[0].rstrip("\n").split("\n")


def _verdict(program: str, ended: Ended, lines: list[str], files: list[Path]) -> tuple[str, str]:
    if ended.problem:
        return "ERROR", ended.problem
    if ended.timed_out:
        return "ERROR", f"timed out after {ended.seconds:.0f} s"
    words = lines[-1].split(" ")
    said = words[2] if len(words) == 3 and words[:2] == ["RESULT", program] else None
    if said == "WRONG":
        return "WRONG", _first_failed(lines)
    if ended.code is None or ended.code < 0 or ended.code in (137, 139):
        return "ERROR", f"killed by {_signal_name(ended.code)}"
    if said is None:
        return "ERROR", f"exit code {ended.code}, but the last line is no RESULT of {program}"
    if said not in EXIT_CODES or EXIT_CODES[said] != ended.code:
        return "ERROR", f"RESULT {said} does not go with exit code {ended.code}"
    if said == "ERROR":
        return "ERROR", "exit code 1"
    for path in files:
        if not _whole(path):
            return "ERROR", f"RESULT {said}, but {path.name} is missing or broken"
    return said, "" if said == "PASS" else "right, but slower than its reference"


def _first_failed(lines: list[str]) -> str:
    for line in lines:
        if line.startswith("VERIFY ") and " FAIL " in line:
            return f"wrong answer: {line}"
    return "wrong answer"


def _signal_name(code: int | None) -> str:
    number = -code if code is not None and code < 0 else (code or 128) - 128
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _told(stderr: str) -> str:
    """The program's own sentence, else what a launcher says of a rank, else the first line."""
    lines = [
        line.strip()
        for line in stderr.splitlines()
        if line.strip(" -=*\t") and not line.startswith("WARN ")
    ]
    own = [line for line in lines if line.startswith("ERROR ")]
    launcher = [line for line in lines if re.search(r"\brank \d", line)]
    return f": {(own or launcher or lines)[0][:300]}" if lines else ""


def _number(text: str) -> float | int | None:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _whole(path: Path) -> bool:
    try:
        if path.suffix == ".json":
            json.loads(path.read_text(encoding="utf-8"))
            return True
        with open(path, "rb") as file:
            return file.read(len(_HDF5)) == _HDF5
    except (OSError, ValueError):
        return False
