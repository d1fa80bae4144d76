"""What a study must know of a machine with a batch system: inputs/sites/*.ini."""
from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, TypeVar

from jobscripts import ini, values
from jobscripts.errors import Refused
from jobscripts.ini import Entry

KEYS = (
    "account partition qos constraint modules preamble start mpi jobs exclusive job_time cores "
    "numa_domains memory"
).split()
STARTS = ("srun", "mpirun", "jsrun", "flux")
PREAMBLE_MOST = 1 << 16  # bytes

_NAME = re.compile(r"[A-Za-z0-9_.,+@/&|:-]{1,100}", re.ASCII)
_MODULE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+/-]{0,99}", re.ASCII)
_T = TypeVar("_T")


@dataclass(frozen=True)
class Site:
    """One site file. Empty texts and None: the scheduler's own default, or what it says itself."""

    name: str = "none"
    account: str = ""
    partition: str = ""  # or queue
    qos: str = ""
    constraint: str = ""
    modules: tuple[str, ...] = ()
    preamble: str = ""  # lines of shell, as they stand in the file that the key names
    start: str = ""  # what starts ranks inside a job: of STARTS
    mpi: str = "pmix"  # of srun --mpi
    jobs: str = "single"  # "single": the runs of as many nodes in one job; "array": each a task
    exclusive: bool = True
    job_time: float = 4 * 3600.0  # s; no job asks for more
    cores: int | None = None  # of a node
    numa_domains: int | None = None
    memory: float | None = None  # bytes of a node


def read_site(path: Path) -> Site:
    """The site in the file `path`; Refused with file, line, key and what is allowed."""
    if not _MODULE.fullmatch(path.stem):
        raise Refused(f"{path.name!r}: the name of a site file; allowed are letters, digits and _ . + / -")
    entries = ini.parse(ini.read_text(path), path.name, "site")
    for entry in entries.values():
        if entry.key not in KEYS:
            raise Refused(
                f"{entry.where}: {entry.key!r} is not a key of a site; allowed {', '.join(KEYS)}"
            )

    def get(key: str, read: Callable[[Entry], _T], default: _T) -> _T:
        return read(entries[key]) if key in entries else default

    preamble = entries.get("preamble")
    return Site(
        name=path.stem,
        account=get("account", _name, ""),
        partition=get("partition", _name, ""),
        qos=get("qos", _name, ""),
        constraint=get("constraint", _name, ""),
        modules=get("modules", _modules, ()),
        preamble=_lines(preamble, path.parent) if preamble else "",
        start=get("start", lambda e: values.word(e, STARTS), ""),
        mpi=get("mpi", _name, "pmix"),
        jobs=get("jobs", lambda e: values.word(e, ("single", "array")), "single"),
        exclusive=get("exclusive", lambda e: values.word(e, ("yes", "no")) == "yes", True),
        job_time=get("job_time", values.seconds, 4 * 3600.0),
        cores=get("cores", lambda e: values.whole(e, 1, values.WORKERS_MAX), None),
        numa_domains=get("numa_domains", lambda e: values.whole(e, 1, values.WORKERS_MAX), None),
        memory=get("memory", values.amount, None),
    )


def _name(entry: Entry) -> str:
    if not _NAME.fullmatch(entry.value) or entry.value.startswith("-"):
        raise values.refusal(entry, ": allowed are letters, digits and _ . , + @ / & | : -")
    return entry.value


def _modules(entry: Entry) -> tuple[str, ...]:
    items = tuple(re.split(r"[,\s]+", entry.value))
    for item in items:
        if not _MODULE.fullmatch(item):
            raise values.refusal(entry, ": allowed are letters, digits and _ . + / -", item)
    return items


def _lines(entry: Entry, folder: Path) -> str:
    """The text of a file beside the site's: it is shell, written by who runs the machine."""
    if not _MODULE.fullmatch(entry.value) or "/" in entry.value:
        raise values.refusal(entry, ": allowed is the name of a file in the site file's folder")
    path = folder / entry.value
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Refused(f"{entry.where}: preamble = {path}: {error.strerror}") from None
    if len(data) > PREAMBLE_MOST or b"\0" in data:
        raise Refused(f"{entry.where}: preamble = {path}: this is no shell text below 64 KiB")
    return data.decode("utf-8", errors="replace").rstrip("\n")
