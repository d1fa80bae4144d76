"""Reads what a report needs from one run's result file, schema 1: HDF5, or JSON where a program was
built without HDF5. Both hold the same names."""
from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

import h5py
import numpy as np

SCHEMA_VERSION = 1


class Unreadable(Exception):
    """The file is no whole result file of schema 1; the reason, in a phrase."""


@dataclass(frozen=True)
class Check:
    name: str
    error: float
    bound: float
    passed: bool


@dataclass(frozen=True)
class Record:
    """One run, as its program stored it."""

    app: str
    variant: str
    scaling: str
    result: str
    ranks: int
    threads: int
    nodes: int
    placement_ok: bool
    warnings: tuple[str, ...]
    binary_sha256: str
    elapsed: tuple[float, ...]  # of each repetition, s
    units: float  # of work in a repetition, whole problem
    checks: tuple[Check, ...]

    @property
    def verified(self) -> bool:
        """At least one check, and each one finite, within its bound and said to be passed."""
        return bool(self.checks) and all(
            check.passed
            and math.isfinite(check.error)
            and math.isfinite(check.bound)
            and check.error <= check.bound
            for check in self.checks
        )


def read_record(base: Path) -> Record:
    """Of `base`.h5, or of `base`.json where there is no such file."""
    path = base.with_name(base.name + ".h5")
    try:
        if path.exists():
            with h5py.File(path, "r") as file:
                return _record(lambda name: file.attrs[name], lambda name: file[name][()])
        path = base.with_name(base.name + ".json")
        tree = json.loads(path.read_text(encoding="utf-8"))
        return _record(lambda name: tree[name], lambda name: _json_values(tree, name))
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise Unreadable(f"{path.name}: {_phrase(error)}") from None


def _json_values(tree: dict[str, Any], name: str) -> Any:
    group, _, item = name.partition("/")
    return tree[group][item]["value"]


def _record(root: Callable[[str], Any], values: Callable[[str], Any]) -> Record:
    if _text(root("schema_name")) != "scalebar" or int(root("schema_version")) != SCHEMA_VERSION:
        raise ValueError(f"not of Scalebar's schema {SCHEMA_VERSION}")
    elapsed = tuple(float(value) for value in np.atleast_1d(values("timing/elapsed")))
    units = float(values("workload/units"))
    if not elapsed or not all(0 < number < math.inf for number in (*elapsed, units)):
        raise ValueError("no samples of time, or no work")
    return Record(
        app=_text(root("app")),
        variant=_text(root("variant")),
        scaling=_text(root("scaling")),
        result=_text(root("result")),
        ranks=int(root("ranks")),
        threads=int(root("threads")),
        nodes=int(root("nodes")),
        placement_ok=int(root("placement_ok")) == 1,
        warnings=tuple(line for line in _text(root("warnings")).splitlines() if line),
        binary_sha256=_text(root("binary_sha256")),
        elapsed=elapsed,
        units=units,
        checks=_checks(values),
    )


def _checks(values: Callable[[str], Any]) -> tuple[Check, ...]:
    columns = [
        np.atleast_1d(values(f"verification/{name}"))
        for name in ("check", "error", "bound", "passed")
    ]
    if len({len(column) for column in columns}) != 1:
        raise ValueError("checks of unequal lengths")
    return tuple(
        Check(_text(name), _real(error), _real(bound), int(passed) == 1)
        for name, error, bound, passed in zip(*columns)
    )


def _real(value: Any) -> float:
    return math.nan if value is None else float(value)  # JSON's null: not a finite number


def _text(value: object) -> str:
    if isinstance(value, bytes):  # numpy.bytes_ is one
        return value.rstrip(b"\0").decode("utf-8", errors="replace")
    return str(value)


def _phrase(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"has no {error.args[0]}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    text = str(error).splitlines()
    return text[0] if text else type(error).__name__
