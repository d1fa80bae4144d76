"""The machine of a study, as the model of times takes it (results/model_machine.py): from the figures
of probe, or of a simulated study from its platform file."""
from pathlib import Path

from results.model_machine import Ceiling, Link, Machine
from results.model_platform import of_platform

from recompute.limits import limits
from recompute.probe import figures, probes
from recompute.runs import plan

PLATFORMS = Path(__file__).parents[3] / "inputs/platforms"


def link(folder, place):
    """Of the last probe that measured it: the one of most workers. Both ways together share a link."""
    found = None
    for figure in map(figures, probes(folder)):
        latency, one = figure.get(f"latency_{place}", 0), figure.get(f"bandwidth_{place}", 0)
        if latency > 0 and one > 0:
            found = Link(latency, min(one, figure.get(f"bandwidth_both_{place}", 2 * one) / 2))
    return found


def machine(folder):
    """None where probe did not measure arithmetic and memory."""
    name, cores, tops = plan(folder).get("simulated"), plan(folder)["machine"]["workers"], limits(folder)
    if name:
        own = folder / "simulation/platform.xml"
        return of_platform(own if own.exists() else PLATFORMS / f"{name}.xml", name)
    if "fma" not in tops or "triad" not in tops:
        return None
    compute, memory, product = (Ceiling(*tops[k]) if k in tops else None for k in ("fma", "triad", "dgemm"))
    near, far = link(folder, "node"), link(folder, "network")
    ways, overhead = ((1 << 31, far),) if far else (), near.latency if near else 0.0
    return Machine("probe", cores, compute, memory, product, near, ways, overhead, True, 1)
