"""matmul: C stays, panels of A and B pass by, sums of layers are handed over and added
(apps/matmul/README.md, "Ranks"; the grid is that of matmul_plan.c, where memory does not forbid it)."""
from __future__ import annotations

import bisect
import math
from dataclasses import replace
from typing import Mapping

from results.model_grid import Axes, Grid, cheapest, first_of, largest, owner_of, with_block
from results.model_machine import Exchange
from results.model_peers import peers
from results.model_setting import Cost, Setting

# Nominal costs by which the program chooses its grid.
FLOP, BYTE, MESSAGE = 1 / 50e9, 1 / 5e9, 5e-6
LAYERS_SAVE, IDLE_SAVE, IDLE_AT_MOST = 0.9, 0.98, 8
M, N, K = 0, 1, 2
PANELS_MOST = 10**5  # of a layer; beyond, a damaged file rather than a problem


def cost(config: Mapping[str, str], setting: Setting) -> Cost:
    grid = grid_of(config, setting)
    panels = _busiest_step(config, setting, grid)
    found = [_of_rank(config, setting, grid, rank, panels) for rank in set(grid.typical())]
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


def _of_rank(config: Mapping[str, str], setting: Setting, grid: Grid, rank: int, panels: Exchange) -> Cost:
    """Panels of the first two steps travel while nobody computes; those of each later step while the
    step before is multiplied. Rows that other layers keep leave during the last step."""
    at = grid.position(rank)
    rows, columns, layer = grid.box(at)
    steps = len(_panels(layer, int(config["panel"]), grid.ranks))
    product = setting.machine.product if config["kernel"] == "blas" else None
    width = layer / steps
    moved = 8.0 * width * (rows + columns)
    step = setting.kernel(2.0 * rows * columns * width, moved, product)
    first = setting.kernel(2.0 * rows * columns * width, moved + 8.0 * rows * columns, product)
    travel = setting.travels(panels)
    lead = setting.travels(_twice(panels)) if steps > 1 else travel
    later = max(0, steps - 2) * max(0.0, travel - step)
    adding, summing = _layers(setting, grid, at, step)
    communication = lead + later + steps * setting.attends(panels) + summing
    return Cost(first + (steps - 1) * step + adding, communication)


def _panels(layer: int, panel: int, ranks: Axes) -> list[tuple[int, int]]:
    """A panel has one owner of its part of A and one of B, and is no wider than `panel`."""
    if layer > PANELS_MOST * panel:
        raise ValueError(f"panel = {panel}")
    ends = {first_of(layer, p, i + 1) for p in (ranks[M], ranks[N]) for i in range(p)} - {0}
    starts = [0, *sorted(ends)]
    return [
        (lo, min(lo + panel, end))
        for start, end in zip(starts, starts[1:])
        for lo in range(start, end, panel)
    ]


def _busiest_step(config: Mapping[str, str], setting: Setting, grid: Grid) -> Exchange:
    """What arrives in a step where most does: ranks wait for each other, so the node that receives most
    holds up all. In each step a rank needs a panel of A of one rank of its row, and a panel of B of one
    of its column, which may be its own."""
    most = Exchange()
    for node in {setting.node(rank) for rank in grid.typical()}:
        ranks = range(node * setting.ranks_a_node, min(grid.size, (node + 1) * setting.ranks_a_node))
        arriving = [_arrivals(config, setting, grid, rank) for rank in ranks]
        for step in zip(*arriving):
            together = sum(one.far_bytes for one in step)
            for one in step:
                most = most.or_more(replace(one, node_bytes=together))
    return most


def _arrivals(config: Mapping[str, str], setting: Setting, grid: Grid, rank: int) -> list[Exchange]:
    """By step, what a rank receives. Ranks of a row and of a column begin with different panels."""
    at = grid.position(rank)
    rows, columns, layer = grid.box(at)
    panels = _panels(layer, int(config["panel"]), grid.ranks)
    pm, pn, _ = grid.ranks
    turn = (at[M] * pn + at[N] * pm) % (pm * pn) / (pm * pn)
    first = bisect.bisect_right([lo for lo, _ in panels], int(turn * layer)) - 1
    found = []
    for lo, hi in panels[first:] + panels[:first]:
        a = grid.rank((at[M], owner_of(layer, pn, lo), at[K]))
        b = grid.rank((owner_of(layer, pm, lo), at[N], at[K]))
        near = far = 0
        near_bytes = far_bytes = longest = 0.0
        for peer, moved in ((a, 8.0 * (hi - lo) * rows), (b, 8.0 * (hi - lo) * columns)):
            if peer == rank:
                continue
            if setting.node(peer) != setting.node(rank):
                far, far_bytes = far + 1, far_bytes + moved
            elif not setting.shared:
                near, near_bytes, longest = near + 1, near_bytes + moved, max(longest, moved)
        found.append(Exchange(near, near_bytes, longest, far, far_bytes))
    return found


def _twice(exchange: Exchange) -> Exchange:
    return Exchange(
        2 * exchange.near, 2 * exchange.near_bytes, exchange.near_longest,
        2 * exchange.far, 2 * exchange.far_bytes, 2 * exchange.node_bytes,
    )


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
    turn = last / layers
    there = max(turn + setting.travels(all_of_them), (layers - 1) * turn + setting.travels(one))
    return adding, max(0.0, there - last) + setting.attends(all_of_them)
