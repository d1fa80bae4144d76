"""How far points lie from the fitted laws: residuals (measured - fitted)/fitted of the time, measured
being the geometric mean of the medians of repeats, and their root mean square over the degrees of
freedom."""
import math

import numpy as np

from recompute.fits import fits
from recompute.least import residuals


def rows(folder):
    found = {}
    for fit in fits(folder):
        rest, squares = residuals(fit.law, fit.seen, fit.best), 0.0
        for place, point in enumerate(fit.curve):
            residual = math.exp(np.mean(rest[fit.seen.place == place])) - 1
            squares += residual**2
            found[f"{fit.name} p={point.workers}"] = {"workers": point.workers, "residual": residual}
        spread = math.sqrt(squares / (len(fit.curve) - len(fit.best)))
        found.update({name: {"spread": spread} for name in fit.rows})
    return found
