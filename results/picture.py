"""Drawing with matplotlib: one size and style for all pictures, and what becomes of them in files and
on the page."""
from __future__ import annotations

import io
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Sequence

import matplotlib

matplotlib.use("svg")

from matplotlib.axis import Axis  # noqa: E402
from matplotlib.axes import Axes  # noqa: E402  (the choice of the backend comes first)
from matplotlib.backends.backend_svg import FigureCanvasSVG  # noqa: E402
from matplotlib.figure import Figure  # noqa: E402
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator  # noqa: E402

from results.palette import COLOURS, light  # noqa: E402

WIDTH, HEIGHT = 4.2, 3.1  # inches: a picture fits a telephone with its letters readable
BOTTOM = 0.52  # inches below the axes, for numbers and words
TICK_LETTER = 0.08  # inches of a letter of an axis' numbers
LINE, LETTER, HANDLE = 0.17, 0.067, 0.4  # inches of a legend: height of a line, a letter, the sign before
FORMATS = ("svg", "pdf", "png")

matplotlib.rcParams.update(
    {
        "svg.fonttype": "none",  # text stays text: searched, read aloud, drawn in the page's font
        "svg.hashsalt": "scalebar",  # the same picture is the same file
        "font.size": 9,
        "axes.titlesize": 9.5,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.titley": 1.0,  # no label stands above the axes: its place need not be searched
        "axes.edgecolor": light("quiet"),
        "axes.labelcolor": light("ink"),
        "axes.facecolor": light("page"),
        "axes.grid": True,
        "axes.axisbelow": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "grid.color": light("rule"),
        "grid.linewidth": 0.5,
        "figure.facecolor": light("page"),
        "text.color": light("ink"),
        "xtick.color": light("quiet"),
        "ytick.color": light("quiet"),
        "xtick.labelcolor": light("ink"),
        "ytick.labelcolor": light("ink"),
        "legend.frameon": False,
        "legend.fontsize": 8,
        "lines.linewidth": 1.4,
        "lines.markersize": 4.5,
        "hatch.linewidth": 0.6,
    }
)


@dataclass(frozen=True)
class Picture:
    """A finished picture. `name` is that of its files, `words` say what it shows."""

    name: str
    title: str
    words: str
    svg: str

    def on_page(self) -> str:
        """For the page: colours by the style sheet, identifiers of its own, as wide as its place."""
        text = self.svg[self.svg.index("<svg") :]
        text = re.sub(r"<(metadata|style)\b.*?</\1>", "", text, flags=re.DOTALL)
        for name, colour in COLOURS.items():
            text = text.replace(colour.light, f"var(--{name})")
        text = re.sub(r'\bid="', f'id="{self.name}-', text)
        text = re.sub(r'(href="#|url\(#)', rf"\g<1>{self.name}-", text)
        head = f'<svg role="img" aria-label="{_escape(self.words)}"'
        text = re.sub(r'<svg\b(?=[^>]*?)', head, text, count=1)
        start, end = text.split(">", 1)
        start = re.sub(r'\s(?:width|height|xmlns(?::\w+)?|version)="[^"]*"', "", start)
        return re.sub(r"\bxlink:href=", "href=", start + ">" + end)


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


