"""The machine of a run, as its result file describes it, in words for people."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from jobscripts.units import rate_text
from results.result_file import ResultFile, open_result, text
from results.words import Amount, Words


def read_machine(path: Path) -> dict[str, str]:
    """All that the file says of the machine in one word or number, with units; numbers by the names of the
    file. What the run could not read is left out."""
    with open_result(path) as file:
        found = {
            key: text(value)
            for key, value in file.attributes("machine").items()
            if isinstance(value, (str, bytes))
        }
        found.update(_numbers(file))
    return found


def _numbers(file: ResultFile) -> dict[str, str]:
    found = {}
    for name in file.members("machine"):
        value = file.values(f"machine/{name}")
        if value is None or isinstance(value, (bool, list)) or np.ndim(value):
            continue
        about = file.about(f"machine/{name}")
        if "missing_value" in about and value == about["missing_value"]:
            continue
        unit = text(about.get("units", "1"))
        if isinstance(value, (int, float, np.number)):
            found[name] = _amount(name, value, unit)
        else:
            found[name] = f"{value}" if unit == "1" else f"{value} {unit}"
    return found


def _amount(name: str, value: Any, unit: str) -> str:
    """ "2.45 GHz"; bytes by tens and by twos, "32.8 kB (32 KiB)": caches are made in the latter."""
    told = f"{value}" if unit == "1" else rate_text(float(value), unit)
    words = Words(Amount(told, float(value), name, unit=unit))
    power = next((power for power in (3, 2, 1) if value >= 1024**power), 0)
    if unit != "byte" or power == 0:
        return words
    twos = f"{float(value) / 1024**power:.3g} {' KMG'[power]}iB"
    return Words(words, " (", Amount(twos, float(value), name, unit=unit), ")")
