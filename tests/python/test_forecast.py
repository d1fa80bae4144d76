"""What the report says of predicted times: computed anew, or as the model of results/model.py has them,
whose rightness test_model.py and tests/simulate show."""
import dataclasses
import math
import re
import unittest

from invented import CONFIG, Invented, Law
from page_reader import Page
from page_studies import untrusted
from recompute.limits import limits, reach
from support import Scratch, report_quietly

from jobscripts.state import load
from results.ceilings import ceilings
from results.findings import probe_records, tables_of
from results.forecast import Forecast, NoForecast, forecasts_of
from results.model import Cost, Layout, anchored, predict
from results.model_machine import of_probe
from results.model_platform import of_platform, platform_file
from results.outcomes import read_outcomes
from results.page_model import words_of
from results.plot_predicted import predicted_lines
from results.plot_scaling import draw_efficiency, draw_time
from results.curves import curves_of

NODE = 8  # cores


class Study(Scratch):
    def made(self, **changes):
        changes = {"apps": ("pi", "heat", "matmul", "fft"), "layouts": False, "model": True,
                   "law": Law(serial=0.02, noise=0.001), "scalings": ("strong",), **changes}
        self.study = Invented(self.folder / "study", **changes).write()
        state = load(self.study)
        outcomes = read_outcomes(state)
        self.limits = ceilings(probe_records(state, outcomes))
        return {table.problem.app: table for table in tables_of(state, outcomes)}

    def forecasts(self, table):
        return {found.variant: found for found in forecasts_of(table, self.limits, NODE)}


