"""The serial fractions that the intervals of all points of a curve hold: where there are such, and 0 is none
of them. Above 1 there is no serial fraction, and below 0 at all points neither."""
from collections import defaultdict

from recompute import karp_flatt


def rows(folder):
    ends = defaultdict(list)
    for name, row in karp_flatt.rows(folder).items():
        if "interval_low" in row and "interval_high" in row:
            ends[name.rpartition(" p=")[0]].append((row["interval_low"], row["interval_high"]))
    both = {name: (max(lows), min(highs)) for name, (lows, highs) in parts(ends).items() if max(highs) >= 0}
    said = {name: pair for name, pair in both.items() if pair[0] <= min(pair[1], 1) and pair[0] * pair[1] > 0}
    return {name: {"common_low": low, "common_high": high} for name, (low, high) in said.items()}


def parts(ends):
    return {name: list(zip(*pairs)) for name, pairs in ends.items() if len(pairs) > 1}
