"""What became of the runs: how many are right, wrong, without a result, still to come; and of the points that
are left out of curves, or slower than a reference."""
from recompute.bases import related
from recompute.right import holds
from recompute.runs import plan, runs


def rows(folder):
    planned, found = plan(folder)["runs"], runs(folder)
    have, right = {run["id"] for run in found}, [run for run in found if holds(run)]
    row = {"results": len(found), "right": len(right)}
    row["placed"] = sum(int(run["placement_ok"]) for run in found)
    failed = [run for run in planned if run["status"] == "failed"]
    done = [run for run in planned if run["status"] == "done"]
    row["waiting"] = len(planned) - len(done) - len(failed)
    row["wrong"] = sum(run["verdict"] == "WRONG" for run in failed) + sum(map(earlier, planned))
    row["wrong"] += sum(run["status"] == "done" and not holds(run) for run in found)
    row["failed"] = sum(run["verdict"] not in ("WRONG", "SLOW") for run in failed)
    row["failed"] += sum(run["id"] not in have for run in done)
    words = [{run["result"] for run in point.runs} for point in related(folder)]
    row["slow"] = sum("SLOW" in told <= {"SLOW", "PASS"} for told in words)
    row["left_out"] = sum(not point.used for point in related(folder))
    return {"study": row}


def earlier(run):
    """Wrong attempts that were followed by another."""
    ended = run["status"] in ("done", "failed")
    return sum(attempt["verdict"] == "WRONG" for attempt in run["attempts"][: -1 if ended else None])
