"""Which ranks x threads layouts a study runs for each variant, on the cores there are."""
from __future__ import annotations

from dataclasses import dataclass

from jobscripts.topology import Topology


@dataclass(frozen=True, order=True)
class Layout:
    """Ranks and threads per rank, on one node."""

    ranks: int
    threads: int

    @property
    def workers(self) -> int:
        return self.ranks * self.threads

    def __str__(self) -> str:
        return f"{self.ranks}x{self.threads}"


def auto_workers(limit: int) -> list[int]:
    """1, 2, 3, 4, 6, 8, 12, 16, ... up to `limit`, and `limit` itself."""
    counts, power = {limit}, 1
    while power <= limit:
        counts.add(power)
        if power >= 2 and power // 2 * 3 <= limit:
            counts.add(power // 2 * 3)
        power *= 2
    return sorted(counts)


def thinned(counts: list[int]) -> list[int]:
    """Fewer counts for a study short of time: first without 3, 6, 12, ..., then every other power
    of two is dropped, always keeping the smallest and the largest."""
    if len(counts) <= 2:
        return counts
    powers = [n for n in counts if n & (n - 1) == 0]
    if len({*powers, counts[-1]}) < len(counts):
        return sorted({*powers, counts[-1]})
    return sorted({*counts[::2], counts[-1]})


def layouts(
    variant: str,
    counts: list[int],
    written: list[Layout],
    hybrid_ranks: tuple[str, ...],
    topology: Topology,
) -> list[Layout]:
    """Layouts of one variant for plain worker `counts` and layouts `written` out in the study. A
    layout that the variant cannot run (two ranks of omp) is not its own and is left out."""
    if variant == "serial":
        return [Layout(1, 1)]
    if variant == "omp":
        found = {Layout(1, n) for n in counts} | {item for item in written if item.ranks == 1}
    elif variant == "mpi":
        found = {Layout(n, 1) for n in counts} | {item for item in written if item.threads == 1}
    else:
        found = set(written)
        for n in counts:
            for word in hybrid_ranks:
                for ranks in _shares(word, n, topology):
                    if n % ranks == 0:
                        found.add(Layout(ranks, n // ranks))
    return sorted(found, key=lambda item: (item.workers, item))


def _shares(word: str, workers: int, topology: Topology) -> list[int]:
    """Numbers of ranks that a word of hybrid_ranks means: `all` is every way to share the cores."""
    if word == "all":
        return list(range(1, workers + 1))
    return [numa_ranks(workers, topology) if word == "numa" else int(word)]


def numa_ranks(workers: int, topology: Topology) -> int:
    """Ranks of a hybrid run: one for each NUMA domain that `workers` fill, domain after domain; more
    where that does not divide the workers."""
    per_domain = max(len(domain) for domain in topology.domains)
    ranks = min(-(-workers // per_domain), len(topology.domains))
    while workers % ranks:
        ranks += 1
    return ranks


def rank_cpus(layout: Layout, topology: Topology) -> list[list[int]] | None:
    """The CPUs of each rank: its own cores, side by side, a NUMA domain to a rank where the layout
    asks for as many ranks as it needs domains. None when there are fewer cores than workers."""
    if layout.workers > len(topology.cores):
        return None
    if spreads(layout, topology):
        return [list(domain[: layout.threads]) for domain in topology.domains[: layout.ranks]]
    step = layout.threads
    return [list(topology.cores[rank * step : (rank + 1) * step]) for rank in range(layout.ranks)]


def spreads(layout: Layout, topology: Topology) -> bool:
    """Whether each rank gets a NUMA domain to itself, instead of the next free cores."""
    per_domain = max(len(domain) for domain in topology.domains)
    used = topology.domains[: layout.ranks]
    return (
        layout.ranks > 1
        and layout.threads > 1
        and layout.ranks == -(-layout.workers // per_domain)
        and len(used) == layout.ranks
        and all(len(domain) >= layout.threads for domain in used)
    )
