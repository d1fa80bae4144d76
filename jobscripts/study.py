"""What a study file may say, checked before anything runs."""
from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, TypeVar

from jobscripts import ini, values
from jobscripts.errors import Refused
from jobscripts.ini import Entry

KINDS = ("scaling",)
LATER_KINDS = ("nodes", "pairs", "soak")
PROBE_APP = "probe"  # the app that measures the machine's own limits
VARIANTS = ("serial", "omp", "mpi", "hybrid")
SCALINGS = ("strong", "weak")
SIZES = ("tiny", "small", "medium", "large")
MEASURE = ("warmup", "min_reps", "max_reps", "ci")  # program keys that hold for every app
PER = ("worker", "node")
OWN = (
    "kind apps variants scaling per sizes workers nodes hybrid_ranks repeats probe pictures time_limit "
    "watchdog budget seed platform"
)
KEYS = (*OWN.split(), *MEASURE)
SET_BY_STUDY = "output json threads scaling per size memory seed time_limit watchdog expect"
NOT_OF_APPS = frozenset((*SET_BY_STUDY.split(), *MEASURE))

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}", re.ASCII)
_T = TypeVar("_T")


@dataclass(frozen=True)
class Study:
    """One study file. `apps` and `variants` may be ("all",): whatever is built."""

    name: str
    apps: tuple[str, ...]
    variants: tuple[str, ...]
    scalings: tuple[str, ...]
    sizes: tuple[str, ...]  # a named one, or "memory=0.5"
    workers: tuple[str, ...]  # "auto", "all", "4", or layouts as "2x3", "4x2x3"
    hybrid_ranks: tuple[str, ...]  # "numa", "all" or a number
    repeats: int
    time_limit: float  # of each run, s
    watchdog: float  # s
    budget: float | None  # of the whole study, s
    seed: int | None
    measure: dict[str, str] = field(default_factory=dict)
    options: dict[str, dict[str, str]] = field(default_factory=dict)  # app -> key -> value
    text: str = ""
    per: str = "worker"  # what the sizes of weak scaling belong to
    probe: bool = True  # the machine's own limits are measured first
    pictures: bool = False  # one small run of each app stores its fields
    nodes: tuple[int, ...] = (1,)  # more than one: whole nodes
    nodes_of: dict[str, tuple[int, ...]] = field(default_factory=dict)  # app -> its own, instead
    platform: str | None = None  # the machine that is simulated, where one is


def read_study(path: Path) -> Study:
    """The study in the file `path`; Refused with file, line, key and what is allowed."""
    if not _NAME.fullmatch(path.stem):
        raise Refused(
            f"{path.name!r}: a study's file name becomes part of names; "
            "allowed are letters, digits and _ . -"
        )
    text = ini.read_text(path)
    entries = ini.parse(text, path.name, "study")
    for entry in entries.values():
        _check_key(entry)
    _check_kind(path.name, entries.get("kind"))

    def get(key: str, read: Callable[[Entry], _T], default: _T) -> _T:
        return read(entries[key]) if key in entries else default

    return Study(
        name=path.stem,
        apps=get("apps", values.names, ("all",)),
        variants=get("variants", lambda e: values.all_or_words(e, VARIANTS), ("all",)),
        scalings=get("scaling", lambda e: values.words(e, SCALINGS), ("strong",)),
        sizes=get("sizes", lambda e: values.sizes(e, SIZES), ("tiny",)),
        workers=get("workers", values.workers, ("auto",)),
        hybrid_ranks=get("hybrid_ranks", values.hybrid_ranks, ("numa",)),
        repeats=get("repeats", lambda e: values.whole(e, 1, 1000), 1),
        time_limit=get("time_limit", values.seconds, 60.0),
        watchdog=get("watchdog", values.seconds, 60.0),
        budget=get("budget", values.seconds, None),
        seed=get("seed", lambda e: values.whole(e, 0, 2**53), None),
        measure={key: values.value(entries[key]) for key in MEASURE if key in entries},
        options=_options(entries),
        text=text,
        per=get("per", lambda e: values.word(e, PER), "worker"),
        probe=get("probe", _yes, True),
        pictures=get("pictures", _yes, False),
        nodes=get("nodes", values.nodes, (1,)),
        nodes_of=_nodes_of(entries),
        platform=get("platform", values.platform, None),
    )


def _yes(entry: Entry) -> bool:
    return values.word(entry, ("yes", "no")) == "yes"


def _check_key(entry: Entry) -> None:
    app, dot, key = entry.key.partition(".")
    if not dot:
        if entry.key not in KEYS:
            near = difflib.get_close_matches(entry.key, KEYS, n=1)
            hint = f" (did you mean {near[0]}?)" if near else ""
            raise Refused(
                f"{entry.where}: {entry.key!r} is not a key of a study{hint}; "
                f"allowed {', '.join(KEYS)}, APP.KEY"
            )
    elif not values.is_word(app) or not values.is_word(key):
        raise Refused(
            f"{entry.where}: {entry.key!r} is not of the form APP.KEY, "
            "in lower-case letters, digits and _"
        )
    elif key in NOT_OF_APPS:
        raise Refused(
            f"{entry.where}: {entry.key} is set by the study itself (its keys are "
            f"{', '.join(KEYS)}); allowed are the app's own keys"
        )


def _check_kind(name: str, kind: Entry | None) -> None:
    if kind is None:
        raise Refused(f"{name}: the key kind is missing; allowed {', '.join(KINDS)}")
    if kind.value in LATER_KINDS:
        raise values.refusal(kind, " is not in this version; allowed scaling")
    values.words(kind, KINDS)


def _nodes_of(entries: dict[str, Entry]) -> dict[str, tuple[int, ...]]:
    """Of APP.nodes: a key of the study, for one app alone."""
    return {
        entry.key.partition(".")[0]: values.nodes(entry)
        for entry in entries.values()
        if entry.key.endswith(".nodes")
    }


def _options(entries: dict[str, Entry]) -> dict[str, dict[str, str]]:
    options: dict[str, dict[str, str]] = {}
    for entry in entries.values():
        app, dot, key = entry.key.partition(".")
        if dot and key != "nodes":
            options.setdefault(app, {})[key] = values.value(entry)
    return options
