"""The audits of pages find what is planted: each fault is written into a page that has none, and has to
be named by the audit that is for it."""
from __future__ import annotations

import re
import tempfile
import unittest
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Callable

import browser_audits as audits
from browser_window import PRESENT, Window
from invented import Invented, Law
from support import report_quietly

Audit = Callable[[Window], "list[str]"]
pictures: Audit = partial(audits.pictures, names=["heat-strong-tiny-split"])
NOWHERE = r"http:\2f\2f 127.0.0.1:65530/a"  # as style sheets may write it; nobody answers there


@dataclass(frozen=True)
class Planted:
    audit: Audit
    found: str  # a pattern that one of the faults matches
    pattern: str  # the first place in the page that matches it becomes `instead`
    instead: str


def style(audit: Audit, found: str, rules: str) -> Planted:
    return Planted(audit, found, "</style>", _literal(f"{rules}</style>"))


def body(audit: Audit, found: str, html: str) -> Planted:
    return Planted(audit, found, "</header>", _literal(f"</header>{html}"))


def _literal(text: str) -> str:
    return text.replace("\\", r"\\")


FAULTS = {
    "a script": body(audits.structure, "not self-contained", "<script>1</script>"),
    "a script that fails": body(audits.loading, "logged: .*Uncaught", "<script>none()</script>"),
    "an address": body(audits.loading, "written: href", '<a href="https://example.org">x</a>'),
    "something loaded": style(
        audits.loading, "loaded: .*:65530/a", f'body {{ background: url("{NOWHERE}") }}'
    ),
    "no split plot": Planted(
        pictures, "missing: .*split", r'<figure id="picture-heat-strong-tiny-split".*?</figure>', ""
    ),
    "a figure without drawing": Planted(
        pictures, "0 drawings", r"(<figure[^>]*>)<svg.*?</svg>", r"\1"
    ),
    "an empty plot": style(pictures, "split is empty", '[id*="split"] [clip-path] { display: none }'),
    "a flat plot": style(pictures, "is flat", "figure svg { height: 40px !important }"),
    "a narrow plot": style(pictures, "wide of", "figure svg { width: 50% !important }"),
    "a plot without a name": Planted(pictures, "has no name", 'aria-label="[^"]*" (?=[^>]*viewBox)', ""),
    "a plot without a role": Planted(pictures, "has no name", '<svg role="img"', "<svg"),
    "a plot without words": Planted(pictures, "no caption", "<figcaption>[^<]*", "<figcaption>"),
    "cut letters": style(pictures, "is cut off", "figure text { transform: translate(-200px) }"),
    "a stray picture": body(pictures, "outside of a figure", '<img src="data:image/gif;base64,AA==">'),
    "a broken map": Planted(pictures, "is broken", r"(data:image/png;base64,)\s*\w+", r"\1AAAA"),
    "a wide element": body(audits.edges, "1400: DIV .* of", '<div style="width: 1500px">x</div>'),
    "an element too wide for a telephone": body(
        audits.edges, "400: P wide: .* of", '<p style="width: 500px">wide</p>'
    ),
    "an element left of the page": body(
        audits.edges, "P left: -", '<p style="position: absolute; left: -90px">left</p>'
    ),
    "words that are cut": style(
        audits.edges, "P .* cut off", ".card p { white-space: nowrap; overflow: hidden }"
    ),
    "words beyond their card": body(
        audits.edges, "1400: SPAN long.*: sticks out",
        f'<div class="card" style="width: 9em"><p><span style="white-space: nowrap">{"long " * 9}</span></p></div>',
    ),
    "a small caption": style(audits.sizes, ": 11.0", "figcaption { font-size: 11px }"),
    "a small table": style(audits.sizes, ": 13.0", "td { font-size: 13px }"),
    "small letters in a plot": style(
        audits.sizes, ": [56]", "figure text { font-size: 6px !important }"
    ),
    "plots too small to read": style(audits.sizes, "400: .*: 4", "figure svg { width: 50% !important }"),
    "faint words": style(audits.contrast, "light: .*: 3", ".quiet { color: #888 }"),
    "transparent words": style(audits.contrast, "light: .*: 2", ".quiet { opacity: 0.5 }"),
    "transparent ink": style(audits.contrast, "light: .*: 1", "td { color: rgb(0 0 0 / 20%) }"),
    "faint letters in a plot": style(
        audits.contrast, "light: .*: 1", "figure text { fill: #ccc !important }"
    ),
    "faint lines": style(
        audits.contrast, "picture-.*: 1", "figure path { stroke: #ddd !important; fill: none }"
    ),
    "transparent lines": style(audits.contrast, "picture-.*: 1", "figure g { opacity: 0.7 }"),
    "faint upright lines": style(
        audits.contrast, "-intervals.*: 1", '[id$="-intervals"] path { stroke: #ddd !important }'
    ),
    "letters of a plot that do not know the dark": style(
        audits.contrast, "dark: .*: 1", "figure text { fill: #1b1f24 !important }"
    ),
    "no dark theme": Planted(audits.contrast, "dark: the ground", "scheme: dark", "scheme: none"),
    "a dark page in the light": style(audits.contrast, "light: the ground", "html { background: #111 }"),
    "a skipped level": Planted(audits.structure, "h4 after h2", "<h3>(.*?)</h3>", r"<h4>\1</h4>"),
    "two titles": Planted(audits.structure, "not one h1", "<h2>(.*?)</h2>", r"<h1>\1</h1>"),
    "no language": Planted(audits.structure, "no language", ' lang="en"', ""),
    "no name of the page": Planted(audits.structure, "no title", "<title>.*?</title>", ""),
    "a link to nowhere": Planted(audits.structure, "leads nowhere", 'href="#glance"', 'href="#gone"'),
    "one name twice": body(audits.structure, "stands twice", '<p id="glance">x</p>'),
    "letters that cannot be shown": body(audits.structure, "cannot be shown", "<p>1\ufffdx\ufffd2</p>"),
    "a table without head": Planted(audits.structure, "no headings", "<thead>.*?</thead>", ""),
    "heads that are cells": Planted(
        audits.structure, "row without heading", r"<th scope=\"row\"([^>]*)>(.*?)</th>", r"<td\1>\2</td>"
    ),
    "heads of nothing": Planted(audits.structure, "without scope", '<th scope="col"', "<th"),
    "a row too short": Planted(audits.structure, "a row of", r"<tbody>(.*?)<td.*?</td>", r"<tbody>\1"),
    "a table without caption": Planted(
        audits.structure, "without a caption", "<caption>.*?</caption>", ""
    ),
    "a table out of reach of keys": Planted(audits.structure, "with keys", ' tabindex="0"', ""),
    "tables that do not scroll": style(
        audits.scrolling, "cannot be scrolled", ".scroll { overflow-x: clip }"
    ),
    "names of rows that scroll away": style(
        audits.held, "light: .*: mpi scrolls away", "tbody th { position: static !important }"
    ),
    "names of columns that scroll away": style(
        audits.held, "dark: .* scrolls away", "thead th { position: static !important }"
    ),
    "names of rows that numbers shine through": style(
        audits.held, "shine through", "th:first-child { background: none !important }"
    ),
    "names of rows that fill the screen": style(
        audits.held, "leaves no room", "tbody th { min-width: 300px !important }"
    ),
    "captions as wide as their tables": style(
        audits.held, "caption is cut", "caption span { max-width: none !important; padding-right: 500px }"
    ),
    "captions that scroll away": style(
        audits.held, "caption is cut", "caption span { position: static !important }"
    ),
    "tables that end in the middle of a number": style(
        audits.held, "light: .*nothing shows", ".scroll { background: none !important }"
    ),
    "a shade that stays": style(
        audits.held, "a shade where it ends", ".scroll { background-attachment: scroll, scroll !important; "
        "background-size: 0 0, 24px 100% !important }"
    ),
    "dark paper": Planted(audits.paper, r"paper is rgb\(20", "@media print", "@media none"),
    "pale ink on paper": style(audits.paper, ": 1", "@media print { td { color: #eee } }"),
    "small print": style(audits.paper, ": 6.7", "@media print { table { font-size: 5pt } }"),
    "a table wider than paper": style(
        audits.paper, "TABLE .* of 980", "@media print { table { min-width: 1100px } }"
    ),
    "titles that are not printed": style(
        audits.paper, "H2 .* not shown", "@media print { h2 { display: none } }"
    ),
    "plots that are not printed": style(
        audits.paper, "FIGURE .* not shown", "@media print { figure { display: none } }"
    ),
    "what stays folded on paper": style(
        audits.paper,
        "TABLE Karp-Flatt.* not shown",
        "@media print { details:not([open])::details-content { content-visibility: hidden } }",
    ),
    "upright paper": style(audits.paper, "not landscape", "@page { size: portrait }"),
    "all on one sheet": style(
        partial(audits.paper, sheets=2),
        "1 sheets",
        "@media print { html, body { height: 5cm; overflow: hidden } }",
    ),
}


