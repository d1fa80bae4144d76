"""One study works on a folder at a time."""
from __future__ import annotations

import fcntl
import time
from pathlib import Path

from jobscripts.errors import Refused

LOCK = ".lock"
PATIENCE = 1.0  # s; a child of a killed process holds its lock until it has become a program


class Lock:
    """Makes this process the only one to work in `folder`, until it ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        try:
            self._file = open(folder / LOCK, "w", encoding="ascii")
            deadline = time.monotonic() + PATIENCE
            while not self._taken():
                if time.monotonic() >= deadline:
                    raise Refused(f"{folder}: another study is running in this folder")
                time.sleep(0.05)
        except OSError as error:
            raise Refused(f"{folder / LOCK}: {error.strerror}") from None

    def _taken(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
