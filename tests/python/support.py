"""What the tests of the Python code share: invented programs, machines and result files."""
from __future__ import annotations

import contextlib
import io
import json
import os
import stat
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))
sys.dont_write_bytecode = True

PROGRAM = '''#!{python} -ES
"""A program that prints and writes what a Scalebar program would, and fails on demand: FAKE_FAULT is
KIND:PART, and holds for runs whose output name contains PART. FAKE_SECONDS is how long a run takes."""
import json, os, signal, subprocess, sys, time
name = os.path.basename(sys.argv[0])
options = dict(a[2:].split("=", 1) for a in sys.argv[1:] if "=" in a)
if "--version" in sys.argv:
    mpi = "Open MPI v4.1.4" if name.endswith(("mpi", "hybrid")) else "none"
    print(name + " (Scalebar) 0.1.0\\ncommit: 1234\\nmpi: " + mpi)
    print("hdf5: " + os.environ.get("FAKE_HDF5", "HDF5 1.10.8"))
    if os.environ.get("FAKE_KIND") != "real":
        print("simulated: " + os.environ.get("FAKE_SIMULATED", "none"))
    sys.exit(0)
if "--dry-run" in sys.argv:
    if os.environ.get("FAKE_FAULT") == "refuse":
        print("ERROR " + name + ": command line: samples = 1e3x is not a whole number", file=sys.stderr)
        sys.exit(1)
    full = os.environ.get("FAKE_FAULT") == "full" and os.environ["OMP_NUM_THREADS"] == "2"
    print("memory per rank: " + os.environ.get("FAKE_MEMORY", "1") + " MB" + ", more than is free on this node" * full)
    print("expected time: 0.1 s a repetition, at 1e9 sample/s a worker")
    sys.exit(0)
kind, _, part = os.environ.get("FAKE_FAULT", ":").partition(":")
fault = kind if part in options.get("json", "") else ""
with open("calls", "a") as calls:
    calls.write(json.dumps([name, sys.argv[1:], os.environ.get("FAKE_RANKS"), os.environ.get("OMP_NUM_THREADS"),
                            os.environ.get("OMP_PLACES"), os.environ.get("OMP_PROC_BIND")]) + "\\n")
pause = float(os.environ.get("FAKE_SECONDS", "0")) / 2
time.sleep(pause)
if fault == "hang":
    time.sleep(600)
if fault == "orphan":
    subprocess.Popen(["sleep", "601"], start_new_session=True)
    time.sleep(600)
if fault == "kill":
    os.kill(os.getpid(), signal.SIGKILL)
if fault == "error":
    print("ERROR pi: no such thing", file=sys.stderr)
    print("RESULT " + name + " ERROR")
    sys.exit(1)
if fault == "interrupt":
    os.kill(int(os.environ["FAKE_VICTIM"]), signal.SIGINT)
    time.sleep(600)
print("# a line for people")
print("FOM pi.rate=2.5e+09 sample/s\\nFOM pi.time=0.04 s\\nFOM pi.hits=78539816 count")
print("VERIFY pi " + ("FAIL" if fault == "wrong" else "PASS") + " check=golden_count error=0 bound=0")
if fault != "nofile":
    open(options["json"], "w").write(json.dumps({{"written": time.time_ns()}}))
    if "output" in options:
        open(options["output"], "wb").write(b"\\x89HDF\\r\\n\\x1a\\n" + b"0" * 100)
time.sleep(pause)
word = {{"wrong": "WRONG", "slow": "SLOW"}}.get(fault, "PASS")
if fault != "silent":
    print("RESULT " + name + " " + word)
sys.stdout.flush()
sys.exit({{"WRONG": 2, "SLOW": 5, "PASS": 0}}[word] if fault != "lie" else 3)
'''

MPIRUN = '''#!{python} -ES
"""An mpirun that starts its program once."""
import os, sys
arguments = sys.argv[1:]
ranks = arguments[arguments.index("-n") + 1]
start = next(i for i, a in enumerate(arguments) if os.path.isfile(a) or a == "sh")
os.environ["FAKE_RANKS"] = ranks
os.execvp(arguments[start], arguments[start:])
'''


