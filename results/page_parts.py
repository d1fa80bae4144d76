"""The pieces that the page is made of: text made safe, numbers with units, tables, pictures."""
from __future__ import annotations

import html
import math
from dataclasses import dataclass
from typing import Iterable, Sequence

from results.picture import Picture
from results.words import Amount, Words

SI = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, ""), (1e-3, "m"), (1e-6, "µ"), (1e-9, "n"))


@dataclass(frozen=True)
class Cell:
    """A cell of a table. A number stands beside its text in full, as data-value with data-unit: what
    a script finds on the page can be compared with what it computes from the files."""

    text: str
    value: float | None = None
    unit: str = "1"
    mark: str = ""  # class: "good", "bad", "warn"
    number: bool = False  # set to the right, as numbers are
    ends: tuple[float, float] | None = None  # of an interval: data-low and data-high
    key: str = ""  # in place of that of the column
    code: bool = False  # a name of files or programs


NUMBER = ' class="number"'


def escape(text: object) -> str:
    return html.escape(printable(str(text)))


def printable(text: str) -> str:
    """Without control characters, which a terminal would obey."""
    return "".join(c if c == "\n" or c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def si(value: float, unit: str) -> str:
    """ "3.81 Gcell/s", "70.5 ms": three digits and the prefix that fits."""
    if not math.isfinite(value):
        return "-"
    size = abs(value)
    for factor, prefix in SI:
        if size >= 0.9995 * factor:
            return f"{three_digits(value / factor)} {prefix}{_short(unit, prefix)}"
    return f"{value:.3g} {unit}"


def _short(unit: str, prefix: str) -> str:
    """GB/s, and byte/s where there is no prefix."""
    return "B" + unit[4:] if prefix and unit.startswith("byte") else unit


def three_digits(value: float) -> str:
    """Three significant digits, never in powers of ten where the number is near 1."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else "-"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:.{digits}f}" if digits <= 6 else f"{value:.3g}"


def number(value: float | None, unit: str = "1", text: str | None = None, mark: str = "") -> Cell:
    """A number of no unit, or with it; "-" where there is none."""
    if value is None or math.isnan(value):
        return Cell("-", number=True)
    words = text if text is not None else (three_digits(value) if unit == "1" else si(value, unit))
    return Cell(words, value, unit, mark, number=True)


def percent(value: float | None, mark: str = "") -> Cell:
    if value is None or math.isnan(value):
        return Cell("-", number=True)
    return Cell(f"{100 * value:.1f} %", value, "1", mark, number=True)


def span(low: float, high: float, unit: str) -> Cell:
    """An interval; without a number where it has none. An end without bound is infinite."""
    if math.isnan(low) or math.isnan(high):
        return Cell("no interval", number=True)
    return Cell(interval(low, high, unit), unit=unit, number=True, ends=(low, high))


def percent_span(low: float, high: float, digits: int = 1) -> Cell:
    """ "81.2 .. 97.0 %"."""
    if math.isnan(low) or math.isnan(high):
        return Cell("no interval", number=True)
    words = f"{100 * low:.{digits}f} .. {100 * high:.{digits}f} %"
    return Cell(words, number=True, ends=(low, high))


def interval(low: float, high: float, unit: str) -> str:
    if math.isnan(low) or math.isnan(high):
        return "no interval"
    if unit == "1":
        return f"{_end(low)} .. {_end(high)}"
    if math.isinf(high):
        return f"{si(low, unit)} .. {_end(high)}"
    one, other = si(low, unit).split(" ", 1), si(high, unit).split(" ", 1)
    start = one[0] if one[1:] == other[1:] else " ".join(one)
    return f"{start} .. {' '.join(other)}"


def _end(value: float) -> str:
    return "no bound" if math.isinf(value) else three_digits(value)


def table(
    caption: str,
    headings: Sequence[str],
    rows: Sequence[Sequence[Cell | str]],
    keys: Sequence[str] = (),
    row_names: Sequence[str] = (),
) -> str:
    """A table with a caption and headings; the first cell of a row is its heading. `keys` name the
    columns and `row_names` the rows for scripts."""
    lines = [
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(caption)}"><table>',
        f"<caption><span>{marked(caption)}</span></caption>",
    ]
    lines.append("<thead><tr>")
    for column, heading in enumerate(headings):
        numbers = any(isinstance(row[column], Cell) and row[column].number for row in rows)
        lines.append(f'<th scope="col"{NUMBER if numbers else ""}>{escape(heading)}</th>')
    lines.append("</tr></thead><tbody>")
    for index, row in enumerate(rows):
        name = f' data-row="{escape(row_names[index])}"' if index < len(row_names) else ""
        lines.append(f"<tr{name}>")
        for column, cell in enumerate(row):
            key = keys[column] if column < len(keys) else ""
            lines.append(_cell(cell, column == 0, key))
        lines.append("</tr>")
    lines.append("</tbody></table></div>")
    return "\n".join(lines)


def _cell(cell: Cell | str, heading: bool, key: str) -> str:
    if isinstance(cell, str):
        cell = Cell(cell)
    name = "th" if heading else "td"
    attributes = ' scope="row"' if heading else ""
    if cell.number:
        attributes += NUMBER
    attributes += data_of(cell, key)
    text = marked(cell.text)
    if cell.mark:
        text = f'<span class="{cell.mark}">{text}</span>'
    if cell.code:
        text = f"<code>{text}</code>"
    elif heading and not cell.mark:
        text = f"<span>{text}</span>"  # what page.css can keep narrow: cells are as wide as their words
    return f"<{name}{attributes}>{text}</{name}>"


def data_of(cell: Cell, key: str) -> str:
    """The attributes that tell a script what a number is."""
    if cell.value is None and cell.ends is None:
        return ""
    if cell.ends is not None:
        found = f' data-low="{cell.ends[0]!r}" data-high="{cell.ends[1]!r}"'
    else:
        found = f' data-value="{cell.value!r}"'
    key = cell.key or key
    named = f' data-key="{escape(key)}"' if key else ""
    return f'{found} data-unit="{escape(cell.unit)}"{named}'


def told(cell: Cell, row: str, key: str) -> str:
    """A number of `row` in a sentence, as HTML that scripts find; "": of the table's row around it."""
    named = f' data-row="{escape(row)}"' if row else ""
    return f"<span{named}{data_of(cell, key)}>{escape(cell.text)}</span>"


def marked(text: str) -> str:
    """A sentence as HTML, each of its numbers told as such."""
    parts = text.parts if isinstance(text, Words) else (text,)
    return "".join(_amount(part) if isinstance(part, Amount) else escape(part) for part in parts)


def _amount(part: Amount) -> str:
    value = part.value if part.ends is None else None
    return told(Cell(part.text, value, part.unit, ends=part.ends), part.row, part.key)


def said(cell: Cell, key: str, row: str = "") -> Words:
    """A number made for a cell, in a sentence."""
    if cell.value is None and cell.ends is None:
        return Words(cell.text)
    value = math.nan if cell.value is None else cell.value
    return Words(Amount(cell.text, value, cell.key or key, row, cell.unit, cell.ends))


def pictures(found: Iterable[Picture | None]) -> str:
    """Side by side where there is room, below each other where there is none."""
    figures = [
        f'<figure id="picture-{picture.name}">{picture.on_page()}'
        f"<figcaption>{marked(picture.words)}</figcaption></figure>"
        for picture in found
        if picture is not None
    ]
    return f'<div class="pictures">{"".join(figures)}</div>' if figures else ""


def section(name: str, title: str, *parts: str, level: int = 2) -> str:
    body = "\n".join(part for part in parts if part)
    return f'<section id="{escape(name)}"><h{level}>{marked(title)}</h{level}>\n{body}\n</section>'


def paragraph(text: str, mark: str = "") -> str:
    attributes = f' class="{mark}"' if mark else ""
    return f"<p{attributes}>{marked(text)}</p>" if text else ""


def bullets(items: Iterable[str]) -> str:
    found = "".join(f"<li>{marked(item)}</li>" for item in items)
    return f"<ul>{found}</ul>" if found else ""
