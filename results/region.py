"""The set of parameters of a law that observations do not contradict: all intervals are its
shadows.

Observations y (logarithms of times) with weights w follow y = a + curve(parameters) + error, a
being the logarithm of the time on one worker. With the parameters given, the best a is a weighted
mean, so the sum of squares Q is a function of the parameters alone. The region is where Q <= limit,
inside the bounds of the parameters. The interval of a parameter or of the fitted curve at some p is
the range of that quantity over the region: its profile interval (Bates and Watts 1988, Nonlinear
Regression Analysis, 6.1). Bounds cut the region; no interval leaves them.
"""
from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np

from results.laws import Curve

STEPS = 60  # of Gauss and Newton, most of which are never taken
CONVERGED = 1e-7  # of a step, against the largest parameter
DIRECTIONS = 64  # in the plane; an extreme of an ellipse is met within 1 - cos(pi/64) = 0.1 % of the width
BETWEEN = 2 * math.pi / DIRECTIONS * np.linspace(-1, 1, 25)[1:-1]  # angles beside the one of an extreme
DEPTHS = np.sin(np.linspace(0, math.pi / 2, 25))  # of points between the centre and the rim
DOUBLINGS = 40  # farther than 2^40 times what a quadratic would give: without an end
HALVINGS = 40  # of a step
FLAT = 1e-12  # least slope that is told from none
CLOSINGS = 20  # of the distance to the rim: 1e-6 of it


