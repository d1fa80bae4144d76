"""What is drawn of a law and of the machine's limits is what was fitted and measured."""
import math
import unittest
from unittest.mock import Mock

from invented import Invented, Law
from support import Scratch, report_quietly

from jobscripts.state import load
from results.ceilings import Ceilings, ceilings
from results.curves import curves_of, fitted_lines
from results.findings import tables_of
from results.outcomes import read_outcomes
from results.page_glance import cards, verdict
from results.palette import VARIANTS, light
from results.plot_roofline import draw_roofline
from results.plot_scaling import draw_time
from results.record import Record
from results.roof import on_roof


class Drawn(Scratch):
    def study(self, **changes):
        changes = {"apps": ("heat",), "workers": (1, 2, 4, 8), "layouts": False, **changes}
        folder = Invented(self.folder / "study", **changes).write()
        state = load(folder)
        outcomes = read_outcomes(state)
        return state, outcomes, tables_of(state, outcomes)

    def test_a_fitted_line_is_as_far_from_a_point_as_its_residual_says(self):
        """Overhead that Amdahl does not know makes the fit miss its own point of one worker."""
        _, _, tables = self.study(law=Law(serial=0.02, overhead=0.01, noise=0.0))
        for table in tables:
            lines = {line.variant: line for line in fitted_lines(curves_of(table), table)}
            for curve in curves_of(table):
                line = lines[curve.variant]
                points = {p.workers: p for p in table.points if p.variant == curve.variant}
                for workers, residual in curve.fit.residuals:
                    drawn = self.at(line, workers)
                    self.assertAlmostEqual(drawn / points[workers].speedup_serial, 1 + residual, 6)

    def test_the_band_of_a_line_is_the_interval_of_its_fit(self):
        _, _, tables = self.study(law=Law(serial=0.05, noise=0.05))
        for table in tables:
            fits = {curve.variant: curve.fit for curve in curves_of(table)}
            lines = fitted_lines(curves_of(table), table)
            self.assertEqual(len(lines), 3)
            for line in lines:
                for p, low, middle, high in zip(line.workers, line.low, line.speedup, line.high):
                    self.assertTrue(low < middle < high)
                    short, long = fits[line.variant].band(p)
                    self.assertAlmostEqual(high / low, long / short, 9)

    def at(self, line, workers):
        return next(s for p, s in zip(line.workers, line.speedup) if math.isclose(p, workers))

    def test_speed_up_has_the_interval_of_both_times(self):
        _, _, tables = self.study()
        for point in tables[0].points:
            if point.variant == "serial":
                self.assertIsNone(point.speedup_interval)
            else:
                low, high = point.speedup_interval
                self.assertTrue(low < point.speedup_serial < high)

    def test_ceilings_are_the_best_of_the_largest_runs(self):
        _, outcomes, _ = self.study()
        found = ceilings(outcomes.records.values())
        self.assertEqual((found.bandwidth.core, found.bandwidth.all), (1.2e10, 4.4e10))
        self.assertEqual(found.bandwidth.at(2), 2.4e10)

    def test_strong_scaling_stands_on_the_roof(self):
        _, _, tables = self.study()
        self.assertEqual({point.problem.scaling for point in on_roof(tables)}, {"strong"})

    def test_each_point_on_the_roof_is_told_apart(self):
        """By the number beside it, which its line of the legend begins with; filled is all workers."""
        _, outcomes, tables = self.study(apps=("heat", "fft"))
        points = on_roof(tables)
        self.assertEqual(len(points), 4)
        drawing = draw_roofline(ceilings(outcomes.records.values()), points)
        (where,) = drawing.figure.axes
        beside = {text.get_text(): text.xy for text in where.texts}
        lines = [line for line in where.lines if line.get_marker() != "None"]
        self.assertEqual(len(beside), 4)
        self.assertEqual(len(lines), 4)
        for line, point in zip(lines, points):
            number, _, words = line.get_label().partition(" ")
            ((x,), (y,)) = line.get_data()
            self.assertEqual(beside[number], (x, y))
            layout = f"{point.problem.app} {point.variant} {point.ranks} x {point.threads}"
            self.assertEqual(words, layout)
            self.assertAlmostEqual(y, point.work.flop / point.time.median / 1e9)
            filled = line.get_markerfacecolor() == line.get_color()
            self.assertEqual(filled, point.workers == 8)

    def test_points_left_out_show_their_variant(self):
        _, _, tables = self.study(samples=2, repeats=1, scalings=("strong",))
        (where,) = draw_time(tables[0]).figure.axes
        crosses = [line for line in where.lines if line.get_marker() == "x" and len(line.get_xdata())]
        colours = {line.get_color() for line in crosses}
        self.assertEqual(colours, {light(name) for name in VARIANTS})
        _, labels = where.get_legend_handles_labels()
        self.assertEqual(sorted(labels), sorted([*VARIANTS, "left out"]))

    def test_nothing_empty_where_all_points_are_left_out(self):
        folder = self.folder / "study"
        self.study(samples=2, repeats=1)
        report_quietly(folder, "-o", folder / "page.html")
        page = (folder / "page.html").read_text(encoding="utf-8")
        self.assertIn('id="picture-heat-strong-tiny-time"', page)
        for absent in ("-speedup", "-efficiency", "Each variant on", "E is against one worker"):
            self.assertFalse(absent in page, absent)
        self.assertTrue("no speed-up" in page)

    def test_a_machine_that_others_used_is_told_at_the_top(self):
        _, outcomes, tables = self.study()
        told = "others used this machine while its limits were measured"
        for warnings, expected in (((), 0), (("disturbed: triad_all, 1 byte/s, is below triad_core",), 1)):
            records = (Mock(spec=Record, warnings=("memory: small",)), Mock(spec=Record, warnings=warnings))
            page = cards(outcomes, tables, Ceilings(None, None, None, records))
            self.assertEqual(page.count(told), expected)

    def test_runs_that_wait_are_told(self):
        _, outcomes, tables = self.study()
        self.assertEqual(verdict(outcomes, tables)[1], "good")
        outcomes.waiting = 3
        words, mark = verdict(outcomes, tables)
        self.assertIn("3 still to come", words)
        self.assertEqual(mark, "warn")


if __name__ == "__main__":
    unittest.main()
