"""Times that the model predicts for measured points, and what measured ones are to them. The model is
the report's own: test_model.py and tests/simulate hold it to formulas and to simulation. What goes into
it (problems, layouts, the machine, the base that anchors it) comes from the result files alone."""
from recompute.anchors import anchored, asked, layout_of
from recompute.runs import plan


def cost_row(workers, nodes, cost):
    parts = {"predicted_computing": cost.computing, "predicted_communication": cost.communication}
    return {"workers": workers, "nodes": nodes, "predicted": cost.computing + cost.communication, **parts}


def rows(folder):
    one, found = anchored(folder)
    made = {}
    for curve, slowness in found:
        for point in curve:
            model = asked(point, layout_of(point), one)
            row = made[f"{point.name} predicted"] = cost_row(point.workers, point.nodes, model(slowness))
            row.update(time=point.median, ratio=point.median / row["predicted"])
            if point.app != "pi" and not plan(folder).get("simulated"):  # probe has no integer work
                row["predicted_best"] = model(1.0).seconds
    return made
