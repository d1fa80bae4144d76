"""The nodes of a simulated machine, beyond which nothing is predicted."""
from recompute.machine import machine
from recompute.points import points
from recompute.runs import plan


def rows(folder):
    if not plan(folder).get("simulated"):
        return {}
    nodes = machine(folder).far[-1][0]
    return {point.problem: {"nodes_there": nodes} for point in points(folder)}
