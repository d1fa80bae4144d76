"""Process grids as the programs choose them: the twin of common/decomp.h and common/dist.h.

Axes stand slowest first, (z, y, x), or (m, n, k) for matmul. Ranks that follow each other fill a node.
"""
from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Callable, Iterator, Tuple

Axes = Tuple[int, int, int]
Cost = Callable[[Axes], float]


def first_of(n: int, parts: int, part: int) -> int:
    """Where a part begins when n things are dealt to parts, the first n % parts getting one more."""
    return part * (n // parts) + min(part, n % parts)


def length_of(n: int, parts: int, part: int) -> int:
    return first_of(n, parts, part + 1) - first_of(n, parts, part)


def largest(n: int, parts: int) -> int:
    """The length of part 0, which has the most."""
    return -(-n // parts)


def owner_of(n: int, parts: int, i: int) -> int:
    """The part that holds thing i."""
    small, extra = divmod(n, parts)
    if i < extra * (small + 1):
        return i // (small + 1)
    return extra + (i - extra * (small + 1)) // small


def divisors(n: int) -> list[int]:
    small = [d for d in range(1, math.isqrt(n) + 1) if n % d == 0]
    return small + [n // d for d in reversed(small) if d * d != n]


@lru_cache(maxsize=4096)
def factorisations(parts: int, dims: int) -> tuple[Axes, ...]:
    """All grids of so many ranks over the last `dims` axes, in the order in which programs try them."""
    if dims == 1:
        return ((1, 1, parts),)
    found: list[Axes] = []
    for first in divisors(parts):
        for rest in factorisations(parts // first, dims - 1):
            found.append((first, rest[1], rest[2]) if dims == 3 else (1, first, rest[2]))
    return tuple(found)


def cheapest(parts: int, dims: int, cost: Cost) -> Axes | None:
    """The first of the grids with the least cost; None where each costs infinitely much."""
    best, least = None, math.inf
    for grid in factorisations(parts, dims):
        price = cost(grid)
        if price < least:
            best, least = grid, price
    return best


@dataclass(frozen=True)
class Grid:
    """Who has which box: `n` cells an axis dealt to `ranks` ranks, and the block of a node in it."""

    n: Axes
    ranks: Axes
    block: Axes
    periodic: bool
    dims: int

    @property
    def size(self) -> int:
        return math.prod(self.ranks)

    def position(self, rank: int) -> Axes:
        node, within = divmod(rank, math.prod(self.block))
        nodes = tuple(p // b for p, b in zip(self.ranks, self.block))
        found = [n * b + w for n, b, w in zip(_unravel(node, nodes), self.block, _unravel(within, self.block))]
        return found[0], found[1], found[2]

    def rank(self, position: Axes) -> int:
        nodes = tuple(p // b for p, b in zip(self.ranks, self.block))
        node = _ravel([p // b for p, b in zip(position, self.block)], nodes)
        return node * math.prod(self.block) + _ravel([p % b for p, b in zip(position, self.block)], self.block)

    def box(self, position: Axes) -> Axes:
        """Cells an axis of the rank at this position."""
        found = [length_of(n, p, at) for n, p, at in zip(self.n, self.ranks, position)]
        return found[0], found[1], found[2]

    def typical(self) -> Iterator[int]:
        """Ranks at the beginning, in the middle and at the end of each axis: those with the largest
        boxes and those with the most neighbours are among them."""
        places = [sorted({0, min(1, p - 1), p // 2, p - 1}) for p in self.ranks]
        for z in places[0]:
            for y in places[1]:
                for x in places[2]:
                    yield self.rank((z, y, x))


def choose(
    n: Axes, dims: int, ranks: int, ranks_a_node: int, cost: Cost, periodic: bool = False
) -> Grid | None:
    """The cheapest grid of all ranks, or of the most that have one; `ranks_a_node` 0: uneven. None
    where not even one rank has one."""

    def price(grid: Axes) -> float:
        return math.inf if any(p > cells for p, cells in zip(grid, n)) else cost(grid)

    used = min(ranks, math.prod(n))
    grid = None
    while used > 0 and (grid := cheapest(used, dims, price)) is None:
        used -= 1
    return None if grid is None else with_block(n, dims, grid, ranks_a_node, periodic)


def with_block(n: Axes, dims: int, ranks: Axes, ranks_a_node: int, periodic: bool = False) -> Grid:
    """The block of a node is the one with the least surface between nodes that divides the grid."""

    def surface(block: Axes) -> float:
        if any(p % b for p, b in zip(ranks, block)):
            return math.inf
        return halo_cost(n, (ranks[0] // block[0], ranks[1] // block[1], ranks[2] // block[2]))

    block = cheapest(ranks_a_node, dims, surface) if ranks_a_node > 0 else None
    return Grid(n, ranks, block or (1, 1, 1), periodic, dims)


def halo_cost(n: Axes, parts: Axes) -> float:
    """Cells of both faces on each axis that is cut."""
    if any(p > cells for p, cells in zip(parts, n)):
        return math.inf
    lengths = [largest(cells, p) for cells, p in zip(n, parts)]
    cells = math.prod(lengths)
    return sum(2.0 * cells / length for length, p in zip(lengths, parts) if p > 1)


def _unravel(rank: int, shape: tuple[int, ...]) -> list[int]:
    position = []
    for parts in reversed(shape):
        rank, at = divmod(rank, parts)
        position.insert(0, at)
    return position


def _ravel(position: list[int], shape: tuple[int, ...]) -> int:
    rank = 0
    for at, parts in zip(position, shape):
        rank = rank * parts + at
    return rank
