"""Squared spreads of the points of a curve, drawn towards each other as far as they differ no more than
by chance: the squeezed variances of Smyth 2004, Statistical Applications in Genetics and Molecular
Biology 3, 3, section 6.2."""
import math

import numpy as np
from scipy.optimize import brentq
from scipy.special import digamma, polygamma

MOST = 100  # half the degrees of freedom of the common spread: from there on it has all the weight


def steadied(squares, freedoms):
    known = freedoms > 0
    if not np.any(squares[known] > 0):
        return squares
    own, half = np.maximum(squares[known], 1e-4 * squares[known].max()), freedoms[known] / 2
    logs = np.log(own) - digamma(half) + np.log(half)
    excess = np.var(logs, ddof=1) - np.mean(polygamma(1, half)) if len(own) > 1 else 0
    if excess <= polygamma(1, MOST):
        return np.full(len(squares), math.exp(np.mean(logs)))
    prior = brentq(lambda half: polygamma(1, half) - excess, 1e-9, MOST, xtol=1e-13)
    common = math.exp(np.mean(logs) + digamma(prior) - math.log(prior))
    found = np.full(len(squares), common)
    found[known] = (prior * common + half * own) / (prior + half)
    return found
