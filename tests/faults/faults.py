"""Runs the programs with planted faults (faulty_main.c, faulty_io.c) and looks at what they leave behind."""
from __future__ import annotations

import json
import os
import re
import signal
import time
import unittest
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Callable, Iterable

import h5py
import numpy as np

import launch

# A run of a tenth of a second, with several samples of several repetitions.
QUICK = {"samples": "1e5", "warmup": "1", "min_reps": "3", "max_reps": "3"}
# Ends what nothing else ends; a test that comes to it has failed.
TOO_LONG = 60.0


class Run(launch.Outcome):
    """What a run did: of launch.Outcome, and the processes that outlived it."""
    left: list[int]

    def struck(self) -> bool:
        """The planted fault came to act."""
        return "FAULT planted" in self.err

    def printed_pass(self) -> bool:
        return re.search(r"^RESULT \S+ PASS$", self.out, re.MULTILINE) is not None

    def ended_by_watchdog(self) -> bool:
        line = r"^ERROR watchdog: rank \d+ \(\S+\) without progress for \S+ s (waiting for others )?in \w+"
        return re.search(line, self.err, re.MULTILINE) is not None

    def failed_checks(self) -> dict[str, str]:
        """{"repeatable": "rank=1 host=node17"}"""
        return dict(re.findall(r"^VERIFY \S+ FAIL check=(\w+) error=\S+ bound=\S+(?: not run)? ?(.*)$",
                               self.out, re.MULTILINE))


def processes_with(token: str) -> list[int]:
    """Living processes that have the token in their environment."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if token.encode() in (entry / "environ").read_bytes():
                found.append(int(entry.name))
        except OSError:
            pass  # it ended, or is another user's
    return found


def wait_for_end(token: str, seconds: float) -> list[int]:
    """The processes that are still there after so long; ends them."""
    until = time.monotonic() + seconds
    while (left := processes_with(token)) and time.monotonic() < until:
        time.sleep(0.05)
    for process in left:
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            pass
    return left


def run(variant: str, *options: str, fault: str = "", io: str = "", ranks: int = 1,
        threads: int | None = None, prefix: tuple[str, ...] = (), cwd: str | Path | None = None) -> Run:
    """pi with a fault in a hook (`fault`) or at a step of writing (`io`)."""
    token = f"SB_TEST_TOKEN_{uuid.uuid4().hex}"
    env = {"SB_FAULT": fault, "SB_IO": io, "SB_TEST_TOKEN": token}
    quick = [f"--{key}={value}" for key, value in QUICK.items() if f"--{key}" not in options]
    program = (launch.TESTS / f"pi_{variant}_faulty").resolve()
    outcome = launch.run(program, *quick, *options, ranks=ranks, threads=threads, env=env, prefix=prefix,
                         cwd=cwd, timeout=TOO_LONG)
    result = Run(**vars(outcome))
    result.command = [f"SB_FAULT='{fault}' SB_IO='{io}'", *outcome.command]
    result.left = wait_for_end(token, 3.0)
    return result


def in_turn(test: unittest.TestCase, check: Callable[..., None], cases: Iterable[dict[str, Any]],
            at_once: int = 2) -> None:
    """Calls check(**case) for each case, so many at once; each that fails is a failed subtest."""
    with ThreadPoolExecutor(at_once) as pool:
        calls = [(case, pool.submit(check, **case)) for case in cases]
    for case, call in calls:
        with test.subTest(**case):
            call.result()


def read_all(group: h5py.Group) -> None:
    """Reads every dataset, so that every checksum is looked at."""
    for item in group.values():
        if isinstance(item, h5py.Group):
            read_all(item)
        else:
            item[()]


def seed_of_whole(path: Path) -> int:
    """The seed of a whole result file; raises when the file is not whole."""
    if path.suffix == ".json":
        record = json.loads(path.read_text())
        assert record["result"] == "PASS" and record["figures"]["rate"]["value"] > 0, path
        return int(record["seed"])
    with h5py.File(path, "r") as file:
        read_all(file)
        result = file.attrs["result"]
        assert (result.decode() if isinstance(result, bytes) else result) == "PASS", path
        assert np.all(file["verification/passed"][()] == 1) and file["figures/rate"][()] > 0, path
        assert "config" in file and "machine" in file and "timing/samples" in file, path
        return int(file.attrs["seed"])
