"""How many figures became slower or faster besides the twelve that stand at the top of the page."""
from collections import Counter

from recompute.verdicts import verdicts

LISTED = 12


def rows(folders, base=0):
    times = Counter(verdicts(folders, base).values())
    more = {f"more_{word}": times[word] - LISTED for word in ("slower", "faster")}
    return {"changes": {key: count for key, count in more.items() if count > 0}}
