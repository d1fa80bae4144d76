"""report.html in a browser, as people open it: on a screen, on a telephone, in the dark, on paper.
Needs python3-selenium and chromium-driver; where CI is set, their absence is a failure."""
from __future__ import annotations

import base64
import contextlib
import importlib.util
import io
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path
from typing import Any

import h5py

from invented import FIELDS, Invented, Law
import support  # noqa: F401  (puts the repository on the path)

from results.command import main

DRIVER = shutil.which("chromedriver")
NAMES = ("chromium", "chromium-browser", "google-chrome")
BROWSER = next(filter(None, map(shutil.which, NAMES)), None)
PRESENT = bool(DRIVER and BROWSER and importlib.util.find_spec("selenium"))
AUDIT = Path(__file__).with_name("audit.js").read_text(encoding="utf-8")
SCREENS = (400, 1400)
PAPER_WIDTH = 980  # pixels, 96 in an inch: US letter, landscape, inside margins of 1 cm
LEAST_TEXT, LEAST_IN_PICTURES = 14, 8.5  # px
APPS = ("heat", "fft")


def write_report(folder: Path) -> Path:
    """Every kind of picture, a warning, and points that are left out, with the words for it."""
    study = Invented(
        folder, workers=(1, 2, 3, 4, 6), apps=APPS, law=Law(overhead=0.002), node=4, pictures=True
    )
    study.write()
    for path in (folder / "runs").glob("heat_hybrid-strong-tiny-2x3-*.h5"):
        with h5py.File(path, "r+") as file:
            file.attrs["placement_ok"] = 0
            file.attrs["warnings"] = b"placement: 6 workers of 2 ranks shared 3 cores of the node n1"
    with contextlib.redirect_stdout(io.StringIO()):
        main([str(folder)])
    return folder / "report.html"


def start_browser() -> Any:
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service

    options = Options()
    options.binary_location = BROWSER
    for word in ("headless=new", "no-sandbox", "disable-gpu", "disable-dev-shm-usage"):
        options.add_argument(f"--{word}")
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    return webdriver.Chrome(service=Service(DRIVER), options=options)


class Present(unittest.TestCase):
    @unittest.skipIf(PRESENT or not os.environ.get("CI"), "a browser is here, or this is not CI")
    def test_ci_has_a_browser(self) -> None:
        self.fail("CI needs python3-selenium and chromium-driver")


