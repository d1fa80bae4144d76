"""Builds the programs for simulation and runs them in a simulated machine.

Told by the environment (CMake sets it): SCALEBAR_TESTS, the folder of test programs, beside which the
build tree is made. A tree build/simulate that is there already is brought up to date and used.
"""
from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import unittest
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLATFORMS = ROOT / "inputs" / "platforms"
CORES, NODES = 16, 256  # of a node, and nodes: as the platform files have them
APPS = ("pi", "matmul", "heat", "fft")
ONCE = ("--warmup", "0", "--min_reps", "1", "--max_reps", "1")


def build() -> Path:
    """The folder of the programs. Skips where SimGrid is not installed, but fails where CI is set."""
    if shutil.which("smpicc") is None or shutil.which("smpirun") is None:
        words = "no smpicc: install SimGrid (Debian: libsimgrid-dev)"
        raise RuntimeError(words) if os.environ.get("CI") else unittest.SkipTest(words)
    tree = ROOT / "build" / "simulate"
    if not (tree / "CMakeCache.txt").exists():
        tree = Path(os.environ["SCALEBAR_TESTS"]).resolve().parent / "simulate"
        subprocess.run(["cmake", "-S", ROOT, "-B", tree, "-DSCALEBAR_SIMGRID=ON", "-DSCALEBAR_TESTS=OFF",
                        "-DCMAKE_BUILD_TYPE=Release"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", tree, "--target", *(f"{app}_mpi" for app in (*APPS, "probe"))], check=True,
                   stdout=subprocess.DEVNULL)
    return tree / "bin"


@dataclass
class Simulated:
    command: list[str]
    code: int
    out: str
    err: str
    peak: int  # bytes that the process with all its ranks held at most
    record: dict  # its JSON file, {} where it wrote none

    def figures(self) -> dict[str, str]:
        return dict(re.findall(r"^FOM (\S+)=(\S+) ", self.out, re.MULTILINE))

    def succeeded(self) -> bool:
        return self.code == 0 and re.search(r"^RESULT \S+ PASS$", self.out, re.MULTILINE) is not None

    def seconds(self) -> float:
        return self.record["figures"]["time"]["value"]

    def sent(self) -> tuple[float, float]:
        """Bytes predicted and counted."""
        work = self.record["workload"]
        return work["comm_bytes_predicted"]["value"], work["comm_bytes_actual"]["value"]

    def __str__(self) -> str:
        return f"{' '.join(self.command)}\nexit {self.code}\n{self.out}\n{self.err}"


def run(program: Path, *options: str, ranks: int, platform: str | Path = "fat_tree", timeout: float = 600.0,
        ranks_a_node: int = CORES) -> Simulated:
    """One simulated run on one of our platforms or on that of a file, one rank to a core, and what is
    left of it ended."""
    with tempfile.TemporaryDirectory() as folder:
        hosts, out, err = (Path(folder) / name for name in ("hosts", "out", "err"))
        json_file = Path(folder) / "result.json"
        hosts.write_text("".join(f"node-{rank // ranks_a_node}\n" for rank in range(ranks)))
        file = platform if isinstance(platform, Path) else PLATFORMS / f"{platform}.xml"
        command = ["smpirun", "--log=root.thres:warning", "-np", str(ranks), "-platform",
                   str(file), "-hostfile", str(hosts), str(program), *options,
                   "--json", str(json_file)]
        with out.open("w") as to, err.open("w") as to_err:
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=to, stderr=to_err,
                                     cwd=folder, start_new_session=True)
            previous = signal.signal(signal.SIGALRM, lambda *_: os.killpg(child.pid, signal.SIGKILL))
            signal.setitimer(signal.ITIMER_REAL, timeout)
            _, state, usage = os.wait4(child.pid, 0)
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, previous)
        child.returncode = os.waitstatus_to_exitcode(state)
        record = json.loads(json_file.read_text()) if json_file.exists() else {}
        return Simulated(command, child.returncode, out.read_text(errors="replace"),
                         err.read_text(errors="replace"), usage.ru_maxrss * 1024, record)
