"""What is said of each ratio of the comparison: slower or faster where the interval leaves 1 out and
the change is at least the threshold."""
import math

from recompute.beside import beside
from recompute.compared import ratios


def verdict(part, threshold=0.05):
    if math.isnan(part.low):
        return "no interval"
    if not part.known:
        return "undecided"
    if part.high < 1 and part.value <= 1 - threshold:
        return "slower"
    return "faster" if part.low > 1 and part.value >= 1 + threshold else "same"


def verdicts(folders, base=0):
    """By row and number of the study."""
    lines = {name: ratios(points, folders, base) for name, points in beside(folders).items()}
    return {(name, n): verdict(part) for name, found in lines.items() for n, part in found.items()}
