"""report.html and comparison.html in a browser, as people open them: on a screen, on a telephone, in the
dark, on paper. Needs python3-selenium and chromium-driver; where CI is set, their absence is a failure."""
from __future__ import annotations

import contextlib
import os
import tempfile
import unittest
from pathlib import Path
from typing import Callable, ClassVar

import h5py

import browser_audits as audits
from browser_window import PRESENT, Window
from invented import Invented, Law
from support import report_quietly

APPS = ("heat", "fft")
PROBLEMS = [f"{app}-{scaling}-tiny" for app in APPS for scaling in ("strong", "weak")]
KINDS = ("time", "speedup", "efficiency", "split", "layouts")
open_windows = contextlib.ExitStack()
window: Window  # one for all pages: starting it takes seconds


def setUpModule() -> None:
    global window
    if PRESENT:
        window = Window()
        open_windows.callback(window.close)


def tearDownModule() -> None:
    open_windows.close()


def spoil(study: Path, runs: str) -> None:
    """Points that are left out, and a warning, with the words for it."""
    warn(study, runs, b"placement: 6 workers of 2 ranks shared 3 cores of the node n1", placement_ok=0)


def warn(study: Path, runs: str, words: bytes, **attributes: int) -> None:
    paths = list((study / "runs").glob(runs))
    if not paths:
        raise FileNotFoundError(runs)
    for path in paths:
        with h5py.File(path, "r+") as file:
            file.attrs["warnings"] = words
            file.attrs.update(attributes)


class Present(unittest.TestCase):
    @unittest.skipIf(PRESENT or not os.environ.get("CI"), "a browser is here, or this is not CI")
    def test_ci_has_a_browser(self) -> None:
        self.fail("CI needs python3-selenium and chromium-driver")


class Checks:
    """Of any page. A class below says how it is written, which pictures it has at least, and how
    many sheets of paper it fills at least."""

    pictures: ClassVar[set[str]]
    sheets: ClassVar[int]
    write: ClassVar[Callable[[Path], Path]]

    @classmethod
    def setUpClass(cls) -> None:
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        window.open(cls.write(Path(folder.name)))

    def test_nothing_is_logged_and_nothing_loaded(self) -> None:
        self.assertEqual(audits.loading(window), [])

    def test_every_picture_is_there(self) -> None:
        self.assertEqual(audits.pictures(window, self.pictures), [])

    def test_nothing_sticks_out(self) -> None:
        self.assertEqual(audits.edges(window), [])

    def test_text_is_large_enough(self) -> None:
        self.assertEqual(audits.sizes(window), [])

    def test_contrast(self) -> None:
        self.assertEqual(audits.contrast(window), [])

    def test_structure(self) -> None:
        self.assertEqual(audits.structure(window), [])

    def test_tables_scroll_by_keys(self) -> None:
        self.assertEqual(audits.scrolling(window), [])

    def test_wide_tables_on_a_telephone(self) -> None:
        self.assertEqual(audits.held(window), [])

    def test_paper(self) -> None:
        self.assertEqual(audits.paper(window, self.sheets), [])


@unittest.skipUnless(PRESENT, "no python3-selenium, or no chromium-driver")
class Report(Checks, unittest.TestCase):
    pictures = {f"{problem}-{kind}" for problem in PROBLEMS for kind in KINDS}
    pictures |= {"roofline", "field-heat-temperature", "field-fft-spectrum", "field-pi-estimate"}
    sheets = 4

    @staticmethod
    def write(folder: Path) -> Path:
        """Every kind of picture, a warning, and points that are left out."""
        law = Law(overhead=0.002)
        Invented(folder, workers=(1, 2, 3, 4, 6), apps=APPS, model=True, law=law, node=4, pictures=True).write()
        spoil(folder, "heat_hybrid-strong-tiny-2x3-*.h5")
        warn(folder, "probe_*.h5", b"disturbed: triad_all, 1e+10 byte/s, is below triad_core, 2e+10 byte/s")
        report_quietly(folder)
        return folder / "report.html"


@unittest.skipUnless(PRESENT, "no python3-selenium, or no chromium-driver")
class Comparison(Checks, unittest.TestCase):
    pictures = {"compare-ratios", *(f"compare-{problem}" for problem in PROBLEMS)}
    sheets = 2

    @staticmethod
    def write(folder: Path) -> Path:
        """A machine that became slower, one that is larger and faster, one without intervals; points
        that are left out, other programs, more studies than fit into one table."""
        studies = []
        for name, workers, changes in (
            ("workstation-before-the-upgrade", (1, 2, 4), {}),
            ("workstation-after-the-upgrade", (1, 2, 4), {"law": Law(one=0.5), "seed": 2}),
            ("node", (1, 2, 4, 8), {"law": Law(one=0.3), "seed": 3}),
            ("c1-0123.cluster.institute.example", (1, 2, 4), {"samples": 2, "repeats": 1}),
        ):
            study = Invented(folder / name, workers=workers, apps=APPS, model=True, layouts=False, **changes)
            studies.append(study.write())
        spoil(studies[1], "heat_omp-strong-tiny-1x4-*.h5")
        for path in (studies[2] / "runs").glob("*.h5"):
            with h5py.File(path, "r+") as file:
                file.attrs["compiler"] = b"clang 14"
        report_quietly(*studies, "-o", folder / "comparison.html")
        return folder / "comparison.html"


if __name__ == "__main__":
    unittest.main()
