"""Reads the values of a study's keys, and refuses what is not allowed.

Names and values from a study file end up in file names and on command lines, today's and those of
job scripts. So they are held to small alphabets: no blanks, no quotes, no shell characters.
"""
from __future__ import annotations

import math
import re

from jobscripts.errors import Refused
from jobscripts.ini import Entry
from jobscripts.units import BYTES, parse_bytes, parse_time

WORKERS_MAX = 1 << 20
SECONDS_LEAST, SECONDS_MOST = 1e-3, 1e6  # as the programs take them
MEMORY_MAX = 0.95  # of a node, as in the programs

_WORD = re.compile(r"[a-z][a-z0-9_]{0,31}", re.ASCII)
_VALUE = re.compile(r"[A-Za-z0-9_.,+^:@%/-]{1,200}", re.ASCII)
_MEMORY = re.compile(r"memory=(0?\.\d{1,4})", re.ASCII)
_LAYOUT = re.compile(r"([1-9]\d{0,6}x)?([1-9]\d{0,6})x([1-9]\d{0,6})", re.ASCII)


def refusal(entry: Entry, why: str, item: str | None = None) -> Refused:
    """ "mine.ini:4: workers = '0'; allowed ..."; `item` is the part of the value that is meant."""
    shown = entry.value if item is None else item
    return Refused(f"{entry.where}: {entry.key} = {shown!r}{why}")


def is_word(text: str) -> bool:
    return bool(_WORD.fullmatch(text))


def value(entry: Entry) -> str:
    """A value that is handed on to programs. A path in it stays below the folder of the runs; but a
    `folder` may be anywhere: it says which disk is measured."""
    if not _VALUE.fullmatch(entry.value):
        raise refusal(entry, ": allowed are letters, digits and _ . , + ^ : @ % / -")
    parts = entry.value.split(":")
    outside = any(part.startswith("/") for part in parts) and not entry.key.endswith(".folder")
    if outside or any(".." in part.split("/") for part in parts):
        raise refusal(entry, ": a path here stays in the study's own folder: no / in front, no ..")
    return entry.value


def platform(entry: Entry) -> str:
    """The name of a simulated machine, or the path of its file, which may be anywhere."""
    if not _VALUE.fullmatch(entry.value):
        raise refusal(entry, ": allowed are letters, digits and _ . , + ^ : @ % / -")
    return entry.value


def word(entry: Entry, allowed: tuple[str, ...]) -> str:
    if entry.value not in allowed:
        raise refusal(entry, f"; allowed {', '.join(allowed)}")
    return entry.value


def words(entry: Entry, allowed: tuple[str, ...]) -> tuple[str, ...]:
    items = _items(entry)
    for item in items:
        if item not in allowed:
            raise refusal(entry, f"; allowed {', '.join(allowed)}", item)
    return items


def sizes(entry: Entry, allowed: tuple[str, ...]) -> tuple[str, ...]:
    """ "small", and shares of a node's memory as "memory=0.5"."""
    items = []
    for item in _items(entry):
        memory = _MEMORY.fullmatch(item)
        if memory and 0 < float(memory[1]) <= MEMORY_MAX:
            items.append(f"memory={float(memory[1]):g}")
        elif item in allowed:
            items.append(item)
        else:
            share = f"memory=SHARE of a node's memory up to {MEMORY_MAX}"
            raise refusal(entry, f"; allowed {', '.join(allowed)}, {share}", item)
    return _unequal(entry, tuple(items))


def all_or_words(entry: Entry, allowed: tuple[str, ...]) -> tuple[str, ...]:
    return ("all",) if entry.value == "all" else words(entry, allowed)


def names(entry: Entry) -> tuple[str, ...]:
    items = _items(entry)
    for item in items:
        if not is_word(item):
            raise refusal(entry, ": a name is of lower-case letters, digits and _", item)
    if "all" in items and len(items) > 1:
        raise refusal(entry, ": all stands alone")
    return items


def workers(entry: Entry) -> tuple[str, ...]:
    """ "auto", "all", "4", and layouts as "2x3", or with nodes as "4x2x3"."""
    items = []
    for item in _items(entry):
        layout = _LAYOUT.fullmatch(item)
        if item in ("auto", "all") or _number(item):
            items.append(item)
        elif layout and math.prod(map(int, item.split("x"))) <= WORKERS_MAX:
            items.append(item.removeprefix("1x") if layout[1] else item)
        else:
            numbers = f"a number from 1 to {WORKERS_MAX}"
            shapes = "ranks x threads as 2x3, or nodes x ranks of each x threads as 4x2x3"
            raise refusal(entry, f"; allowed auto, all, {numbers}, {shapes}", item)
    return _unequal(entry, tuple(items))


def hybrid_ranks(entry: Entry) -> tuple[str, ...]:
    items = _items(entry)
    for item in items:
        if item not in ("numa", "all") and not _number(item):
            raise refusal(entry, "; allowed numa, all, or a number of ranks", item)
    return items


def whole(entry: Entry, low: int, high: int) -> int:
    if re.fullmatch(r"\d{1,17}", entry.value, re.ASCII) and low <= int(entry.value) <= high:
        return int(entry.value)
    raise refusal(entry, f" is not a whole number; allowed {low} .. {high}")


def seconds(entry: Entry) -> float:
    found = parse_time(entry.value)
    if found is None:
        raise refusal(entry, " is not a time; write 90 s, 1.5 min or 2 h")
    if not SECONDS_LEAST <= found <= SECONDS_MOST:
        raise refusal(entry, f"; allowed {SECONDS_LEAST:g} s .. {SECONDS_MOST:g} s")
    return found


def amount(entry: Entry) -> float:
    """Bytes."""
    found = parse_bytes(entry.value)
    if found is None:
        raise refusal(entry, f" is no amount of memory; write 512 GB, with one of {', '.join(BYTES)}")
    return found


def nodes(entry: Entry) -> tuple[int, ...]:
    items = _items(entry)
    for item in items:
        if not _number(item):
            raise refusal(entry, f"; allowed numbers of nodes from 1 to {WORKERS_MAX}", item)
    return tuple(map(int, items))


def _number(item: str) -> bool:
    return bool(re.fullmatch(r"[1-9]\d{0,6}", item, re.ASCII)) and int(item) <= WORKERS_MAX


def _items(entry: Entry) -> tuple[str, ...]:
    items = tuple(item for item in re.split(r"[,\s]+", entry.value) if item)
    if not items:
        raise refusal(entry, " is empty")
    return _unequal(entry, items)


def _unequal(entry: Entry, items: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(items)) != len(items):
        raise refusal(entry, ": something is named twice")
    return items
