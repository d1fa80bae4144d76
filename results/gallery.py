"""All pictures of a report: what is drawn, and drawing it on all cores."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Mapping, Sequence, Union

from results.ceilings import Ceilings
from results.children import Lost, each_in_children
from results.compare import Comparison
from results.curves import Curve, fitted_lines
from results.forecast import Forecast, NoForecast
from results.picture import Drawing, Picture, render
from results.plot_compare import draw_ratios, draw_together
from results.plot_fields import draw_field
from results.plot_layouts import draw_layouts
from results.plot_predicted import predicted_lines
from results.plot_roofline import draw_roofline
from results.plot_scaling import draw_efficiency, draw_speedup, draw_time, table_name
from results.plot_split import draw_split
from results.points import Point, Problem, Table
from results.record import Record
from results.result_file import Unreadable


_Done = Union[Picture, Lost, None]  # None: there is nothing to draw


@dataclass(frozen=True)
class _Order:
    name: str  # what a reader knows it by
    draw: Callable[..., "Drawing | None"]
    arguments: tuple[Any, ...]
    folder: Path | None
    formats: tuple[str, ...]

    def fill(self) -> Picture | None:
        drawing = self.draw(*self.arguments)
        return render(drawing, self.folder, self.formats) if drawing is not None else None


@dataclass(frozen=True)
class Gallery:
    """The pictures of one study."""

    of_tables: dict[Problem, list[Picture]]
    roofline: Picture | None
    fields: list[Picture]
    undrawn: list[str]  # pictures that there are not, though there is something to draw; and why

    def all(self) -> list[Picture]:
        found = [picture for pictures in self.of_tables.values() for picture in pictures]
        return found + ([self.roofline] if self.roofline else []) + self.fields


def make_gallery(
    tables: Sequence[Table],
    curves: dict[Problem, list[Curve]],
    limits: Ceilings,
    on_roof: Sequence[Point],
    fields: Sequence[Record],
    folder: Path | None,
    formats: Sequence[str],
    forecasts: Mapping[Problem, Sequence[Forecast | NoForecast]] | None = None,
) -> Gallery:
    """Draws everything; files go into `folder`, where there is one."""
    predicted = {
        table.problem: predicted_lines((forecasts or {}).get(table.problem, ()), curves[table.problem])
        for table in tables
    }
    orders: list[_Order] = []

    def order(name: str, draw: Callable[..., "Drawing | None"], *arguments: Any) -> int:
        orders.append(_Order(name, draw, arguments, folder, tuple(formats)))
        return len(orders) - 1

    of_tables = {
        table.problem: [
            order(f"time of {table_name(table)}", draw_time, table, predicted[table.problem]),
            order(
                f"speed-up of {table_name(table)}",
                draw_speedup,
                table,
                fitted_lines(curves[table.problem], table),
            ),
            order(
                f"efficiency of {table_name(table)}", draw_efficiency, table, predicted[table.problem]
            ),
            order(f"time split of {table_name(table)}", draw_split, table),
            order(f"layouts of {table_name(table)}", draw_layouts, table),
        ]
        for table in tables
    }
    roofline = order("roofline", draw_roofline, limits, on_roof)
    of_fields = [order(record.path.name, draw_field, record) for record in fields]
    done: list[_Done] = each_in_children(_fill, orders)
    return Gallery(
        {problem: _there(done, numbers) for problem, numbers in of_tables.items()},
        next(iter(_there(done, [roofline])), None),
        _there(done, of_fields),
        [f"{one.name}: {lost.reason}" for one, lost in zip(orders, done) if isinstance(lost, Lost)],
    )


def draw_comparison(found: Comparison) -> list[Picture]:
    orders = [_Order("ratios", draw_ratios, (found,), None, ())]
    orders += [
        _Order("curves", draw_together, (found.studies, line.problem), None, ())
        for line in found.whole
    ]
    return [picture for picture in (order.fill() for order in orders) if picture is not None]


def _there(done: list[_Done], numbers: list[int]) -> list[Picture]:
    return [done[number] for number in numbers if isinstance(done[number], Picture)]


def _fill(order: _Order) -> _Done:
    try:
        return order.fill()
    except Unreadable as error:
        return Lost(str(error))
