"""How much memory this node has, and what a run may take of it: what is free, or what the cgroup
still grants.

Only a first look: programs judge for themselves, and more exactly.
"""
from __future__ import annotations

import re
from pathlib import Path

from jobscripts.cgroup import groups, read


def total_memory(root: Path = Path("/")) -> float | None:
    """Bytes that the node has, as programs take shares of it; None where the system does not tell."""
    return _line(root, "MemTotal")


def available_memory(root: Path = Path("/")) -> float | None:
    """Bytes; None where the system does not tell."""
    free = _line(root, "MemAvailable")
    limits = [] if free is None else [free]
    for folder, version in groups(root, "memory"):
        names = ("memory.max", "memory.current")
        if version == 1:
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes")
        limit, used = (read(folder / name) for name in names)
        if limit.isdigit() and used.isdigit():
            limits.append(max(0.0, float(limit) - float(used)))
    return min(limits, default=None)


def _line(root: Path, key: str) -> float | None:
    """Bytes of a line of /proc/meminfo."""
    match = re.search(rf"^{key}:\s+(\d+) kB", read(root / "proc/meminfo"), re.MULTILINE)
    return int(match[1]) * 1024.0 if match else None
