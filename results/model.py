"""How long a repetition should take on any number of ranks: the work model of an app on the figures of a
machine. What is assumed and where formulas come from is in README.md, "Model"."""
from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Callable, Mapping

from scipy.optimize import brentq

from results import model_fft, model_heat, model_matmul, model_pi
from results.model_grid import divisors
from results.model_machine import Machine, Unknown
from results.model_setting import Cost, Setting

APPS: dict[str, Callable[[Mapping[str, str], Setting], Cost]] = {
    "pi": model_pi.cost,
    "heat": model_heat.cost,
    "matmul": model_matmul.cost,
    "fft": model_fft.cost,
}
ANCHORED = 1e-14  # relative: how near the base is met
SLOWEST = 1e12  # times the roofline
RANKS_MOST, RANKS_A_NODE_MOST = 2**17, 2**12  # beyond, a damaged file rather than a machine

__all__ = ["Cost", "Layout", "Unknown", "anchored", "grown", "predict"]


@dataclass(frozen=True)
class Layout:
    """How a run lies on a machine."""

    ranks: int
    threads: int = 1
    nodes: int = 1


def predict(
    app: str, config: Mapping[str, str], layout: Layout, machine: Machine,
    shared: bool = False, slowness: float = 1.0,
) -> Cost:
    """`config` as a result file stores it: under weak scaling the problem of one worker or node.
    `shared`: ranks of a node read each other's memory. `slowness`: see `anchored`. Unknown where the
    machine's figures or the problem's do not tell."""
    if app not in APPS:
        raise Unknown(f"there is no model of {app}")
    if layout.ranks > RANKS_MOST or layout.ranks > RANKS_A_NODE_MOST * layout.nodes:
        raise Unknown("its ranks are more than the model is made for")
    setting = Setting(machine, layout.ranks, layout.threads, layout.nodes, shared, slowness)
    try:
        return APPS[app](grown(app, config, layout), setting)
    except (KeyError, ValueError, ArithmeticError):
        raise Unknown("the result does not say what its problem was") from None


def anchored(
    app: str, config: Mapping[str, str], layout: Layout, machine: Machine, shared: bool, seconds: float
) -> float:
    """How many times slower than the roofline the app's kernel is, if a run of this layout takes so
    many seconds. Unknown where not even a kernel that takes no time at all would."""

    def off(slowness: float) -> float:
        return predict(app, config, layout, machine, shared, slowness).seconds - seconds

    low, high = 0.0, 1.0
    if off(low) > 0:
        raise Unknown("messages alone should take longer than the base was measured to take")
    while off(high) < 0:
        high *= 2.0
        if high > SLOWEST:
            raise Unknown("its problem is no work at all, by the work model")
    return float(brentq(off, low, high, xtol=1e-15, rtol=ANCHORED)) if off(high) > 0 else high


def grown(app: str, config: Mapping[str, str], layout: Layout) -> Mapping[str, str]:
    """The whole problem: weak scaling makes that of a worker or a node larger, as each app's README
    says."""
    if config.get("memory", "0") not in ("0", ""):
        raise Unknown("its size came from a share of memory, which the result does not tell")
    if config["scaling"] != "weak":
        return config
    times = layout.nodes if config.get("per") == "node" else layout.ranks * layout.threads
    sizes = {"pi": _pi, "heat": _heat, "matmul": _matmul, "fft": _fft}[app](config, times)
    return {**config, **{key: str(size) for key, size in sizes.items()}}


def _pi(config: Mapping[str, str], times: int) -> dict[str, int]:
    return {"samples": int(config["samples"]) * times}


def _heat(config: Mapping[str, str], times: int) -> dict[str, int]:
    """x gets the divisor nearest to the root from below, then y, and the slowest axis the rest."""
    axes = ("nx", "ny", "nz")[: int(config["dims"])]
    sizes, left = {}, times
    for place, axis in enumerate(axes):
        root = len(axes) - place
        factor = max(d for d in divisors(left) if d**root <= left)
        sizes[axis] = int(config[axis]) * factor
        left //= factor
    return sizes


def _matmul(config: Mapping[str, str], times: int) -> dict[str, int]:
    by = times ** (1 / 3 if config["weak_law"] == "work" else 1 / 2)
    return {axis: max(1, math.floor(int(config[axis]) * by + 0.5)) for axis in ("m", "n", "k")}


def _fft(config: Mapping[str, str], times: int) -> dict[str, int]:
    """Each prime factor, the largest first, to the shortest axis."""
    axes = ("nz", "ny", "nx") if int(config["nz"]) > 1 else ("ny", "nx")
    sizes = {axis: int(config[axis]) for axis in axes}
    for factor in sorted(_primes(times), reverse=True):
        sizes[min(axes, key=lambda axis: sizes[axis])] *= factor
    return sizes


def _primes(n: int) -> list[int]:
    found, p = [], 2
    while n > 1:
        while n % p == 0:
            found.append(p)
            n //= p
        p = p + 1 if p * p <= n else n
    return found


def units(app: str, config: Mapping[str, str], layout: Layout) -> float:
    """Work of a repetition of the whole problem, in the app's unit."""
    whole = grown(app, config, layout)
    n = {key: int(whole[key]) for key in SIZES[app] if key in whole}
    if app == "pi":
        return float(n["samples"])
    if app == "matmul":
        return 2.0 * n["m"] * n["n"] * n["k"]
    if app == "heat":
        cells = float(n["nx"] * n["ny"] * (n["nz"] if whole["dims"] == "3" else 1))
        return cells * int(whole["steps"])
    points = float(n["nx"] * n["ny"] * n["nz"])
    return (0.5 if whole["transform"] == "r2c" else 1.0) * 5.0 * points * math.log2(points)


SIZES = {"pi": ("samples",), "matmul": ("m", "n", "k"), "heat": ("nx", "ny", "nz"), "fft": ("nx", "ny", "nz")}
