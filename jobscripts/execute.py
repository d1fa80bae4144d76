"""Runs one command to its end, whatever happens, and leaves no process behind.

Killing a launcher does not kill its ranks: Open MPI gives each a process group, MPICH a session of
its own. So every process of a run carries a mark in its environment, and is found by it. The mark
begins with the study's own: what a killed study left running is found by the next.
"""
from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Callable

from jobscripts.interrupts import held

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
    peak: int | None = None  # bytes that the largest of its processes held at most, where it is known


def execute(
    argv: list[str],
    env: dict[str, str],
    log: Path,
    patience: float,
    tick: Callable[[], None] | None = None,
    study_mark: str = "",
) -> Ended:
    """Runs `argv` in the folder of `log`, with `env` added to the environment; its output goes to
    `log`, standard error below it. After `patience` seconds, or when an exception comes in from
    outside (Ctrl-C), everything it started is ended. `study_mark` begins the mark of its
    processes."""
    mark = f"{study_mark}-{secrets.token_hex(16)}"
    errors = log.with_suffix(".err")
    started = time.monotonic()
    code, timed_out, problem, left_behind, peak = None, False, "", 0, None
    with open(log, "wb") as out, open(errors, "wb") as err:
        out.write(_heading(argv, env).encode())
        out.flush()
        process = None
        try:
            with held():  # a process that has started is known, whatever comes
                process = _start(argv, {**os.environ, **env, MARK: mark}, log.parent, out, err)
            timed_out = not _wait(process, patience, tick)
            if not timed_out:
                peak = _reap(process)
        except OSError as error:
            if process is not None:
                raise
            problem = f"could not start: {error.strerror}"
        finally:
            if process is not None:
                if process.poll() is None:
                    _end(process, mark)
                left_behind = _kill_marked(mark)
                code = process.returncode
    text = join(log, errors)
    seconds = time.monotonic() - started
    return Ended(code, seconds, timed_out, left_behind, text, problem, peak)


def end_orphans(study_mark: str) -> int:
    """Kills what an earlier process of the study left running when it was killed itself. How many
    processes there were."""
    return _kill_marked(f"{study_mark}-")


def _start(
    argv: list[str], env: dict[str, str], folder: Path, out: IO[bytes], err: IO[bytes]
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        argv,
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=err,
        cwd=folder,
        env=env,
        start_new_session=True,
    )


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
        try:
            if hasattr(os, "waitid"):  # which leaves the end to be read
                os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
            else:
                process.wait()
        except ChildProcessError:
            pass  # it was read: patience ran out, or an interrupt came
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


def _reap(process: subprocess.Popen[bytes]) -> int | None:
    """Reads the end of a process that has ended, and the largest memory of it and of those that it
    waited for: Linux counts it in units of 1024 bytes, macOS in bytes."""
    if process.returncode is not None:
        return None
    with held():
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


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
    """Kills the processes whose mark begins with `mark`, again until there are none. How many there
    were."""
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
            environment = (folder / "environ").read_bytes().split(b"\0")
            if any(entry.startswith(needle) for entry in environment):
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def _joined(log: Path) -> str:
    text = log.read_text(encoding="utf-8", errors="replace")
    return text.partition("\n# standard error:\n")[2]


def join(log: Path, errors: Path) -> str:
    """Puts standard error below the output in the one log; returns it."""
    try:
        data = errors.read_bytes()
    except FileNotFoundError:  # joined before, by who was interrupted then; or never opened
        return _joined(log)
    if data:
        with open(log, "ab") as out:
            out.write(b"# standard error:\n" + data)
    errors.unlink()
    return data.decode("utf-8", errors="replace")
