"""Reads the lines of a study file: one section, keys once each, comments with # or ;."""
from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from jobscripts.errors import Refused

LINE_MAX = 1000
FILE_MAX = 1 << 20


@dataclass(frozen=True)
class Entry:
    """One `key = value` line, and where it stands."""

    key: str
    value: str
    where: str


def read_text(path: Path) -> str:
    """The file's text; refuses what is no small text file."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}") from None
    if len(data) > FILE_MAX or b"\0" in data:
        raise Refused(f"{path}: this is not a study file (NUL bytes, or over 1 MiB)")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused(f"{path}: this is not UTF-8 text") from None


def parse(text: str, name: str, section: str) -> dict[str, Entry]:
    """Entries of the one `section`; `name` is the file's name for messages."""
    entries: dict[str, Entry] = {}
    inside = False
    for number, raw in enumerate(text.splitlines(), start=1):
        where = f"{name}:{number}"
        if len(raw) > LINE_MAX:
            raise Refused(f"{where}: the line is longer than {LINE_MAX} characters")
        line = re.split(r"(?:^|\s)[#;]", raw, maxsplit=1)[0].strip()
        if not line:
            continue
        if line.startswith("["):
            if line != f"[{section}]":
                raise Refused(f"{where}: {line!r} is not a section here; allowed [{section}]")
            if inside:
                raise Refused(f"{where}: [{section}] stands here a second time")
            inside = True
            continue
        key, equals, value = (part.strip() for part in line.partition("="))
        if not inside:
            raise Refused(f"{where}: {key!r} stands before the section [{section}]")
        if not equals or not key or not value:
            raise Refused(f"{where}: {line!r} is not of the form: key = value")
        if key in entries:
            raise Refused(f"{where}: {key!r} is already set at {entries[key].where}")
        entries[key] = Entry(key, value, where)
    return entries
