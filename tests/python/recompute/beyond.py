"""Times that the model predicts beyond the points of a curve, and what was measured there by points that are
left out."""
from results.model import Unknown

from recompute.anchors import anchored, asked
from recompute.layouts import layouts
from recompute.points import points
from recompute.predicted import cost_row
from recompute.right import of_its_problem
from recompute.runs import plan


def rows(folder):
    one, found = anchored(folder)
    made, times = {}, {point.name: point.median for point in points(folder) if of_its_problem(point)}
    for curve, slowness in found:
        last = curve[-1]
        for layout in layouts(last, one, plan(folder).get("simulated")):
            try:
                cost = asked(last, layout, one)(slowness)
            except Unknown:  # messages that such a layout needs, and probe did not measure
                break
            several = f" on {layout.nodes} nodes" if layout.nodes > 1 else ""
            name = f"{last.problem} {last.variant} {layout.ranks}x{layout.threads}{several}"
            row = made[f"{name} predicted"] = cost_row(layout.ranks * layout.threads, layout.nodes, cost)
            row.update({"time": times[name]} if name in times else {})
    return made
