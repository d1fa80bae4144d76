"""What report.html says: its texts are those of its numbers, every number has a name and a unit, cards and
tables hold what they should. That the numbers are right is shown by test_page_numbers.py."""
from __future__ import annotations

import csv
import math
import re
import unittest
from decimal import Decimal

import h5py

from page_reader import Element
from page_studies import few_left, reported, whole_nodes
from recompute import merged

from results.palette import COLOURS, MARKERS, contrast
from results.record import PHASES

PREFIXES = {"T": 12, "G": 9, "M": 6, "k": 3, "": 0, "m": -3, "µ": -6, "n": -9}


def _prefix(rest: str, unit: str) -> float:
    """The factor of "GB/s" of a value in byte/s, of "GiB" of one in byte, of "ms" of one in s."""
    if rest.endswith("iB"):
        return 1024.0 ** "_KMG".index(rest[0])
    short = "B" + unit[4:] if unit.startswith("byte") and not rest.startswith("byte") else unit
    return 10.0 ** PREFIXES[rest.removesuffix(short)]


HALF = "workers up to which E stays above 50 %"
COUNTS = ("workers p", "nodes", "samples", "runs", "residual", HALF)  # headings of what is counted


def shown(element: Element) -> tuple[float, float]:
    """What the text of a number says, and half a unit of its last digit."""
    unit = element.attributes["data-unit"]
    mantissa, _, rest = element.text.partition(" ")
    factor = 0.01 if rest == "%" else 1.0 if unit == "1" else _prefix(rest, unit)
    digits = Decimal(mantissa)
    last = factor * 10.0 ** int(digits.as_tuple().exponent)
    return float(digits) * factor, last / 2


