"""Reads report.html as a script would: its tables with their cells, and all that carries a number."""
from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Iterator


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    row: str  # data-row of itself or of the row around it
    text: str = ""


@dataclass
class HtmlTable:
    caption: str = ""
    headings: list[Element] = field(default_factory=list)
    rows: list[list[Element]] = field(default_factory=list)


@dataclass
class Card:
    """What one card says: all its words, the numbers among them, and the words that are no such."""

    words: str = ""
    numbers: list[Element] = field(default_factory=list)
    loose: str = ""


class Page(HTMLParser):
    """`numbers` are the elements with data-value or data-low; `paragraphs` the texts of p,
    `items` those of li."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: list[HtmlTable] = []
        self.numbers: list[Element] = []
        self.paragraphs: list[str] = []
        self.items: list[str] = []
        self.cards: list[Card] = []
        self._open: list[Element] = []
        self._row = ""
        self._in_head = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {key: value or "" for key, value in attrs}
        if tag == "tr":
            self._row = attributes.get("data-row", "")
        element = Element(tag, attributes, attributes.get("data-row", self._row))
        if "data-value" in attributes or "data-low" in attributes:
            self.numbers.append(element)
        if tag == "table":
            self.tables.append(HtmlTable())
        elif tag in ("thead", "tbody"):
            self._in_head = tag == "thead"
        elif tag == "tr" and not self._in_head:
            self.tables[-1].rows.append([])
        elif tag in ("th", "td"):
            place = self.tables[-1].headings if self._in_head else self.tables[-1].rows[-1]
            place.append(element)
        elif attributes.get("class") == "card":
            self.cards.append(Card())
        self._open.append(element)
        if self._in_card() and self.numbers and self.numbers[-1] is element:
            self.cards[-1].numbers.append(element)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop().tag != tag:  # meta and the like have no end
            pass
        if tag == "tr":
            self._row = ""

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data
        tags = [element.tag for element in self._open]
        if "caption" in tags:
            self.tables[-1].caption += data
        if tags and tags[-1] == "p":
            self.paragraphs.append(data)
        if tags and tags[-1] == "li":
            self.items.append(data)
        if self._in_card():
            self.cards[-1].words += data
            if not any(element in self.cards[-1].numbers for element in self._open):
                self.cards[-1].loose += data

    def _in_card(self) -> bool:
        return any(element.attributes.get("class") == "card" for element in self._open)

    def told(self) -> Iterator[tuple[str, str, float]]:
        """Each number of a row: the row, the key ("interval_low" for an end), the value in full."""
        for element in self.numbers:
            key = element.attributes["data-key"]
            if "data-value" in element.attributes:
                yield element.row, key, float(element.attributes["data-value"])
                continue
            for end in ("low", "high"):
                yield element.row, f"{key}_{end}", float(element.attributes[f"data-{end}"])

    def table(self, caption: str) -> list[HtmlTable]:
        return [table for table in self.tables if table.caption.startswith(caption)]
