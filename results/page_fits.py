"""The part of the page about the laws that were fitted to an app's points, with their residuals."""
from __future__ import annotations

import math
from typing import Sequence

from results import fits
from results.curves import Curve
from results.page_parts import Cell, bullets, number, paragraph, percent, span, table
from results.words import Words, about, joined, whole

BEYOND = "more than 1"  # a serial fraction: slower than the base, however little runs in parallel


def fits_part(curves: Sequence[Curve], problem: str) -> str:
    """`problem` begins the names of the rows, as scripts know them."""
    if not curves:
        return paragraph("No law is fitted: no parallel point can be used.")
    laws = [(curve.variant, law) for curve in curves for law in (curve.law, curve.usl)]
    rows = [
        row
        for curve in curves
        for law in (curve.law, curve.usl)
        if isinstance(law, fits.Fit)
        for row in _fit(curve, law)
    ]
    refused = list(
        dict.fromkeys(
            Words(f"{law.law}, {variant}: ", about(f"{problem} {variant} {law.law}", law.reason))
            for variant, law in laws
            if isinstance(law, fits.Refusal)
        )
    )
    parts = []
    if rows:
        headings = ["law", "variant", "parameter", "value", "95 % interval", "spread"]
        headings.append("workers up to which E stays above 50 %")
        keys = ["", "", "", "value", "interval", "spread", "efficient_workers"]
        names = [
            f"{problem} {variant} {law.law} {parameter.symbol}"
            for variant, law in laws
            if isinstance(law, fits.Fit)
            for parameter in law.parameters
        ]
        parts.append(table("Fitted laws", headings, rows, keys, names))
        parts.append(bullets(_said_once(laws, problem)))
        parts.append(_residuals(laws, problem))
    parts.append(_karp_flatt(curves, problem))
    if refused:
        parts.append(paragraph("Not fitted:"))
        parts.append(bullets(refused))
    return "\n".join(part for part in parts if part)


def _said_once(laws: Sequence[tuple[str, fits.Fit | fits.Refusal]], problem: str) -> list[str]:
    """The formula of each law, and what is to be noted of a fit."""
    fitted = [(variant, law) for variant, law in laws if isinstance(law, fits.Fit)]
    lines: list[str] = list(dict.fromkeys(f"{law.law}: {law.formula}" for _, law in fitted))
    least = min((law.smallest for _, law in fitted), default=1)
    if least > 1:
        first = whole(least, "fewest", problem)
        outside = "p = 1 lies outside of the data, which begin at p = "
        lines.append(Words(outside, first, ": what is of one worker is extrapolated"))
    for variant, law in fitted:
        if law.note:
            note = about(f"{problem} {variant} {law.law}", law.note)
            lines.append(Words(f"{law.law}, {variant}: ", note))
    return lines


def _fit(curve: Curve, fit: fits.Fit) -> list[list[Cell | str]]:
    most = fits.efficient_workers(fit, curve.base_rate)
    if math.isnan(curve.base_rate):
        reach = Cell("-", number=True)
    elif most is None:
        end = whole(fits.FAR * fit.largest, "efficient_beyond")
        reach = Cell(Words("more than ", end, ", twice the most measured"))
    elif most == 0:
        end = whole(fit.smallest, "efficient_below")
        reach = Cell(Words("fewer than ", end, ", the fewest measured"))
    else:
        reach = number(float(most), text=str(most))
    rows: list[list[Cell | str]] = []
    for parameter in fit.parameters:
        unit = parameter.unit
        rows.append(
            [
                fit.law,
                curve.variant,
                parameter.name + (" (1)" if unit == "1" else ""),
                number(parameter.value, unit),
                span(parameter.low, parameter.high, unit),
                percent(fit.spread),
                reach,
            ]
        )
    return rows


def _residuals(laws: Sequence[tuple[str, fits.Fit | fits.Refusal]], problem: str) -> str:
    found = [
        (law.law, variant, workers, residual)
        for variant, law in laws
        if isinstance(law, fits.Fit)
        for workers, residual in law.residuals
    ]
    rows: list[list[Cell | str]] = [
        [f"{law}, {variant}", number(float(workers), text=str(workers)), percent(residual)]
        for law, variant, workers, residual in found
    ]
    inside = table(
        "Residuals: (measured - fitted) / fitted time",
        ["law", "workers p", "residual"],
        rows,
        ["", "workers", "residual"],
        [f"{problem} {variant} {law} p={workers}" for law, variant, workers, _ in found],
    )
    return f"<details><summary>Residuals of the fits</summary>{inside}</details>"


def _karp_flatt(curves: Sequence[Curve], problem: str) -> str:
    rows: list[list[Cell | str]] = [
        [
            curve.variant,
            number(float(part.workers), text=str(part.workers)),
            number(part.value) if math.isfinite(part.value) else Cell(BEYOND, number=True),
            span(part.low, part.high, "1") if part.low < math.inf else Cell(BEYOND, number=True),
        ]
        for curve in curves
        for part in curve.serial_fractions
    ]
    if not rows:
        return ""
    words = [
        Words(f"{curve.variant}: ", about(f"{problem} {curve.variant} Karp-Flatt", curve.serial_words))
        for curve in curves
        if curve.serial_words
    ]
    headings = ["variant", "workers p", "serial fraction e (1)", "95 % interval (1)"]
    bases = {curve.base_workers for curve in curves if curve.serial_fractions}
    title = about(problem, _karp_flatt_title(bases))
    names = [
        f"{problem} {curve.variant} Karp-Flatt p={part.workers}"
        for curve in curves
        for part in curve.serial_fractions
    ]
    inside = table(title, headings, rows, ["", "workers", "serial_fraction", "interval"], names)
    summary = "Serial fraction of each point (Karp-Flatt)"
    return bullets(words) + f"<details><summary>{summary}</summary>{inside}</details>"


def _karp_flatt_title(bases: set[int]) -> str:
    if bases == {1}:
        return "Karp-Flatt: e = (1/S - 1/p) / (1 - 1/p), against one worker of the variant"
    which = joined(" or ", (Words(whole(base, "fewest")) for base in sorted(bases)))
    formula = "e = (1/S - 1/p) / (1 - 1/p - (b - 1)/S)"
    told = " workers of the variant, which count as b"
    return Words(f"Karp-Flatt: {formula}, against b = ", which, told)
