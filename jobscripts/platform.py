"""A simulated machine as its platform file describes it: names of its nodes, and their cores.

The file is SimGrid's (inputs/platforms/README.md); SimGrid reads all of it, this module what a study
must know to share ranks out. All nodes have as many cores.
"""
from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from jobscripts.errors import Refused
from jobscripts.layout import Layout
from jobscripts.platform_check import check
from jobscripts.topology import Topology
from jobscripts.values import WORKERS_MAX

SHIPPED = Path(__file__).resolve().parent.parent / "inputs" / "platforms"
LARGEST = 1 << 24  # bytes of a file

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}", re.ASCII)  # of a node, or a platform


@dataclass(frozen=True)
class Platform:
    path: Path
    name: str  # of the outermost zone: what results call the machine
    text: bytes  # the whole file
    nodes: tuple[str, ...]
    cores: int  # of each node

    def topology(self) -> Topology:
        """Of one node. The model names the file's content: another one is another machine."""
        digest = hashlib.sha256(self.text).hexdigest()[:8]
        cores = tuple(range(self.cores))
        shape = f"{len(self.nodes)} nodes of {self.cores} cores"
        return Topology(
            cores=cores,
            domains=(cores,),
            quota=None,
            restricted=False,
            model=f"simulated machine {self.name}: {shape}, file {digest}",
            simulated=self.name,
        )

    def hosts(self, layout: Layout) -> str:
        """The host file of a layout: a line for each rank, ranks of a node after each other."""
        used = self.nodes[: layout.nodes]
        return "".join(f"{node}\n" * layout.ranks_of_node for node in used)


def find_platform(name: str, beside: Path) -> Platform:
    """One that comes with Scalebar by its name, else the file of this path, as seen from the folder
    `beside`."""
    path = SHIPPED / f"{name}.xml"
    if "/" in name or not path.is_file():
        path = beside / name
    if not path.is_file():
        ours = ", ".join(sorted(found.stem for found in SHIPPED.glob("*.xml")))
        raise Refused(f"platform = {name}: there is no such file; with Scalebar come {ours}")
    return read_platform(path)


def read_platform(path: Path) -> Platform:
    try:
        text = path.read_bytes()
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}") from None
    if len(text) > LARGEST or b"<!ENTITY" in text:
        raise Refused(f"{path.name}: larger than {LARGEST} bytes, or with entities: no platform file")
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise Refused(f"{path.name} is not the file of a platform: {error}") from None
    zone = next((item for item in root if item.tag in ("zone", "AS")), None)
    if zone is None or not _NAME.fullmatch(zone.get("id", "")):
        raise Refused(f"{path.name}: its outermost zone has no name of letters, digits and _ . -")
    nodes: list[str] = []
    cores = set()
    for item in zone.iter():
        if item.tag in ("cluster", "host"):
            nodes += _names(path, item)
            cores.add(_whole(path, item, "core"))
    if len(cores) != 1 or len(set(nodes)) != len(nodes):
        raise Refused(f"{path.name}: no nodes, two of one name, or nodes of unlike numbers of cores")
    check(path.name, root, zone)
    return Platform(path.resolve(), zone.get("id", ""), text, tuple(nodes), cores.pop())


def _names(path: Path, item: ElementTree.Element) -> list[str]:
    """Of a host, or of all nodes of a cluster, in their order."""
    if item.tag == "host":
        names = [item.get("id", "")]
    else:
        before, after = item.get("prefix", ""), item.get("suffix", "")
        names = [f"{before}{number}{after}" for number in _numbers(path, item.get("radical", ""))]
    for name in names:
        if not _NAME.fullmatch(name):
            raise Refused(f"{path.name}: node {name!r}: allowed are letters, digits and _ . -")
    return names


def _numbers(path: Path, radical: str) -> list[int]:
    """Of "0-15,20"."""
    found: list[int] = []
    for part in radical.split(","):
        match = re.fullmatch(r"\s*(\d{1,7})(?:-(\d{1,7}))?\s*", part, re.ASCII)
        if not match or len(found) > WORKERS_MAX:
            raise Refused(f"{path.name}: radical = {radical!r} is no list of numbers as 0-255")
        found += range(int(match[1]), int(match[2] or match[1]) + 1)
    return found


def _whole(path: Path, item: ElementTree.Element, key: str) -> int:
    text = item.get(key, "1")
    if not re.fullmatch(r"[1-9]\d{0,3}", text, re.ASCII):
        raise Refused(f"{path.name}: {key} = {text!r} is no number of cores")
    return int(text)
