"""The machine of a run, as its result file describes it, in words for people."""
from __future__ import annotations

from pathlib import Path

import numpy as np

from results.result_file import ResultFile, open_result, text


def read_machine(path: Path) -> dict[str, str]:
    """All that the file says of the machine in one word or number, with units. What the run could not
    read is left out."""
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
        found[name] = f"{value}" if unit == "1" else f"{value} {unit}"
    return found
