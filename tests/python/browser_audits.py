"""What every page of `scalebar report` is held to in a browser. Each audit gives a list of faults in
words; test_browser_audits.py proves that each of them finds what it is for."""
from __future__ import annotations

import base64
import contextlib
import io
import re
import shutil
import subprocess
from typing import Collection, Iterator

import matplotlib.image
import numpy as np

from browser_window import AUDIT, Window

SCREENS = (400, 1400)
PAPER_WIDTH = 980  # pixels, 96 in an inch: US letter, landscape, inside margins of 1 cm
LEAST_TEXT, LEAST_IN_PICTURES = 14, 8.5  # px
LEAST_ON_PAPER, LEAST_IN_PRINTED_PICTURES = 9, 7.5  # px
ELSEWHERE = r"""(?:src|href)=["'](?!#|data:)[^"']*|@import|https?://[^"' ]*"""


def loading(window: Window) -> list[str]:
    """The page needs nothing but itself, and the browser has nothing to say of it."""
    window.log("performance")
    window.log("browser")
    window.open(window.page)
    window.look(400)
    faults = [f"logged: {entry['message']}" for entry in window.log("browser")]
    for entry in window.log("performance"):
        if '"Network.requestWillBeSent"' in entry["message"]:
            found = re.search(r'"request":\{.*?"url":"([^"]*)"', entry["message"])
            if found and not found[1].startswith("data:") and found[1] != window.page.as_uri():
                faults.append(f"loaded: {found[1]}")
    text = re.sub(r'xmlns(:\w+)?="[^"]*"', "", window.page.read_text(encoding="utf-8"))
    return faults + [f"written: {found}" for found in re.findall(ELSEWHERE, text)]


def pictures(window: Window, names: Collection[str]) -> list[str]:
    """Those of these names at least are there, whole, and named for those who cannot see them."""
    there = window.ask("[...document.querySelectorAll('figure')].map(figure => figure.id)")
    faults = [f"missing: {name}" for name in sorted(names) if f"picture-{name}" not in there]
    for width in SCREENS:
        window.look(width)
        faults += _at(width, window.ask("badPictures()"))
    return faults + window.ask("brokenImages()")


def edges(window: Window) -> list[str]:
    """Nothing sticks out of the window or is cut off."""
    faults = []
    for width in SCREENS:
        window.look(width)
        wide = window.ask("document.documentElement.scrollWidth")
        faults += [f"{width}: the page is {wide} wide"] if wide > width else []
        faults += _at(width, window.ask("cutOff(document.documentElement.clientWidth)"))
    return faults


def sizes(window: Window) -> list[str]:
    faults = []
    for width in SCREENS:
        window.look(width)
        faults += _at(width, window.ask(f"smallText({LEAST_TEXT}, {LEAST_IN_PICTURES})"))
    return faults


def contrast(window: Window) -> list[str]:
    faults = []
    for theme in ("light", "dark"):
        window.look(theme=theme)
        found = window.ask("faintText()") + window.ask("faintMarks()")
        ground = window.ask("luminance(ground(document.body))")
        if (ground < 0.2) != (theme == "dark"):
            found.append(f"the ground has luminance {ground:.2f}")
        faults += _at(theme, found)
    return faults


def structure(window: Window) -> list[str]:
    window.look()
    return [*window.ask("badNames()"), *window.ask("badTables()"), *window.ask("badOutline()")]


def scrolling(window: Window) -> list[str]:
    """Tables that are wider than a telephone are reached by keys, once they are unfolded."""
    with _unfolded(window):
        return _scrolling(window)


