"""Times, counts and rates as people write and read them."""
from __future__ import annotations

import re

SECONDS = {"": 1.0, "s": 1.0, "sec": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
ROUNDED = 0.9995  # of a prefix: what three digits make its whole
BYTES = {"MB": 1e6, "GB": 1e9, "TB": 1e12, "MiB": 2.0**20, "GiB": 2.0**30, "TiB": 2.0**40}
_TIME = re.compile(r"(\d+(?:\.\d*)?|\.\d+)\s*([a-z]*)", re.ASCII)


def parse_time(text: str) -> float | None:
    """Seconds of "90", "90s", "1.5 min" or "2h"; None when it is no such time or not above 0."""
    match = _TIME.fullmatch(text.strip())
    if not match or match[2] not in SECONDS:
        return None
    seconds = float(match[1]) * SECONDS[match[2]]
    return seconds if 0 < seconds < 1e9 else None


def parse_bytes(text: str) -> float | None:
    """Bytes of "512 GB" or "480GiB"; None when it is no such amount or not above 0."""
    match = re.fullmatch(r"(\d+(?:\.\d*)?|\.\d+)\s*([A-Za-z]+)", text.strip(), re.ASCII)
    if not match or match[2] not in BYTES:
        return None
    number = float(match[1]) * BYTES[match[2]]
    return number if 0 < number < 1e18 else None


def count(number: int, word: str, words: str = "") -> str:
    """ "1 run", "2 runs"; `words` is the plural where it is not that."""
    return f"{number} {word if number == 1 else words or word + 's'}"


def show_time(seconds: float) -> str:
    """ "8 s", "2 min 05 s", "3 h 20 min"."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def rate_text(value: float, unit: str) -> str:
    """ "2.11 Gsample/s"."""
    for factor, prefix in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= ROUNDED * factor:
            short = "B" + unit[4:] if unit.startswith("byte") else unit  # GB/s
            return f"{value / factor:.3g} {prefix}{short}"
    return f"{value:.3g} {unit}"


def bytes_text(number: float) -> str:
    """ "19.7 MB", decimal."""
    for factor, prefix in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= ROUNDED * factor:
            return f"{number / factor:.3g} {prefix}B"
    return f"{number:.3g} B"


def time_text(seconds: float) -> str:
    """ "48.2 ms", "1.9 s", "2 min 05 s"."""
    if seconds >= 100 * ROUNDED:
        return show_time(seconds)
    return f"{seconds:.3g} s" if seconds >= ROUNDED else f"{seconds * 1e3:.3g} ms"
