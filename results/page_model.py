"""The part of the page about the times that the model predicts, beside those of the points."""
from __future__ import annotations

from typing import Sequence

from results.forecast import NEAR, Forecast, NoForecast, Told
from results.page_parts import Cell, bullets, number, paragraph, table
from results.points import Problem
from results.words import Words, about, joined, whole

COLUMNS = (
    ("variant", ""),
    ("ranks x threads", ""),
    ("workers p", "workers"),
    ("nodes", "nodes"),
    ("time", "time"),
    ("predicted", "predicted"),
    ("time to predicted (1)", "ratio"),
    ("computing", "predicted_computing"),
    ("communication", "predicted_communication"),
    ("at best", "predicted_best"),
)
NOTES = ("notes", "")  # where a point is left out
SLOWER = (
    "cores, memory or messages that others used as well, unequal ranks, or memory traffic that the work "
    "model does not count"
)
FASTER = "data that stayed in caches, or a base that was slowed down"
# Nobody else uses a simulated machine; it has no caches, and its curve has no base.
SIMULATED_SLOWER = (
    "links that messages share on their way, unequal ranks, or messages that start later than the model "
    "has them start"
)
SIMULATED_FASTER = (
    "messages that start earlier, or that share fewer links on their way, than the model has them"
)


def model_part(forecasts: Sequence[Forecast | NoForecast], problem: Problem, name: str) -> str:
    """`name` begins the names of the rows, as scripts know them."""
    made = [found for found in forecasts if isinstance(found, Forecast)]
    refused = dict.fromkeys(f.reason for f in forecasts if isinstance(f, NoForecast))
    parts = [paragraph(Words("No time is predicted: ", about(name, reason), ".")) for reason in refused]
    if made:
        rows = [_row(forecast, told) for forecast in made for told in forecast.told]
        names = [_row_name(forecast, told, name) for forecast in made for told in forecast.told]
        title = f"Predicted and {'simulated' if made[0].base is None else 'measured'}: {problem.app}"
        columns = COLUMNS + ((NOTES,) if any(forecast.left_out for forecast in made) else ())
        headings, keys = [heading for heading, _ in columns], [key for _, key in columns]
        rows = [row[: len(columns)] for row in rows]
        parts.append(table(title, headings, rows, keys, names))
        parts.append(bullets(words_of(forecast, name) for forecast in made))
    return "\n".join(parts)


def _row_name(forecast: Forecast, told: Told, name: str) -> str:
    nodes = f" on {told.layout.nodes} nodes" if told.layout.nodes > 1 else ""
    return f"{name} {forecast.variant} {told.layout.ranks}x{told.layout.threads}{nodes} predicted"


def _row(forecast: Forecast, told: Told) -> list[Cell | str]:
    layout, cost = told.layout, told.cost
    reasons = [reason.partition(": ")[0] for reason in told.left_out.left_out] if told.left_out else []
    return [
        forecast.variant,
        f"{layout.ranks} x {layout.threads}",
        number(float(told.workers), text=str(told.workers)),
        number(float(layout.nodes), text=str(layout.nodes)),
        number(told.time, "s"),
        number(cost.seconds, "s"),
        number(told.ratio, mark="" if told.near else "warn"),
        number(cost.computing, "s"),
        number(cost.communication, "s"),
        number(told.best.seconds if told.best else None, "s"),
        Cell("; ".join(f"left out: {reason}" for reason in reasons), mark="warn" if reasons else ""),
    ]


def words_of(forecast: Forecast, name: str = "") -> str:
    """Where the model's numbers come from, and where measured times leave them. `name` begins the names of
    the rows."""
    kind = "simulated" if forecast.base is None else "measured"
    if forecast.base is None:
        source = f"from the figures of {forecast.machine} alone"
    else:
        layout = f"{forecast.base.ranks} x {forecast.base.threads}"
        source = f"speed of the kernel from {layout}, all else from probe"
    further = Words()
    if forecast.why_no_further:
        further = Words(" Nothing is predicted beyond: ", about(name, forecast.why_no_further), ".")
    parting = Words(_parting(forecast, kind, name), _not_compared(forecast, name))
    return Words(f"{forecast.variant}: {source}. ", parting, further)


def _not_compared(forecast: Forecast, name: str) -> str:
    places = _places(forecast, forecast.left_out, name)
    return Words(" Left out, and so not compared: p = ", places, ".") if places else ""


def _places(forecast: Forecast, found: Sequence[Told], name: str) -> str:
    places = [whole(told.workers, "workers", _row_name(forecast, told, name)) for told in found]
    return joined(", ", map(Words, places))


def _parting(forecast: Forecast, kind: str, name: str) -> str:
    asked = [told for told in forecast.measured if told.point is not forecast.base]
    far = [told for told in asked if not told.near]
    if not asked:
        which = "that is used" if forecast.left_out else "to compare with"
        return f"There is no other {kind} point {which}."
    if not far:
        which = "The one" if len(asked) == 1 else "All"
        other = "other " if forecast.base else ""
        points, are = ("point", "is") if len(asked) == 1 else ("points", "are")
        return f"{which} {other}{points} {are} within {100 * NEAR:.0f} %."
    slower, faster = (SLOWER, FASTER) if forecast.base else (SIMULATED_SLOWER, SIMULATED_FASTER)
    slow = [told for told in far if told.ratio > 1]
    fast = [told for told in far if told.ratio < 1]
    words = [
        Words(
            f"{kind.capitalize()} more than {100 * NEAR:.0f} % {way} than predicted at p = ",
            _places(forecast, found, name),
            f", which may be {meaning}.",
        )
        for found, way, meaning in ((slow, "slower", slower), (fast, "faster", faster))
        if found
    ]
    return joined(" ", words)
