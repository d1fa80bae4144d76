"""What a platform file must hold beside its nodes, or a run in the simulated machine means nothing.

Where a core's memory has no bandwidth, work that moves bytes takes no time, and probe ends with an
error. Where a node has no link to itself, SimGrid sends messages of ranks that share it over its
network, or in no time. Where SimGrid measures how long programs compute, times are those of the machine
that simulates.
"""
from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from jobscripts.errors import Refused

MEMORY = "memory_bandwidth"
MEASURED = "smpi/simulate-computation"
LOOPBACK = ("loopback_bw", "loopback_lat")
OFF = ("no", "off", "false", "0")  # as SimGrid takes them
WHERE = "inputs/platforms/README.md says what a file must hold"

_NUMBER = re.compile(r"\d+\.?\d*(?:[eE][+-]?\d+)?", re.ASCII)


def check(name: str, root: Element, zone: Element) -> None:
    """Of the platform file `name`, whose machine is `zone`. Refused with what is missing, and where."""
    settings = {prop.get("id"): prop.get("value") for prop in root.iterfind("config/prop")}
    if settings.get(MEASURED) not in OFF:
        raise Refused(
            f"{name}: its <config> does not set {MEASURED} to no, so that computing would take the time "
            f"of this machine, and another each time; {WHERE}"
        )
    own = {route.get("src") for route in zone.iter("route") if route.get("src") == route.get("dst")}
    for item in zone.iter():
        if item.tag in ("cluster", "host"):
            _check_memory(name, item)
            _check_loopback(name, item, own)


def _check_memory(name: str, item: Element) -> None:
    """SimGrid hands the text on, and programs read the number that it begins with: units are none."""
    told = {prop.get("id"): prop.get("value", "") for prop in item.iterfind("prop")}
    text = told.get(MEMORY)
    if text is None:
        raise Refused(f"{name}: {_named(item)} has no property {MEMORY}, byte/s of a core; {WHERE}")
    if not _NUMBER.fullmatch(text) or float(text) <= 0:
        raise Refused(
            f"{name}: {_named(item)}: {MEMORY} = {text!r} is no number above 0 of byte/s, as 10e9"
        )


def _check_loopback(name: str, item: Element, own: set[str | None]) -> None:
    if item.tag == "host":
        if item.get("id") not in own:
            raise Refused(
                f"{name}: {_named(item)} has no <route> to itself, over which ranks of a node send each "
                f"other messages; {WHERE}"
            )
        return
    missing = [key for key in LOOPBACK if key not in item.attrib]
    if missing:
        raise Refused(
            f"{name}: {_named(item)} has no {' and no '.join(missing)}, of the link over which ranks of a "
            f"node send each other messages; {WHERE}"
        )


def _named(item: Element) -> str:
    return f"<{item.tag} id={item.get('id', '')!r}>"