class Predicted(Study):
    def test_threads_alone_are_as_the_limits_of_probe_say(self):
        """heat waits for memory, pi for arithmetic; a thread has its part of what they have together."""
        tables = self.made()
        for app, kind in (("heat", "triad"), ("pi", "fma")):
            roof = limits(self.study)[kind]
            found = self.forecasts(tables[app])["omp"]
            first = found.measured[0].point.time.median
            for told in found.measured:
                p = told.workers
                with self.subTest(app=app, p=p):
                    self.assertAlmostEqual(told.cost.seconds, first * reach(roof, 1) / reach(roof, p))
            self.assertEqual([told.workers for told in found.measured], [1, 2, 4, 8])

    def test_ranks_are_as_the_model_says_and_the_base_is_met(self):
        tables = self.made()
        machine = of_probe(self.limits, NODE)
        for app, table in tables.items():
            found = self.forecasts(table)["mpi"]
            base = found.measured[0].point
            config = {**CONFIG[app], "scaling": "strong", "per": "worker"}
            slowness = anchored(app, config, Layout(1), machine, True, base.time.median)
            self.assertAlmostEqual(found.told[0].ratio, 1.0)
            for told in found.told:
                with self.subTest(app=app, p=told.workers):
                    right = predict(app, config, told.layout, machine, True, slowness)
                    self.assertAlmostEqual(told.cost.seconds, right.seconds)
                    self.assertTrue(told.best is None or told.best.seconds <= told.cost.seconds)

    def test_goes_on_to_four_times_the_workers_on_whole_nodes(self):
        found = self.forecasts(self.made()["heat"])
        self.assertEqual([told.layout for told in found["mpi"].beyond[1:]], [Layout(16, 1, 2), Layout(32, 1, 4)])
        self.assertEqual([told.layout for told in found["hybrid"].beyond[1:]], [Layout(2, 8, 2), Layout(4, 8, 4)])
        self.assertEqual(found["omp"].beyond, [])
        self.assertIn("threads end with the node", words_of(found["omp"]))

    def test_stays_inside_a_node_that_has_cores_left(self):
        found = self.forecasts(self.made(workers=(1, 2))["heat"])
        self.assertEqual([told.layout for told in found["mpi"].beyond[1:]], [Layout(4), Layout(8)])
        self.assertEqual([told.layout for told in found["omp"].beyond[1:]], [Layout(1, 4), Layout(1, 8)])

    def test_one_thread_alone_goes_on_by_threads(self):
        found = self.forecasts(self.made(workers=(1,))["heat"])
        self.assertEqual([told.layout for told in found["omp"].beyond[1:]], [Layout(1, 2), Layout(1, 4)])
        self.assertEqual([told.layout for told in found["mpi"].beyond[1:]], [Layout(2), Layout(4)])

    def test_points_are_predicted_where_what_lies_beyond_is_not_known(self):
        table = self.made(apps=("heat",), workers=(1,))["heat"]
        records = [dataclasses.replace(r, figures={k: f for k, f in r.figures.items() if "node" not in k})
                   for r in self.limits.records]
        self.limits = dataclasses.replace(self.limits, records=tuple(records))
        found = self.forecasts(table)["mpi"]
        self.assertEqual([told.layout for told in found.told], [Layout(1)])
        self.assertIn("Nothing is predicted beyond: messages inside a node were not measured", words_of(found))

    def test_simulated_points_need_no_base(self):
        """Their machine is that of the platform file."""
        table = self.made(apps=("heat",))["heat"]
        table.points = [dataclasses.replace(p, simulated="fat_tree", exchange="message") for p in table.points]
        found = self.forecasts(table)["mpi"]
        self.assertEqual((found.machine, found.base), ("fat_tree", None))
        machine = of_platform(platform_file("fat_tree"))
        for told in found.told:
            right = predict("heat", {**CONFIG["heat"], "scaling": "strong"}, told.layout, machine)
            self.assertEqual(told.cost, right)

    def test_a_platform_of_ones_own_is_the_one_that_the_study_kept(self):
        table = self.made(apps=("heat",))["heat"]
        table.points = [dataclasses.replace(p, simulated="fat_tree", exchange="message") for p in table.points]
        text = platform_file("fat_tree").read_text(encoding="utf-8")
        own = self.folder / "platform.xml"
        own.write_text(text.replace('speed="20Gf"', 'speed="1Mf"'), encoding="utf-8")
        shipped, kept = (self.told(table, path) for path in (None, own))
        self.assertGreater(kept.told[0].cost.seconds, 10 * shipped.told[0].cost.seconds)
        own.write_text(text.replace("FAT_TREE", "DRAGONFLY"), encoding="utf-8")
        self.assertIn("no cluster that the model knows", self.told(table, own).reason)
        table.points = [dataclasses.replace(p, simulated="my-cluster") for p in table.points]
        self.assertIn("no platform file of my-cluster", self.told(table, None).reason)

    def told(self, table, platform):
        found = forecasts_of(table, self.limits, NODE, platform)
        return next(told for told in found if told.variant == "mpi")

    def test_nothing_is_predicted_on_nodes_that_a_platform_has_not(self):
        table = self.made(apps=("heat",), workers=(1, 16))["heat"]
        table.points = [
            dataclasses.replace(p, simulated="fat_tree", exchange="message", ranks=p.ranks * 128, nodes=p.ranks * 8)
            for p in table.points if p.variant == "mpi"
        ]
        found = self.told(table, None)
        self.assertEqual([told.layout.nodes for told in found.told], [8, 128, 256])

    def test_points_left_out_for_their_time_are_not_predicted_from(self):
        table = self.made(apps=("heat",))["heat"]
        for point in table.points:
            if point.variant == "mpi" and point.workers == 1:
                point.left_out.append("not verified")
            if point.variant == "mpi" and point.workers == 4:
                point.left_out.append("other work than its base: 3, not 2")
        found = self.forecasts(table)["mpi"]
        self.assertEqual([told.workers for told in found.measured], [2, 4, 8])
        self.assertEqual(found.base.workers, 2)
        self.assertAlmostEqual(found.told[0].ratio, 1.0)


