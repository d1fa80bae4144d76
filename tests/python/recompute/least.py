"""Weighted least squares of a law within its bounds, with all parameters free or one held. Parameters
are the logarithm of the time of a unit of work on one worker, and those of the law."""
import numpy as np
from scipy.optimize import least_squares

from recompute.laws import SYMBOLS, UPPER

CLOSE = {"x_scale": "jac", "ftol": 1e-15, "xtol": 1e-15, "gtol": 1e-15}


def residuals(law, seen, parameters):
    return seen.value - parameters[0] - law(seen.p, *parameters[1:])


def least(law, seen, weight, start, held=None):
    """The best parameters, and their sum of squares; `held` is the number of one that stays as it is."""
    whole = np.array(start, dtype=float)
    free = np.arange(len(whole)) != held

    def weighted(some):
        whole[free] = some
        return np.sqrt(weight) * residuals(law, seen, whole)

    low = np.array([-np.inf] + [0] * len(SYMBOLS[law]))
    high = np.array([np.inf] + [UPPER[law]] * len(SYMBOLS[law]))
    fit = least_squares(weighted, whole[free], bounds=(low[free], high[free]), **CLOSE)
    whole[free] = fit.x
    return whole, 2 * fit.cost
