"""The colours of pictures and page. Pictures are drawn in the light colours; on the page each of them
becomes a variable of the style sheet, so that light and dark need one drawing only."""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Colour:
    light: str
    dark: str


# Every light colour stands here once: the page finds it by its value.
COLOURS = {
    "page": Colour("#ffffff", "#14171c"),
    "panel": Colour("#f5f7fa", "#1d2229"),
    "ink": Colour("#1b1f24", "#e7ebf0"),
    "quiet": Colour("#57606a", "#a9b4c0"),
    "rule": Colour("#d0d7de", "#3a424c"),
    "link": Colour("#0b57d0", "#8ab4f8"),
    "good": Colour("#176f2c", "#5fd07b"),
    "bad": Colour("#b3261e", "#ff8a80"),
    "warn": Colour("#8a5300", "#f2b84b"),
    "serial": Colour("#5b6470", "#b4bdc9"),
    "omp": Colour("#b34700", "#ffa257"),
    "mpi": Colour("#1c5cc4", "#7fb2ff"),
    "hybrid": Colour("#0c7568", "#4dd2b8"),
    "compute": Colour("#2b6cb0", "#6fa8dc"),
    "communicate": Colour("#c2561a", "#f4a261"),
    "wait": Colour("#8b949e", "#7d8794"),
    "io": Colour("#7a4fb5", "#bd9cf0"),
}
VARIANTS = ("serial", "omp", "mpi", "hybrid")
MARKERS = {"serial": "s", "omp": "o", "mpi": "^", "hybrid": "D"}  # told apart without colour
HATCHES = {"compute": "", "communicate": "//", "wait": "..", "io": "xx"}


def light(name: str) -> str:
    return COLOURS[name].light


def style_variables(theme: str) -> str:
    """ "--ink: #1b1f24; ..." for the style sheet."""
    return " ".join(f"--{name}: {getattr(colour, theme)};" for name, colour in COLOURS.items())


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours "#rrggbb" (WCAG 2.1, definition of contrast ratio)."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def ink_on(ground: str) -> str:
    """Black or white, whichever is read better on `ground`; neither is a colour of the page, which
    dark pages change."""
    return max(("#101010", "#fefefe"), key=lambda ink: contrast(ink, ground))


def _luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