@unittest.skipUnless(PRESENT, "no python3-selenium, or no chromium-driver")
class Audits(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        Invented(
            cls.folder, workers=(1, 2, 4), apps=("heat",), scalings=("strong",), law=Law(noise=0.05),
            layouts=False, pictures=True,
        ).write()
        report_quietly(cls.folder)
        cls.text = (cls.folder / "report.html").read_text(encoding="utf-8")
        cls.window = Window(patience=0.3)
        cls.addClassCleanup(cls.window.close)

    def open(self, text: str) -> None:
        page = self.folder / "planted.html"
        page.write_text(text, encoding="utf-8")
        self.window.open(page)

    def test_what_is_planted_is_found(self) -> None:
        for name, fault in FAULTS.items():
            with self.subTest(name):
                text, places = re.subn(fault.pattern, fault.instead, self.text, 1, re.DOTALL)
                self.assertEqual(places, 1, "there is no place for it")
                self.open(text)
                found = fault.audit(self.window)
                self.assertTrue(any(re.search(fault.found, line) for line in found), found[:10])

    def test_a_sound_page_has_no_fault(self) -> None:
        self.open(self.text)
        for audit in {fault.audit for fault in FAULTS.values()}:
            with self.subTest(audit):
                self.assertEqual(audit(self.window), [])


if __name__ == "__main__":
    unittest.main()
