"""The layouts beyond the last of a curve: twice and four times as many workers, inside the node as long as
it has cores, then on as many times more nodes, where messages between nodes are known."""
from results.model import Layout


def layouts(last, one, simulated):
    for times in (2, 4):
        ranks, threads = last.ranks * times, last.threads
        alone = last.ranks == 1 and last.nodes == 1
        if alone and (last.threads > 1 or last.variant == "omp"):
            ranks, threads = 1, last.threads * times
        layout = Layout(ranks, threads, last.nodes)
        if ranks * threads > one.cores * last.nodes:
            layout = Layout(last.ranks * times, last.threads, last.nodes * times)
            if last.variant == "omp" or one.link(2) is None:
                return
            if simulated and layout.nodes > one.far[-1][0]:
                return
        yield layout
