"""Runs one command to its end, whatever happens, and leaves no process behind.

Killing a launcher does not kill its ranks: Open MPI gives each a process group, MPICH a session of
its own. So every process of a run carries a mark in its environment, and is found by it.
"""
from __future__ import annotations

import os
import secrets
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

MARK = "SCALEBAR_RUN"
TERM_GRACE = 3.0  # s between asking and killing


@dataclass(frozen=True)
class Ended:
    """How a command ended. `code` is negative for a signal; None when it could not start."""

    code: int | None
    seconds: float
    timed_out: bool
    left_behind: int  # processes that outlived the command and were killed
    stderr: str
    problem: str  # why it could not start


def execute(
    argv: list[str],
    env: dict[str, str],
    log: Path,
    patience: float,
    tick: Callable[[], None] | None = None,
) -> Ended:
    """Runs `argv` in the folder of `log`, with `env` added to the environment; its output goes to
    `log`, standard error below it. After `patience` seconds, or when an exception comes in from
    outside (Ctrl-C), everything it started is ended."""
    mark = secrets.token_hex(16)
    errors = log.with_suffix(".err")
    started = time.monotonic()
    code, timed_out, problem = None, False, ""
    with open(log, "wb") as out, open(errors, "wb") as err:
        out.write(_heading(argv, env).encode())
        out.flush()
        try:
            process = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                cwd=log.parent,
                env={**os.environ, **env, MARK: mark},
                start_new_session=True,
            )
        except OSError as error:
            problem = f"could not start: {error.strerror}"
        else:
            try:
                timed_out = not _wait(process, patience, tick)
            finally:
                if process.returncode is None:
                    _end(process, mark)
                left_behind = _kill_marked(mark)
            code = process.returncode
    if problem:
        left_behind = 0
    text = _join(log, errors)
    return Ended(code, time.monotonic() - started, timed_out, left_behind, text, problem)


def _heading(argv: list[str], env: dict[str, str]) -> str:
    shown = " ".join(
        [Path(argv[0]).name, *(Path(a).name if a.startswith("/") else a for a in argv[1:])]
    )
    chosen = " ".join(f"{key}={value}" for key, value in env.items() if key.startswith("OMP_"))
    return f"# {chosen} {shown}\n"


def _wait(
    process: subprocess.Popen[bytes], patience: float, tick: Callable[[], None] | None
) -> bool:
    """Sleeps until the end, without polling: what polls takes time from what is measured. Only a
    tick, for people who watch, wakes up each second. False when patience ran out."""
    ended = threading.Event()

    def wait() -> None:
        process.wait()
        ended.set()

    threading.Thread(target=wait, daemon=True).start()
    deadline = time.monotonic() + patience
    while True:
        left = deadline - time.monotonic()
        if ended.wait(max(0.0, min(left, 1.0) if tick else left)):
            return True
        if time.monotonic() >= deadline:
            return False
        if tick:
            tick()


def _end(process: subprocess.Popen[bytes], mark: str) -> None:
    """Asks the launcher to end its ranks, then kills whatever is left."""
    process.terminate()
    deadline = time.monotonic() + TERM_GRACE
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    if process.returncode is None:
        _kill_group(process.pid)
    _kill_marked(mark)
    process.wait()


def _kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def _kill_marked(mark: str) -> int:
    """Kills the processes that carry the mark, again until there are none. How many there were."""
    killed: set[int] = set()
    for _ in range(100):
        found = _marked(mark)
        if not found:
            break
        for pid in found:
            try:
                os.kill(pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                continue
            killed.add(pid)
        time.sleep(0.02)
    return len(killed)


def _marked(mark: str) -> list[int]:
    needle = f"{MARK}={mark}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if needle in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def _join(log: Path, errors: Path) -> str:
    """Puts standard error below the output in the one log; returns it."""
    data = errors.read_bytes()
    if data:
        with open(log, "ab") as out:
            out.write(b"# standard error:\n" + data)
    errors.unlink()
    return data.decode("utf-8", errors="replace")