@dataclass(frozen=True)
class Data:
    """Observations and the curve at their numbers of workers."""

    curve: Curve
    value: np.ndarray
    weight: np.ndarray

    @cached_property
    def share(self) -> np.ndarray:
        return np.asarray(self.weight / self.weight.sum())

    @cached_property
    def root(self) -> np.ndarray:
        return np.sqrt(self.weight)

    def level(self, parameters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The best a, and the residuals; shapes (...) and (..., observations)."""
        rest = self.value - self.curve.value(parameters)
        level = rest @ self.share
        return level, rest - level[..., np.newaxis]

    def squares(self, parameters: np.ndarray) -> np.ndarray:
        """Q; shape (...)."""
        return np.asarray(self.level(parameters)[1] ** 2 @ self.weight)

    def gradient(self, parameters: np.ndarray) -> np.ndarray:
        """Of the curve once a has followed; shape (parameters, observations)."""
        gradient = self.curve.gradient(parameters)
        return np.asarray(gradient - (gradient @ self.share)[:, np.newaxis])


@dataclass(frozen=True)
class Region:
    """Points that fill the region: parameters (points, parameters), and at each the range of a."""

    parameters: np.ndarray
    level: np.ndarray
    reach: np.ndarray
    endless: bool  # some parameter has no upper end


def inside(parameters: np.ndarray, upper: np.ndarray) -> np.ndarray:
    return np.asarray(np.all((parameters >= 0) & (parameters <= upper), axis=-1))


def best(data: Data, start: np.ndarray | None = None) -> np.ndarray:
    """The parameters within the bounds that have the least squares, looked for from `start` on.
    Where the free minimum lies outside, it is on a face of the bounds; faces with ever fewer free
    parameters are tried."""
    upper = np.array(data.curve.law.upper)
    start = np.clip(_linear(data), 0, upper) if start is None else start
    found = []
    for held, free in _faces(upper):
        parameters = _descend(data, np.where(free, start, held), free)
        if inside(parameters, upper):
            found.append(parameters)
            if np.all(free):
                break
    squares = [float(data.squares(parameters)) for parameters in found]
    return found[int(np.argmin(squares))]


def region(data: Data, limit: float, centre: np.ndarray) -> Region:
    """Where Q <= limit, limit being at least Q at `centre`, the best parameters."""
    upper = np.array(data.curve.law.upper)
    points, endless = [centre[np.newaxis]], False
    for held, free in _faces(upper):
        start = centre
        if not np.all(free):
            start = np.clip(_descend(data, np.where(free, centre, held), free), 0, upper)
            if not free.any():
                start = held
            if data.squares(start) > limit:
                continue
            points.append(start[np.newaxis])
        if free.any():
            filled, unbounded = _fill(data, limit, start, free)
            points.append(filled)
            endless = endless or unbounded
    parameters = np.concatenate(points)
    level, residuals = data.level(parameters)
    room = np.maximum(limit - residuals**2 @ data.weight, 0)
    return Region(parameters, level, np.sqrt(room / data.weight.sum()), endless)


def _faces(upper: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """(values of the held parameters, which are free), from the whole inside to the corners."""
    count = len(upper)
    faces = []
    for held_count in range(count + 1):
        for held in combinations(range(count), held_count):
            free = np.array([k not in held for k in range(count)])
            corners = [np.zeros(count)]
            for k in held:
                if math.isfinite(upper[k]):
                    corners += [np.where(np.arange(count) == k, upper[k], c) for c in corners]
            faces += [(corner, free) for corner in corners]
    return faces


def _linear(data: Data) -> np.ndarray:
    """A first guess: with the logarithms undone, a law is linear in its parameters times a
    constant; rows are divided by what was measured, as errors are relative."""
    curve = data.curve
    measured = np.exp(curve.law.sign * (data.value - data.value.mean() - curve.offset))
    rows = np.vstack([curve.base, curve.slopes]) * data.root / measured
    scale = np.sqrt((rows**2).sum(axis=1))
    solution = np.linalg.lstsq((rows.T / scale), data.root, rcond=None)[0] / scale
    if solution[0] <= 0:
        return np.zeros(len(curve.slopes))
    return np.asarray(solution[1:] / solution[0])


def _descend(data: Data, parameters: np.ndarray, free: np.ndarray) -> np.ndarray:
    """Least squares by the steps of Gauss and Newton in the free parameters, halved until they
    descend; the bounds are ignored as long as the law has a meaning."""
    squares = float(data.squares(parameters))
    for _ in range(STEPS if free.any() else 0):
        rows = data.gradient(parameters)[free] * data.root
        residuals = data.level(parameters)[1] * data.root
        step = np.zeros(len(parameters))
        scale = np.sqrt((rows**2).sum(axis=1))
        if not scale.all():  # flat to the last digit: nothing to descend
            return parameters
        step[free] = np.linalg.lstsq(rows.T / scale, residuals, rcond=None)[0] / scale
        for _ in range(HALVINGS):
            there = parameters + step
            if data.curve.inner(there).min() > 0:
                now = float(data.squares(there))
                if now <= squares:
                    break
            step = step / 2
        else:
            return parameters
        parameters, squares = there, now
        if np.all(np.abs(step) <= CONVERGED * np.abs(parameters).max()):
            break
    return parameters


def _fill(
    data: Data, limit: float, start: np.ndarray, free: np.ndarray
) -> tuple[np.ndarray, bool]:
    """Points between `start` and the rim, along directions that a quadratic Q would meet at equal
    angles; and whether some direction has no end. Where a parameter is least or most, more directions
    are tried between the neighbours: far from the law Q is not quadratic, and the rim has corners."""
    rows = data.gradient(start)[free] * data.root
    angles = 2 * math.pi * np.arange(2 if free.sum() == 1 else DIRECTIONS) / DIRECTIONS
    ways, reach, unbounded = _rim(data, limit, start, free, _directions(rows, angles))
    filled = (start + (DEPTHS[:, np.newaxis] * reach)[..., np.newaxis] * ways).reshape(-1, len(start))
    if free.sum() > 1:
        moved = reach[:, np.newaxis] * ways[:, free]
        ends = sorted({*moved.argmin(axis=0), *moved.argmax(axis=0)})
        between = np.concatenate([angles[end] + BETWEEN for end in ends])
        ways, reach, endless = _rim(data, limit, start, free, _directions(rows, between))
        filled = np.concatenate([filled, start + reach[:, np.newaxis] * ways])
        unbounded = unbounded or endless
    return np.clip(filled, 0, np.array(data.curve.law.upper)), unbounded


def _rim(
    data: Data, limit: float, start: np.ndarray, free: np.ndarray, steps: np.ndarray
) -> tuple[np.ndarray, np.ndarray, bool]:
    """Directions in all parameters, how far the rim lies along each, and whether some has no end."""
    upper = np.array(data.curve.law.upper)
    directions = np.zeros((len(steps), len(start)))
    directions[:, free] = steps
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = np.where(directions > 0, (upper - start) / directions, -start / directions)
    end = np.where(directions == 0, math.inf, ends).min(axis=1)

    def outside(reach: np.ndarray) -> np.ndarray:
        there = np.clip(start + reach[:, np.newaxis] * directions, 0, upper)
        return np.asarray(data.squares(there) > limit)

    guess = math.sqrt(max(limit - float(data.squares(start)), 0.0))
    low, high = np.zeros(len(end)), np.minimum(guess, end)
    for _ in range(DOUBLINGS):
        growing = (high < end) & ~outside(high)
        if not growing.any() or guess == 0:
            break
        low = np.where(growing, high, low)
        high = np.where(growing, np.minimum(2 * high, end), high)
    unbounded = bool(np.any((high < end) & ~outside(high))) and guess > 0
    for _ in range(CLOSINGS):
        middle = (low + high) / 2
        beyond = outside(middle)
        low, high = np.where(beyond, low, middle), np.where(beyond, middle, high)
    whole = ~outside(high)
    rim = np.where(whole, high, low)
    return directions, rim, unbounded


def _directions(rows: np.ndarray, angles: np.ndarray) -> np.ndarray:
    """Steps in the free parameters after which a quadratic Q has grown by one; of one parameter both
    ways, whatever the angles."""
    if len(rows) == 1:
        length = 1 / max(math.sqrt(float((rows**2).sum())), FLAT)
        return np.array([[length], [-length]])
    _, singular, axes = np.linalg.svd(rows.T, full_matrices=False)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return np.asarray(circle / np.maximum(singular, FLAT) @ axes)
