"""Speed-up against both bases, S = b T(b)/T(p), in weak scaling times the work's growth (Gustafson
1988), and parallel efficiency E = S/p, against the serial program where there is one."""
from recompute.bases import related


def speedup(point, base):
    grown = point.units / base.units if point.scaling == "weak" else 1
    return base.workers * base.median / point.median * grown


def rows(folder):
    found = {}
    for point in related(folder):
        bases = {"speedup_serial": point.serial, "speedup_own": point.own}
        bases = {key: base for key, base in bases.items() if base and point.used}
        row = {key: speedup(point, base) for key, base in bases.items()}
        for key, base in list(bases.items())[:1]:
            row["efficiency"] = row[key] / point.workers
            if base.workers > 1:
                row["base_workers"] = base.workers
        found[point.name] = row
    return found
