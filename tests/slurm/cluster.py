"""A real Slurm of several nodes on one machine, for the tests: munged, slurmctld and a slurmd for each
node, without systemd, without cgroups, all in one folder, all ended at the end. Needs root, and the
Debian packages slurm-wlm and munge. The nodes share the machine's cores: function is tested here, never
time."""
from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from typing import Callable

TOOLS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "scontrol", "scancel", "squeue", "unshare")
SHARED_TEMPORARY = Path(tempfile.gettempdir())
MARK = "SCALEBAR_TEST_NODE"  # of a daemon and all that it starts
PATIENCE = 60.0  # s

CONF = """\
ClusterName=scalebar
SlurmctldHost={host}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
SlurmctldPort={port}
SlurmctldPidFile={folder}/slurmctld.pid
SlurmctldLogFile={folder}/slurmctld.log
StateSaveLocation={folder}/state
SlurmdPidFile={folder}/%n/slurmd.pid
SlurmdLogFile={folder}/%n/slurmd.log
SlurmdSpoolDir={folder}/%n/spool
SlurmdParameters=config_overrides
SlurmdTimeout=10
KillWait=2
MinJobAge=3600
ReturnToService=2
ProctrackType=proctrack/linuxproc
TaskPlugin=task/{binding}
DebugFlags=Steps
SlurmctldDebug={told}
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=1,sched_min_interval=100000,bf_interval=1
SwitchType=switch/none
MpiDefault=none
MailProg=/bin/true
{nodes}
PartitionName=all Nodes=n[1-{count}] Default=YES MaxTime=INFINITE State=UP
"""

# Slurm 22.05 waits for all ranks in a ring or along a tree. Along a tree, which it takes by default
# where nothing is gathered, some ranks of a loaded machine leave MPI_Init while others are still at its
# beginning; a message that then reaches these is a segmentation fault inside Open MPI 4.1.
MPI_CONF = """\
PMIxCliTmpDirBase={folder}/pmix
PMIxCollFence=ring
"""


def missing() -> str:
    """Why there can be no Slurm here; "" where there can."""
    if os.geteuid() != 0:
        return "no root: slurmd and unshare need it"
    absent = [tool for tool in TOOLS if not shutil.which(tool)]
    if absent:
        return f"no {', '.join(absent)}: packages slurm-wlm and munge"
    if subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode != 0:
        return "this kernel grants no mount namespaces"
    return ""


