"""Sentences that know their numbers. `Words` is a text like any other, on the terminal and in files; on
the page each `Amount` of it carries what scripts look for, as numbers in cells do."""
from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Iterable


@dataclass(frozen=True)
class Amount:
    """A number as it stands in a sentence, and what it is: the value in full under a key of a row."""

    text: str
    value: float
    key: str
    row: str = ""  # what it adds to the name of the row that the sentence is about: see `about`
    unit: str = "1"
    ends: tuple[float, float] | None = None  # of an interval, in place of the value


class Words(str):
    """Joined with other texts by + or `joined` it keeps its numbers; other ways of joining keep the text
    alone."""

    parts: tuple["str | Amount", ...]

    def __new__(cls, *parts: "str | Amount") -> "Words":
        flat: list[str | Amount] = []
        for part in parts:
            flat += part.parts if isinstance(part, Words) else [part]
        made = super().__new__(cls, "".join(p.text if isinstance(p, Amount) else p for p in flat))
        made.parts = tuple(flat)
        return made

    def __add__(self, other: str) -> "Words":
        return Words(self, other)

    def __radd__(self, other: str) -> "Words":
        return Words(other, self)


def whole(value: int, key: str, row: str = "") -> Amount:
    """A whole number in digits."""
    return Amount(str(value), float(value), key, row)


def counted(value: int, word: str, key: str, row: str = "", words: str = "") -> Words:
    """ "1 run", "2 runs"; `words` is the plural where it is not that."""
    return Words(whole(value, key, row), f" {word if value == 1 else words or word + 's'}")


def joined(between: str, items: Iterable[str]) -> str:
    """Like str.join."""
    parts: list[str] = []
    for item in items:
        parts += [between, item]
    return Words(*parts[1:])


def about(row: str, text: str) -> str:
    """The same, as a sentence about this row: its numbers are of it, or of rows whose names begin so."""
    if not isinstance(text, Words):
        return text
    parts = (
        replace(part, row=f"{row} {part.row}".strip()) if isinstance(part, Amount) else part
        for part in text.parts
    )
    return Words(*parts)


def numbered(text: str, number: int) -> str:
    """The same, of one of several studies: its number ends all keys."""
    if not isinstance(text, Words):
        return text
    parts = (
        replace(part, key=f"{part.key}{number}") if isinstance(part, Amount) else part
        for part in text.parts
    )
    return Words(*parts)


def after(mark: str, text: str) -> str:
    """What stands behind the first `mark`, with its numbers; "" where there is none."""
    parts = list(text.parts) if isinstance(text, Words) else [text]
    while parts:
        first = parts.pop(0)
        if isinstance(first, str) and mark in first:
            return Words(first.partition(mark)[2], *parts)
    return ""