@unittest.skipUnless(PRESENT, "no python3-selenium, or no chromium-driver")
class Browser(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.page = write_report(Path(folder.name))
        cls.browser = start_browser()
        cls.addClassCleanup(cls.browser.quit)
        cls.browser.get(cls.page.as_uri())

    def look(self, width: int = 1400, theme: str = "light", media: str = "screen") -> None:
        """Sets screen and media; the page is the one that is open."""
        features = [{"name": "prefers-color-scheme", "value": theme}]
        self.command("Emulation.setEmulatedMedia", media=media, features=features)
        self.command(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=900, deviceScaleFactor=1, mobile=False,
        )

    def command(self, name: str, **arguments: Any) -> Any:
        return self.browser.execute_cdp_cmd(name, arguments)

    def ask(self, call: str) -> Any:
        return self.browser.execute_script(f"{AUDIT}\nreturn {call};")

    def test_nothing_is_logged_and_nothing_loaded(self) -> None:
        self.browser.get_log("performance")
        self.browser.get(self.page.as_uri())
        self.look(400)
        self.assertEqual(self.browser.get_log("browser"), [])
        asked = [
            entry["message"]
            for entry in self.browser.get_log("performance")
            if '"Network.requestWillBeSent"' in entry["message"]
        ]
        addresses = [re.search(r'"request":\{.*?"url":"([^"]*)"', line) for line in asked]
        found = {match[1] for match in addresses if match and not match[1].startswith("data:")}
        self.assertEqual(found, {self.page.as_uri()})
        text = re.sub(r'xmlns(:\w+)?="[^"]*"', "", self.page.read_text(encoding="utf-8"))
        elsewhere = r"""(?:src|href)=["'](?!#|data:)[^"']*|@import|https?://[^"' ]*"""
        self.assertEqual(re.findall(elsewhere, text), [])

    def test_every_picture_is_there(self) -> None:
        kinds = ("time", "speedup", "efficiency", "split", "layouts")
        names = {f"{a}-{s}-tiny-{k}" for a in APPS for s in ("strong", "weak") for k in kinds}
        names |= {"roofline", "field-heat-temperature", "field-fft-spectrum", "field-pi-estimate"}
        told = self.browser.execute_script(
            "return [...document.querySelectorAll('figure')].map(figure => figure.id)"
        )
        self.assertLessEqual({f"picture-{name}" for name in names}, set(told))
        for width in SCREENS:
            self.look(width)
            with self.subTest(width=width):
                self.assertEqual(self.ask("badPictures()"), [])

    def test_nothing_sticks_out(self) -> None:
        for width in SCREENS:
            self.look(width)
            with self.subTest(width=width):
                self.assertLessEqual(self.ask("document.documentElement.scrollWidth"), width)
                self.assertEqual(self.ask("cutOff(document.documentElement.clientWidth)"), [])

    def test_text_is_large_enough(self) -> None:
        for width in SCREENS:
            self.look(width)
            with self.subTest(width=width):
                self.assertEqual(self.ask(f"smallText({LEAST_TEXT}, {LEAST_IN_PICTURES})"), [])

    def test_contrast(self) -> None:
        for theme in ("light", "dark"):
            self.look(theme=theme)
            with self.subTest(theme=theme):
                self.assertEqual(self.ask("faintText()"), [])
                self.assertEqual(self.ask("faintMarks()"), [])
        dark = self.ask("ground(document.body)")
        self.assertNotEqual(dark, "rgb(255, 255, 255)")

    def test_structure(self) -> None:
        for call in ("badNames()", "badTables()", "badOutline()"):
            with self.subTest(call):
                self.assertEqual(self.ask(call), [])

    def test_tables_scroll_by_keys(self) -> None:
        from selenium.webdriver.common.keys import Keys

        self.look(400)
        wide = self.browser.execute_script(
            "return [...document.querySelectorAll('.scroll')]"
            ".find(frame => frame.scrollWidth > frame.clientWidth + 50)"
        )
        self.browser.execute_script("arguments[0].focus()", wide)
        wide.send_keys(*[Keys.ARROW_RIGHT] * 3)
        self.browser.execute_async_script("setTimeout(arguments[0], 600)")
        self.assertGreater(self.browser.execute_script("return arguments[0].scrollLeft", wide), 0)

    def test_paper(self) -> None:
        self.look(PAPER_WIDTH, "dark", "print")
        self.assertEqual(self.ask(f"cutOff({PAPER_WIDTH})"), [])
        self.assertEqual(self.ask("ground(document.body)"), "rgb(255, 255, 255)")
        self.command("Emulation.setEmulatedMedia", media="", features=[])
        made = self.command("Page.printToPDF", preferCSSPageSize=True)
        data = base64.b64decode(made["data"])
        self.assertGreaterEqual(len(re.findall(rb"/Type\s*/Page\b", data)), 4)
        sheet = re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", data)
        assert sheet is not None
        self.assertGreater(float(sheet[1]), float(sheet[2]), "landscape: tables of points are wide")
        if not shutil.which("pdftotext"):
            return
        text = subprocess.run(
            ["pdftotext", "-layout", "-", "-"], input=data, capture_output=True, check=True
        ).stdout.decode()
        titles = self.browser.execute_script(
            "return [...document.querySelectorAll('h2')].map(title => title.textContent)"
        )
        self.assertGreater(len(titles), 5)
        for title in titles:
            self.assertIn(title, text)


if __name__ == "__main__":
    unittest.main()
