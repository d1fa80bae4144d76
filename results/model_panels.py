"""matmul's panels: which rank multiplies which in each of its steps, and who has them (the twin of
apps/matmul/matmul_panels_plan.c). Arrays hold one number a rank."""
from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from results.model_grid import Axes, Grid, first_of, length_of, owner_of

M, N, K = 0, 1, 2
PANELS_MOST = 10**5  # of a layer; beyond, a damaged file rather than a problem


def panels_of(layer: int, panel: int, ranks: Axes) -> list[tuple[int, int]]:
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


@dataclass(frozen=True)
class Step:
    """What each rank multiplies, and the ranks that have it, which may be itself."""

    width: np.ndarray  # columns of A and rows of B; 0: it has done all
    a: np.ndarray
    b: np.ndarray


@dataclass(frozen=True, eq=False)
class Panels:
    grid: Grid
    panel: int

    @cached_property
    def at(self) -> np.ndarray:
        """Position along each axis, an axis a row."""
        return np.array([self.grid.position(rank) for rank in range(self.grid.size)]).T

    @cached_property
    def rank_at(self) -> np.ndarray:
        """The rank at each position."""
        found = np.empty(self.grid.ranks, dtype=int)
        found[tuple(self.at)] = np.arange(self.grid.size)
        return found

    def length(self, axis: int) -> np.ndarray:
        """Of each rank's box."""
        return self._lengths[axis]

    @cached_property
    def _lengths(self) -> list[np.ndarray]:
        return [
            np.array([length_of(n, parts, at) for at in range(parts)])[place]
            for n, parts, place in zip(self.grid.n, self.grid.ranks, self.at)
        ]

    @cached_property
    def steps(self) -> np.ndarray:
        """How many each rank has: layers may differ by one k, and so by a panel."""
        return np.array([len(panels) for panels in self._lists.values()])[self._kind]

    @cached_property
    def count(self) -> int:
        """Steps of the ranks that have most."""
        return int(self.steps.max())

    @cached_property
    def widths(self) -> np.ndarray:
        """All that there are, and 0."""
        return np.array(sorted({0, *(hi - lo for panels in self._lists.values() for lo, hi in panels)}))

    @cached_property
    def first(self) -> np.ndarray:
        """The panel that a rank begins with: ranks of a row and of a column begin with different ones."""
        pm, pn, _ = self.grid.ranks
        turn = (self.at[M] * pn + self.at[N] * pm) % (pm * pn) / (pm * pn)
        k = (turn * self.length(K)).astype(int)
        found = np.zeros(self.grid.size, dtype=int)
        for kind, panels in enumerate(self._lists.values()):
            here = self._kind == kind
            found[here] = np.searchsorted([lo for lo, _ in panels], k[here], side="right") - 1
        return found

    def step(self, step: int) -> Step:
        at = (self.first + step) % self.steps
        width, a, b = self._table[:, self._kind, at]
        width = np.where(step < self.steps, width, 0)
        return Step(width, self.rank_at[self.at[M], a, self.at[K]], self.rank_at[b, self.at[N], self.at[K]])

    @cached_property
    def _lists(self) -> dict[int, list[tuple[int, int]]]:
        """Panels by the length of a layer."""
        lengths = sorted(set(self.length(K).tolist()))
        return {length: panels_of(length, self.panel, self.grid.ranks) for length in lengths}

    @cached_property
    def _kind(self) -> np.ndarray:
        return np.searchsorted(list(self._lists), self.length(K))

    @cached_property
    def _table(self) -> np.ndarray:
        """Width, part of A and part of B by kind of layer and panel."""
        pm, pn, _ = self.grid.ranks
        found = np.zeros((3, len(self._lists), max(map(len, self._lists.values()))), dtype=int)
        for kind, (layer, panels) in enumerate(self._lists.items()):
            for at, (lo, hi) in enumerate(panels):
                found[:, kind, at] = hi - lo, owner_of(layer, pn, lo), owner_of(layer, pm, lo)
        return found
