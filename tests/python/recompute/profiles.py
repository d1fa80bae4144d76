"""Profile intervals (Bates and Watts 1988, Nonlinear Regression Analysis, 6.1): a parameter is held
ever farther from its best value, until the least squares that the others can reach are at the limit, or
a bound is met."""
import numpy as np
from scipy.optimize import brentq

from recompute.least import least, residuals

FARTHEST = 2.0**40  # times as far as with the other parameters where they were: without an end


def end(law, seen, weight, best, most, k, last):
    """Of parameter k, towards `last`, its bound."""

    def moved(value):
        return np.where(np.arange(len(best)) == k, value, best)

    def over(value):
        return least(law, seen, weight, moved(value), held=k)[1] - most

    if np.isfinite(last):
        return last if over(last) <= 0 else brentq(over, best[k], last, xtol=1e-15)
    step = 1e-12 * np.sign(last)
    while np.sum(weight * residuals(law, seen, moved(best[k] + step)) ** 2) < most:
        step *= 2
    first = step
    while over(best[k] + step) < 0:
        step *= 2
        if abs(step) > FARTHEST * abs(first):
            return last
    return brentq(over, best[k], best[k] + step, xtol=1e-15)
