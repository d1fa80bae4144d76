"""The model's word on a layout of a curve: how many times slower than the roofline its kernel is, so
that the first point takes as long as it was measured to take, is found here; `predict` is the model's
own (results/model.py)."""
from functools import partial

from scipy.optimize import brentq

from results.model import Layout, Unknown, predict

from recompute.curves import curves
from recompute.machine import machine
from recompute.runs import plan


def asked(point, layout, one):
    """The model as a function of the slowness alone."""
    first = point.runs[0]
    config = {key[len("config/") :]: first[key] for key in first if key.startswith("config/")}
    shared = any("shared" in run["exchange"] for run in point.runs)
    return partial(predict, point.app, config, layout, one, shared)


def layout_of(point):
    return Layout(point.ranks, point.threads, point.nodes)


def anchored(folder):
    """The machine, the curves that it predicts, and the slowness of each; 1 where times are simulated."""
    one, found = machine(folder), []
    for curve in curves(folder, kept="right") if one else ():
        models, base, slowness = [asked(p, layout_of(p), one) for p in curve], curve[0].median, 1.0
        try:
            nothing = [model(0.0).seconds for model in models]
        except Unknown:  # the page says what is not known
            continue
        if not plan(folder).get("simulated") and nothing[0] <= base:
            slowness = brentq(lambda slow: models[0](slow).seconds - base, 0, 1e9, xtol=1e-14)
        if plan(folder).get("simulated") or nothing[0] <= base:
            found.append((curve, slowness))
    return one, found
