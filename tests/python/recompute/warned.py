"""How many runs more gave a warning that differs in its numbers alone."""
import re
from collections import Counter

from recompute.runs import plan, runs


def rows(folder):
    stored = {run["id"]: run["stored_warnings"] for run in runs(folder)}
    times = Counter()
    for run in plan(folder)["runs"]:
        lines = stored[run["id"]].splitlines() if run["id"] in stored else run.get("warnings", [])
        times.update(re.sub(r"\d+", "0", line) for line in lines if line)
    told = enumerate(times.values(), start=1)
    return {f"warning {number}": {"more_runs": count - 1} for number, count in told if count > 1}
