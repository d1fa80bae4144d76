"""python3 -m recompute SCRIPT STUDY [STUDY...]: prints the rows that one script makes, from tests/python."""
import sys
from importlib import import_module
from pathlib import Path

from recompute import COMPARED, SCRIPTS

sys.path.append(str(Path(__file__).resolve().parents[3]))  # predicted and beyond ask the report's model


def show(script, *folders):
    studies = [Path(folder) for folder in folders]
    rows = import_module(f"recompute.{script}").rows(studies if script in COMPARED else studies[0])
    for name, row in ((name, row) for name, row in rows.items() if row):
        print(name + ": " + ", ".join(f"{key} {value:.6g}" for key, value in row.items()))


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in (*SCRIPTS, *COMPARED):
        sys.exit(f"{__doc__}\nscripts: {' '.join((*SCRIPTS, *COMPARED))}")
    show(*sys.argv[1:])
