"""The runs of a study that gave results: what study.json planned, with all that the result file
holds."""
import json
from functools import lru_cache

from recompute.files import read


@lru_cache(maxsize=None)
def plan(folder):
    return json.loads((folder / "study.json").read_text(encoding="utf-8"))


@lru_cache(maxsize=None)
def runs(folder):
    found = []
    for run in plan(folder)["runs"]:
        paths = [folder / "runs" / f"{run['id']}.{ending}" for ending in ("h5", "json")]
        paths = [path for path in paths if path.exists()]
        if paths and run["status"] in ("done", "failed") and run["verdict"] != "ERROR":
            file = read(paths[0])  # the plan has warnings of its own, as they were printed
            found.append({**file, **run, "stored_warnings": file["warnings"]})
    return found


def of_curves(some):
    return [run for run in some if run["purpose"] not in ("probe", "picture")]


def problem(run):
    """ "heat strong tiny steps=20": what rows of one curve have in common."""
    options = [f"{key}={value}" for key, value in run["options"].items()]
    return " ".join([run["app"], run["scaling"], run["size"], *options])
