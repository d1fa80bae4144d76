"""Tells on standard error how far a study is: one line that changes on a terminal, else a line
per run."""
from __future__ import annotations

import shutil
import sys
import time
from typing import TextIO

from jobscripts.run import PICTURE, PROBE
from jobscripts.state import StudyRun
from jobscripts.units import rate_text, show_time


class Progress:
    def __init__(self, total: int, done: int, stream: TextIO = sys.stderr) -> None:
        self._stream = stream
        self._live = stream.isatty()
        self._total = total
        self._done = done
        self._since = 0.0
        self._run: StudyRun = {}
        self._left = 0.0

    @property
    def live(self) -> bool:
        return self._live

    def begin(self, run: StudyRun, left: float) -> None:
        """A run starts; `left` s are expected until the end of the study, this run included."""
        self._run, self._left, self._since = run, left, time.monotonic()
        self.tick()

    def tick(self) -> None:
        if self._live:
            spent = time.monotonic() - self._since
            self._show(
                f"[{self._done + 1}/{self._total}] {_name(self._run)} ... {spent:.0f} s, "
                f"about {show_time(self._left - spent)} left"
            )

    def end(self, run: StudyRun, left: float | None) -> None:
        """A run has ended; `left` s are expected for those after it, None where nobody knows."""
        self._done += 1
        ended = run["status"] in ("done", "failed")
        verdict = run["verdict"] if ended else run["status"]
        text = f"[{self._done}/{self._total}] {_name(run)} {verdict}"
        rate = (run["figures"] if ended else {}).get(f"{run['app']}.rate", {})
        if rate.get("value") is not None:
            text += f" {rate_text(rate['value'], rate['unit'])}"
        if run["reason"]:
            text += f" ({run['reason']})"
        if not self._live:
            more = left is not None and self._done < self._total
            left_text = f", about {show_time(left or 0.0)} left" if more else ""
            print(text + left_text, file=self._stream, flush=True)
        elif verdict != "PASS":
            self.say(text)

    def say(self, text: str) -> None:
        """A line that stays."""
        self.clear()
        print(text, file=self._stream, flush=True)

    def clear(self) -> None:
        if self._live:
            self._show("")

    def _show(self, text: str) -> None:
        width = shutil.get_terminal_size().columns - 1
        self._stream.write(f"\r{text[:width]}\033[K")
        self._stream.flush()


def _name(run: StudyRun) -> str:
    layout = f"{run['ranks']} x {run['threads']}"
    if run["nodes"] > 1:
        layout += f" on {run['nodes']} nodes"
    if run["purpose"] == PROBE:
        return f"{run['program']} {layout} (the machine's limits)"
    if run["purpose"] == PICTURE:
        return f"{run['program']} {layout} (a picture)"
    problem = f"{run['program']} {run['scaling']} {run['size']}"
    return f"{problem} {layout} (repeat {run['repeat']})"
