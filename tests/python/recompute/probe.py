"""The figures that the runs of probe measured, with their intervals, by "probe 2x1 triad_all"."""
from recompute.right import verified
from recompute.runs import runs


def probes(folder):
    """Right runs of probe, by workers: those made for the limits of the machine, or else any."""
    found = [run for run in runs(folder) if run["app"] == "probe" and verified(run)]
    made = [run for run in found if run["purpose"] == "probe"]
    return sorted(made or found, key=lambda run: (run["workers"], run["created_utc"]))


def figures(run):
    names = [key[len("figures/") :] for key in run if key.startswith("figures/") and "@" not in key]
    return {name: float(run[f"figures/{name}"]) for name in names}


def rows(folder):
    found = {}
    for run in probes(folder):
        for name, figure in figures(run).items():
            about = {key: run.get(f"figures/{name}@{key}") for key in ("n", "ci_low", "ci_high")}
            row = {"figure": figure, "samples": about["n"] or 1}
            if about["ci_low"] is not None and about["ci_low"] == about["ci_low"]:
                row.update(interval_low=about["ci_low"], interval_high=about["ci_high"])
            found[f"probe {run['ranks']}x{run['threads']} {name}"] = row
    return found
