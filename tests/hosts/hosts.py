"""Several hosts on one machine: each a network namespace with an address and a host name of its own.

A host is joined by a pair of virtual interfaces to a bridge, which stands in a namespace of its own, so
that nothing of it is seen outside. MPI starts its daemons by agent.sh instead of ssh, and its messages
go over TCP, for each host is told to use nothing else. Processors, memory and files are the same for
all hosts: what runs here shows function, never speed, but for links that are slowed on purpose.
"""
from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import launch

AGENT = Path(__file__).resolve().with_name("agent.sh")
NETWORK = "10.77.0"
# A cable that came down to a tenth of what the others do here.
SLOW = ("rate", "400mbit", "burst", "256kbit", "latency", "400ms")
NAMES = Path("/run/netns")
SLOW_CLASS, OTHER_CLASS = "1:2", "1:1"
NAME = re.compile(r"sb(\d+)(?:h\d+|net)$")


def run_tool(*command: str) -> str:
    """Runs ip or tc; what it says when it fails is the error's text."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise OSError(f"{shlex.join(command)}: {done.stderr.strip()}")
    return done.stdout


def namespaces() -> list[str]:
    """The names of all that are ours, of this run and of others."""
    lines = run_tool("ip", "netns", "list").splitlines()
    return [name for name in (line.split()[0] for line in lines if line.strip()) if NAME.match(name)]


def processes(name: str) -> list[int]:
    return [int(pid) for pid in run_tool("ip", "netns", "pids", name).split()]


def end_processes(name: str) -> None:
    """Ends all that runs on a host, at once, as a loss of power does."""
    for pid in processes(name):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def remove(name: str) -> None:
    """Interfaces vanish with their namespace, once nothing runs in it. MPI's daemons that were killed
    leave a folder with the host's name."""
    for _ in range(50):
        end_processes(name)
        if not processes(name):
            break
        time.sleep(0.1)
    run_tool("ip", "netns", "delete", name)
    for folder in Path(tempfile.gettempdir()).glob(f"ompi.{name}.*"):
        shutil.rmtree(folder, ignore_errors=True)


def let_go() -> None:
    """`ip` mounts its folder of names upon itself, and does so again when it needs it. Without any name
    in it, it is unmounted: who made this system may want to remove it, as a chroot is removed."""
    for _ in range(5):
        mounts = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace")
        if f" {NAMES} " not in mounts or any(NAMES.iterdir()):  # of bind mounts os.path.ismount knows nothing
            return
        subprocess.run(["umount", str(NAMES)], capture_output=True, check=False)


def remove_leftovers() -> None:
    """What runs that were killed left behind."""
    for name in namespaces():
        found = NAME.match(name)
        assert found is not None
        if not Path("/proc", found[1]).exists():
            remove(name)


def unsuited() -> str:
    """Why this build is not for these tests, wherever it runs; "" when it is."""
    if "mpi" not in launch.variants():
        return "no MPI in this build"
    says = subprocess.run([launch.MPIRUN, "--version"], capture_output=True, text=True, check=False).stdout
    if not re.search("Open MPI|OpenRTE", says):
        return "these hosts are started as Open MPI does it"
    if "LSAN_OPTIONS" in os.environ or "TSAN_OPTIONS" in os.environ:
        return "sanitizers make each start take minutes here"
    return ""


