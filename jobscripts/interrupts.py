"""Signals that ask this command to end: SIGINT, SIGTERM, SIGHUP.

The first one raises Interrupted in the main thread, wherever that is; except inside `held()`, where
it waits until what must be done as a whole is done. Those after it are ignored, so that nothing
disturbs the clearing up.
"""
from __future__ import annotations

import signal
from contextlib import contextmanager
from types import FrameType
from typing import Iterator

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(BaseException):
    """A signal asks this command to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class _Interrupts:
    def __init__(self) -> None:
        self.depth = 0  # of held()
        self.waiting = 0  # signal that came while held
        self.raised = False

    def handle(self, number: int, _frame: FrameType | None) -> None:
        if self.raised:
            return
        if self.depth:
            self.waiting = self.waiting or number
        else:
            self.raise_now(number)

    def raise_now(self, number: int) -> None:
        self.raised = True
        raise Interrupted(number)


_interrupts = _Interrupts()


def install() -> None:
    """From here on the three signals are handled as said above. A signal that is ignored, as
    SIGHUP is under nohup, stays so."""
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupts.handle)


@contextmanager
def held() -> Iterator[None]:
    """What is inside is done as a whole: a signal takes effect after it."""
    _interrupts.depth += 1
    try:
        yield
    finally:
        _interrupts.depth -= 1
    if _interrupts.waiting and not _interrupts.depth and not _interrupts.raised:
        _interrupts.raise_now(_interrupts.waiting)
