"""Runs the programs under test: variant, ranks and threads in, exit code and lines out.

Told by the environment (CMake sets it): SCALEBAR_BIN, the folder of the programs; SCALEBAR_TESTS, that
of test programs; SCALEBAR_MPIRUN, the launcher of the MPI library they were built with.
"""
from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

BIN = Path(os.environ.get("SCALEBAR_BIN", "build/release/bin")).resolve()
TESTS = Path(os.environ.get("SCALEBAR_TESTS", "build/release/tests")).resolve()
MPIRUN = os.environ.get("SCALEBAR_MPIRUN", "mpirun")
LONG = os.environ.get("SCALEBAR_TEST_LONG") == "1"
# MPICH's ranks (its launcher is Hydra) poll without end: where they are more than the cores, they take
# seconds for what takes Open MPI's milliseconds.
POLLING = "hydra" in os.path.realpath(shutil.which(MPIRUN) or MPIRUN) and not LONG

# Launchers may oversubscribe and must not bind, so that the same command lines work everywhere. Open
# MPI takes ob1 inside a machine anyway; named, it does not look for networks first, half of a start.
ENVIRONMENT = {
    "OMPI_MCA_pml": "ob1",
    "OMPI_MCA_rmaps_base_oversubscribe": "1",
    "OMPI_MCA_hwloc_base_binding_policy": "none",
    "OMPI_ALLOW_RUN_AS_ROOT": "1",
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "OMP_WAIT_POLICY": "passive",
}
# For runs of several ranks where another test looks for leaks on the same path: the search at the end
# of an MPI program takes ten seconds.
WITHOUT_LEAKS = ({"ASAN_OPTIONS": os.environ["ASAN_OPTIONS"] + ":detect_leaks=0"} if "ASAN_OPTIONS" in os.environ
                 else {})
ALL_VARIANTS = ("serial", "omp", "mpi", "hybrid")


def variants(app: str = "pi") -> list[str]:
    """Those that this build has."""
    return [v for v in ALL_VARIANTS if (BIN / f"{app}_{v}").exists()]


@dataclass
class Outcome:
    command: list[str]
    code: int  # negative: ended by that signal, or by the time limit
    out: str
    err: str
    timed_out: bool

    def figures(self) -> dict[str, str]:
        """What FOM lines say: {"pi.hits": "785", ...}."""
        return dict(re.findall(r"^FOM (\S+)=(\S+) ", self.out, re.MULTILINE))

    def result(self) -> str:
        """The word of the last line, "" when the last line is no RESULT line."""
        lines = self.out.rstrip("\n").split("\n")
        found = re.fullmatch(r"RESULT \S+ (\w+)", lines[-1])
        return found.group(1) if found else ""

    def succeeded(self) -> bool:
        """As the contract says: exit 0 and a RESULT line that says PASS."""
        return self.code == 0 and re.search(r"^RESULT \S+ PASS$", self.out, re.MULTILINE) is not None

    def errors(self) -> list[str]:
        """Scalebar's own lines on stderr, without the launcher's."""
        return [line for line in self.err.splitlines() if line.startswith("ERROR")]

    def warnings(self) -> list[str]:
        return [line for line in self.err.splitlines() if line.startswith("WARN")]

    def __str__(self) -> str:
        return f"{' '.join(self.command)}\nexit {self.code}\n{self.out}\n{self.err}"


def execute(command: list[str], env: dict[str, str] | None = None, cwd: str | Path | None = None,
            timeout: float = 120.0) -> Outcome:
    """Runs a whole command line and ends whatever is left of it."""
    with tempfile.TemporaryFile("w+", errors="replace") as out, \
            tempfile.TemporaryFile("w+", errors="replace") as err:
        # Files, not pipes: a grandchild that holds a pipe open cannot make the test wait.
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd=cwd,
                                 env={**os.environ, **ENVIRONMENT, **(env or {})}, start_new_session=True)
        timed_out = False
        try:
            child.wait(timeout)
        except subprocess.TimeoutExpired:
            timed_out = True
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        child.wait()
        out.seek(0)
        err.seek(0)
        return Outcome(command, child.returncode, out.read(), err.read(), timed_out)


def run(program: Path | str, *options: str, ranks: int = 1, threads: int | None = None,
        env: dict[str, str] | None = None, cwd: str | Path | None = None, prefix: tuple[str, ...] = (),
        timeout: float = 120.0) -> Outcome:
    """Runs a program (a path, or a name such as pi_mpi) and ends whatever is left of it.

    mpi and hybrid programs go through the launcher. `prefix` stands before the program (taskset ...).
    """
    path = Path(program)
    if not path.is_absolute():
        path = BIN / path
    command = [*prefix, str(path), *options]
    if threads is not None:
        command += ["--threads", str(threads)]
    if re.match(r".*_(mpi|hybrid)(_|$)", path.name):
        command = [MPIRUN, "-n", str(ranks), *command]
    return execute(command, env, cwd, timeout)
