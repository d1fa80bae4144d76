"""Times that the model predicts beyond the points of a curve."""
from results.model import Unknown

from recompute.anchors import anchored, asked
from recompute.layouts import layouts
from recompute.predicted import cost_row
from recompute.runs import plan


def rows(folder):
    one, found = anchored(folder)
    made = {}
    for curve, slowness in found:
        last = curve[-1]
        for layout in layouts(last, one, plan(folder).get("simulated")):
            try:
                cost = asked(last, layout, one)(slowness)
            except Unknown:  # messages that such a layout needs, and probe did not measure
                break
            several = f" on {layout.nodes} nodes" if layout.nodes > 1 else ""
            name = f"{last.problem} {last.variant} {layout.ranks}x{layout.threads}{several} predicted"
            made[name] = cost_row(layout.ranks * layout.threads, layout.nodes, cost)
    return made
