"""The cgroups that this process is in, and those above them, of versions 2 and 1."""
from __future__ import annotations

from pathlib import Path


def read(path: Path) -> str:
    """The text of a small file of the kernel; empty where there is none."""
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""


def groups(root: Path, controller: str) -> list[tuple[Path, int]]:
    """Folders that may limit this process by `controller` ("cpu", "memory"), and their version."""
    found = []
    for line in read(root / "proc/self/cgroup").splitlines():
        _, _, rest = line.partition(":")
        controllers, _, group = rest.partition(":")
        if controllers and controller not in controllers.split(","):
            continue
        mount = root / "sys/fs/cgroup" / (controller if controllers else "")
        for folder in _upwards(mount, group):
            found.append((folder, 1 if controllers else 2))
    return found


def _upwards(mount: Path, group: str) -> list[Path]:
    parts = [part for part in group.split("/") if part and part != ".."]
    return [mount.joinpath(*parts[:depth]) for depth in range(len(parts), -1, -1)]
