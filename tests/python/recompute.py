"""Every number of a study's points, from its HDF5 files alone: nothing of results/ is imported. It is
the reference that test_page.py holds the report to."""
from collections import defaultdict
from math import comb
from pathlib import Path

import h5py
import numpy as np

TIMES, WORK = ("elapsed", "compute"), ("units", "flop", "bytes")


def interval(repeats):
    """Of the median: exact binomial ranks of all samples, widened to hold the median of each repeat."""
    ordered, medians = np.sort(np.concatenate(repeats)), [np.median(repeat) for repeat in repeats]
    below = np.cumsum([comb(ordered.size, k) for k in range(ordered.size)]) / 2.0**ordered.size
    low = int(np.sum(below <= 0.025))  # samples of which the median is surely not one of the lowest
    return min(ordered[low - 1], *medians), max(ordered[-low], *medians)


def recompute(folder: Path):
    """By the name of a row, "heat strong tiny mpi 2x1", then by key."""
    runs, rows, probe = defaultdict(list), defaultdict(dict), {}
    for path in sorted((folder / "runs").glob("*.h5")):
        with h5py.File(path, "r") as f:
            names = [f.attrs[key].decode() for key in ("app", "scaling", "size", "variant")]
            ranks, threads, nodes = (int(f.attrs[key]) for key in ("ranks", "threads", "nodes"))
            checks = [f["verification"][k][()] for k in ("check", "error", "bound")]
            for check, error, bound in zip(*checks):
                row = rows[f"{names[0]} check {check.decode()}"]
                row.update(runs=row.get("runs", 0) + 1, bound=bound, error=max(error, row.get("error", 0)))
            if names[0] != "probe":
                times = {key: f[f"timing/{key}"][()] for key in TIMES}
                work = {key: float(f[f"workload/{key}"][()]) for key in WORK}
                runs[(*names, ranks, threads, nodes)].append((times, work))
            for name, figure in f.get("figures", {}).items():
                probe[name] = float(figure[()])
                row = rows[f"probe {ranks}x{threads} {name}"]
                row.update(figure=probe[name], samples=figure.attrs["n"])
                row["interval_low"], row["interval_high"] = (figure.attrs[f"ci_{k}"] for k in ("low", "high"))
    rows["limits"] = {"triad": probe["triad_all"]}
    for (app, scaling, size, variant, ranks, threads, nodes), found in runs.items():
        repeats, work = [time["elapsed"] for time, _ in found], found[0][1]
        elapsed, p = np.concatenate(repeats), ranks * threads
        useful = sum(time["compute"].sum(axis=0) for time, _ in found)
        median, row = np.median(elapsed), rows[f"{app} {scaling} {size} {variant} {ranks}x{threads}"]
        row.update(workers=p, nodes=nodes, time=median, samples=elapsed.size, rate=work["units"] / median)
        row["load_balance"] = useful.mean() / useful.max()
        row["communication_efficiency"] = useful.max() / elapsed.sum()
        row["parallel_efficiency"] = useful.mean() / elapsed.sum()
        if elapsed.size > 5:
            row["interval_low"], row["interval_high"] = interval(repeats)
            row["rate_low"] = work["units"] / row["interval_high"]
            row["rate_high"] = work["units"] / row["interval_low"]
        for key, base in (("speedup_serial", "serial"), ("speedup_own", variant)):
            first = runs[app, scaling, size, base, 1, 1, 1]
            grown = work["units"] / first[0][1]["units"] if scaling == "weak" else 1.0
            row[key] = np.median(np.concatenate([time["elapsed"] for time, _ in first])) * grown / median
        row["efficiency"] = row["speedup_serial"] / p
        if scaling == "strong" and p > 1 and elapsed.size > 5:
            serial = (1 / row["speedup_own"] - 1 / p) / (1 - 1 / p)
            rows[f"{app} {scaling} {size} {variant} Karp-Flatt p={p}"] = {"workers": p, "serial_fraction": serial}
        if work["flop"] > 0:
            top, wide = (min(p * probe[f"{k}_core"], probe[f"{k}_all"]) for k in ("fma", "triad"))
            row["roof"] = work["flop"] / median / min(top, work["flop"] / work["bytes"] * wide)
    return rows
