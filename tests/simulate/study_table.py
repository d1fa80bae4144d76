"""The figures of a simulated study as inputs/platforms/README.md has them:

    python3 tests/simulate/study_table.py STUDY

prints for each app and number of ranks the time, the efficiency against one rank, the memory that one
more rank takes, since fewer ranks were simulated, and the bytes sent: predicted, and counted."""
from __future__ import annotations

import json
import sys
from pathlib import Path

APPS = ("heat", "pi", "matmul", "fft")


def rows(study: Path, app: str) -> list[str]:
    runs = json.loads((study / "study.json").read_text())["runs"]
    points = sorted(
        (run for run in runs if run["app"] == app and run.get("verdict") == "PASS"), key=lambda run: run["ranks"]
    )
    found, fewer, one = [], None, None
    for run in points:
        result = json.loads((study / "runs" / f"{run['id']}.json").read_text())
        work, seconds = result["workload"], result["figures"]["time"]["value"]
        rate = work["units"]["value"] / seconds
        one = one or rate / run["ranks"]
        more = "-"
        if fewer is not None:
            each = (run["peak_bytes"] - fewer["peak_bytes"]) / (run["ranks"] - fewer["ranks"])
            more = f"{each / 1e6:.2f} MB"
        predicted, counted = (work[f"comm_bytes_{kind}"]["value"] for kind in ("predicted", "actual"))
        sent = f"{predicted:,.0f}".replace(",", " ") + ("" if predicted == counted else f", not {counted:.0f}")
        if run["ranks"] > 1:
            found.append(f"| {app} | {run['ranks']} | {1e3 * seconds:.4g} ms | {rate / run['ranks'] / one:.3f} "
                         f"| {more} | {sent} |")
        fewer = run
    return found


def main(study: Path) -> None:
    print("| app | ranks | simulated time | E | one more rank | bytes sent |\n|---|---|---|---|---|---|")
    for app in APPS:
        print("\n".join(rows(study, app)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
