"""How much memory a run may take on this node: what is free, or what the cgroup still grants.

Only a first look: programs judge for themselves, and more exactly.
"""
from __future__ import annotations

import re
from pathlib import Path

from jobscripts.cgroup import groups, read


def available_memory(root: Path = Path("/")) -> float | None:
    """Bytes; None where the system does not tell."""
    limits = []
    match = re.search(r"^MemAvailable:\s+(\d+) kB", read(root / "proc/meminfo"), re.MULTILINE)
    if match:
        limits.append(int(match[1]) * 1024.0)
    for folder, version in groups(root, "memory"):
        names = ("memory.max", "memory.current")
        if version == 1:
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes")
        limit, used = (read(folder / name) for name in names)
        if limit.isdigit() and used.isdigit():
            limits.append(max(0.0, float(limit) - float(used)))
    return min(limits, default=None)
