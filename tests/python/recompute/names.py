"""All texts of a study with a digit in them that are no numbers: names of hosts, programs and runs,
versions, dates, warnings, what the files call their figures, and the study's own folder, which labels it
beside others."""
import re

from recompute.runs import plan, runs

NUMBER = re.compile(r"[-+]?\d*\.?\d*(e[-+]?\d+)?", re.IGNORECASE)  # "0.1.0" is a version


def texts(item):
    """Of anything inside anything."""
    if isinstance(item, str):
        yield from (item, *item.splitlines())
    elif isinstance(item, (dict, list)):
        for part in item.values() if isinstance(item, dict) else item:
            yield from texts(part)


def names(folder):
    found = {folder.name, *(text for tree in (plan(folder), *runs(folder)) for text in texts(tree))}
    found |= {re.split("[/@]", key)[-1] for run in runs(folder) for key in run}
    found |= {f"{key}={value}" for run in plan(folder)["runs"] for key, value in run["options"].items()}
    for run in plan(folder)["runs"]:
        found |= {f"runs/{run['id']}.attempt{n}.log" for n, _ in enumerate(run["attempts"], start=1)}
    found |= {name.replace("_", " ") for name in found}
    return {name for name in found if re.search(r"\d", name) and not NUMBER.fullmatch(name)}
