"""A page in a browser without a screen: opened, looked at in any width, theme and medium, asked by the
functions of audit.js."""
from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from typing import Any

DRIVER = shutil.which("chromedriver")
NAMES = ("chromium", "chromium-browser", "google-chrome")
BROWSER = next(filter(None, map(shutil.which, NAMES)), None)
PRESENT = bool(DRIVER and BROWSER and importlib.util.find_spec("selenium"))
AUDIT = Path(__file__).with_name("audit.js").read_text(encoding="utf-8")


class Window:
    """`patience` is how many seconds the page has to answer a key."""

    def __init__(self, patience: float = 10) -> None:
        from selenium import webdriver
        from selenium.webdriver.chrome.options import Options
        from selenium.webdriver.chrome.service import Service

        options = Options()
        options.binary_location = BROWSER
        for word in ("headless=new", "no-sandbox", "disable-gpu", "disable-dev-shm-usage"):
            options.add_argument(f"--{word}")
        options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
        self.browser = webdriver.Chrome(service=Service(DRIVER), options=options)
        self.patience = patience

    def open(self, page: Path) -> None:
        self.page = page
        self.browser.get(page.as_uri())

    def look(self, width: int = 1400, theme: str = "light", media: str = "screen") -> None:
        features = [{"name": "prefers-color-scheme", "value": theme}]
        self.command("Emulation.setEmulatedMedia", media=media, features=features)
        self.command(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=900, deviceScaleFactor=1, mobile=False,
        )

    def command(self, name: str, **arguments: Any) -> Any:
        return self.browser.execute_cdp_cmd(name, arguments)

    def ask(self, call: str) -> Any:
        """What an expression of audit.js gives; a promise is waited for."""
        return self.browser.execute_script(f"{AUDIT}\nreturn {call};")

    def log(self, kind: str) -> list[dict[str, Any]]:
        """What came since the last time: "browser" or "performance"."""
        return self.browser.get_log(kind)

    def close(self) -> None:
        self.browser.quit()
