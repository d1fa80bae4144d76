"""A law's best parameters, with weights by what repeats scatter inside and, as the residuals tell,
between them (Paule and Mandel 1982, Journal of Research of the National Bureau of Standards 87, 377):
fit and weights in turn."""
import numpy as np
from scipy.optimize import brentq

from recompute.laws import SYMBOLS
from recompute.least import least, residuals


def between(rest, variance, freedom):
    def excess(more):
        return np.sum(rest**2 / (variance + more)) - freedom

    return brentq(excess, 0, 2 * np.sum(rest**2) / freedom, xtol=1e-300) if excess(0) > 0 else 0.0


def settled(law, seen):
    """Parameters, sum of squares, weights, degrees of freedom."""
    freedom = len(seen.value) - 1 - len(SYMBOLS[law])
    more, weight = np.inf, np.ones(len(seen.value))
    parameters = [np.mean(seen.value)] + [0.1] * len(SYMBOLS[law])
    for _ in range(20):
        parameters, _ = least(law, seen, weight, parameters)
        before, more = more, between(residuals(law, seen, parameters), seen.variance, freedom)
        weight = 1 / (seen.variance + more)
        if abs(more - before) <= 1e-3 * (more + seen.variance.min()):
            break
    return *least(law, seen, weight, parameters), weight, freedom