class LeftOut(Study):
    """Points that are not compared, on the very layouts where the model goes on."""

    def left_out(self, places, reason="too few samples: 2, an interval takes 6", variant="omp"):
        self.table = self.made(apps=("heat",))["heat"]
        for point in self.table.points:
            if point.variant == variant and point.workers in places:
                point.left_out.append(reason)
        return self.forecasts(self.table)[variant]

    def test_their_times_are_told_and_not_compared(self):
        found = self.left_out((2, 4, 8))
        self.assertEqual([told.workers for told in found.measured], [1])
        self.assertEqual([told.workers for told in found.left_out], [2, 4])
        for told in found.left_out:
            (point,) = [p for p in self.table.points if p.variant == "omp" and p.workers == told.workers]
            self.assertEqual((told.time, told.near), (point.time.median, True))
            self.assertTrue(math.isnan(told.ratio))
        words = words_of(found)
        self.assertIn("There is no other measured point that is used. Left out, and so not compared: p = 2, 4.", words)
        self.assertNotIn("25 %", words)

    def test_they_are_not_beyond_the_points(self):
        found = self.left_out((4, 8))
        self.assertEqual([told.workers for told in found.inside], [1, 2, 4, 8])
        self.assertEqual(found.beyond, [])
        self.folder = self.folder / "next"
        found = self.left_out((8,))
        self.assertEqual(found.beyond, [])
        self.assertIn("Nothing is predicted beyond: threads end with the node", words_of(found))
        self.folder = self.folder / "next"
        found = self.left_out((8,), variant="mpi")
        self.assertEqual([told.workers for told in found.inside], [1, 2, 4, 8])
        self.assertEqual([told.workers for told in found.beyond], [8, 16])

    def test_what_lies_between_points_is_not_beyond_them(self):
        self.left_out((4, 8))
        self.table.points = [p for p in self.table.points if (p.variant, p.workers) != ("omp", 4)]
        found = self.forecasts(self.table)["omp"]
        self.assertEqual([(told.workers, told.left_out is not None) for told in found.inside],
                         [(1, False), (2, False), (4, False), (8, True)])

    def test_another_layout_is_another_point(self):
        self.left_out((8,), variant="mpi")
        self.table.points = [
            dataclasses.replace(p, nodes=2) if p.variant == "mpi" and p.workers == 8 else p
            for p in self.table.points
        ]
        found = self.forecasts(self.table)["mpi"]
        self.assertEqual((found.left_out, [told.workers for told in found.beyond]), ([], [4, 8, 16]))

    def test_a_wrong_answer_has_no_time(self):
        for reason in ("not verified", "repeats of unequal work"):
            found = self.left_out((8,), reason)
            (told,) = found.left_out
            self.assertIsNone(told.time)
            self.folder = self.folder / "next"

    def test_the_page_says_why(self):
        _, page = untrusted()
        (table,) = page.table("Predicted and measured")
        cells = {(row[0].text, row[1].text): {h.text: c.text for h, c in zip(table.headings, row)} for row in table.rows}
        for place, note in ((("omp", "1 x 2"), "too few samples"), (("omp", "1 x 4"), "too few samples"),
                            (("mpi", "4 x 1"), "too few samples"), (("hybrid", "1 x 4"), "not verified")):
            row = cells[place]
            self.assertEqual((row["notes"], row["time to predicted (1)"]), (f"left out: {note}", "-"))
            self.assertEqual(row["time"] == "-", note == "not verified")
        self.assertEqual(cells["mpi", "8 x 1"]["notes"], "")
        told = [item for item in page.items if "Left out, and so not compared" in item]
        self.assertEqual([item.partition(":")[0] for item in told], ["omp", "mpi", "hybrid"])

    def test_a_page_without_them_has_no_notes(self):
        self.made(apps=("heat",))
        report_quietly(self.study)
        (table,) = Page((self.study / "report.html").read_text(encoding="utf-8")).table("Predicted")
        self.assertEqual(table.headings[-1].text, "at best")

    def test_a_line_through_them_is_drawn_as_at_points(self):
        found = self.left_out((4, 8))
        lines = predicted_lines([found], curves_of(self.table))
        axes = draw_time(self.table, lines).figure.axes[0]
        labels = [text.get_text() for text in axes.get_legend().get_texts()]
        self.assertEqual((labels.count("predicted"), labels.count("predicted, beyond the points")), (1, 0))
        self.assertIn([1, 2, 4, 8], [list(line.get_xdata()) for line in axes.get_lines() if line.is_dashed()])

    def test_one_time_alone_predicts_no_efficiency_above_ideal(self):
        found = self.left_out((2, 4, 8))
        curves = curves_of(self.table)
        for share, drawn in ((0.9, True), (1.1, False)):
            (line,) = predicted_lines([found], [dataclasses.replace(c, base_rate=found.base.rate / share) for c in curves])
            self.assertEqual([math.isnan(spot.efficiency) for spot in line.spots], [not drawn] * 3)
            self.assertTrue(all(spot.seconds > 0 for spot in line.spots))