def _scrolling(window: Window) -> list[str]:
    window.look(400)
    wide = window.ask("wideFrames(50)")
    faults = [] if wide else ["no table is wider than a telephone"]
    for frame in wide:
        window.browser.execute_script("arguments[0].focus()", frame)
        for kind in ("rawKeyDown", "keyUp"):
            window.command(
                "Input.dispatchKeyEvent",
                type=kind, key="ArrowRight", code="ArrowRight", windowsVirtualKeyCode=39,
            )
        moved = window.browser.execute_script(
            f"{MOVED}\nreturn moved(arguments[0], {1000 * window.patience})", frame
        )
        if not moved:
            faults.append(f"{frame.get_attribute('aria-label')}: cannot be scrolled")
    return faults


MOVED = """
async function moved(frame, patience) {
  for (const end = Date.now() + patience; Date.now() < end && frame.scrollLeft === 0;)
    await new Promise(done => setTimeout(done, 20));
  return frame.scrollLeft > 0;
}"""


def held(window: Window) -> list[str]:
    """Whoever scrolls a wide table on a telephone sees that it goes on, which row is which, and all words of
    the caption."""
    with _unfolded(window):
        return _held(window)


@contextlib.contextmanager
def _unfolded(window: Window) -> Iterator[None]:
    """All that a reader can unfold; folded again afterwards, as other audits want it."""
    window.ask("fold(false)")
    try:
        yield
    finally:
        window.ask("fold(true)")


def _held(window: Window) -> list[str]:
    faults = []
    for theme in ("light", "dark"):
        window.look(400, theme)
        for frame in window.ask("wideFrames(50)"):
            shades = []
            for at_end in (False, True):
                found = window.browser.execute_script(f"{AUDIT}\nreturn notHeld(...arguments)", frame, at_end)
                faults += _at(theme, found)
                shades.append(_edge(frame.screenshot_as_png))
            name = frame.get_attribute("aria-label")
            if shades[0] < 0.1:
                faults.append(f"{theme}: {name}: nothing shows that it goes on")
            if shades[1] > 0.02:
                faults.append(f"{theme}: {name}: a shade where it ends")
    return faults


def _edge(picture: bytes) -> float:
    """How far the right edge of a frame, where it has no letters, is from the ground: 0 is the same
    colour, 1 black on white."""
    pixels = matplotlib.image.imread(io.BytesIO(picture))[:, :, :3]
    return float(np.median(np.abs(pixels[:, -3:-1] - np.median(pixels, axis=(0, 1)))))


def paper(window: Window, sheets: int = 1) -> list[str]:
    """Light, landscape, all of it, on `sheets` of paper at least, whatever the screen's theme is."""
    window.look(PAPER_WIDTH, "dark", "print")
    faults = [
        *window.ask(f"cutOff({PAPER_WIDTH})"),
        *window.ask(f"smallText({LEAST_ON_PAPER}, {LEAST_IN_PRINTED_PICTURES})"),
        *window.ask("faintText()"),
        *window.ask("faintMarks()"),
        *window.ask("notShown('h1, h2, h3, figure, table, .card')"),
    ]
    ground = window.ask("ground(document.body)")
    if ground != "rgb(255, 255, 255)":
        faults.append(f"paper is {ground}")
    window.command("Emulation.setEmulatedMedia", media="", features=[])
    data = base64.b64decode(window.command("Page.printToPDF", preferCSSPageSize=True)["data"])
    printed = len(re.findall(rb"/Type\s*/Page\b", data))
    if printed < sheets:
        faults.append(f"{printed} sheets, of {sheets} at least")
    sheet = re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", data)
    if sheet is None or float(sheet[1]) <= float(sheet[2]):
        faults.append("not landscape: tables of points are wide")
    if shutil.which("pdftotext"):
        titles = window.ask("[...document.querySelectorAll('h2, details caption')].map(words)")
        text = " ".join(_text(data).split())
        faults += [f"{title} is not printed" for title in titles if title not in text]
    return faults


def _text(pdf: bytes) -> str:
    command = ["pdftotext", "-layout", "-", "-"]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()


def _at(where: object, faults: list[str]) -> list[str]:
    return [f"{where}: {fault}" for fault in faults]
