"""The cores this process may use: affinity, physical cores, NUMA domains, cgroup quota.

A worker is a physical core. Everything is read below `root`, so that tests can invent machines.
"""
from __future__ import annotations

import os
import platform
import re
from dataclasses import dataclass
from pathlib import Path

from jobscripts.cgroup import groups, read


@dataclass(frozen=True)
class Topology:
    """`cores` names one CPU (the first usable hardware thread) of each usable physical core, NUMA
    domain by NUMA domain; `domains` holds the same CPUs, a tuple a domain."""

    cores: tuple[int, ...]
    domains: tuple[tuple[int, ...], ...]
    quota: float | None  # CPUs' worth of time that the cgroup grants, None without a limit
    restricted: bool  # some CPU of the machine is closed to this process
    model: str
    simulated: str = ""  # the name of the simulated machine whose node it is; "": a real one

    @property
    def workers(self) -> int:
        """Workers that can run at full speed at the same time."""
        if self.quota is None:
            return len(self.cores)
        return max(1, min(len(self.cores), int(self.quota)))


def observe(root: Path = Path("/"), affinity: set[int] | None = None) -> Topology:
    """The machine below `root`; `affinity` is this process's own unless given."""
    if affinity is None:
        affinity = _affinity()
    domain_of = _domains(root / "sys/devices/system/node")
    first: dict[tuple[int, ...], int] = {}
    for cpu in sorted(affinity):
        first.setdefault(_core(root, cpu), cpu)
    grouped: dict[int, list[int]] = {}
    for _, cpu in sorted(first.items()):
        grouped.setdefault(domain_of.get(cpu, 0), []).append(cpu)
    domains = tuple(tuple(grouped[number]) for number in sorted(grouped))
    online = _cpu_list(read(root / "sys/devices/system/cpu/online")) or affinity
    return Topology(
        cores=tuple(cpu for domain in domains for cpu in domain),
        domains=domains,
        quota=_quota(root),
        restricted=bool(online - affinity),
        model=_model(root),
    )


def _affinity() -> set[int]:
    if hasattr(os, "sched_getaffinity"):
        return set(os.sched_getaffinity(0))
    return set(range(os.cpu_count() or 1))


def _cpu_list(text: str) -> set[int]:
    """CPUs of the kernel's notation "0-3,8"."""
    cpus: set[int] = set()
    for part in text.split(","):
        match = re.fullmatch(r"(\d+)(?:-(\d+))?", part.strip())
        if match:
            cpus.update(range(int(match[1]), int(match[2] or match[1]) + 1))
    return cpus


def _core(root: Path, cpu: int) -> tuple[int, ...]:
    """What tells the physical core of a CPU from all others; sorts by package, then core."""
    folder = root / f"sys/devices/system/cpu/cpu{cpu}/topology"
    package, die, core = (
        read(folder / name) for name in ("physical_package_id", "die_id", "core_id")
    )
    if not re.fullmatch(r"\d+", core):
        return (0, 0, 0, cpu)  # nothing known: a core of its own
    return tuple(int(text) if re.fullmatch(r"\d+", text) else 0 for text in (package, die, core))


def _domains(folder: Path) -> dict[int, int]:
    domain_of = {}
    for path in folder.glob("node[0-9]*"):
        for cpu in _cpu_list(read(path / "cpulist")):
            domain_of[cpu] = int(path.name[4:])
    return domain_of


def _quota(root: Path) -> float | None:
    """The tightest CPU quota of this process's cgroup and those above it."""
    quotas = [
        _quota_v1(folder) if version == 1 else _quota_v2(folder)
        for folder, version in groups(root, "cpu")
    ]
    known = [quota for quota in quotas if quota is not None]
    return min(known) if known else None


def _quota_v2(folder: Path) -> float | None:
    match = re.fullmatch(r"(\d+) (\d+)", read(folder / "cpu.max"))
    return int(match[1]) / int(match[2]) if match and int(match[2]) else None


def _quota_v1(folder: Path) -> float | None:
    quota, period = read(folder / "cpu.cfs_quota_us"), read(folder / "cpu.cfs_period_us")
    if re.fullmatch(r"\d+", quota) and re.fullmatch(r"[1-9]\d*", period):
        return int(quota) / int(period)
    return None


def _model(root: Path) -> str:
    for line in read(root / "proc/cpuinfo").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.processor() or platform.machine()