def safe_name(*parts: str) -> str:
    """A name for files and identifiers."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", "-".join(parts)).strip("-")


def axes(
    title: str,
    across: str,
    up: str,
    height: float = HEIGHT,
    left: float | None = None,
    top: float = 0.32,
) -> tuple[Figure, Axes]:
    """`left`: inches for what stands left of the axes, where that is known beforehand: finding it out
    costs nearly half of the drawing. `top`: above them, in that case."""
    figure = Figure(figsize=(WIDTH, height), layout="constrained" if left is None else None)
    FigureCanvasSVG(figure)  # texts are measured by the renderer that draws them
    found = figure.add_subplot()
    if left is not None:
        figure.subplots_adjust(
            left=left / WIDTH, right=1 - 0.2 / WIDTH, bottom=BOTTOM / height, top=1 - top / height
        )
    found.set_title(title)
    found.set_xlabel(across)
    found.set_ylabel(up)
    return figure, found


def legend_below(found: Axes) -> None:
    """A legend below the axes, where it hides nothing, in as many columns as the width holds; the picture
    grows by it. Of axes made with `left`."""
    figure = found.figure
    handles, labels = found.get_legend_handles_labels()
    columns = next((n for n in (5, 4, 3, 2) if _legend_width(labels, n) < WIDTH), 1)
    more = LINE * -(-len(labels) // columns) + 0.06
    height = figure.get_figheight()
    top = (1 - figure.subplotpars.top) * height
    figure.set_figheight(height + more)
    figure.subplots_adjust(bottom=(BOTTOM + more) / (height + more), top=1 - top / (height + more))
    found.legend(
        handles, labels, loc="lower center", bbox_to_anchor=(0.5, 0), bbox_transform=figure.transFigure,
        ncol=columns, columnspacing=1, handlelength=1.6, borderaxespad=0.2, borderpad=0.2,
    )


def _legend_width(labels: Sequence[str], columns: int) -> float:
    """In inches, about. Columns are filled one after the other, the first ones hold one more."""
    rows, longer = divmod(len(labels), columns)
    sizes = [rows + (number < longer) for number in range(columns)]
    starts = [sum(sizes[:number]) for number in range(columns)]
    letters = [
        max((len(label) for label in labels[start : start + size]), default=0)
        for start, size in zip(starts, sizes)
    ]
    return sum(HANDLE + LETTER * count for count in letters)


@dataclass(frozen=True)
class Drawing:
    """A figure that has been drawn and is to be rendered."""

    figure: Figure
    name: str
    title: str
    words: str


def render(drawing: Drawing, folder: Path | None, formats: Sequence[str]) -> Picture:
    """Writes the files `name`.svg ... into `folder`, where there is one, and returns the picture."""
    engine = getattr(drawing.figure, "get_layout_engine", lambda: None)()  # from 3.6 on
    if engine is not None:  # once, here: savefig would draw everything a second time for it
        engine.execute(drawing.figure)
        drawing.figure.set_layout_engine("none")
    buffer = io.StringIO()
    drawing.figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": "Scalebar"})
    picture = Picture(drawing.name, drawing.title, drawing.words, buffer.getvalue())
    if folder is not None:
        for kind in formats:
            path = folder / f"{drawing.name}.{kind}"
            if kind == "svg":
                path.write_text(picture.svg, encoding="utf-8")
            else:
                drawing.figure.savefig(path, dpi=200)
    return picture


def log_axis(axis: Axis, low: float, high: float, unit: float = 1.0) -> None:
    """A logarithmic axis with numbers that people know: 1, 2, 5 of each decade; more of them where
    the data span less than one, each tenth power where they span many. They are shown in `unit`."""
    decades = math.log10(high / low) if 0 < low < high else 0.0
    steps = (1, 1.5, 2, 3, 4, 5, 7) if decades < 0.9 else (1, 2, 5) if decades < 3 else (1,)
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    every = [step * 10.0**n for n in range(first, last + 1) for step in steps]
    ticks = [tick for tick in every if low <= tick <= high]
    if len(ticks) < 2:  # times that hardly differ
        ticks = [tick for tick in MaxNLocator(4).tick_values(low, high) if low <= tick <= high]
    axis.set_major_locator(FixedLocator(ticks))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value / unit:.6g}"))
    axis.set_minor_locator(NullLocator())


def _apart(numbers: list[int], width: float) -> list[int]:
    """Of ascending numbers on a log axis of so many inches the first, the last, and as many between as
    do not touch."""
    if len(numbers) < 3:
        return numbers
    scale = width / math.log2(numbers[-1] / numbers[0])

    def touch(left: int, right: int) -> bool:
        half = TICK_LETTER * (len(str(left)) + len(str(right)) + 1) / 2
        return scale * math.log2(right / left) < half

    kept = [numbers[-1]]
    for n in reversed(numbers[1:-1]):
        if not touch(n, kept[0]) and not touch(numbers[0], n):
            kept.insert(0, n)
    return [numbers[0], *kept]


def worker_axis(found: Axes, workers: Sequence[int]) -> None:
    """Workers across, in log scale, with the numbers that were run; few enough to be read."""
    shown = sorted(set(workers))
    while len(shown) > 8:
        powers = [n for n in shown if n & (n - 1) == 0 or n == shown[-1]]
        shown = powers if len(powers) < len(shown) else shown[::2] + shown[-1:]
    shown = _apart(shown, found.get_position().width * WIDTH)
    found.set_xscale("log", base=2)
    found.set_xticks(shown, labels=[str(n) for n in shown])
    found.xaxis.set_minor_locator(NullLocator())
    if len(set(workers)) == 1:
        found.set_xlim(shown[0] / 1.5, shown[0] * 1.5)
    else:
        found.set_xlim(shown[0] / 1.15, shown[-1] * 1.15)

