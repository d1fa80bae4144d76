"""matmul: C stays, panels of A and B pass by, sums of layers are handed over and added
(apps/matmul/README.md, "Ranks"; the grid is that of matmul_plan.c, where memory does not forbid it)."""
from __future__ import annotations

import math
from typing import Mapping

from results.model_grid import Axes, Grid, cheapest, largest, with_block
from results.model_machine import Exchange
from results.model_panels import K, M, N, Panels
from results.model_peers import peers
from results.model_setting import Cost, Setting
from results.model_steps import Steps, followed

# Nominal costs by which the program chooses its grid.
FLOP, BYTE, MESSAGE = 1 / 50e9, 1 / 5e9, 5e-6
LAYERS_SAVE, IDLE_SAVE, IDLE_AT_MOST = 0.9, 0.98, 8


def cost(config: Mapping[str, str], setting: Setting) -> Cost:
    grid = grid_of(config, setting)
    library = setting.machine.product if config["kernel"] == "blas" else None
    ends = followed(Steps(setting, Panels(grid, int(config["panel"])), library))
    found = []
    for rank in set(grid.typical()):
        now, busy, last = (float(figure[rank]) for figure in (ends.now, ends.busy, ends.last))
        adding, summing = _layers(setting, grid, grid.position(rank), last)
        found.append(Cost(busy + adding, now - busy + summing))
    return max(found, key=lambda cost: cost.seconds)


def grid_of(config: Mapping[str, str], setting: Setting) -> Grid:
    lengths = int(config["m"]), int(config["n"]), int(config["k"])
    if config["grid"] in ("auto", "flat"):
        ranks = _best(lengths, int(config["panel"]), setting.ranks, layers=config["grid"] == "auto")
    else:
        m, n, k = (int(part) for part in config["grid"].split("x"))
        ranks = m, n, k
        if not 1 <= math.prod(ranks) <= setting.ranks:
            raise ValueError(f"grid = {config['grid']}")
    return with_block(lengths, 3, ranks, setting.uniform)


def _best(n: Axes, panel: int, ranks: int, layers: bool) -> Axes:
    """Of all ranks, or of some less where their number has no good factors."""
    best, least = (1, 1, 1), math.inf
    for used in range(ranks, 0, -1):
        if math.isfinite(least) and used < ranks - ranks // IDLE_AT_MOST:
            break
        grid, price = _best_of(n, panel, used, layers)
        if grid is not None and (math.isinf(least) or price < IDLE_SAVE * least):
            best, least = grid, price
    return best


def _best_of(n: Axes, panel: int, ranks: int, layers: bool) -> tuple[Axes | None, float]:
    """Layers must save a tenth of what a grid spends beside arithmetic."""

    def flat(grid: Axes) -> float:
        return math.inf if grid[K] > 1 else _nominal(n, panel, grid)

    def layered(grid: Axes) -> float:
        return _nominal(n, panel, grid)

    arithmetic = 2.0 * math.prod(n) / ranks * FLOP
    grid, other = cheapest(ranks, 3, flat), cheapest(ranks, 3, layered) if layers else None
    price = flat(grid) if grid is not None else math.inf
    if other is not None and layered(other) - arithmetic < LAYERS_SAVE * (price - arithmetic):
        return other, layered(other)
    return grid, price


def _nominal(lengths: Axes, panel: int, grid: Axes) -> float:
    if any(p > length for p, length in zip(grid, lengths)):
        return math.inf
    pm, pn, pk = grid
    m, n, k = (largest(length, p) for length, p in zip(lengths, grid))
    words = m * k * (1 - 1 / pn) + k * n * (1 - 1 / pm) + 2.0 * m * n * (1 - 1 / pk)
    panels = k / panel + pm + pn
    messages = (panels if pn > 1 else 0.0) + (panels if pm > 1 else 0.0) + pk - 1
    return 2.0 * m * n * k * FLOP + 8.0 * words * BYTE + messages * MESSAGE


def _layers(setting: Setting, grid: Grid, at: Axes, last: float) -> tuple[float, float]:
    """Adding the sums of all layers for the rows that this rank keeps; and waiting for them. Each
    layer's rows leave when they are done, the rank's own are multiplied last."""
    layers = grid.ranks[K]
    if layers == 1:
        return 0.0, 0.0
    rows, columns, _ = grid.box(at)
    held = largest(rows, layers) * columns
    adding = setting.kernel(held * (layers - 1.0), 8.0 * held * (2.0 + 3.0 * (layers - 1)))
    size = 8.0 * held
    others = peers(grid, setting.ranks_a_node, grid.rank(at), K)
    near = 0 if setting.shared else others.inside
    all_of_them = Exchange(
        others.inside, size * near, size if near else 0.0,
        others.outside, size * others.outside, size * others.node_outside,
    )
    one = Exchange(
        min(others.inside, 1), size * min(near, 1), size if near else 0.0,
        min(others.outside, 1), size * min(others.outside, 1), size * others.node_outside / (layers - 1),
    )
    attending = setting.attends(all_of_them)
    turn = last / layers + attending / (layers - 1)
    there = max(turn + setting.travels(all_of_them), (layers - 1) * turn + setting.travels(one))
    return adding, max(there - last, attending)
