"""A map of ranks x threads: how fast each layout is, beside the fastest of as many workers."""
from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.ticker import PercentFormatter

from results.palette import ink_on
from results.picture import HEIGHT, WIDTH, Drawing, axes
from results.plot_scaling import table_name
from results.points import Point, Table

# One hue from pale to strong: darker is faster, and grey on paper reads the same.
MAP = LinearSegmentedColormap.from_list("layouts", ["#eef3fb", "#7fa8dd", "#1c4f9c"])

ROW = 0.3  # inches: two lines of words
BOTH, SHARE = 0.46, 0.27  # inches of a cell that hold "100 %" above "hybrid", and "100" alone


def draw_layouts(table: Table) -> Drawing | None:
    """None where the table has no two layouts of as many workers with several ranks or threads."""
    points = [p for p in table.points if p.variant != "serial" and p.used]
    ranks = sorted({point.ranks for point in points})
    threads = sorted({point.threads for point in points})
    if len(ranks) < 2 or len(threads) < 2:
        return None
    best = _best(points)
    share = np.full((len(ranks), len(threads)), np.nan)
    for (r, t), point in best.items():
        share[ranks.index(r), threads.index(t)] = _share(point, points)
    height = max(HEIGHT, 0.84 + ROW * len(ranks))
    figure, found = axes("Ranks x threads", "threads of a rank", "ranks", height, left=0.6)
    palest = min(0.9, float(np.nanmin(share)) - 0.05)
    image = found.imshow(share, cmap=MAP, vmin=palest, vmax=1, aspect="auto", origin="lower")
    found.grid(visible=False)
    width = _cell(found, len(threads))
    if width < SHARE:
        figure.colorbar(image, ax=found, pad=0.03, fraction=0.06, format=PercentFormatter(1, 0))
        width = min(width, _cell(found, len(threads)))
    every = math.ceil((0.08 + 0.08 * len(str(threads[-1]))) / width)  # numbers do not touch
    found.set_xticks(range(0, len(threads), every), labels=[str(t) for t in threads[::every]])
    found.set_yticks(range(len(ranks)), labels=[str(r) for r in ranks])
    for (r, t), point in best.items() if width >= SHARE else ():
        value = _share(point, points)
        told = f"{100 * value:.0f}"
        found.text(
            threads.index(t),
            ranks.index(r),
            f"{told} %\n{point.variant}" if width >= BOTH else told,
            ha="center",
            va="center",
            fontsize=8,
            color=ink_on(to_hex(MAP((value - palest) / (1 - palest)))),
        )
    note = ", in %; the table of points has the variants" if width < BOTH else ""
    if SHARE <= width < BOTH:
        found.set_xlabel("threads of a rank (in the cells: %)")
    words = (
        f"{table.problem.app}, {table.problem.scaling} scaling: rate of each layout of ranks and "
        f"threads, as a share of the fastest with as many workers{note}"
    )
    title = "Ranks x threads" + table.simulated
    found.set_title("Rate, of the fastest with as many workers" + table.simulated)
    return Drawing(figure, f"{table_name(table)}-layouts", title, words)


def _cell(found: Axes, columns: int) -> float:
    """Inches of the width of a cell."""
    return found.get_position().width * WIDTH / columns


def _best(points: list[Point]) -> dict[tuple[int, int], Point]:
    best: dict[tuple[int, int], Point] = {}
    for point in points:
        key = point.ranks, point.threads
        if key not in best or point.rate > best[key].rate:
            best[key] = point
    return best


def _share(point: Point, points: list[Point]) -> float:
    return point.rate / max(p.rate for p in points if p.workers == point.workers)