def write_program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.format(python=sys.executable), encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


class Scratch(unittest.TestCase):
    """Gives each test a folder of its own."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path


def make_bin(folder: Path, variants: str = "serial omp mpi hybrid", app: str = "pi") -> Path:
    """A folder of invented programs, and beside it launchers in `path`."""
    for variant in variants.split():
        write_program(folder / "bin" / f"{app}_{variant}", PROGRAM)
    write_program(folder / "path" / "mpirun.openmpi", MPIRUN)
    return folder / "bin"


def make_machine(
    root: Path, packages: int, cores: int, threads: int = 1, online: str = ""
) -> set[int]:
    """Writes sysfs of a machine below `root`: hardware threads are numbered after all first ones, as
    Linux does. A NUMA domain a package. Returns its CPUs."""
    count = packages * cores
    cpus = set(range(count * threads))
    for cpu in cpus:
        package, core = divmod(cpu % count, cores)
        topology = root / f"sys/devices/system/cpu/cpu{cpu}/topology"
        topology.mkdir(parents=True)
        (topology / "physical_package_id").write_text(f"{package}\n")
        (topology / "core_id").write_text(f"{core}\n")
        node = root / f"sys/devices/system/node/node{package}"
        node.mkdir(parents=True, exist_ok=True)
        with open(node / "cpulist", "a", encoding="ascii") as file:
            file.write(f"{',' if file.tell() else ''}{cpu}")
    (root / "sys/devices/system/cpu/online").write_text(online or f"0-{len(cpus) - 1}\n")
    return cpus


def new_run(**changes: Any) -> dict[str, Any]:
    """A run as it stands in study.json after it passed."""
    run: dict[str, Any] = {
        "purpose": "scaling",
        "app": "pi",
        "variant": "serial",
        "scaling": "strong",
        "per": "worker",
        "size": "tiny",
        "ranks": 1,
        "threads": 1,
        "repeat": 1,
        "options": {},
        "measure": {},
        "nodes": 1,
        "status": "done",
        "verdict": "PASS",
        "reason": "",
        "exit_code": 0,
        "warnings": [],
        "attempts": [],
        "binary_sha256": "b" * 64,
        "checks": [],
        "figures": {"pi.rate": {"value": 1e9, "unit": "sample/s"}},
    }
    run.update(changes)
    run["program"] = f"{run['app']}_{run['variant']}"
    run["workers"] = run["ranks"] * run["threads"]
    run[
        "id"
    ] = f"{run['program']}-{run['scaling']}-{run['size']}-{run['ranks']}x{run['threads']}-r{run['repeat']}"
    run["log"] = f"runs/{run['id']}.log"
    return run


def write_study(folder: Path, runs: list[dict[str, Any]], workers: int = 4) -> None:
    (folder / "runs").mkdir(parents=True, exist_ok=True)
    data = {
        "schema": "scalebar-study",
        "schema_version": 1,
        "study": "test",
        "kind": "scaling",
        "created_utc": "2026-01-01T00:00:00Z",
        "settings": {"per": "worker", "probe": True},
        "seed": None,
        "order_seed": 1,
        "notes": ["the budget was short"],
        "machine": {"model": "Test CPU", "cores": workers, "numa_domains": 1, "workers": workers},
        "programs": {run["program"]: {"sha256": "b" * 64} for run in runs},
        "runs": runs,
    }
    (folder / "study.json").write_text(json.dumps(data), encoding="utf-8")


def environment(folder: Path, **more: str) -> dict[str, str]:
    """The environment with the invented launchers first on the PATH."""
    return {**os.environ, "PATH": f"{folder / 'path'}:{os.environ['PATH']}", **more}


def carrying(token: str) -> list[int]:
    """Processes that have `token` as TEST_TOKEN in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"TEST_TOKEN={token}".encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def report_quietly(*arguments: object, ends_with: int = 0) -> None:
    """`scalebar report`, which has to end well, or with this exit code."""
    from results.command import main

    with contextlib.redirect_stdout(io.StringIO()):
        code = main([*map(str, arguments)])
    if code != ends_with:
        raise AssertionError(f"the report ended with {code}")
