"""How long a run takes, and how long it would like to measure, from what is predicted of it."""
from __future__ import annotations

from dataclasses import dataclass

from jobscripts.budget import MINIMUM_LIMIT, PROBE_TIME, overhead
from jobscripts.run import PICTURE, PROBE

# What programs do unless told otherwise (common/common_options.c).
DEFAULTS = {"warmup": 2, "min_reps": 10, "max_reps": 100}
INTERVAL_MIN = 6  # samples that an interval of 95 % takes (common/stats.h)
SHORTEST, LONGEST = 0.001, 0.05  # s of a sample of short repetitions, which are looped
BESIDE = 2.0  # setup and checks, in repetitions: a guess


@dataclass(frozen=True)
class Needs:
    """Of one run: memory in byte, time in s."""

    memory_rank: float
    repetition: float
    asked: bool  # told by the program for this very layout; else a guess


def seconds(
    purpose: str, ranks: int, measure: dict[str, str], needs: Needs | None, limit: float
) -> tuple[float, float]:
    """What a run takes as expected, and at most, when it may measure for `limit`. How many
    repetitions its interval takes is not known before: the fewest are expected."""
    beside = overhead(ranks)
    if purpose == PROBE:
        return PROBE_TIME, PROBE_TIME + limit
    if purpose == PICTURE:
        return beside, beside + limit
    if needs is None:
        return beside + limit, beside + limit
    fewest, most = _repetitions(measure)
    longest = limit + 2 * needs.repetition  # the last warm-up begins before it, and one is measured
    beside += BESIDE * needs.repetition
    expected = min(longest, fewest * max(needs.repetition, SHORTEST))
    return beside + expected, beside + min(longest, most * max(needs.repetition, LONGEST))


def wish(measure: dict[str, str], needs: Needs | None, longest: float) -> float:
    """Seconds that a run would like to measure for: its fewest repetitions, in `longest` at most."""
    if needs is None:
        return longest
    fewest, _ = _repetitions(measure)
    return min(longest, max(MINIMUM_LIMIT, fewest * needs.repetition))


def least(measure: dict[str, str], needs: Needs | None, repeat: int, longest: float) -> float:
    """Seconds, `longest` at most, without which a run's samples are too few for an interval, and its
    point is lost. The samples of all repeats of a point count together, so later ones need none:
    repeats go before samples."""
    if needs is None or repeat > 1:
        return MINIMUM_LIMIT
    warmup, _, most = _counts(measure)
    return min(longest, max(MINIMUM_LIMIT, (warmup + min(INTERVAL_MIN, most)) * needs.repetition))


def _repetitions(measure: dict[str, str]) -> tuple[int, int]:
    """The fewest and the most that the keys of a study ask for, with those to warm up."""
    warmup, fewest, most = _counts(measure)
    return warmup + min(fewest, most), warmup + max(fewest, most)


def _counts(measure: dict[str, str]) -> tuple[int, ...]:
    """warmup, min_reps and max_reps."""
    return tuple(_whole(measure.get(key, ""), default) for key, default in DEFAULTS.items())


def _whole(text: str, default: int) -> int:
    """A number as programs read it: 1000, 1e3 or 2^10; the default for what they will refuse."""
    base, power, exponent = text.partition("^")
    try:
        return int(float(base) ** float(exponent) if power else float(base))
    except (ValueError, OverflowError):
        return default
