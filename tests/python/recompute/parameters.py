"""The parameters of fitted laws and their 95 % intervals: those of the law, and the time, or the rate,
of one worker."""
import numpy as np

from recompute.fits import fits
from recompute.laws import usl


def rows(folder):
    found = {}
    for fit in fits(folder):
        scale, first = np.array([fit.best[0], *fit.ends[0]]), fit.curve[0]  # of log time: value, low, high
        if fit.law is usl:
            value, high, low = np.exp(-scale)
            one = value, low, high
        else:
            one = np.exp(scale) * (first.units if first.scaling == "strong" else first.units / first.workers)
        told = [(value, *ends) for value, ends in zip(fit.best[1:], fit.ends[1:])] + [one]
        for name, (value, low, high) in zip(fit.rows, told):
            found[name] = {"value": value, "interval_low": low, "interval_high": high}
    return found
