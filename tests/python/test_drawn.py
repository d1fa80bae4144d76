"""Pictures draw the numbers of the tables: points, lines, intervals and bars are read back from the SVG by
the numbers at its axes, and lie where the scripts of recompute/ put them, within a small part of a line."""
from __future__ import annotations

import math
import re
import unittest
from pathlib import Path
from typing import Callable, Iterable, Mapping

from page_studies import compared, reported, untrusted, whole_nodes
from recompute import recompute, recompute_several
from recompute.bases import related
from recompute.curves import fastest
from recompute.fits import fits
from recompute.laws import NAMES, usl
from recompute.limits import limits, reach
from svg_reader import Drawn, Place

from results.page_parts import si

NEAR = 0.15  # points (1/72 inch): lines are 1 to 1.4 wide
OF_FITS = 0.5  # of a drawn law, straight between its corners
UNITS = {"s": 1.0, "ms": 1e-3, "µs": 1e-6}
PHASES = ("compute", "communicate", "wait", "io")
Rows = Mapping[str, Mapping[str, float]]


class Pictures(unittest.TestCase):
    where = ""  # the picture, for messages
    logarithmic = True  # its axis upwards

    def lie(self, drawn: Drawn, found: Iterable[Place], right: Iterable[Place], unit: float) -> None:
        """`found` are places, `right` numbers: the same, in any order. `unit`: of the numbers at the axis."""
        across, up = drawn.axis("x"), drawn.axis("y", self.logarithmic)
        places = sorted((across.place(x), up.place(y / unit)) for x, y in right)
        drawn_at = sorted(found)
        self.assertEqual(len(drawn_at), len(places), self.where)
        for (x, y), (other_x, other_y) in zip(drawn_at, places):
            self.assertLess(math.hypot(x - other_x, y - other_y), NEAR, (self.where, drawn_at, places))

    def pictures(self, folder: Path, name: str) -> list[Drawn]:
        """The file, and the same on the page."""
        page = (folder / "report.html").read_text(encoding="utf-8")
        found = re.search(rf'<figure id="picture-{name}">.*?(<svg.*?</svg>)', page, re.DOTALL)
        assert found is not None, name
        svg = (folder / "figures" / f"{name}.svg").read_text(encoding="utf-8")
        return [Drawn(svg), Drawn(found[1], f"{name}-")]


