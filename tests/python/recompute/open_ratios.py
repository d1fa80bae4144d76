"""The rate of a point of one study by that of the same point of another, with its interval: that of
both medians, or where wider t times the standard deviation that processes leave open."""
import math
from types import SimpleNamespace

from scipy.stats import t

from recompute.between import between, own
from recompute.ratios import rate, ratio


def left_open(point, variance):
    """Variance of the median of all samples, pi/2 times that of a mean of so many processes."""
    processes = point.times.size // max(repeat.size for repeat in point.repeats)
    return max(variance, own(point)[0]) / processes * (math.pi / 2 if processes > 2 else 1)


def open_ratio(new, base, new_folder, base_folder):
    value, low, high = ratio(rate(new), rate(base))
    if new.simulated and base.simulated:  # exact
        return SimpleNamespace(value=value, low=value, high=value, known=True)
    spreads = [between(new_folder), between(base_folder)]
    known = [spread for spread in spreads if spread[1] > 0]
    half = 0.0
    if known:  # a study of which nothing is known is taken to scatter as the other
        first, last = (spread if spread[1] > 0 else known[0] for spread in spreads)
        variance = left_open(new, first[0]) + left_open(base, last[0])
        half = t.ppf(0.975, min(freedom for _, freedom in known)) * math.sqrt(variance)
    low, high = min(low, value * math.exp(-half)), max(high, value * math.exp(half))
    return SimpleNamespace(value=value, low=low, high=high, known=bool(known))