class Cluster:
    """Starts in the constructor; `environment` makes Slurm's commands talk to it. Nodes may be told to
    have more `sockets` and `cores` than this machine: then nothing is `bound` to them, and
    slurmctld's log says which cores a step gets."""

    def __init__(self, nodes: int, cores: int, sockets: int = 1, bound: bool = True) -> None:
        self._mine = tempfile.TemporaryDirectory(prefix="scalebar-slurm-", dir=SHARED_TEMPORARY)
        self.folder = Path(self._mine.name)
        self.folder.chmod(0o755)
        self.names = [f"n{number}" for number in range(1, nodes + 1)]
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        (self.folder / "state").mkdir()
        (self.folder / "pmix").mkdir()
        (self.folder / "mpi.conf").write_text(MPI_CONF.format(folder=self.folder), encoding="utf-8")
        ports = _free_ports(nodes + 1)
        lines = []
        for name, port in zip(self.names, ports[1:]):
            (self.folder / name / "spool").mkdir(parents=True)
            (self.folder / name / "pmix").mkdir()
            lines.append(
                f"NodeName={name} NodeHostname=localhost Port={port} CPUs={cores} Sockets={sockets} "
                f"CoresPerSocket={cores // sockets} ThreadsPerCore=1 RealMemory=2000 State=UNKNOWN"
            )
        text = CONF.format(
            host=socket.gethostname(), folder=self.folder, port=ports[0], count=nodes,
            nodes="\n".join(lines), binding="affinity" if bound else "none",
            told="info" if bound else "debug",
        )
        self.conf = self.folder / "slurm.conf"
        self.conf.write_text(text, encoding="utf-8")
        self.environment = {**os.environ, "SLURM_CONF": str(self.conf)}
        try:
            self._start_all()
        except BaseException:
            self.stop()
            raise

    def _start_all(self) -> None:
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o400)
        self._start(
            "munged", "munged", "--foreground", "--force", f"--key-file={key}",
            f"--socket={self.folder}/munge.socket", f"--pid-file={self.folder}/munged.pid",
            f"--log-file={self.folder}/munged.log", f"--seed-file={self.folder}/munge.seed",
        )
        self._until(lambda: (self.folder / "munge.socket").exists(), "munged makes its socket")
        self._start("slurmctld", "slurmctld", "-D", "-i", "-f", str(self.conf))
        for name in self.names:
            self.start_node(name)
        self.wait_for_nodes()

    def start_node(self, name: str) -> None:
        """In a mount namespace where the folder that PMIx's clients share is the node's own: both
        slurmd would make the same directories in it."""
        script = 'mount --bind "$1" "$2" && exec slurmd -D -f "$3" -N "$4"'
        own, shared = self.folder / name / "pmix", self.folder / "pmix"
        self._start(name, "unshare", "-m", "sh", "-c", script, "sh", str(own), str(shared), str(self.conf), name)

    def _start(self, name: str, *command: str) -> None:
        log = open(self.folder / f"{name}.out", "ab")
        self._processes[name] = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            env={**self.environment, MARK: f"{self.folder}/{name}"},
        )
        log.close()

    def _until(self, true: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not true():
            for name, process in self._processes.items():
                if process.poll() is not None:
                    raise RuntimeError(f"{name} ended with {process.returncode}: {self.told(name)}")
            if time.monotonic() > deadline:
                raise RuntimeError(f"{what}: not in {PATIENCE:g} s; {self.told('slurmctld')}")
            time.sleep(0.1)

    def wait_for_nodes(self) -> None:
        self._until(lambda: self.states() == {name: "idle" for name in self.names}, "all nodes are idle")

    def states(self) -> dict[str, str]:
        """Of each node, as sinfo says."""
        told = self.run("sinfo", "-h", "-N", "-o", "%N %t").stdout.split()
        return dict(zip(told[::2], told[1::2]))

    def run(self, *command: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )

    def told(self, name: str) -> str:
        """The end of what a daemon printed."""
        text = (self.folder / f"{name}.out").read_text(encoding="utf-8", errors="replace")
        return text[-2000:]

    def logs(self) -> str:
        """The end of what slurmctld and each slurmd logged."""
        files = [self.folder / "slurmctld.log", *(self.folder / name / "slurmd.log" for name in self.names)]
        return "".join(end_of(file, 80) for file in files)

    def kill_node(self, name: str) -> None:
        """As if its power were cut: slurmd and all that runs below it. Jobs have an environment of their
        own, which Slurm tells the node's name."""
        self._kill(f"{MARK}={self.folder}/{name}")
        self._kill(f"SLURM_CONF={self.conf}", f"SLURMD_NODENAME={name}")
        self._processes.pop(name).wait()

    def _kill(self, *marks: str) -> None:
        while True:
            found = _carrying({mark.encode() for mark in marks})
            if not found:
                return
            for pid in found:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)

    def stop(self) -> None:
        for name in list(self._processes):
            self._kill(f"{MARK}={self.folder}/{name}")
        self._kill(f"SLURM_CONF={self.conf}")
        for process in self._processes.values():
            process.wait()
        self._mine.cleanup()


def end_of(file: Path, lines: int) -> str:
    """The last lines of a file, under its name; "" where there is none."""
    if not file.exists():
        return ""
    text = file.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
    return "\n".join((f"== the end of {file.parent.name}/{file.name}", *text, ""))


class Case(unittest.TestCase):
    """Tests on a cluster that the class has. When one fails it shows what Slurm logged, and what the
    test kept in `left`: afterwards all of it is gone."""

    cluster: Cluster
    left = ""

    def run(self, result: unittest.TestResult | None = None) -> unittest.TestResult | None:
        found = result if result is not None else self.defaultTestResult()
        before = len(found.failures) + len(found.errors)
        super().run(found)
        if len(found.failures) + len(found.errors) > before:
            print(f"== {self.id()}\n{self.left}{self.cluster.logs()}", file=sys.stderr, flush=True)
        return found


def _carrying(marks: set[bytes]) -> list[int]:
    """Processes with all of these in their environment: daemons, steps and ranks, whoever their parents
    are."""
    found = []
    for file in Path("/proc").glob("[0-9]*/environ"):
        try:
            if marks <= set(file.read_bytes().split(b"\0")):
                found.append(int(file.parent.name))
        except OSError:
            continue
    return found


def _free_ports(count: int) -> list[int]:
    """Bound all at once, so that they differ."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("", 0))
        return [int(one.getsockname()[1]) for one in sockets]
    finally:
        for one in sockets:
            one.close()
