#!/usr/bin/env python3
"""How long `scalebar report` takes for a study of a thousand runs: four apps, two scalings, three
sizes, 23 layouts of ranks and threads, two repeats. The files are invented; the pictures are drawn."""
from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/python"))

from invented import Invented  # noqa: E402  (the path comes first)

ROUNDS = 2


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Invented(
            Path(name), workers=(1, 2, 3, 4, 8), sizes=("tiny", "small", "medium"), model=True
        ).write()
        files = len(list((folder / "runs").glob("*.h5")))
        for _ in range(ROUNDS):
            seconds, processor = _report(folder)
            print(
                f"{files} files: {seconds:.1f} s, {files / seconds:.0f} files/s, "
                f"{processor:.1f} s of processor time",
                flush=True,
            )
        pictures = len(list((folder / "figures").iterdir()))
        page = (folder / "report.html").stat().st_size
        print(f"{pictures} pictures, a page of {page / 1e6:.1f} MB")
    return 0


def _report(folder: Path) -> tuple[float, float]:
    """Seconds, and seconds of all processors."""
    before, start = _processor_time(), time.perf_counter()
    command = [sys.executable, "-B", str(ROOT / "results"), str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start, _processor_time() - before


def _processor_time() -> float:
    """Of all ended children."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main())
