"""Pictures tell what the tables tell, and nothing in them lies upon something else."""
import math
import unittest

from invented import Invented, Law
from support import Scratch

from jobscripts.state import load
from results.ceilings import Ceiling, Ceilings
from results.curves import curves_of, fitted_lines
from results.findings import tables_of
from results.outcomes import read_outcomes
from results.palette import VARIANTS
from results.picture import HEIGHT
from results.plot_layouts import draw_layouts
from results.plot_roofline import draw_roofline
from results.plot_scaling import draw_efficiency, draw_speedup, draw_time
from results.plot_split import draw_split
from results.roof import on_roof, share_of_roof
from results.split import Split


class Pictures(Scratch):
    def tables(self, **changes):
        changes = {"apps": ("heat",), "workers": (1, 2, 4, 8), "scalings": ("strong",), **changes}
        folder = Invented(self.folder / "study", **changes).write()
        state = load(folder)
        return tables_of(state, read_outcomes(state))


class Roofline(Pictures):
    limits = Ceilings(Ceiling(1e10, 3e10, 4), Ceiling(3e10, 1e11, 4), Ceiling(2e10, 8e10, 4), ())

    def draw(self, limits=limits, **changes):
        points = on_roof(self.tables(layouts=False, **changes))
        (where,) = draw_roofline(limits, points).figure.axes
        return points, {line.get_label(): line for line in where.lines}

    def test_a_point_is_as_far_below_its_roof_as_the_table_says(self):
        """One worker, and two nodes, with a probe of one."""
        points, lines = self.draw(apps=("heat", "fft"), node=4)
        self.assertEqual({point.workers for point in points}, {1, 8})
        self.assertTrue({"one worker", "8 workers"} < set(lines))
        self.assertFalse("4 workers" in lines)
        for number, point in enumerate(points, start=1):
            own = f"{number} {point.problem.app}"
            (place,) = (line for label, line in lines.items() if label.startswith(own))
            ((x,), (y,)) = place.get_data()
            roof = lines["one worker" if point.workers == 1 else "8 workers"]
            self.assertAlmostEqual(y / height_at(roof, x), share_of_roof(point, self.limits), 6)

    def test_the_library_s_ceiling_is_that_of_as_many_nodes(self):
        _, lines = self.draw(node=4)
        self.assertEqual(lines["DGEMM of BLAS, 8 workers"].get_ydata()[0], 160)

    def test_roofs_that_are_one_are_drawn_once(self):
        _, lines = self.draw(Ceilings(Ceiling(4e10, 4e10, 8), Ceiling(1e11, 1e11, 8), None, ()))
        self.assertTrue("8, 1 workers" in lines)
        self.assertFalse("one worker" in lines)

    def test_without_points_the_measured_roof(self):
        (where,) = draw_roofline(self.limits, []).figure.axes
        labels = [line.get_label() for line in where.lines]
        self.assertEqual(labels, ["4 workers", "one worker", "DGEMM of BLAS, 4 workers"])


def height_at(line, x):
    """Between two points of a line, straight in the logarithms; never at the ridge."""
    across, up = line.get_data()
    after = next(index for index, other in enumerate(across) if other > x)
    part = math.log(x / across[after - 1]) / math.log(across[after] / across[after - 1])
    return up[after - 1] * (up[after] / up[after - 1]) ** part


