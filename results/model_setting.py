"""Where an app's cost is asked for: a machine, and how a run lies on it."""
from __future__ import annotations

from dataclasses import dataclass

from results.ceilings import Ceiling
from results.model_machine import Exchange, Machine, attends, sums, travels


@dataclass(frozen=True)
class Cost:
    """Of one repetition, of the rank that has most to do, in s."""

    computing: float
    communication: float  # copies into and out of messages, and waiting that no computing hides

    @property
    def seconds(self) -> float:
        return self.computing + self.communication


@dataclass(frozen=True)
class Setting:
    machine: Machine
    ranks: int
    threads: int  # of a rank
    nodes: int
    shared: bool  # ranks of a node read each other's memory in place of messages
    slowness: float = 1.0  # time of an app's kernel, to that of the roofline

    @property
    def ranks_a_node(self) -> int:
        return -(-self.ranks // self.nodes)

    @property
    def uniform(self) -> int:
        """Ranks a node, where all nodes have as many; else 0."""
        return 0 if self.ranks % self.nodes else self.ranks_a_node

    def node(self, rank: int) -> int:
        return rank // self.ranks_a_node

    def kernel(self, operations: float, moved: float, compute: Ceiling | None = None) -> float:
        """Seconds that the threads of a rank take together for its share of the work, by all cores of
        the node that have some."""
        busy = self.ranks_a_node * self.threads
        seconds = self.machine.works(operations / self.threads, moved / self.threads, busy, compute)
        return self.slowness * seconds

    def copies(self, payload: float) -> float:
        """Seconds of the main thread for so many bytes, each read and written."""
        return self.machine.works(0.0, 2.0 * payload, self.ranks_a_node)

    def travels(self, exchange: Exchange) -> float:
        return travels(self.machine, exchange, self.nodes, self.ranks_a_node)

    def attends(self, exchange: Exchange) -> float:
        return attends(self.machine, exchange)

    def sums(self, moved: float) -> float:
        return sums(self.machine, self.ranks, self.nodes, moved)
