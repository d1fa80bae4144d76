"""How near the numbers of a page must be to those that the scripts of recompute/ find."""
from __future__ import annotations

import math
import re
from typing import Mapping

from page_reader import Page

EXACT = 1e-12  # relative: the same formula, summed in another order
# Fits. results/region.py ends its descent at steps of 1e-7 of the largest parameter, and times follow
# parameters about as much: the relative time of a fitted curve is known to that, and residuals are such.
TIME = 1e-7
# Parameters: a hundred times nearer than any digit shown, or a millionth of what their data leave open.
VALUE, OF_INTERVAL = 1e-5, 1e-6
# results/region.py looks for the ends of an interval of two parameters in 64 directions of a plane, and again
# between the neighbours of the farthest. Of 600 intervals of points far from any law, one was off by more than
# 1 % of its width, all but two by less than 0.1 %.
END = 0.01
LAW = re.compile(r" (Amdahl|Gustafson|USL) ")


def differences(page: Page, anew: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Each number of the page that no script finds, or finds to be another, in a line."""
    found = []
    for row, key, told in page.told():
        right = anew.get(row, {}).get(key)
        if right is None:
            found.append(f"{row}: {key} {told!r} is found by no script")
        elif not told == right and not abs(told - right) <= allowed(anew[row], row, key):
            found.append(f"{row}: {key} is {told!r} on the page, and {right!r} by the scripts")
    return found


def allowed(right: Mapping[str, float], row: str, key: str) -> float:
    """Of the numbers of a row, all found anew."""
    if row.endswith(" predicted") and key.startswith("predicted"):
        return EXACT * right["predicted"]  # communication is what computing leaves of it
    if LAW.search(row) and key in ("residual", "spread"):
        return TIME + VALUE * abs(right[key])
    if LAW.search(row) and key in ("value", "interval_low", "interval_high"):
        width = right["interval_high"] - right["interval_low"]
        if math.isinf(width):  # no upper end
            width = right["value"] - right["interval_low"]
        return max(VALUE * abs(right["value"]), OF_INTERVAL * width) if key == "value" else END * width
    return EXACT * abs(right[key])
