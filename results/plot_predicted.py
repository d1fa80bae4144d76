"""Predicted times as lines beside measured ones: dotted where there are points, left out or not, and dashed
beyond."""
from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Callable, Sequence

from matplotlib.axes import Axes

from results.curves import Curve
from results.forecast import Forecast, NoForecast, Told
from results.palette import light

ROUNDING = 1e-6  # relative: an efficiency of 1 that was computed
DOTTED, DASHED = (0, (1, 1.2)), (0, (2.5, 1.5))


@dataclass(frozen=True)
class Spot:
    """What is predicted for so many workers."""

    workers: int
    seconds: float
    rate: float
    speedup: float  # against the base of the drawn points; NaN where they have none

    @property
    def efficiency(self) -> float:
        return self.speedup / self.workers


@dataclass(frozen=True)
class PredictedLine:
    variant: str
    inside: tuple[Spot, ...]  # at the points
    beyond: tuple[Spot, ...]  # from the last point on

    @property
    def spots(self) -> tuple[Spot, ...]:
        return self.inside + self.beyond[1:]


def predicted_lines(
    forecasts: Sequence[Forecast | NoForecast], curves: Sequence[Curve] = ()
) -> list[PredictedLine]:
    """`curves` know the base that speed-up is drawn against."""
    bases = {curve.variant: curve.base_rate for curve in curves}
    found = []
    for forecast in forecasts:
        if isinstance(forecast, Forecast):
            base = bases.get(forecast.variant, math.nan)
            line = _line(forecast, base)
            if len(forecast.measured) == 1 and any(spot.efficiency > 1 + ROUNDING for spot in line.spots):
                line = _line(forecast, math.nan)  # better than ideal, by the word of a single time
            found.append(line)
    return found


def _line(forecast: Forecast, base_rate: float) -> PredictedLine:
    inside = tuple(_spot(told, base_rate) for told in forecast.inside)
    beyond = tuple(_spot(told, base_rate) for told in forecast.beyond)
    return PredictedLine(forecast.variant, inside, beyond)


def _spot(told: Told, base_rate: float) -> Spot:
    return Spot(told.workers, told.cost.seconds, told.rate, told.rate / base_rate)


def draw_predicted(
    found: Axes,
    lines: Sequence[PredictedLine],
    value: Callable[[Spot], float],
    colour: str = "",
    named: bool = True,
    group: str = "",
) -> list[float]:
    """In the colour of the variant, or in `colour`. Returns the values that were drawn. `named`: the
    legend says what the lines are. Identifiers in the SVG begin with `group`, or the variant."""
    drawn: list[float] = []
    labels = {DOTTED: "predicted", DASHED: "predicted, beyond the points"}  # each once
    if not named:
        labels = {}
    for line in lines:
        ink = colour or light(line.variant)
        for spots, style, name in ((line.inside, DOTTED, "inside"), (line.beyond, DASHED, "beyond")):
            known = [(spot.workers, value(spot)) for spot in spots if not math.isnan(value(spot))]
            if not known:
                continue
            found.plot(
                *zip(*known),
                linestyle=style,
                linewidth=1.2,
                marker="+" if len(known) == 1 else "",  # one point makes no line
                color=ink,
                label=labels.pop(style, None),
                gid=f"{group}-predicted-{name}" if group else f"{line.variant}-predicted-{name}",
            )
            drawn += [v for _, v in known]
    return drawn
