"""The scaling laws as curves, log of the time of a unit of work by that on one worker: Amdahl 1967,
Gustafson 1988, the Universal Scalability Law of Gunther 2007; and which of them a curve has enough
points for."""
import numpy as np


def amdahl(p, s):
    return np.log(s + (1 - s) / p)


def gustafson(p, s):
    return -np.log(s + (1 - s) * p)


def usl(p, sigma, kappa):
    return np.log(1 + sigma * (p - 1) + kappa * p * (p - 1)) - np.log(p)


SYMBOLS = {amdahl: ("s",), gustafson: ("s",), usl: ("sigma", "kappa")}
UPPER = {amdahl: 1.0, gustafson: 1.0, usl: np.inf}  # all parameters are 0 or more
SCALE = {amdahl: "T1", gustafson: "T1", usl: "lambda"}  # what is told of one worker
NAMES = {amdahl: "Amdahl", gustafson: "Gustafson", usl: "USL"}


def laws_of(curve):
    units, each = [p.units for p in curve], [p.units / p.workers for p in curve]
    if curve[0].scaling == "strong":
        simple = {amdahl: max(units) - min(units) <= 1e-6 * max(units)}
    else:
        simple = {gustafson: max(each) <= 2 * min(each)}
    found = [law for law, suits in simple.items() if suits and len(curve) >= 4]
    return found + [usl] * (len(curve) >= 5)