class WholeNodes(unittest.TestCase):
    """The fewest workers of a variant are its base, and count as many."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder, cls.page = whole_nodes()

    def test_the_base_is_efficient_by_definition(self) -> None:
        told = {(row, key): value for row, key, value in self.page.told()}
        for scaling in ("strong", "weak"):
            self.assertEqual(told[f"heat {scaling} tiny mpi 4x1", "speedup_own"], 4.0)
            self.assertEqual(told[f"heat {scaling} tiny mpi 4x1", "efficiency"], 1.0)
            self.assertLess(told[f"heat {scaling} tiny mpi 16x1 on 4 nodes", "efficiency"], 1.0)

    def test_it_is_said(self) -> None:
        words = " ".join(block.text for block in self.page.blocks)
        for told in ("the variant on 4 workers, the fewest: they count as 4", "against b = 4 workers of the variant"):
            self.assertTrue(told in words, told)
        self.assertFalse("one worker of the variant" in words)
        for picture in ("speedup", "efficiency"):
            self.assertTrue((self.folder / f"figures/heat-weak-tiny-{picture}.svg").exists())
        with open(self.folder / "summary.csv", newline="", encoding="utf-8") as file:
            self.assertEqual({row["base_workers"] for row in csv.DictReader(file)}, {"4"})

    def test_laws_are_fitted(self) -> None:
        self.assertTrue([row for row, key, _ in self.page.told() if key == "value"])


class Reported(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.folder, cls.page = reported()


class Numbers(Reported):
    def test_what_is_left_out_has_no_speedup(self) -> None:
        row = "heat strong tiny mpi 2x1"
        keys = {e.attributes["data-key"] for e in self.page.numbers if e.row == row}
        self.assertIn("time", keys)
        self.assertFalse(keys & {"speedup_serial", "speedup_own", "efficiency"})
        self.assertFalse(keys & {"efficiency_interval", "interval"})

    def test_one_rank_has_no_figures_of_pop(self) -> None:
        """Nobody looked at what its threads do among themselves."""
        pop = ("load_balance", "communication_efficiency", "parallel_efficiency")
        keys = {(e.row, e.attributes["data-key"]) for e in self.page.numbers}
        with open(self.folder / "summary.csv", newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual({row["ranks"] for row in rows}, {"1", "2", "3", "4", "6"})
        for row in rows:
            name = "{app} {scaling} {size} {variant} {ranks}x{threads}".format(**row)
            several = row["ranks"] != "1"
            with self.subTest(row=name):
                self.assertGreater(float(row["compute_s"]), 0, "the split itself is measured")
                self.assertEqual([bool(row[key]) for key in pop], [several] * 3)
                self.assertEqual([(name, key) in keys for key in pop], [several] * 3)

    def test_no_cell_of_numbers_without_value_key_and_row(self) -> None:
        for table in self.page.tables:
            for cells in table.rows:
                for cell in cells:
                    with self.subTest(table=table.caption, text=cell.text):
                        number = re.match(r"-?\d", cell.text) and not re.search(
                            r"^\d+ x \d|^\d{4}-|^[0-9a-f]{7,}$", cell.text
                        )
                        if cell.text in ("-", "no interval") or not (
                            number or cell.attributes.get("class") == "number"
                        ):
                            continue
                        if "property" in (heading.text for heading in table.headings):
                            continue  # the machine and its software: test_the_machine
                        self.assertTrue({"data-value", "data-low"} & set(cell.attributes))
                        self.assertTrue(cell.attributes.get("data-key"))
                        self.assertTrue(cell.row)

    def test_every_number_has_a_unit(self) -> None:
        for table in self.page.tables:
            for cells in table.rows:
                for heading, cell in zip(table.headings, cells):
                    if "data-unit" not in cell.attributes or not re.match(r"-?\d", cell.text):
                        continue
                    unit, around = cell.attributes["data-unit"], " ".join(c.text for c in cells)
                    with self.subTest(table=table.caption, heading=heading.text, text=cell.text):
                        if unit != "1":
                            self.assertTrue(cell.text.endswith(unit))
                        elif "%" not in cell.text and heading.text not in COUNTS:
                            self.assertIn("(1)", heading.text + around)

    def test_the_text_says_what_the_value_says(self) -> None:
        for element in self.page.numbers:
            if "data-value" not in element.attributes or not re.match(r"-?\d", element.text):
                continue
            value, half = shown(element)
            with self.subTest(row=element.row, text=element.text):
                right = float(element.attributes["data-value"])
                self.assertLessEqual(abs(value - right), half * (1 + 1e-9))

    def test_the_text_of_intervals(self) -> None:
        checked = 0
        for element in self.page.numbers:
            if "data-low" not in element.attributes:
                continue
            unit = element.attributes["data-unit"]
            low, high = element.text.split(" .. ")
            if " " in high and " " not in low:
                low += high[high.index(" ") :]
            for text, end in ((low, "data-low"), (high, "data-high")):
                right = float(element.attributes[end])
                if math.isinf(right):
                    self.assertEqual(text, "no bound")
                    continue
                value, half = shown(Element("", {"data-unit": unit}, "", text))
                with self.subTest(row=element.row, text=element.text):
                    self.assertLessEqual(abs(value - right), half * (1 + 1e-9))
                checked += 1
        self.assertGreater(checked, 100)

    def test_the_cards(self) -> None:
        """Every number on them has a row and a key."""
        answers, *cards, limits = self.page.cards
        self.assertTrue(answers.words.startswith("Answers"))
        self.assertEqual({e.attributes["data-key"] for e in limits.numbers}, {"triad", "triad_core", "fma"})
        strong = {"rate", "workers", "speedup_serial", "speedup_interval"}
        both = {"efficiency", "efficiency_interval"}
        for app, roof, card in zip(("heat", "pi"), ({"roof"}, set()), cards):
            with self.subTest(app=app):
                keys: dict[str, set[str]] = {}
                for element in card.numbers:
                    keys.setdefault(element.row, set()).add(element.attributes["data-key"])
                rows = [re.fullmatch(rf"{app} (\w+) tiny (\w+) (\d)x(\d)", row) for row in keys]
                (first, second) = (match.groups() for match in rows if match)
                self.assertEqual(list(keys.values()), [strong | both | roof, both])
                self.assertEqual((first[0], second[0]), ("strong", "weak"))
                self.assertIn("{1}, {2} x {3}, size tiny".format(*first), card.words)
                self.assertIn("{0} scaling, {1} {2} x {3}: efficiency".format(*second), card.words)
                self.assertIn("times the serial program", card.words)
                self.assertIsNone(re.search(r"\d", re.sub(r"\d x \d", "", card.loose)), card.loose)

                self.assertEqual(card.words.count("%, of few processes)"), 2)

    def test_one_worker_is_not_most_where_more_were_planned(self) -> None:
        _, page = few_left()
        (most,) = page.table("Each variant on most workers (rates with the 95 % interval, of few processes")
        told = [[cell.text for cell in row[3:5]] for row in most.rows]
        self.assertEqual(told, [["serial", "1 x 1"], ["omp", "1 x 2"], ["hybrid", "1 x 2"]])
        self.assertTrue(any("mpi: on 2 workers every point is left out: too few samples" in item for item in page.items))
        self.assertTrue(any("%, of one process)" in card.words for card in page.cards))

    def test_the_bases(self) -> None:
        text = [words for words in self.page.paragraphs if words.startswith("Base:")]
        self.assertEqual(len(text), 4)
        keys, anew = ("time", "interval_low", "interval_high"), merged(["times"], self.folder)
        number = r"([\d.]+)"
        pattern = rf"Base: (\w+)_serial, T1 = {number} ms \({number} \.\. {number} ms\)"
        for words in text:
            told = re.match(pattern, words)
            assert told is not None, words
            bases = [anew[f"{told[1]} {kind} tiny serial 1x1"] for kind in ("strong", "weak")]
            right = [[float(f"{1000 * base[key]:.3g}") for key in keys] for base in bases]
            self.assertIn([float(word) for word in told.groups()[1:]], right)

    def test_the_figures_of_probe(self) -> None:
        """By name, in the order of the file; the words of any app say which figure of probe it is."""
        (table,) = self.page.table("probe_omp, 1 x 6")
        names = [cells[0].text for cells in table.rows]
        self.assertEqual(names, ["triad_stream_core", "triad_stream_all", "rate", "fma_all"])
        meanings = [cells[1].text for cells in table.rows]
        self.assertEqual(meanings[0], "about triad_stream_core")
        self.assertEqual(meanings[2], "triad bandwidth of all workers, of the repetitions")

    def test_the_machine(self) -> None:
        (table,) = self.page.table("Machine")
        told = {cells[0].text: cells[1].text for cells in table.rows}
        seen_by = {cells[0].text: cells[2].text for cells in table.rows}
        self.assertEqual(told["clock before"], "2.45 GHz")
        self.assertEqual(told["l1d bytes"], "32.8 kB (32 KiB)")
        self.assertEqual(told["memory bytes"], "25.3 GB (23.5 GiB)")
        self.assertEqual(seen_by["cores for this study"], "the study")
        self.assertTrue((self.folder / "runs" / f"{seen_by['usable cores']}.h5").exists())
        with h5py.File(next((self.folder / "runs").glob("*.h5")), "r") as file:
            self.assertEqual(told["cores"], str(file["machine/cores"][()]))
        self.assertEqual(told["cores for this study"], "6")


class WhereTheTimeGoes(Reported):
    """The table has what the picture draws."""

    def test_shares_make_up_the_time(self) -> None:
        rows: dict[str, dict[str, float]] = {}
        for row, key, value in self.page.told():
            if key == "mean_time" or key.endswith("_share"):
                rows.setdefault(row, {})[key] = value
        self.assertEqual(len(rows), 4 * 16)
        for row, told in rows.items():
            self.assertAlmostEqual(sum(told[f"{phase}_share"] for phase in PHASES), 1.0, msg=row)
            self.assertAlmostEqual(told["compute_share"], 0.8, msg=row)

    def test_every_bar_has_a_row(self) -> None:
        tables = self.page.table("Where the time goes")
        self.assertEqual(len(tables), 4)
        for table, name in zip(tables, ("heat-strong", "heat-weak", "pi-strong", "pi-weak")):
            rows = {f"{cells[0].text} {cells[1].text}": cells for cells in table.rows}
            left_out = {label for label, cells in rows.items() if cells[-1].text == "left out: too few samples"}
            self.assertEqual(left_out, {"mpi 2 x 1"} if name == "heat-strong" else set())
            picture = (self.folder / f"figures/{name}-tiny-split.svg").read_text(encoding="utf-8")
            words = re.findall(r"<text[^>]*>([^<]*)</text>", picture)
            bars = [word for word in words if re.fullmatch(r"\w+ \d+ x \d+", word)]
            self.assertEqual(sorted(bars), sorted(rows))
            times = [rows[bar][3].text + (", left out" if bar in left_out else "") for bar in bars]
            self.assertEqual([word for word in words if word.partition(", ")[0].endswith("s") and word[0].isdigit()], times)

    def test_it_is_said_to_be_a_mean(self) -> None:
        self.assertEqual(sum("the table of points has the median" in words for words in self.page.paragraphs), 4)
        captions = re.findall("<figcaption>(.*?)</figcaption>", (self.folder / "report.html").read_text(encoding="utf-8"))
        self.assertEqual(sum("(a mean, where the table of points has the median)" in words for words in captions), 4)


class Laws(Reported):
    """What stands beside the values of fits."""

    def test_how_far_efficiency_lasts_is_said_in_words(self) -> None:
        cells = [
            cells[table.headings.index(heading)]
            for table in self.page.table("Fitted laws")
            for heading in table.headings
            if heading.text == HALF
            for cells in table.rows
        ]
        self.assertGreater(len(cells), 20)
        texts = {cell.text for cell in cells}
        self.assertIn("more than 12, twice the most measured", texts)
        for cell in cells:
            if cell.text != "more than 12, twice the most measured":
                self.assertEqual(float(cell.text), float(cell.attributes["data-value"]))

    def test_each_formula_stands_once_by_its_law(self) -> None:
        for formula in ("S = 1/(s + (1 - s)/p)", "S = s + (1 - s) p", "X = lambda p/(1 + sigma"):
            told = [item for item in self.page.items if formula in item]
            tables = {"X": 4}.get(formula[0], 2)  # strong or weak scaling of two apps
            self.assertEqual(len(told), tables)
            cells = [c for t in self.page.tables for row in t.rows for c in row if formula in c.text]
            self.assertEqual(cells, [])


class Colours(unittest.TestCase):
    def test_the_contrast_of_known_colours(self) -> None:
        self.assertAlmostEqual(contrast("#000000", "#ffffff"), 21.0)
        self.assertAlmostEqual(contrast("#777777", "#ffffff"), 4.478, places=3)  # WebAIM's checker

    def test_words_and_lines_can_be_seen(self) -> None:
        words = ("ink", "quiet", "link", "good", "bad", "warn")
        lines = (*MARKERS, *PHASES)
        for theme in ("light", "dark"):
            colours = {name: getattr(colour, theme) for name, colour in COLOURS.items()}
            for ground in ("page", "panel"):
                for name in words:
                    with self.subTest(theme=theme, ground=ground, name=name):
                        self.assertGreaterEqual(contrast(colours[name], colours[ground]), 4.5)
            for name in lines:
                with self.subTest(theme=theme, name=name):
                    self.assertGreaterEqual(contrast(colours[name], colours["page"]), 3.0)

    def test_each_light_colour_stands_for_one_name(self) -> None:
        self.assertEqual(len({colour.light for colour in COLOURS.values()}), len(COLOURS))


if __name__ == "__main__":
    unittest.main()
