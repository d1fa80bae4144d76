"""Which layouts a study runs for each variant: nodes, ranks and threads, on the cores there are."""
from __future__ import annotations

from dataclasses import dataclass

from jobscripts.topology import Topology


@dataclass(frozen=True, order=True)
class Layout:
    """Ranks in all, threads of each rank, and the nodes that share the ranks evenly."""

    ranks: int
    threads: int
    nodes: int = 1

    @property
    def workers(self) -> int:
        return self.ranks * self.threads

    @property
    def ranks_of_node(self) -> int:
        return self.ranks // self.nodes

    def __str__(self) -> str:
        """ "4x2", or with nodes first "2x4x2": ranks are then those of a node."""
        if self.nodes == 1:
            return f"{self.ranks}x{self.threads}"
        return f"{self.nodes}x{self.ranks_of_node}x{self.threads}"


def written_layout(text: str) -> Layout:
    """What __str__ says, "4x2" or "2x4x2"."""
    *nodes, ranks, threads = map(int, text.split("x"))
    count = nodes[0] if nodes else 1
    return Layout(count * ranks, threads, count)


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
    nodes: tuple[int, ...] = (1,),
) -> list[Layout]:
    """Layouts of one variant for plain worker `counts` on one node, for whole nodes where `nodes` has
    more than one, and layouts `written` out in the study. A layout that the variant cannot run (two
    ranks of omp) is not its own and is left out. `topology` is that of each node."""
    one = counts if 1 in nodes else []
    many = [number for number in nodes if number > 1]
    if variant == "serial":
        return [Layout(1, 1)]
    if variant == "omp":
        found = {Layout(1, n) for n in one} | {item for item in written if item.ranks == 1}
    elif variant == "mpi":
        found = {Layout(n, 1) for n in one} | {item for item in written if item.threads == 1}
        found |= {Layout(number * topology.workers, 1, number) for number in many}
    else:
        found = set(written)
        for n in one:
            found |= set(_shared(n, hybrid_ranks, topology))
        whole = _shared(topology.workers, hybrid_ranks, topology) if many else []
        found |= {Layout(number * own.ranks, own.threads, number) for number in many for own in whole}
    return sorted(found, key=lambda item: (item.workers, item))


def _shared(workers: int, hybrid_ranks: tuple[str, ...], topology: Topology) -> list[Layout]:
    """The ways in which hybrid runs share the workers of one node."""
    return [
        Layout(ranks, workers // ranks)
        for word in hybrid_ranks
        for ranks in _shares(word, workers, topology)
        if workers % ranks == 0
    ]


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


def spreads_thinly(layout: Layout, node: Topology) -> bool:
    """Whether each rank of a node gets one of its NUMA domains to itself, and leaves some of its cores
    free: where ranks took the next free cores, some would lie across two domains."""
    own = Layout(layout.ranks_of_node, layout.threads)
    return spreads(own, node) and layout.threads < max(len(domain) for domain in node.domains)