class Curves(Pictures):
    """Of four studies' problems: one with a base of several workers, one with points left out and wrong."""

    def studies(self) -> Iterable[tuple[Path, Rows, str]]:
        for study in (reported, whole_nodes, untrusted):
            folder, _ = study()
            anew = recompute(folder)
            for problem in sorted({point.problem for point in related(folder)}):
                yield folder, anew, problem

    def each(self, kind: str) -> Iterable[tuple[Path, Rows, str, Drawn]]:
        for folder, anew, problem in self.studies():
            for number, drawn in enumerate(self.pictures(folder, f"{problem.replace(' ', '-')}-{kind}")):
                self.where = f"{problem}, {kind}{' on the page' if number else ''}"
                yield folder, anew, problem, drawn

    def points(self, folder: Path, problem: str) -> Iterable[tuple[str, list]]:
        for variant in ("serial", "omp", "mpi", "hybrid"):
            own = [p for p in related(folder) if (p.problem, p.variant) == (problem, variant)]
            if own:
                yield variant, own

    def marked(
        self, drawn: Drawn, rows: Rows, points: list, value: Callable[[Mapping[str, float]], float | None],
        ends: str, unit: float = 1.0,
    ) -> None:
        """Marks of all points that are used, a line through the fastest, and their intervals."""
        variant = points[0].variant
        known = [(p, value(rows[p.name])) for p in points if p.used]
        places = {p.name: (p.workers, y) for p, y in known if y is not None}
        self.lie(drawn, drawn.markers(f"{variant}-points"), places.values(), unit)
        best = [places[p.name] for p in fastest(p for p, y in known if y is not None)]
        self.lie(drawn, self.line(drawn, f"{variant}-line"), best, unit)
        keys = [f"{ends}_{end}" for end in ("low", "high")]
        right = [(p.workers, rows[p.name][key]) for p, _ in known for key in keys if key in rows[p.name]]
        self.lie(drawn, self.line(drawn, f"{variant}-intervals"), right, unit)

    def line(self, drawn: Drawn, name: str) -> list[Place]:
        """All corners of the lines of this name; none where there is no such line."""
        return [place for path in drawn.paths(name) for place in path]

    def unit(self, drawn: Drawn) -> float:
        (words,) = (words for _, _, words in drawn.texts() if words.startswith("time in "))
        return UNITS[words.removeprefix("time in ")]

    def test_time(self) -> None:
        crosses = 0
        for folder, rows, problem, drawn in self.each("time"):
            unit = self.unit(drawn)
            for variant, points in self.points(folder, problem):
                self.marked(drawn, rows, points, lambda row: row["time"], "interval", unit)
                out = [(p.workers, p.median) for p in points if not p.used]
                self.lie(drawn, drawn.markers(f"{variant}-left-out"), out, unit)
                crosses += len(out)
            base = self.base(folder, problem)
            work = {p.workers: p.units for p in related(folder) if p.problem == problem}
            right = [(n, base.median * work[n] / base.units * base.workers / n) for n in work]
            self.lie(drawn, drawn.paths("ideal")[0], right, unit)
            self.predicted(drawn, rows, problem, unit)
        self.assertGreater(crosses, 8)

    def base(self, folder: Path, problem: str):  # type: ignore[no-untyped-def]
        points = [p for p in related(folder) if p.problem == problem]
        return points[0].serial or min((p.own for p in points if p.own), key=lambda p: p.median)

    def predicted(self, drawn: Drawn, rows: Rows, problem: str, unit: float) -> None:
        """In two parts that meet at the last point."""
        for variant in ("omp", "mpi", "hybrid"):
            mine = re.compile(rf"{problem} {variant} \d+x\d+( on \d+ nodes)? predicted")
            right = {(row["workers"], row["predicted"]) for name, row in rows.items() if mine.fullmatch(name)}
            parts = [drawn.paths(f"{variant}-predicted-{part}") for part in ("inside", "beyond")]
            found = {place for part in parts for path in part for place in path}
            self.lie(drawn, found, right, unit)

    def test_speedup(self) -> None:
        for folder, rows, problem, drawn in self.each("speedup"):
            for variant, points in self.points(folder, problem):
                self.marked(drawn, rows, points, drawn_speedup, "speedup_interval")
                if points[0].serial and variant != "serial":
                    own = fastest(p for p in points if "speedup_own" in rows[p.name])
                    right = [(p.workers, rows[p.name]["speedup_own"]) for p in own]
                    self.lie(drawn, self.line(drawn, f"{variant}-own-line"), right, 1.0)

    def test_efficiency(self) -> None:
        self.logarithmic = False
        for folder, rows, problem, drawn in self.each("efficiency"):
            for _, points in self.points(folder, problem):
                self.marked(drawn, rows, points, lambda row: row.get("efficiency"), "efficiency_interval")

    def test_what_is_moved_is_found(self) -> None:
        """A point by half a line's width, or a number at an axis."""
        folder, _ = untrusted()
        svg = (folder / "figures/heat-strong-tiny-time.svg").read_text(encoding="utf-8")
        rows, points = recompute(folder), dict(self.points(folder, "heat strong tiny"))["mpi"]
        (x, y) = Drawn(svg).markers("mpi-points")[0]
        (words,) = (words for place, words in Drawn(svg).marks("y") if words == "200")
        for right, wrong in ((f'y="{y}"', f'y="{y + 0.7}"'), (f">{words}</text>", ">210</text>")):
            self.assertIn(right, svg)
            with self.assertRaises(AssertionError):
                drawn = Drawn(svg.replace(right, wrong))
                self.marked(drawn, rows, points, lambda row: row["time"], "interval", self.unit(drawn))

    def test_fitted_laws(self) -> None:
        """Each corner of a drawn law lies on that fitted anew, from the fewest workers to the most."""
        checked = 0
        for folder, _, problem, drawn in self.each("speedup"):
            for fit in fits(folder):
                first = fit.curve[0]
                if fit.law is usl or first.problem != problem:
                    continue
                base = first.serial or first.own
                one = base.units / base.median / base.workers
                (line,) = drawn.paths(f"{first.variant}-fit")
                across, up = drawn.axis("x"), drawn.axis("y")
                for x, y in line:
                    p = across.number(x)
                    right = math.exp(-fit.best[0] - fit.law(p, *fit.best[1:])) / one
                    self.assertLess(abs(up.place(right) - y), OF_FITS, (fit.name, p))
                ends = [across.number(line[0][0]), across.number(line[-1][0])]
                self.assertAlmostEqual(ends[0] / first.workers, 1, 3)
                self.assertAlmostEqual(ends[1] / fit.curve[-1].workers, 1, 3)
                words = [words for _, _, words in drawn.texts()]
                self.assertIn(f"{NAMES[fit.law]}, {first.variant}", words)
                checked += 1
        self.assertGreater(checked, 20)


def drawn_speedup(row: Mapping[str, float]) -> float | None:
    return row.get("speedup_serial", row.get("speedup_own"))