class Refused(Study):
    def test_says_what_is_missing(self):
        for changes, words in (({"model": False}, "what its problem was"), ({"probe": False}, "no figures of probe")):
            with self.subTest(changes=changes):
                table = self.made(apps=("heat",), **changes)["heat"]
                for found in self.forecasts(table).values():
                    self.assertIsInstance(found, NoForecast)
                    self.assertIn(words, found.reason)
                self.folder = self.folder / "next"

    def test_messages_that_probe_did_not_measure_are_not_guessed(self):
        table = self.made(apps=("heat",))["heat"]
        records = [dataclasses.replace(r, figures={k: f for k, f in r.figures.items() if "network" not in k})
                   for r in self.limits.records]
        self.limits = dataclasses.replace(self.limits, records=tuple(records))
        found = self.forecasts(table)["mpi"]
        self.assertEqual(found.beyond, [])
        self.assertIn("Nothing is predicted beyond: messages between nodes were not measured", words_of(found))


class Shown(Study):
    def test_the_page(self):
        tables = self.made(apps=("heat", "pi"), law=Law(serial=0.1, noise=0.001))
        report_quietly(self.study)
        page = Page((self.study / "report.html").read_text(encoding="utf-8"))
        rows = {}
        for row, key, value in page.told():
            if row.endswith(" predicted"):
                rows.setdefault(row, {})[key] = value
        checked = 0
        for app, table in tables.items():
            for found in self.forecasts(table).values():
                for told in found.told:
                    layout = told.layout
                    nodes = f" on {layout.nodes} nodes" if layout.nodes > 1 else ""
                    row = rows.pop(f"{app} strong tiny {found.variant} {layout.ranks}x{layout.threads}{nodes} predicted")
                    with self.subTest(app=app, layout=layout):
                        self.assertEqual(row["predicted"], told.cost.seconds)
                        parts = row["predicted_computing"] + row["predicted_communication"]
                        self.assertAlmostEqual(row["predicted"], parts)
                        self.assertEqual("time" in row, told.point is not None)
                        if "time" in row:
                            self.assertAlmostEqual(row["ratio"], row["time"] / row["predicted"])
                            checked += 1
                        self.assertEqual("predicted_best" in row, told.best is not None)
        self.assertEqual((checked, rows), (2 * 3 * 4, {}))
        self.assertTrue(any("heat, strong" in item or "mpi: speed of the kernel" in item for item in page.items))

    def test_words_name_the_points_that_are_far(self):
        table = self.made(apps=("pi",), law=Law(serial=0.5, noise=0.001))["pi"]
        found = self.forecasts(table)["mpi"]
        far = [told.workers for told in found.measured if not told.near]
        self.assertIn(8, far)
        told = re.search(r"Measured more than 25 % slower than predicted at p = ([\d, ]+), which", words_of(found))
        self.assertEqual([int(p) for p in told[1].split(", ")], far)
        near = dataclasses.replace(found, told=found.told[:1])
        self.assertIn("There is no other measured point", words_of(near))

    def test_a_simulation_differs_by_nothing_that_it_cannot_have(self):
        """Nobody else, no caches, no base: the words for real machines name them, and no others do."""
        table = self.made(apps=("pi",), law=Law(serial=0.5, noise=0.001))["pi"]
        measured = self.forecasts(table)["mpi"]
        for faster in (1.0, 0.1):
            told = tuple(
                dataclasses.replace(told, cost=Cost(told.cost.computing / faster, told.cost.communication))
                for told in measured.told
            )
            for base, impossible in ((measured.base, True), (None, False)):
                with self.subTest(faster=faster, simulated=base is None):
                    words = words_of(dataclasses.replace(measured, told=told, base=base))
                    self.assertIn("which may be", words)
                    self.assertEqual(bool(re.search("caches|a base|others used", words)), impossible, words)

    def test_a_quarter_is_the_border(self):
        table = self.made(apps=("pi",))["pi"]
        (first, *_) = self.forecasts(table)["mpi"].told
        for share, near in ((0.76, True), (0.74, False), (1.24, True), (1.26, False)):
            cost = dataclasses.replace(first.cost, computing=share * first.point.time.median, communication=0.0)
            self.assertEqual(dataclasses.replace(first, cost=cost).near, near, share)

    def test_lines_go_through_what_is_predicted(self):
        table = self.made(apps=("heat",))["heat"]
        forecasts = self.forecasts(table)
        lines = predicted_lines(list(forecasts.values()), curves_of(table))
        (mpi,) = [line for line in lines if line.variant == "mpi"]
        serial = table.serial.rate
        for spot, told in zip(mpi.inside + mpi.beyond[1:], forecasts["mpi"].told):
            self.assertEqual((spot.workers, spot.seconds), (told.workers, told.cost.seconds))
            self.assertAlmostEqual(spot.efficiency, told.units / told.cost.seconds / serial / told.workers)
        for drawing, value in ((draw_time(table, lines), "seconds"), (draw_efficiency(table, lines), "efficiency")):
            drawn = [list(zip(*line.get_data())) for line in drawing.figure.axes[0].get_lines()]
            for spots in (mpi.inside, mpi.beyond):
                right = [(spot.workers, getattr(spot, value)) for spot in spots]
                self.assertIn(right, drawn)
        labels = [text.get_text() for text in drawing.figure.axes[0].get_legend().get_texts()]
        self.assertEqual(labels.count("predicted"), 1)
        self.assertEqual(labels.count("predicted, beyond the points"), 1)

    def test_a_variant_without_a_base_has_no_predicted_efficiency(self):
        table = self.made(apps=("heat",))["heat"]
        lines = predicted_lines(list(self.forecasts(table).values()))
        self.assertTrue(all(math.isnan(spot.efficiency) for line in lines for spot in line.inside))


class Compared(Study):
    def test_studies_are_drawn_with_their_predictions(self):
        from results.plot_compare import draw_together
        from results.write import _labelled, _study

        table = self.made(apps=("heat",))["heat"]
        found = _labelled([_study(self.study), _study(self.study)])
        simulated = next(t for t in found[1].tables if t.problem == table.problem)
        for point in simulated.points:
            point.simulated, point.exchange = "fat_tree", "message"
        axes = draw_together(found, table.problem).figure.axes[0]
        labels = [text.get_text() for text in axes.get_legend().get_texts()]
        self.assertEqual(sum(label.endswith(", simulated") for label in labels), 1)
        self.assertEqual(labels.count("predicted"), 1)
        dotted = [line for line in axes.get_lines() if line.get_linestyle() not in ("-", "None")]
        self.assertEqual(len(dotted), 4)  # at the points and beyond them, of each study


if __name__ == "__main__":
    unittest.main()
