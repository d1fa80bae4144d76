"""Of each of several studies: cores, runs, how many of them are right, and the seed where seeds differ."""
from recompute.right import holds
from recompute.runs import plan, runs


def rows(folders, base=0):
    found, seeds = {}, [plan(folder)["seed"] for folder in folders]
    for n, folder in enumerate(folders):
        row = found[f"study {n}"] = {"cores": plan(folder)["machine"]["workers"]}
        row["runs"] = len(plan(folder)["runs"])
        row["right"] = sum(map(holds, runs(folder)))
        if len(set(seeds)) > 1 and seeds[n] is not None:
            row["seed"] = seeds[n]
    return found