def missing() -> str:
    """Why no hosts can be made on this machine; "" when they can."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return "only root may make network namespaces"
    for tool in ("ip", "tc", "unshare"):
        if shutil.which(tool) is None:
            return f"no ip, tc or unshare: {tool} (packages iproute2, util-linux)"
    trial = Hosts(2)
    try:
        remove_leftovers()
        try:
            trial.create()
            trial.slow_link(0, 1)
        finally:
            trial.remove()
    except OSError as problem:
        return f"no network namespaces here ({problem})"
    return ""


def set_up(count: int) -> Hosts:
    """Hosts for a module's tests, removed after them; without them its tests are skipped. Where
    continuous integration runs as root, tools that are missing are a failure."""
    why = unsuited()
    if not why:
        why = missing()
        # Where the kernel grants none there is nothing to be done; tools are there for the asking.
        if why.startswith("no ip") and os.environ.get("CI") and os.geteuid() == 0:
            raise AssertionError(f"no hosts to test on: {why}")
    if why:
        raise unittest.SkipTest(why)
    made = Hosts(count)
    unittest.addModuleCleanup(made.remove)
    made.create()
    return made


class Hosts:
    """`count` hosts, numbered from 0, that all reach each other over one bridge."""

    def __init__(self, count: int) -> None:
        self.names = [f"sb{os.getpid()}h{i + 1}" for i in range(count)]
        self.bridge = f"sb{os.getpid()}net"
    def create(self) -> None:
        run_tool("ip", "netns", "add", self.bridge)
        in_bridge = ("ip", "-n", self.bridge)
        run_tool(*in_bridge, "link", "add", "bridge", "type", "bridge")
        run_tool(*in_bridge, "link", "set", "bridge", "up")
        for i, name in enumerate(self.names):
            run_tool("ip", "netns", "add", name)
            in_host = ("ip", "-n", name)
            run_tool(*in_host, "link", "set", "lo", "up")
            run_tool(*in_host, "link", "add", "uplink", "type", "veth", "peer", "name", name, "netns", self.bridge)
            run_tool(*in_host, "address", "add", f"{self.address(i)}/24", "dev", "uplink")
            run_tool(*in_host, "link", "set", "uplink", "up")
            run_tool(*in_bridge, "link", "set", name, "master", "bridge", "up")
            # Seconds, not a quarter of an hour, until TCP gives up a host that no longer answers.
            run_tool("ip", "netns", "exec", name, "sh", "-c", "echo 4 >/proc/sys/net/ipv4/tcp_retries2")

    def address(self, host: int) -> str:
        return f"{NETWORK}.{host + 1}"

    def remove(self) -> None:
        present = namespaces()
        for name in [*self.names, self.bridge]:
            if name in present:
                remove(name)
        let_go()

    def slow_host(self, host: int) -> None:
        """Everything to and from the host passes a slow cable."""
        run_tool("tc", "-n", self.names[host], "qdisc", "add", "dev", "uplink", "root", "tbf", *SLOW)
        run_tool("tc", "-n", self.bridge, "qdisc", "add", "dev", self.names[host], "root", "tbf", *SLOW)

    def slow_link(self, first: int, second: int) -> None:
        """What these two send to each other, and nothing else, passes a slow cable."""
        for here, there in ((first, second), (second, first)):
            tc = ("tc", "-n", self.names[here])
            run_tool(*tc, "qdisc", "add", "dev", "uplink", "root", "handle", "1:", "htb", "default", "1")
            for which in (OTHER_CLASS, SLOW_CLASS):
                run_tool(*tc, "class", "add", "dev", "uplink", "parent", "1:", "classid", which, "htb", "rate",
                         "100gbit", "quantum", "60000")
            run_tool(*tc, "qdisc", "add", "dev", "uplink", "parent", SLOW_CLASS, "tbf", *SLOW)
            run_tool(*tc, "filter", "add", "dev", "uplink", "parent", "1:", "protocol", "ip", "u32", "match", "ip",
                     "dst", f"{self.address(there)}/32", "flowid", SLOW_CLASS)

    def full_speed(self) -> None:
        """Ends what slow_host and slow_link began."""
        for name in self.names:
            for space, device in ((name, "uplink"), (self.bridge, name)):
                if re.search(r"^qdisc (htb|tbf) ", run_tool("tc", "-n", space, "qdisc", "show", "dev", device)):
                    run_tool("tc", "-n", space, "qdisc", "delete", "dev", device, "root")

    def cut(self, host: int) -> None:
        """Pulls the host's cable: it runs on, unheard."""
        run_tool("ip", "-n", self.bridge, "link", "set", self.names[host], "down")

    def join(self, host: int) -> None:
        run_tool("ip", "-n", self.bridge, "link", "set", self.names[host], "up")

    def command(self, slots: list[int], *program: str) -> list[str]:
        """`program` with slots[i] ranks on host i, started from the first host."""
        where = ",".join(f"{name}:{n}" for name, n in zip(self.names, slots) if n > 0)
        prefix = Path(shutil.which(launch.MPIRUN) or launch.MPIRUN).parent.parent
        # All hosts share the cores: ranks that wait for a message give theirs away.
        settings = {"plm": "rsh", "plm_rsh_agent": str(AGENT), "pml": "ob1", "btl": "tcp,self",
                    "btl_tcp_if_include": f"{NETWORK}.0/24", "oob_tcp_if_include": f"{NETWORK}.0/24",
                    "mpi_yield_when_idle": "1"}
        mpirun = [launch.MPIRUN, "--prefix", str(prefix), "-n", str(sum(slots)), "-host", where,
                  *(word for name, value in settings.items() for word in ("--mca", name, value))]
        return [str(AGENT), self.names[0], shlex.join([*mpirun, *program])]

    def run(self, slots: list[int], program: str | Path, *options: str, cwd: str | Path | None = None,
            env: dict[str, str] | None = None, timeout: float = 120.0) -> launch.Outcome:
        """Runs a program (a path, or a name such as pi_mpi) with slots[i] ranks on host i."""
        path = launch.BIN / program
        settings = [word for name, value in (env or {}).items() for word in ("-x", f"{name}={value}")]
        outcome = launch.execute(self.command(slots, *settings, str(path), *options), cwd=cwd, timeout=timeout)
        self.end_all()
        return outcome

    def end_all(self) -> None:
        for name in self.names:
            end_processes(name)

    def ranks(self, host: int, program: str) -> list[int]:
        """The processes on a host that run a program of that name."""
        found = []
        for pid in processes(self.names[host]):
            try:
                if Path(f"/proc/{pid}/comm").read_text().strip() == program[:15]:
                    found.append(pid)
            except OSError:
                pass  # it ended meanwhile
        return found
