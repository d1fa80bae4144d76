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
    rest: str = ""  # of a block: its text without blocks inside it, with TOLD for each number


def is_number(element: Element) -> bool:
    return "data-value" in element.attributes or "data-low" in element.attributes


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


# Whose text is read as one; what stands in none of them is of no use to a reader.
BLOCKS = {"p", "li", "th", "td", "caption", "figcaption", "h1", "h2", "h3", "title", "summary", "div"}
UNREAD = {"style", "svg"}
TOLD = "#"  # in the place of a number


class Page(HTMLParser):
    """`numbers` are the elements with data-value or data-low; `paragraphs` the texts of p,
    `items` those of li; `blocks` hold all visible text but that of pictures."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: list[HtmlTable] = []
        self.numbers: list[Element] = []
        self.blocks: list[Element] = []
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
        if is_number(element):
            self.numbers.append(element)
        if tag in BLOCKS:
            self.blocks.append(element)
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
        if not UNREAD & set(tags):
            block = next((element for element in reversed(self._open) if element.tag in BLOCKS), None)
            if block is not None:
                block.rest += TOLD if any(map(is_number, self._open)) else data
        if self._in_card():
            self.cards[-1].words += data
            if not any(element in self.cards[-1].numbers for element in self._open):
                self.cards[-1].loose += data

    @property
    def paragraphs(self) -> list[str]:
        return [block.text for block in self.blocks if block.tag == "p"]

    @property
    def items(self) -> list[str]:
        return [block.text for block in self.blocks if block.tag == "li"]

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
