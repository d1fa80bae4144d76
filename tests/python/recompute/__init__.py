"""Every number of a report's page, computed anew from the result files: see README.md."""
from collections import defaultdict
from importlib import import_module

SCRIPTS = (
    "times speedups speedup_intervals efficiencies shares checks probe limits roofs karp_flatt common "
    "parameters fitted lasting refused predicted beyond platforms study outcomes warned works remarks stored "
    "seen"
).split()
COMPARED = "compared means probes_compared between studies unlisted missing".split()


def merged(scripts, *studies):
    """By the name of a row, "heat strong tiny mpi 2x1", then by key."""
    rows = defaultdict(dict)
    for script in scripts:
        for name, row in import_module(f"recompute.{script}").rows(*studies).items():
            rows[name].update(row)
    return rows


def recompute(folder):
    """Of report.html."""
    return merged(SCRIPTS, folder)


def recompute_several(folders, base=0):
    """Of comparison.html; `base` is the number of the study that ratios are to."""
    return merged(COMPARED, folders, base)
