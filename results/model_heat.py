"""heat: rounds of as many steps as the halo is deep, each with one exchange of halos with neighbours
(apps/heat/README.md, "Ranks"; the grid and the depth of the halo are those of heat_plan.c)."""
from __future__ import annotations

import math
from itertools import product
from typing import Iterator, Mapping, Tuple

from results.model_grid import Axes, Grid, choose, first_of, largest, length_of, owner_of
from results.model_machine import Exchange
from results.model_setting import Cost, Setting

FLOPS = {2: 6.0, 3: 8.0}  # of an update
BYTES = {"plain": 24.0, "streaming": 16.0, "blocked": 16.0}  # of a cell, each time it is passed over
DEEPEST = {2: 16, 3: 6}  # that halo=auto takes
HALO_MOST = 64
X_WEIGHT = 8.0
TILE_X, TILE_Y = 512, 40  # cells of a tile of 3-D; one of 2-D is as wide
ROWS_A_STEP = 16
# Nominal times by which the program chooses the depth of the halo.
UPDATE, BANDWIDTH, LATENCY, BYTE_MOVED = 1 / 4e9, 20e9, 3e-6, 1 / 5e9

Piece = Tuple[int, int, bool]  # along an axis: cells, position of their owner, whether they are a rim


def cost(config: Mapping[str, str], setting: Setting) -> Cost:
    grid = grid_of(config, setting)
    depth = depth_of(config, grid)
    steps = int(config["steps"])
    rounds = [(depth, steps // depth)] + ([(steps % depth, 1)] if steps % depth else [])
    halos = Halos(grid, depth)
    of_ranks = [_of_rank(config, setting, grid, rank, halos, rounds) for rank in set(grid.typical())]
    return max(of_ranks, key=lambda found: found.seconds)


def cells_of(config: Mapping[str, str]) -> Axes:
    if config["dims"] not in ("2", "3"):
        raise ValueError(f"dims = {config['dims']}")
    return int(config["nz"]) if config["dims"] == "3" else 1, int(config["ny"]), int(config["nx"])


def grid_of(config: Mapping[str, str], setting: Setting) -> Grid:
    n = cells_of(config)

    def price(grid: Axes) -> float:
        lengths = [largest(cells, p) for cells, p in zip(n, grid)]
        weights = (1.0, 1.0, X_WEIGHT)
        cells = math.prod(lengths)
        return sum(w * cells / length for w, length, p in zip(weights, lengths, grid) if p > 1)

    periodic = config["boundary"] == "periodic"
    grid = choose(n, int(config["dims"]), setting.ranks, setting.uniform, price, periodic)
    if grid is None:
        raise ValueError("no cells")
    return grid


def depth_of(config: Mapping[str, str], grid: Grid) -> int:
    """Steps that one halo serves; `halo=auto` takes the depth with the least nominal time of a step."""
    if config["halo"] != "auto":
        if not 1 <= int(config["halo"]) <= HALO_MOST:
            raise ValueError(f"halo = {config['halo']}")
        return int(config["halo"])
    used = grid.n[3 - grid.dims :]
    most = min([DEEPEST[grid.dims], *(used if grid.periodic else ())])
    return min(range(1, most + 1), key=lambda k: (_nominal(config["kernel"], grid, k), k))


def _nominal(kernel: str, grid: Grid, k: int) -> float:
    cells, sides = _grown(grid, 0), sum(_cut_sides(grid, axis) for axis in _axes(grid))
    repeated = sum(_grown(grid, g) - cells for g in range(1, k))
    moved = sides * LATENCY + 8.0 * (_grown(grid, k) - cells) * BYTE_MOVED
    stream = BYTES["streaming"] / BANDWIDTH
    if kernel == "blocked":
        return cells * UPDATE + (cells * stream + moved + repeated * UPDATE) / k
    return cells * stream + (moved + repeated * stream) / k


def _axes(grid: Grid) -> range:
    return range(3 - grid.dims, 3)


def _cut_sides(grid: Grid, axis: int) -> int:
    """Sides of the largest box, on one axis, behind which other ranks' cells lie."""
    if grid.ranks[axis] == 1:
        return 2 if grid.periodic else 0
    return 2 if grid.periodic or grid.ranks[axis] > 2 else 1


def _grown(grid: Grid, by: int) -> float:
    lengths = [float(largest(cells, p)) for cells, p in zip(grid.n, grid.ranks)]
    for axis in _axes(grid):
        lengths[axis] += by * _cut_sides(grid, axis)
    return math.prod(lengths)


class Halos:
    """Which cells a rank receives from whom, with a halo of this depth. Peers receive as much from it
    but for what uneven boxes differ in."""

    def __init__(self, grid: Grid, depth: int) -> None:
        self.grid, self.depth = grid, depth
        self.pieces: dict[tuple[int, int], list[Piece]] = {}
        self.of_nodes: dict[tuple[int, int], float] = {}

    def messages(self, rank: int) -> dict[int, float]:
        """Bytes by the rank that sends them."""
        at = self.grid.position(rank)
        along = [self._along(axis, at[axis]) for axis in range(3)]
        found: dict[int, float] = {}
        for pieces in product(*along):
            there = pieces[0][1], pieces[1][1], pieces[2][1]
            corner = sum(is_rim for _, _, is_rim in pieces) > 1
            if there == at or (corner and self.depth == 1):
                continue  # its own; corners, which a halo of depth 1 does without
            peer = self.grid.rank(there)
            found[peer] = found.get(peer, 0.0) + 8.0 * math.prod(cells for cells, _, _ in pieces)
        return found

    def _along(self, axis: int, at: int) -> list[Piece]:
        """The own cells of a position on this axis and those of its rims, by owner."""
        if (axis, at) not in self.pieces:
            self.pieces[axis, at] = list(self._walk(axis, at))
        return self.pieces[axis, at]

    def _walk(self, axis: int, at: int) -> Iterator[Piece]:
        n, parts = self.grid.n[axis], self.grid.ranks[axis]
        lo = first_of(n, parts, at)
        hi = lo + length_of(n, parts, at)
        yield hi - lo, at, False
        if axis < 3 - self.grid.dims:
            return
        for i, end in ((lo - self.depth, lo), (hi, hi + self.depth)):
            if not self.grid.periodic:
                i, end = max(i, 0), min(end, n)
            while i < end:
                owner = owner_of(n, parts, i % n)
                until = min(end, i - i % n + first_of(n, parts, owner) + length_of(n, parts, owner))
                yield until - i, owner, True
                i = until

    def node_bytes(self, setting: Setting, rank: int) -> float:
        """That all ranks of this rank's node receive from other nodes."""
        node = setting.node(rank)
        if (node, setting.ranks_a_node) not in self.of_nodes:
            ranks = range(node * setting.ranks_a_node, (node + 1) * setting.ranks_a_node)
            self.of_nodes[node, setting.ranks_a_node] = sum(
                moved
                for own in ranks
                if own < self.grid.size
                for peer, moved in self.messages(own).items()
                if setting.node(peer) != node
            )
        return self.of_nodes[node, setting.ranks_a_node]

    def exchange(self, setting: Setting, rank: int) -> Exchange:
        messages = self.messages(rank)
        near = [m for peer, m in messages.items() if setting.node(peer) == setting.node(rank)]
        far = [m for peer, m in messages.items() if setting.node(peer) != setting.node(rank)]
        return Exchange(
            len(near), 0.0 if setting.shared else sum(near), 0.0 if setting.shared else max(near, default=0.0),
            len(far), sum(far), self.node_bytes(setting, rank) if far else 0.0,
        )


def _of_rank(
    config: Mapping[str, str],
    setting: Setting,
    grid: Grid,
    rank: int,
    halos: Halos,
    rounds: list[tuple[int, int]],
) -> Cost:
    """A round packs, lets inner cells advance while halos travel, unpacks what has come, and does the
    rest. The first message leaves when it is packed, and the last to come has to be unpacked still. `rounds`: of so many steps, how many."""
    box, sides = grid.box(grid.position(rank)), _open_sides(grid, rank)
    messages, exchange = halos.messages(rank), halos.exchange(setting, rank)
    copied = 2.0 * setting.copies(sum(messages.values()))  # packed, and unpacked
    busy, travel = copied + setting.attends(exchange), setting.travels(exchange)
    computing = communication = 0.0
    for steps, times in rounds:
        work, inner = _work(config, setting, box, sides, steps)
        hidden = inner if config["overlap"] == "yes" else 0.0
        computing += times * work
        if messages:
            communication += times * max(busy, copied / len(messages) + travel - hidden)
    return Cost(computing, communication)


def _open_sides(grid: Grid, rank: int) -> list[int]:
    """By axis, sides of a rank's box behind which other ranks' cells lie."""
    found = []
    for axis, at in enumerate(grid.position(rank)):
        both = 2 if grid.periodic and axis >= 3 - grid.dims else 0
        found.append(both or (at > 0) + (at < grid.ranks[axis] - 1))
    return found


def _work(
    config: Mapping[str, str], setting: Setting, box: Axes, sides: list[int], steps: int
) -> tuple[float, float]:
    """Seconds of so many steps of a box, and how many of them need no halo."""
    dims, kernel = int(config["dims"]), config["kernel"]
    cells = math.prod(box)
    if kernel == "blocked":
        whole = setting.kernel(FLOPS[dims] * cells * steps, BYTES[kernel] * cells)
        return whole, whole * _inner_tiles(dims, box, sides, steps)

    def swept(by: int) -> float:
        updated = math.prod(max(0, length + by * n) for length, n in zip(box, sides))
        return setting.kernel(FLOPS[dims] * updated, BYTES[kernel] * updated)

    return sum(swept(steps - 1 - j) for j in range(steps)), swept(-1)


def _inner_tiles(dims: int, box: Axes, sides: list[int], steps: int) -> float:
    """The share of a box's tiles that read no halo (heat_sweep.c). Where a box is cut into few, it has
    none."""
    walk = 1 if dims == 2 else 0
    chunks = max(1, min(sides[walk] + 1, box[walk] // (ROWS_A_STEP * steps)))
    tiles = [chunks, -(-box[2] // TILE_X)]
    cut = [sides[walk], sides[2]]
    if dims == 3:
        tiles.append(-(-box[1] // TILE_Y))
        cut.append(sides[1])
    inner = math.prod(max(0, n - min(n, k)) if k else n for n, k in zip(tiles, cut))
    return inner / math.prod(tiles)