class TimeSplit(Pictures):
    def test_each_bar_is_all_of_its_time(self):
        (table,) = self.tables(law=Law(serial=0.0), workers=(1, 2, 16))
        (where,) = draw_split(table).figure.axes
        self.assertEqual(where.get_xlim(), (0, 100))
        for phase, share in zip(where.collections, (80, 88, 98, 100)):
            ends = [path.vertices[:, 0].max() for path in phase.get_paths()]
            self.assertAlmostEqual(ends[0], share, 6)  # one worker
            self.assertAlmostEqual(ends[-1], share, 6)  # a sixteenth of its time

    def test_the_time_itself_stands_at_the_bar(self):
        (table,) = self.tables(layouts=False)
        table.points[0].split = Split({"compute": 0.3, "communicate": 0.1, "wait": 0.0, "io": 0.0}, 1, 1, 1)
        table.points[1].split = Split({"compute": 0.0, "communicate": 0.0, "wait": 0.0, "io": 0.0}, 1, 1, 1)
        (where,) = draw_split(table).figure.axes
        told = {round(text.get_position()[1]): text.get_text() for text in where.texts}
        self.assertEqual(len(told), len(table.points))
        self.assertEqual((told[0], told[1]), ("400 ms", "0 s"))

    def test_a_point_that_is_left_out_says_so(self):
        (table,) = self.tables(layouts=False)
        table.points[2].left_out.append("too few samples: 2, an interval takes 6")
        drawing = draw_split(table)
        (where,) = drawing.figure.axes
        marked = [round(text.get_position()[1]) for text in where.texts if text.get_text().endswith(", left out")]
        self.assertEqual(marked, [2])
        drawing.figure.canvas.draw()
        for text in (*where.texts, *where.get_legend().get_texts()):
            box = text.get_window_extent()
            self.assertTrue(0 <= box.x0 and box.x1 <= drawing.figure.bbox.x1, text.get_text())

    def test_fewest_and_most_workers_are_kept(self):
        (table,) = self.tables(workers=(1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48), repeats=1)
        (where,) = draw_split(table).figure.axes
        labels = [label.get_text() for label in where.get_yticklabels()]
        self.assertEqual(len(labels), 24)
        self.assertEqual(len(set(labels)), 24)
        for variant in VARIANTS[1:]:
            own = [p for p in table.points if p.variant == variant]
            for workers in (1, 48):
                best = min((p for p in own if p.workers == workers), key=lambda p: p.time.median)
                self.assertIn(f"{variant} {best.ranks} x {best.threads}", labels)
        between = [label for label in labels if label.startswith("hybrid")]
        self.assertGreater(len(between), 10)


class Efficiency(Pictures):
    def draw(self, high):
        """The interval of the point of most workers of mpi ends at `high` times its speed-up."""
        (table,) = self.tables(layouts=False, law=Law(serial=0.0))
        point = next(p for p in table.points if p.variant == "mpi" and p.workers == 8)
        point.speedup_interval = (point.speedup_serial / 2, point.speedup_serial * high)
        (where,) = draw_efficiency(table).figure.axes
        arrows = [line for line in where.lines if "arrow" in str(line.get_marker())]
        return where.get_ylim()[1], point.efficiency * high, arrows

    def test_intervals_are_within_the_axes(self):
        top, end, arrows = self.draw(1.4)
        self.assertLess(end, top)
        self.assertEqual(arrows, [])

    def test_an_interval_that_is_cut_has_an_arrow(self):
        top, end, arrows = self.draw(40)
        self.assertTrue(1.4 < top < 2 < end, top)
        (arrow,) = arrows
        self.assertEqual((list(arrow.get_xdata()), list(arrow.get_ydata())), ([8], [top]))
        self.assertEqual(arrow.get_label(), "interval goes on")

    def test_no_interval_moves_nothing(self):
        top, _, arrows = self.draw(math.nan)
        self.assertLess(top, 1.4)
        self.assertEqual(arrows, [])


class Legends(Pictures):
    def test_they_hide_nothing(self):
        (table,) = self.tables(law=Law(noise=0.05))
        lines = fitted_lines(curves_of(table), table)
        for drawing in (draw_time(table), draw_speedup(table, lines), draw_efficiency(table)):
            with self.subTest(drawing.name):
                drawing.figure.canvas.draw()
                (where,) = drawing.figure.axes
                legend = where.get_legend().get_window_extent()
                words = where.xaxis.label.get_window_extent()
                self.assertLess(legend.y1, words.y0)
                picture = drawing.figure.bbox
                self.assertTrue(picture.x0 <= legend.x0 and legend.x1 <= picture.x1, legend)
                self.assertGreaterEqual(legend.y0, picture.y0)
                self.assertGreater(where.get_window_extent().height, 0.7 * HEIGHT * drawing.figure.dpi)


