"""The 95 % interval of a median, without any assumption on the distribution (David and Nagaraja, Order
Statistics, 7.1; above 1,000 samples Hoefler and Belli, SC15), widened to hold the median of each
repeat."""
import math

import numpy as np
from scipy.stats import binom


def interval(repeats):
    ordered = np.sort(np.concatenate(repeats))
    n = ordered.size
    if n < 6:  # minimum and maximum of five hold the median with 93.8 %
        return math.nan, math.nan
    low = np.sum(binom.cdf(np.arange(n), n, 0.5) <= 0.025)  # so many lowest are surely below the median
    if n > 1000:
        low = math.floor((n - 1.96 * math.sqrt(n)) / 2)
    medians = [np.median(repeat) for repeat in repeats]
    return min(ordered[low - 1], *medians), max(ordered[n - low], *medians)
