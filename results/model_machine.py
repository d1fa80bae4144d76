"""What the model knows of a machine: how fast a core works and how fast data move between ranks.

A message of n bytes takes latency + n/bandwidth (Hockney 1994, "The communication challenge for MPP").
What a rank itself spends on each message is the overhead o of LogP (Culler and others 1993). Work takes
the longer of operations / speed and bytes / bandwidth, the roofline (Williams, Waterman and Patterson
2009), where the cores of a node that are busy at the same time share the node's bandwidth.
"""
from __future__ import annotations

import math
from dataclasses import astuple, dataclass
from typing import Iterable

from results.ceilings import Ceiling, Ceilings
from results.record import Figure, Record

COPIED = 2.0  # times that a copied byte moves: it is read, and written


@dataclass(frozen=True)
class Link:
    """Between two ranks."""

    latency: float  # s, of a short message, with what sender and receiver spend on it
    bandwidth: float  # byte/s one way, while as much goes the other way


@dataclass(frozen=True)
class Machine:
    name: str  # "probe", or the simulated platform
    cores: int  # of a node
    compute: Ceiling  # operation/s of a node
    memory: Ceiling  # byte/s of a node
    product: Ceiling | None  # operation/s of matrix products of the BLAS library
    near: Link | None  # ranks of one node; None: not known
    far: tuple[tuple[int, Link], ...]  # ranks of different nodes, by the most nodes that this serves
    overhead: float  # s that a rank spends on a message that it sends and one that it receives
    copies_share: bool  # messages inside a node share the rank's and the memory's bandwidth
    sum_passes: int  # sums over ranks: 1 by exchange, 2 up and down a tree

    def works(self, operations: float, moved: float, busy: int, compute: Ceiling | None = None) -> float:
        """Seconds of one core while `busy` cores of its node do the same; `moved` in bytes."""
        speed = (compute or self.compute).at(busy) / busy
        return max(operations / speed, moved / (self.memory.at(busy) / busy))

    def link(self, nodes: int) -> Link | None:
        """Between nodes, where a run has so many; beyond all that is known, the longest way."""
        if not self.far:
            return None
        return next((link for most, link in self.far if nodes <= most), self.far[-1][1])

    def near_bandwidth(self, busy: int) -> float:
        """byte/s of one of `busy` ranks that all copy."""
        assert self.near is not None
        if not self.copies_share:
            return self.near.bandwidth
        return min(self.near.bandwidth, self.memory.at(busy) / busy / COPIED)


@dataclass(frozen=True)
class Exchange:
    """What one rank, and its node with it, hands over at the same time. Bytes are those of the busier
    direction, out or in."""

    near: int = 0  # messages to ranks of its node
    near_bytes: float = 0.0
    near_longest: float = 0.0  # bytes of the longest of them
    far: int = 0  # messages to ranks of other nodes
    far_bytes: float = 0.0
    node_bytes: float = 0.0  # over the node's link, of all its ranks

    def or_more(self, other: Exchange) -> Exchange:
        """What is most of either: ranks that wait for each other take as long as the slowest of them."""
        mine, theirs = astuple(self), astuple(other)
        return Exchange(*(max(one, another) for one, another in zip(mine, theirs)))


class Unknown(Exception):
    """What the figures of a machine or of a run do not tell, in a phrase."""

    @property
    def words(self) -> str:
        """The phrase with its numbers (words.py), which str() would lose."""
        return self.args[0] if self.args else ""


NOT_NEAR = "messages inside a node were not measured"
NOT_FAR = "messages between nodes were not measured"


def travels(machine: Machine, exchange: Exchange, nodes: int, busy: int) -> float:
    """Seconds between the start of all messages and their arrival, without what ranks spend on them.
    Messages inside the node and beyond it travel side by side; the ranks of a node share its link."""
    near = far = 0.0
    if exchange.near:
        if machine.near is None:
            raise Unknown(NOT_NEAR)
        several = exchange.near_bytes if machine.copies_share else exchange.near_longest
        near = machine.near.latency - machine.overhead + several / machine.near_bandwidth(busy)
    if exchange.far:
        link = machine.link(nodes)
        if link is None:
            raise Unknown(NOT_FAR)
        moved = max(exchange.far_bytes, exchange.node_bytes)
        far = link.latency - machine.overhead + moved / link.bandwidth
    return max(near, far, 0.0)


def attends(machine: Machine, exchange: Exchange) -> float:
    """Seconds that a rank spends on its messages, to send as many and to receive as many."""
    return (exchange.near + exchange.far) * machine.overhead


def sums(machine: Machine, ranks: int, nodes: int, moved: float) -> float:
    """Seconds of a sum over all ranks of `moved` bytes: log2 p steps that each take a message
    (Thakur, Rabenseifner and Gropp 2005), of which those between ranks of a node stay inside it."""
    steps = math.ceil(math.log2(ranks)) if ranks > 1 else 0
    inside = min(steps, math.ceil(math.log2(max(1, -(-ranks // nodes)))))
    seconds = 0.0
    ways = ((inside, machine.near, NOT_NEAR), (steps - inside, machine.link(nodes), NOT_FAR))
    for count, link, words in ways:
        if count and link is None:
            raise Unknown(words)
        if count and link is not None:
            seconds += count * (link.latency + moved / link.bandwidth)
    return machine.sum_passes * seconds


def of_probe(limits: Ceilings, cores: int) -> Machine | None:
    """From the figures of a study's probe; None where it did not measure arithmetic and memory.

    In a node latency is what both ranks spend on a message, since hardly anything lies between them: so
    it is also the overhead of each message. A link carries half of what both ways together
    gave, as exchanges load both; one pair of ranks is taken to fill the link of its node."""
    if limits.compute is None or limits.bandwidth is None:
        return None
    near, far = _link(limits.records, "node"), _link(limits.records, "network")
    return Machine(
        name="probe",
        cores=cores,
        compute=limits.compute,
        memory=limits.bandwidth,
        product=limits.product,
        near=near,
        far=((1 << 31, far),) if far else (),
        overhead=near.latency if near else 0.0,
        copies_share=True,
        sum_passes=1,
    )


def _link(records: Iterable[Record], place: str) -> Link | None:
    """Of the last probe that measured it: the one of most workers."""
    found = None
    for record in records:
        latency, one, both = (
            _value(record, f"{name}_{place}") for name in ("latency", "bandwidth", "bandwidth_both")
        )
        if latency is not None and one is not None:
            found = Link(latency, min(one, both / 2) if both is not None else one)
    return found


def _value(record: Record, name: str) -> float | None:
    figure = record.figures.get(name)
    return figure.value if isinstance(figure, Figure) and figure.value > 0 else None