class Layouts(Pictures):
    def draw(self, workers):
        (table,) = self.tables(workers=workers, repeats=1)
        drawing = draw_layouts(table)
        drawing.figure.canvas.draw()
        return drawing, drawing.figure.axes

    def test_both_words_where_they_fit(self):
        drawing, axes = self.draw((1, 2, 4))
        self.assertTrue(all(text.get_text().split("\n")[1] in VARIANTS for text in axes[0].texts))
        self.no_touching(axes[0].texts)

    def test_shares_alone_in_narrow_cells(self):
        drawing, axes = self.draw((1, 2, 3, 4, 6, 8, 12, 16, 24, 32))
        (where,) = axes
        self.assertGreater(len(where.texts), 20)
        self.assertTrue(all(text.get_text().isdigit() for text in where.texts))
        self.assertIn("%", where.get_xlabel())
        self.assertIn("the table of points has the variants", drawing.words)
        self.no_touching(where.texts)

    def test_a_bar_of_colours_where_no_word_fits(self):
        drawing, axes = self.draw((1, 2, 3, 4, 6, 8, 12, 16, 20, 24, 32, 40, 48, 64, 80, 96, 128))
        where, bar = axes
        self.assertEqual(list(where.texts), [])
        self.assertIn("100%", [label.get_text() for label in bar.get_yticklabels()])
        self.no_touching(where.get_xticklabels())
        self.no_touching(where.get_yticklabels())

    def no_touching(self, texts):
        boxes = [text.get_window_extent() for text in texts]
        for number, one in enumerate(boxes):
            for other in boxes[:number]:
                self.assertFalse(one.overlaps(other), (one, other))



class Axes(Pictures):
    """What stands beside the axes can be read."""

    def ends(self, where):
        """Of the numbers below: left and right, in pixels, in their order."""
        where.figure.canvas.draw()
        boxes = [label.get_window_extent() for label in where.get_xticklabels()]
        return [(box.x0, box.x1) for box in boxes]

    def test_numbers_of_workers_do_not_touch(self):
        workers = tuple(4**n for n in range(7))
        (table,) = self.tables(workers=workers, layouts=False)
        (where,) = draw_efficiency(table).figure.axes
        ends = self.ends(where)
        self.assertGreater(len(ends), 3)
        self.assertEqual({where.get_xticks()[0], where.get_xticks()[-1]}, {1, 4096})
        for (_, right), (left, _) in zip(ends, ends[1:]):
            self.assertLess(right, left)
        self.assertLess(ends[-1][1], where.figure.bbox.x1)

    def test_many_workers_near_each_other(self):
        (table,) = self.tables(workers=(1000, 1024, 1100, 2048, 4096), layouts=False)
        ends = self.ends(draw_time(table).figure.axes[0])
        for (_, right), (left, _) in zip(ends, ends[1:]):
            self.assertLess(right, left)

    def test_times_that_hardly_differ_have_numbers(self):
        (table,) = self.tables(scalings=("weak",), layouts=False, law=Law(one=2.1e-3, serial=0.0, noise=1e-3))
        (where,) = draw_time(table).figure.axes
        self.assertEqual(where.get_ylabel(), "time in ms")
        where.figure.canvas.draw()
        low, high = where.get_ylim()
        shown = [1e-3 * float(label.get_text()) for label in where.get_yticklabels()]
        self.assertGreaterEqual(len(shown), 2)
        self.assertTrue(all(low <= value <= high for value in shown))


if __name__ == "__main__":
    unittest.main()
