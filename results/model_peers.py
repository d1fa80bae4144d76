"""Which ranks a rank of a grid deals with along an axis, and how many of them are on other nodes."""
from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from results.model_grid import Grid


@dataclass(frozen=True)
class Peers:
    """The other ranks of a rank's row of the grid along one axis."""

    inside: int  # on its node
    outside: int  # on other nodes
    node_outside: int  # the same of all ranks of its node together


@lru_cache(maxsize=4096)
def peers(grid: Grid, ranks_a_node: int, rank: int, axis: int) -> Peers:
    node = rank // ranks_a_node
    own = _outside(grid, ranks_a_node, rank, axis)
    return Peers(grid.ranks[axis] - 1 - own, own, _node_outside(grid, ranks_a_node, node, axis))


@lru_cache(maxsize=4096)
def _node_outside(grid: Grid, ranks_a_node: int, node: int, axis: int) -> int:
    ranks = range(node * ranks_a_node, min(grid.size, (node + 1) * ranks_a_node))
    return sum(_outside(grid, ranks_a_node, rank, axis) for rank in ranks)


def _outside(grid: Grid, ranks_a_node: int, rank: int, axis: int) -> int:
    at = grid.position(rank)
    found = 0
    for there in range(grid.ranks[axis]):
        position = [*at[:axis], there, *at[axis + 1 :]]
        peer = grid.rank((position[0], position[1], position[2]))
        found += peer // ranks_a_node != rank // ranks_a_node
    return found
