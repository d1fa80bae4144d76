"""Reads the values of a study's keys, and refuses what is not allowed.

Names and values from a study file end up in file names and on command lines, today's and those of
job scripts. So they are held to small alphabets: no blanks, no quotes, no shell characters.
"""
from __future__ import annotations

import re

from jobscripts.errors import Refused
from jobscripts.ini import Entry
from jobscripts.units import parse_time

WORKERS_MAX = 1 << 20

_WORD = re.compile(r"[a-z][a-z0-9_]{0,31}", re.ASCII)
_VALUE = re.compile(r"[A-Za-z0-9_.,+^:@%/-]{1,200}", re.ASCII)
_LAYOUT = re.compile(r"(?:1x)?([1-9]\d{0,6})x([1-9]\d{0,6})", re.ASCII)


def refusal(entry: Entry, why: str, item: str | None = None) -> Refused:
    """ "mine.ini:4: workers = '0'; allowed ..."; `item` is the part of the value that is meant."""
    shown = entry.value if item is None else item
    return Refused(f"{entry.where}: {entry.key} = {shown!r}{why}")


def is_word(text: str) -> bool:
    return bool(_WORD.fullmatch(text))


def value(entry: Entry) -> str:
    """A value that is handed on to programs."""
    if not _VALUE.fullmatch(entry.value):
        raise refusal(entry, ": allowed are letters, digits and _ . , + ^ : @ % / -")
    return entry.value


def words(entry: Entry, allowed: tuple[str, ...]) -> tuple[str, ...]:
    items = _items(entry)
    for item in items:
        if item not in allowed:
            raise refusal(entry, f"; allowed {', '.join(allowed)}", item)
    return items


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
    """ "auto", "4", and layouts as "2x3"."""
    items = []
    for item in _items(entry):
        layout = _LAYOUT.fullmatch(item)
        if item == "auto" or _number(item):
            items.append(item)
        elif layout and int(layout[1]) * int(layout[2]) <= WORKERS_MAX:
            items.append(f"{layout[1]}x{layout[2]}")
        elif re.fullmatch(r"\d+x\d+x\d+", item):
            raise refusal(
                entry, ": this version runs on one node; allowed 1 x ranks x threads", item
            )
        else:
            numbers = f"a number from 1 to {WORKERS_MAX}"
            raise refusal(entry, f"; allowed auto, {numbers}, or ranks x threads as 2x3", item)
    return tuple(items)


def hybrid_ranks(entry: Entry) -> tuple[str, ...]:
    items = _items(entry)
    for item in items:
        if item != "numa" and not _number(item):
            raise refusal(entry, "; allowed numa, or a number of ranks", item)
    return items


def whole(entry: Entry, low: int, high: int) -> int:
    if entry.value.isascii() and entry.value.isdigit() and low <= int(entry.value) <= high:
        return int(entry.value)
    raise refusal(entry, f" is not a whole number; allowed {low} .. {high}")


def seconds(entry: Entry) -> float:
    found = parse_time(entry.value)
    if found is None:
        raise refusal(entry, " is not a time; write 90 s, 1.5 min or 2 h")
    return found


def _number(item: str) -> bool:
    return item.isascii() and item.isdigit() and 1 <= int(item) <= WORKERS_MAX


def _items(entry: Entry) -> tuple[str, ...]:
    items = tuple(item for item in re.split(r"[,\s]+", entry.value) if item)
    if not items:
        raise refusal(entry, " is empty")
    if len(set(items)) != len(items):
        raise refusal(entry, ": something is named twice")
    return items
