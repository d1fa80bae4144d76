"""Every number of a study's points, from its HDF5 files alone, with nothing of results/: what
test_page.py holds the report to."""
from collections import defaultdict
from math import comb
from pathlib import Path

import h5py
import numpy as np

LIMITS = {"fma": ("fma",), "triad": ("triad", "triad_stream")}
TIMES, WORK = ("elapsed", "compute"), ("units", "flop", "bytes")


def interval(repeats):
    """Of the median: exact binomial ranks of all samples, widened to hold each repeat's median."""
    ordered, medians = np.sort(np.concatenate(repeats)), [np.median(repeat) for repeat in repeats]
    below = np.cumsum([comb(ordered.size, k) / 2**ordered.size for k in range(ordered.size)])
    low = int(np.sum(below <= 0.025))  # samples of which the median is surely not one of the lowest
    return min(ordered[low - 1], *medians), max(ordered[-low], *medians)


def limit(probes, names):
    """Of one core, the best; of all workers, the best of the largest runs, and no less than one core."""
    most = max(workers for workers, _ in probes)
    core = max(f[f"{n}_core"] for _, f in probes for n in names if f"{n}_core" in f)
    every = [f[f"{n}_all"] for p, f in probes for n in names if p == most and f"{n}_all" in f]
    every += [f["rate"] for p, f in probes if p == most and "triad" in names and "rate" in f]
    return core, max(*every, core), most


def recompute(folder: Path):
    """By the name of a row, "heat strong tiny mpi 2x1", then by key."""
    runs, rows, probes = defaultdict(list), defaultdict(dict), []
    for path in sorted((folder / "runs").glob("*.h5")):
        with h5py.File(path, "r") as f:
            names = [f.attrs[key].decode() for key in ("app", "scaling", "size", "variant")]
            ranks, threads, nodes = (int(f.attrs[key]) for key in ("ranks", "threads", "nodes"))
            checks = [f["verification"][k][()] for k in ("check", "error", "bound")]
            for check, error, bound in zip(*checks):
                words = b"".join(np.atleast_1d(check)).rstrip(b"\0")  # characters, or a text
                row = rows[f"{names[0]} check {words.decode()}"]
                row["runs"] = row.get("runs", 0) + 1
                if error * row.get("bound", 1) >= row.get("error", 0) * bound:  # the nearest to it
                    row.update(error=error, bound=bound)
            if not path.stem.endswith("-r0"):  # probe, and runs made for their pictures
                times = {key: f[f"timing/{key}"][()] for key in TIMES}
                work = {key: float(f[f"workload/{key}"][()]) for key in WORK}
                runs[(*names, ranks, threads, nodes)].append((times, work))
            if names[0] == "probe":
                probes.append((ranks * threads, {k: float(v[()]) for k, v in f["figures"].items()}))
            for name, figure in f["figures"].items() if names[0] == "probe" else ():
                row = rows[f"probe {ranks}x{threads} {name}"]
                row.update(figure=float(figure[()]), samples=figure.attrs["n"])
                row.update({f"interval_{k}": figure.attrs[f"ci_{k}"] for k in ("low", "high")})
    limits = {kind: limit(probes, names) for kind, names in LIMITS.items()} if probes else {}
    if limits:
        rows["limits"] = {"triad_core": limits["triad"][0], "triad": limits["triad"][1]}
        rows["limits"]["fma"] = limits["fma"][1]
    bases = {}  # by variant its fewest workers, the fastest layout of these
    for (*names, ranks, threads, _), found in runs.items():
        times = np.concatenate([time["elapsed"] for time, _ in found])
        own = (ranks * threads, np.median(times), found)
        bases[tuple(names)] = min(own, bases.get(tuple(names), own), key=lambda base: base[:2])
    for (app, scaling, size, variant, ranks, threads, nodes), found in runs.items():
        repeats, work = [time["elapsed"] for time, _ in found], found[0][1]
        elapsed, p = np.concatenate(repeats), ranks * threads
        useful = [time["compute"].sum(axis=0) for time, _ in found]  # of each rank of each repeat, a process
        mean, most = sum(u.mean() for u in useful), sum(u.max() for u in useful)
        name = f"{app} {scaling} {size} {variant} {ranks}x{threads}" + (f" on {nodes} nodes" if nodes > 1 else "")
        row, beside = rows[name], rows[f"{name} predicted"]
        median, units = np.median(elapsed), work["units"]
        row.update(workers=p, nodes=nodes, time=median, samples=elapsed.size, rate=units / median)
        if ranks > 1:
            row["load_balance"], row["parallel_efficiency"] = mean / most, mean / elapsed.sum()
            row["communication_efficiency"] = most / elapsed.sum()
        if elapsed.size > 5:
            row["interval_low"], row["interval_high"] = interval(repeats)
            row["rate_low"] = work["units"] / row["interval_high"]
            row["rate_high"] = work["units"] / row["interval_low"]
        for key, base in (("speedup_serial", "serial"), ("speedup_own", variant)):
            if (app, scaling, size, base) not in bases:
                continue
            b, _, first = bases[app, scaling, size, base]
            times = np.concatenate([time["elapsed"] for time, _ in first])
            grown = work["units"] / first[0][1]["units"] if scaling == "weak" else 1.0
            row[key] = b * np.median(times) * grown / median if times.size > 5 else np.nan
            if key == "speedup_own" and not np.isnan(row.get("speedup_serial", np.nan)):
                continue
            row["efficiency"] = row[key] / p
            if b > 1:
                row["base_workers"] = b
            if first is not found and min(times.size, elapsed.size) > 5:
                low, high = interval([time["elapsed"] for time, _ in first])
                down = np.hypot(np.log(row["interval_high"] / median), np.log(np.median(times) / low))
                up = np.hypot(np.log(median / row["interval_low"]), np.log(high / np.median(times)))
                for end, factor in (("low", np.exp(-down)), ("high", np.exp(up))):  # Zou, Donner 2008
                    row[f"efficiency_interval_{end}"] = row["efficiency"] * factor
                    row[f"speedup_interval_{end}"] = row[key] * factor
        b = bases[app, scaling, size, variant][0]
        if scaling == "strong" and p > b and elapsed.size > 5:
            serial = (1 / row["speedup_own"] - 1 / p) / (1 - 1 / p - (b - 1) / row["speedup_own"])
            other = rows[f"{app} {scaling} {size} {variant} Karp-Flatt p={p}"]
            if median < other.get("time", np.inf):  # the fastest layout of as many workers
                other.update(time=median, workers=p, serial_fraction=serial)
        beside.update(time=median, workers=p, nodes=nodes)
        if limits and work["flop"] > 0:
            top, wide = (roof if p == most else min(p * core, roof) for core, roof, most in limits.values())
            row["roof"] = work["flop"] / median / min(top, work["flop"] / work["bytes"] * wide)
    return rows
