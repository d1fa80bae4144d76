"""Reads a picture back: what is drawn under an identifier, in the numbers of its axes. Those are taken from the
marks and words at the axes alone, as a reader does."""
from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from typing import Iterator

Place = tuple[float, float]
ON_AXIS = 0.05  # points that a mark may be off
SI = {"": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}


@dataclass(frozen=True)
class Axis:
    """From a place in points (1/72 inch) to the number there: straight, or straight in the logarithm."""

    logarithmic: bool
    first: float  # place of one mark
    value: float  # and its number, or the logarithm of that
    slope: float  # of these, by place

    def number(self, place: float) -> float:
        straight = self.value + self.slope * (place - self.first)
        return math.exp(straight) if self.logarithmic else straight

    def place(self, number: float) -> float:
        straight = math.log(number) if self.logarithmic else number
        return self.first + (straight - self.value) / self.slope


def axis_of(marks: list[tuple[float, float]], logarithmic: bool) -> Axis:
    """By (place, number) of at least two marks; all of them lie on it."""
    marks = sorted(marks)
    (first, low), (last, high) = marks[0], marks[-1]
    if logarithmic:
        low, high = math.log(low), math.log(high)
    axis = Axis(logarithmic, first, low, (high - low) / (last - first))
    off = max(abs(axis.place(number) - place) for place, number in marks)
    assert off < ON_AXIS, f"numbers that stand where no axis of this kind has them: {marks}"
    return axis


class Drawn:
    """A picture as a file, or a figure of the page with identifiers that begin with `prefix`."""

    def __init__(self, text: str, prefix: str = "") -> None:
        text = re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg") :], flags=re.DOTALL)
        text = re.sub(r"\sxmlns(:\w+)?=\"[^\"]*\"", "", text).replace("xlink:", "")
        self._root = ElementTree.fromstring(text)
        self._named = {
            item.attrib["id"].removeprefix(prefix): item for item in self._root.iter("g") if "id" in item.attrib
        }

    @property
    def names(self) -> set[str]:
        return set(self._named)

    def texts(self) -> Iterator[tuple[str, Place, str]]:
        """All words: the name of the group that they stand in, their place, and the words."""
        for name, group in self._named.items():
            unnamed = [part for part in group.findall("g") if "id" not in part.attrib]
            for item in (text for part in (group, *unnamed) for text in part.findall("text")):
                found = re.search(r"translate\(([-\d.]+) ([-\d.]+)\)", item.get("transform", ""))
                place = (found[1], found[2]) if found else (item.get("x", "nan"), item.get("y", "nan"))
                yield name, (float(place[0]), float(place[1])), "".join(item.itertext())

    def marks(self, letter: str) -> list[tuple[float, str]]:
        """Of the axis "x" or "y": place and words of each of its marks."""
        found = []
        for name, group in self._named.items():
            if re.fullmatch(letter + r"tick_\d+", name):
                (mark,) = group.iter("use")
                words = "".join("".join(item.itertext()) for item in group.iter("text"))
                found.append((float(mark.attrib[letter]), words.replace("\N{MINUS SIGN}", "-")))
        return found

    def axis(self, letter: str, logarithmic: bool = True) -> Axis:
        marks = []
        for place, words in self.marks(letter):
            digits, _, prefix = words.partition(" ")
            if digits:
                marks.append((place, float(digits) * SI[prefix]))
        return axis_of(marks, logarithmic)

    def markers(self, name: str) -> list[Place]:
        """Where the marks of points stand; none where nothing of that name is drawn."""
        group = self._named.get(name)
        items = [] if group is None else group.iter("use")
        return [(float(item.attrib["x"]), float(item.attrib["y"])) for item in items]

    def paths(self, name: str) -> list[list[Place]]:
        """The corners of each line, or area, of this name."""
        group = self._named.get(name)
        return [] if group is None else [corners(item.attrib["d"]) for item in group.findall("path")]


def corners(path: str) -> list[Place]:
    return [(float(x), float(y)) for x, y in re.findall(r"[ML] ([-\d.e]+) ([-\d.e]+)", path)]
