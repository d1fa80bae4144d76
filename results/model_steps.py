"""When each rank of matmul has multiplied all its panels, followed step by step: it waits for the panels
of a step, multiplies, and then sends those that others need two steps later (apps/matmul/matmul_run.c).
What a step carries depends on the cuts of both axes, and may be little or much, so that neither the
busiest step nor the mean one says what is waited for. Arrays hold one number a rank in their last axis."""
from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from results.ceilings import Ceiling
from results.model_machine import NOT_FAR, NOT_NEAR, Unknown
from results.model_panels import M, N, Panels, Step
from results.model_setting import Setting

AHEAD = 2  # steps whose panels are under way


@dataclass(frozen=True, eq=False)
class Messages:
    """By step, of A and of B, what each rank receives: arrays of steps x 2 x ranks."""

    source: np.ndarray
    near: np.ndarray  # bytes from its node; 0: no message
    far: np.ndarray  # bytes from another

    def sends(self) -> np.ndarray:
        """How many each rank sends."""
        sent = self.near + self.far > 0
        return np.bincount(self.source[sent], minlength=self.source.shape[-1])


@dataclass(frozen=True)
class Ends:
    """Of each rank, in s."""

    now: np.ndarray  # when it has multiplied its last panel
    busy: np.ndarray  # how long it multiplied
    last: np.ndarray  # the same of its last step


@dataclass(frozen=True, eq=False)
class Steps:
    setting: Setting
    panels: Panels
    library: Ceiling | None  # rate of products, where they are those of a library

    @cached_property
    def node(self) -> np.ndarray:
        return np.arange(self.panels.grid.size) // self.setting.ranks_a_node

    @cached_property
    def across(self) -> np.ndarray:
        """Numbers in a column of a panel of A, and in a row of one of B."""
        return np.stack([self.panels.length(M), self.panels.length(N)])

    def seconds(self, step: Step, first: bool) -> np.ndarray:
        """Of the products of a step. C is written in the first one."""
        boxes, widths, box = self._kinds
        table = [[self._product(rows, columns, width, first) for width in widths] for rows, columns in boxes.T]
        return np.array(table)[box, np.searchsorted(widths, step.width)]

    @cached_property
    def _kinds(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Boxes that are there, widths of panels, and which box is that of each rank."""
        boxes, box = np.unique(self.across, axis=1, return_inverse=True)
        return boxes, self.panels.widths, box.ravel()

    def _product(self, rows: int, columns: int, width: int, first: bool) -> float:
        if width == 0:
            return 0.0
        moved = 8.0 * (float(width) * (rows + columns) + float(first * rows) * columns)
        return self.setting.kernel(2.0 * rows * columns * width, moved, self.library)

    def messages(self, steps: list[Step]) -> Messages:
        source = np.stack([[step.a, step.b] for step in steps])
        moved = np.stack([8.0 * step.width * self.across for step in steps])
        far = self.node[source] != self.node
        near = ~far & (source != np.arange(len(self.node))) & (not self.setting.shared)
        return Messages(source, moved * near, moved * far)


class Way:
    """When messages arrive. The link of a node carries those of all its ranks, out and in, and those of
    one step after those of the steps before; what is sent at the same time shares it."""

    def __init__(self, steps: Steps) -> None:
        self.node, self.setting, self.machine = steps.node, steps.setting, steps.setting.machine
        self.free = np.zeros((2, int(steps.node[-1]) + 1))  # s, when it has carried all, out and in

    def arrive(self, messages: Messages, sent: np.ndarray) -> np.ndarray:
        """`sent` is when each rank sends; by step and rank, when all that it receives is there."""
        left = sent[messages.source]
        near, far = messages.near > 0, messages.far > 0
        there = np.zeros(left.shape)
        if near.any():
            there[near] = self._near(messages.near, left)[near]
        if far.any():
            there[far] = self._far(messages.source[far], messages.far, left[far], far)
        return there.max(axis=1)

    def _near(self, moved: np.ndarray, left: np.ndarray) -> np.ndarray:
        link = self.machine.near
        if link is None:
            raise Unknown(NOT_NEAR)
        if self.machine.copies_share:
            moved = moved.sum(axis=(0, 1))
        bandwidth = self.machine.near_bandwidth(self.setting.ranks_a_node)
        return left + link.latency - self.machine.overhead + moved / bandwidth

    def _far(self, source: np.ndarray, moved: np.ndarray, left: np.ndarray, far: np.ndarray) -> np.ndarray:
        link = self.machine.link(self.setting.nodes)
        if link is None:
            raise Unknown(NOT_FAR)
        moved = moved[far]
        there = left + moved / link.bandwidth
        ends = self.node[source], np.broadcast_to(self.node, far.shape)[far]
        for free, node in zip(self.free, ends):
            carried = np.bincount(node, moved, len(free))
            some = carried > 0
            begin = np.bincount(node, moved * left, len(free))[some] / carried[some]
            free[some] = np.maximum(free[some], begin) + carried[some] / link.bandwidth
            there = np.maximum(there, free[node])
        return there + link.latency - self.machine.overhead


def followed(steps: Steps) -> Ends:
    panels, overhead = steps.panels, steps.setting.machine.overhead
    way = Way(steps)
    listed = [panels.step(t) for t in range(min(AHEAD, panels.count))]
    messages = steps.messages(listed)
    now = overhead * messages.sends()
    coming = list(way.arrive(messages, now))
    busy, last = np.zeros(len(now)), np.zeros(len(now))
    for t in range(panels.count):
        step, there = listed.pop(0), coming.pop(0)
        product = steps.seconds(step, first=t == 0)
        now = np.maximum(now, there) + product
        busy += product
        last = np.where(step.width > 0, product, last)
        if t + AHEAD < panels.count:
            listed.append(panels.step(t + AHEAD))
            messages = steps.messages(listed[-1:])
            now = now + overhead * messages.sends()
            coming.extend(way.arrive(messages, now))
    return Ends(now, busy, last)
