"""The most workers that are at least half as efficient, by a fitted law, as what speed-up is against:
the serial program, or the fewest workers of the variant. Only where that lies within the points, or up
to twice their most workers; else the end that it lies beyond."""
import math

from recompute.fits import fits


def rows(folder):
    found = {}
    for fit in fits(folder):
        first, last = fit.curve[0], fit.curve[-1]
        base = first.serial or first.own
        if base is None:
            continue
        least = 0.5 * base.units / base.median / base.workers  # half the rate of one of its workers
        asked = range(first.workers, 2 * last.workers + 1)
        rates = {p: math.exp(-fit.best[0] - fit.law(p, *fit.best[1:])) for p in asked}
        good = [p for p, rate in rates.items() if rate >= least * p]
        row = {"efficient_workers": max(good)} if good else {"efficient_below": min(asked)}
        if good and max(good) == max(asked):
            row = {"efficient_beyond": max(asked)}
        found.update({name: row for name in fit.rows})
    return found
