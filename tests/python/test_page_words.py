"""No number stands on a page unaccounted for. Take away those that carry data-value, which test_page_numbers.py
compares with the result files, and the names that recompute/names.py finds in these: what is left of the visible
text holds no digit but those of a few constants. Pictures have a test of their own, test_drawn.py."""
from __future__ import annotations

import re
import unittest
from pathlib import Path
from typing import Iterable, Sequence

from page_reader import TOLD, Page
from page_studies import compared, few_left, flawed, reported, scattered, simulated, unfinished, untrusted, whole_nodes
from recompute.names import names
from recompute.runs import plan

# What the report's own method is made of, with the reason why no file tells it.
CONSTANTS = {
    r"95 % interval": "the level of every interval",
    r"\(1\)": "the unit of a number that has none",
    r"\b(19|20)\d\d\b(?=[);,])": "the year of a publication",
    r"\bfrom 4 \(USL: 5\) different": "the points that a law takes: results/laws.py",
    r"\b(Amdahl|Gustafson) takes 4|\bUSL takes 5": "the same",
    r"\ban interval takes 6": "the samples that an interval of 95 % takes: results/stats.py",
    r"\b(within|more than) 25 %": "how near a prediction is called near: results/forecast.py",
    r"\bE stays above 50 %": "the efficiency that workers up to it are asked for",
    r"\bBelow 80 % deserves a look": "POP's",
    r"\bAbove 100 %|\bholds 100 %|\bE is 1 there": "all that the machine allows, and the ideal",
    r"\bleaves 1 out|\babove 1 (is|are) |\bmore than 1\b": "no change, and a serial fraction beyond all",
    r"\bholds 0\.": "no serial fraction",
    r"\bbelow 5 % are called none": "the threshold that the command line asked for",
    r"S = 1/\(s \+ \(1 - s\)/p\)|S = s \+ \(1 - s\) p": "formulas of Amdahl and Gustafson",
    r"X = lambda p/\(1 \+ sigma \(p - 1\) \+ kappa p \(p - 1\)\)": "that of USL",
    r"e = \(1/S - 1/p\) / \(1 - 1/p( - \(b - 1\)/S)?\)": "that of Karp and Flatt",
    r"\bT1\b|\(W1/T1\)|\bp = 1 lies outside": "one worker, in formulas",
    r"\bHDF5 files": "a format",
    r" \[\d\]": "the mark of a note, which stands again below the table",
}
OF_ROW = re.compile(r"\b(\d+) ?x ?(\d+)\b")


def layouts(page: Page) -> set[str]:
    """Ranks x threads as the names of rows have them, which test_page_numbers.py finds among those made anew."""
    return {f"{found[1]} x {found[2]}" for number in page.numbers for found in OF_ROW.finditer(number.row)}


def left(page: Page, found: Iterable[str]) -> list[str]:
    """Texts with a digit that nothing accounts for."""
    known = sorted(map(re.escape, found), key=len, reverse=True)
    named = re.compile(rf"(?<![\w.])(?:{'|'.join(known)})(?![\w])")
    constant = re.compile("|".join(CONSTANTS))
    digits = (block.rest for block in page.blocks if re.search(r"\d", block.rest))
    rest = ((text, constant.sub("", named.sub("", text))) for text in digits)
    return [f"{text!r}: {digits!r}" for text, digits in rest if re.search(r"\d", digits)]


class Words(unittest.TestCase):
    def check(self, page: Page, *folders: Path) -> None:
        found = layouts(page).union(*map(names, folders))
        self.assertEqual(left(page, found), [])

    def test_a_study_with_all_that_tables_show(self) -> None:
        folder, page = reported()
        self.check(page, folder)
        self.assertTrue(any(f"{TOLD} runs" in block.rest for block in page.blocks), "numbers are taken away")

    def test_other_studies(self) -> None:
        for study in (few_left, untrusted, whole_nodes, scattered, simulated, flawed, unfinished):
            with self.subTest(study=study.__name__):
                folder, page = study()
                self.check(page, folder)

    def test_studies_side_by_side(self) -> None:
        folders, page = compared()
        self.check(page, *folders)

    def test_names_are_no_numbers(self) -> None:
        """Nothing that could be read as a number passes for one."""
        folder, _ = flawed()
        found = names(folder)
        self.assertLessEqual({"n1", "GNU 12.2.0", plan(folder)["created_utc"], plan(folder)["runs"][0]["id"]}, found)
        for name in found:
            with self.assertRaises(ValueError):
                float(name)


class Unaccounted(unittest.TestCase):
    """Numbers that are not told as such are found."""

    def found(self, html: str, known: Sequence[str] = ("1 x 2", "n1")) -> int:
        return len(left(Page(html), known))

    def test_a_sentence(self) -> None:
        self.assertEqual(self.found("<p>All 12 runs are right.</p>"), 1)
        self.assertEqual(self.found('<p>All <span data-row="study" data-value="12" data-key="runs">12</span>.</p>'), 0)
        self.assertEqual(self.found('<p>All <span data-value="12">12</span> of 13.</p>'), 1)

    def test_in_every_place(self) -> None:
        for place in ("title", "h1", "h3", "li", "figcaption", "summary", "div", "td", "th", "caption"):
            self.assertEqual(self.found(f"<table><tr><{place}>so <b>many</b>: <b>7</b></{place}></tr></table>"), 1, place)

    def test_names_and_constants_hide_nothing_beside_them(self) -> None:
        self.assertEqual(self.found("<p>on n1, 1 x 2: 95 % interval (Amdahl 1967)</p>"), 0)
        for text in ("on n12", "11 x 2", "1 x 21", "of n1: 2", "94 % interval", "in 1967 s", "T12"):
            self.assertEqual(self.found(f"<p>{text}</p>"), 1, text)

    def test_on_a_whole_page(self) -> None:
        folder, _ = reported()
        text = (folder / "report.html").read_text(encoding="utf-8")
        page = Page(text.replace("</section>", "<p>It took 3 s.</p></section>", 1))
        self.assertEqual(left(page, layouts(page) | names(folder)), ["'It took 3 s.': 'It took 3 s.'"])


if __name__ == "__main__":
    unittest.main()
