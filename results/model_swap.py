"""What ranks hand over when all of a group exchange parts of their boxes: each message by its own size,
since boxes that do not divide are uneven and a node may hold the larger ones."""
from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Callable, Tuple

from results.model_machine import Exchange
from results.model_setting import Setting

Pieces = Tuple[Tuple[int, float], ...]  # (another rank, bytes)


@dataclass(frozen=True, eq=False)
class Swap:
    """The pieces that a rank sends, and those that it receives."""

    leaving: Callable[[int], Pieces]
    arriving: Callable[[int], Pieces]

    def cached(self) -> Swap:
        """Asks for each rank once: its node asks as well."""
        return Swap(lru_cache(maxsize=None)(self.leaving), lru_cache(maxsize=None)(self.arriving))


def exchange_of(setting: Setting, swap: Swap, rank: int, batches: int) -> Exchange:
    """Each piece in so many messages. Ranks that share memory read inside the node: one signal."""
    node, out, into = setting.node(rank), swap.leaving(rank), swap.arriving(rank)
    near = [moved for peer, moved in out if setting.node(peer) == node]
    far = [moved for peer, moved in out if setting.node(peer) != node]
    sent = [] if setting.shared else near
    received = sum(moved for peer, moved in into if setting.node(peer) == node and not setting.shared)
    return Exchange(
        near=min(len(near), 1) if setting.shared else len(near) * batches,
        near_bytes=max(sum(sent), received),
        near_longest=max(sent, default=0.0),
        far=len(far) * batches,
        far_bytes=max(sum(far), _from_outside(setting, into, node)),
        node_bytes=_over_the_link(setting, swap, node),
    )


def last_of(exchange: Exchange) -> Exchange:
    """The last message of each rank, all of them at the same time."""
    near, far = max(1, exchange.near), max(1, exchange.far)
    return Exchange(
        near=min(1, exchange.near),
        near_bytes=exchange.near_bytes / near,
        near_longest=exchange.near_bytes / near,
        far=min(1, exchange.far),
        far_bytes=exchange.far_bytes / far,
        node_bytes=exchange.node_bytes / far,
    )


def left_to_pack(setting: Setting, swap: Swap, rank: int) -> float:
    """Bytes that leave in messages."""
    node = setting.node(rank)
    return sum(moved for peer, moved in swap.leaving(rank) if not (setting.shared and setting.node(peer) == node))


def _over_the_link(setting: Setting, swap: Swap, node: int) -> float:
    first = node * setting.ranks_a_node
    ranks = range(first, min(setting.ranks, first + setting.ranks_a_node))
    return max(
        sum(_from_outside(setting, pieces(rank), node) for rank in ranks)
        for pieces in (swap.leaving, swap.arriving)
    )


def _from_outside(setting: Setting, pieces: Pieces, node: int) -> float:
    return sum(moved for peer, moved in pieces if setting.node(peer) != node)