class Others(Pictures):
    def test_roofline(self) -> None:
        """Points by their number in the legend, and roofs by their workers."""
        folder, _ = reported()
        tops, points = limits(folder), {p.name: p for p in related(folder)}
        for drawn in self.pictures(folder, "roofline"):
            named = re.compile(r"(\d+) (\w+) (weak )?(\w+) (\d+) x (\d+)")
            told = [found for _, _, words in drawn.texts() if (found := named.fullmatch(words))]
            self.assertEqual(len(told), 2)
            for found in told:
                number, app, weak, variant, ranks, threads = found.groups()
                point = points[f"{app} {'weak' if weak else 'strong'} tiny {variant} {ranks}x{threads}"]
                flop, moved = (float(point.runs[0][f"workload/{key}"]) for key in ("flop", "bytes"))
                self.lie(drawn, drawn.markers(f"point-{number}"), [(flop / moved, flop / point.median)], 1e9)
                roof = next(path for path in drawn.paths(f"roof-{point.workers}"))
                across, up = drawn.axis("x"), drawn.axis("y")
                for x, y in roof:
                    compute, memory = (reach(tops[kind], point.workers) for kind in ("fma", "triad"))
                    top = min(compute, across.number(x) * memory)
                    self.assertLess(abs(up.place(top / 1e9) - y), OF_FITS)

    def test_where_the_time_goes(self) -> None:
        for study in (reported, untrusted):
            folder, _ = study()
            anew = recompute(folder)
            for problem in sorted({point.problem for point in related(folder)}):
                for drawn in self.pictures(folder, f"{problem.replace(' ', '-')}-split"):
                    self.bars(drawn, problem, anew, {p.name for p in related(folder) if p.used})

    def bars(self, drawn: Drawn, problem: str, anew: Rows, used: set[str]) -> None:
        """End to end they are the shares of each point, in the order of their names; beside each stands the
        mean time."""
        layouts = sorted(drawn.marks("y"))
        rows = ["{} {} {}x{}".format(problem, *re.split(" x | ", words)) for _, words in layouts]
        self.assertGreater(len(rows), 8)
        across = drawn.axis("x", logarithmic=False)
        ends = [0.0] * len(rows)
        for phase in PHASES:
            found = drawn.paths(f"bars-{phase}")
            self.assertEqual(len(found), len(rows))
            for place, (row, bar) in enumerate(zip(rows, found)):
                low, high = min(x for x, _ in bar), max(x for x, _ in bar)
                self.assertLess(abs(across.place(ends[place]) - low), NEAR)
                ends[place] += 100 * anew[row][f"{phase}_share"]
                self.assertLess(abs(across.place(ends[place]) - high), NEAR)
                self.assertTrue(min(y for _, y in bar) < layouts[place][0] < max(y for _, y in bar))
        word = {row: "" if row in used else ", left out" for row in rows}
        right = [si(anew[row]["mean_time"], "s") + word[row] for row in rows]
        times = [(y, words) for _, (_, y), words in drawn.texts() if re.match(r"[\d.]+ m?s", words)]
        self.assertEqual([words for _, words in sorted(times)], right)

    def test_layouts(self) -> None:
        """The rate of each layout, in the cell of its ranks and threads, of the fastest on as many workers."""
        folder, _ = whole_nodes()
        for drawn in self.pictures(folder, "heat-strong-tiny-layouts"):
            points = [p for p in related(folder) if p.problem == "heat strong tiny"]
            columns, lines = dict(drawn.marks("x")), dict(drawn.marks("y"))
            told = set()
            for _, (x, y), words in drawn.texts():
                if words.endswith(" %"):
                    threads = int(columns[min(columns, key=lambda place: abs(place - x))])
                    ranks = int(lines[min(lines, key=lambda place: abs(place - y))])
                    told.add((ranks, threads, int(words[:-2])))
            times = {(p.ranks, p.threads): [] for p in points}
            for p in points:
                times[p.ranks, p.threads].append(p.median)
            right = set()
            for (ranks, threads), own in times.items():
                best = min(p.median for p in points if p.workers == ranks * threads)
                right.add((ranks, threads, int(f"{100 * best / min(own):.0f}")))
            self.assertEqual(told, right)


class Comparisons(Pictures):
    def inline(self, name: str) -> Drawn:
        page = (compared()[0][0] / "comparison.html").read_text(encoding="utf-8")
        found = re.search(rf'<figure id="picture-{name}">.*?(<svg.*?</svg>)', page, re.DOTALL)
        assert found is not None, name
        return Drawn(found[1], f"{name}-")

    def test_ratios(self) -> None:
        folders, _ = compared()
        anew, drawn = recompute_several(folders), self.inline("compare-ratios")
        rows = [f"{words} all cores" for _, words in sorted(drawn.marks("y"))]
        self.assertEqual(len(rows), 4)
        across = drawn.axis("x")
        for n in (1, 2):
            right = [anew[row][f"ratio{n}"] for row in rows]
            found = sorted(drawn.markers(f"study-{n}-ratios"), key=lambda place: place[1])
            self.assertEqual(len(found), len(right))
            for (x, _), value in zip(found, right):
                self.assertLess(abs(across.place(value) - x), NEAR)
            whiskers = sorted(drawn.paths(f"study-{n}-intervals"), key=lambda path: path[0][1])
            for path, row in zip(whiskers, rows):
                for (x, _), end in zip(path, ("low", "high")):
                    self.assertLess(abs(across.place(anew[row][f"interval{n}_{end}"]) - x), NEAR)

    def test_rates(self) -> None:
        folders, _ = compared()
        for problem in ("pi strong tiny", "heat weak tiny"):
            drawn = self.inline("compare-" + problem.replace(" ", "-"))
            for n, folder in enumerate(folders):
                best = fastest(p for p in related(folder) if p.problem == problem and p.used)
                right = [(p.workers, p.units / p.median) for p in best]
                self.lie(drawn, drawn.markers(f"study-{n}-rates"), right, 1.0)


if __name__ == "__main__":
    unittest.main()
