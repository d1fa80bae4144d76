"""How far the sum of squares may rise in a 95 % interval: by t squared times the variance of a residual
(Knapp and Hartung 2003, Statistics in Medicine 22, 2693), or that of points about the law, where they
stand farther from it than repeats explain, by an F test at the level of 25 %."""
import numpy as np
from scipy.stats import f, t


def limit(seen, squares, weight, freedom):
    unit, degrees = squares / freedom, freedom
    pure, points = 0.0, np.unique(seen.place)
    for point in points:
        own = seen.place == point
        mean = np.average(seen.value[own], weights=weight[own])
        pure += np.sum(weight[own] * (seen.value[own] - mean) ** 2)
    repeats = len(seen.place) - len(points)
    rest = freedom - repeats
    if repeats > 0 and rest > 0 and (squares - pure) / rest > f.ppf(0.75, rest, repeats) * pure / repeats:
        unit, degrees = (squares - pure) / rest, rest
    unit = max(unit, 1e-24 * weight.max())  # no relative time is surer than 1e-12
    return squares + unit * t.ppf(0.975, degrees) ** 2
