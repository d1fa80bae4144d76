"""The frame of every page: one HTML document with its style inside, and its list of contents."""
from __future__ import annotations

from pathlib import Path
from typing import Sequence

from results.page_parts import escape
from results.palette import style_variables

STYLE = Path(__file__).with_name("page.css")


def document(title: str, body: str) -> str:
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{_style()}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _style() -> str:
    """Light, dark as the reader's system asks, and light on paper."""
    light, dark = style_variables("light"), style_variables("dark")
    return (
        f":root {{ {light} }}\n@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"
        f"@media print {{ :root {{ {light} }} }}\n" + STYLE.read_text(encoding="utf-8")
    )


def contents(places: Sequence[tuple[str, str]]) -> str:
    links = "".join(f'<li><a href="#{name}">{escape(words)}</a></li>' for name, words in places)
    return f'<nav aria-label="Contents"><ul>{links}</ul></nav>'
