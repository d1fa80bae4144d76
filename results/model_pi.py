"""pi: samples dealt to all workers, and one sum of 8 bytes for each batch (apps/pi/README.md)."""
from __future__ import annotations

from typing import Mapping

from results.model_grid import largest
from results.model_setting import Cost, Setting

BATCHES, BATCH_LEAST = 64, 1024
OPERATIONS = {"philox": 46.0, "nas": 49.0}  # of a sample: what a simulated machine is told of
BLOCK = 2  # samples of a generator's block, which are never dealt apart


def cost(config: Mapping[str, str], setting: Setting) -> Cost:
    samples = int(config["samples"])
    mine = BLOCK * largest(-(-samples // BLOCK), setting.ranks)
    batches = max(1, min(BATCHES, samples // BATCH_LEAST))
    counting = setting.kernel(OPERATIONS[config["rng"]] * mine, 0.0)
    return Cost(counting, setting.sums(8.0 * batches))
