"""One result file as a mapping by the names of its schema: HDF5, or JSON where a program was built
without HDF5, as those of simulated studies are. Both hold the same."""
import json

import numpy as np

from recompute.hdf5 import of_hdf5


def read(path):
    return of_hdf5(path) if path.suffix == ".h5" else of_json(json.loads(path.read_text(encoding="utf-8")))


def of_json(tree):
    found = {}
    for group, item in tree.items():
        found[group] = item
        for name, member in item.items() if isinstance(item, dict) else ():
            about = member if isinstance(member, dict) else {}
            found[f"{group}/{name}"] = np.array(about["value"]) if about else member
            found.update({f"{group}/{name}@{key}": value for key, value in about.items()})
    return found
