"""The machine that a platform file of SimGrid describes (inputs/platforms), as the model knows machines.

Read are the attributes of the file's cluster and those settings that its programs run under. Links of
such a cluster carry both ways at once but for the acknowledgements of what goes the other way, which
SimGrid counts as 5 % of it unless the file switches them off, as those of Scalebar do (its option
network/crosstraffic; Velho and Legrand 2009)."""
from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ElementTree
from itertools import product
from pathlib import Path

from jobscripts.errors import Refused
from results.ceilings import Ceiling
from results.model_machine import Link, Machine

FOLDER = Path(__file__).resolve().parents[1] / "inputs" / "platforms"
ACKNOWLEDGEMENTS = 0.05
PREFIXES = {"": 1.0, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "m": 1e-3, "u": 1e-6, "n": 1e-9}
NODES_MOST = 10**6  # of a tree; beyond, a damaged file rather than a machine
UP_AND_DOWN = ("redbcast",)  # sums that go up a tree and down again


def platform_file(name: str) -> Path | None:
    """That of a machine by the name that results give, where it is among those of Scalebar."""
    path = FOLDER / f"{name}.xml"
    return path if re.fullmatch(r"\w+", name) and path.exists() else None


def of_platform(path: Path, name: str = "") -> Machine:
    """`name` is that of the machine, if not that of the file. Refused where the file describes no cluster that the model knows."""
    try:
        tree = ElementTree.parse(path).getroot()
        settings = {prop.attrib["id"]: prop.attrib["value"] for prop in tree.findall("config/prop")}
        cluster = tree.find(".//cluster")
        if cluster is None:
            raise ValueError("has no cluster")
        return _machine(name or path.stem, cluster, settings)
    except (OSError, ElementTree.ParseError, KeyError, ValueError) as error:
        raise Refused(f"{path}: no platform that can be modelled: {error}") from None


def _machine(name: str, cluster: ElementTree.Element, settings: dict[str, str]) -> Machine:
    told = cluster.attrib
    cores, speed = int(told["core"]), quantity(told["speed"], "f")
    properties = {prop.attrib["id"]: prop.attrib["value"] for prop in cluster.findall("prop")}
    memory = float(properties["memory_bandwidth"])
    overhead = sum(_per_message(settings.get(key, "0:0:0")) for key in ("smpi/ois", "smpi/or"))
    latency, bandwidth = quantity(told["lat"], "s"), quantity(told["bw"], "Bps")
    crossed = settings.get("network/crosstraffic", "yes") not in ("0", "no", "off", "false")
    carried = bandwidth / (1 + ACKNOWLEDGEMENTS * crossed)
    return Machine(
        name=name,
        cores=cores,
        compute=Ceiling(speed, speed * cores, cores),
        memory=Ceiling(memory, memory * cores, cores),
        product=None,
        near=Link(quantity(told["loopback_lat"], "s") + overhead, quantity(told["loopback_bw"], "Bps")),
        far=tuple(
            (nodes, Link(links * latency + overhead, carried * share))
            for nodes, links, share in _ways(told["topology"], told["topo_parameters"])
        ),
        overhead=overhead,
        copies_share=False,  # loopbacks serve each message as if it were alone
        sum_passes=2 if settings.get("smpi/allreduce") in UP_AND_DOWN else 1,
    )


def quantity(text: str, unit: str) -> float:
    """ "12.5GBps" in byte/s, "0.25us" in s."""
    found = re.fullmatch(rf"([0-9.eE+-]+)([kKMGTmun]?){unit}", text)
    if found is None:
        raise ValueError(f"{text!r} is no number of {unit}")
    return float(found[1]) * PREFIXES[found[2]]


def _per_message(factors: str) -> float:
    """Of "0:2e-7:0", from 0 bytes on 2e-7 s and nothing a byte, the seconds a message."""
    first, seconds, *_ = factors.split(";")[0].split(":")
    return float(seconds) if float(first) == 0 else 0.0


def _ways(topology: str, parameters: str) -> list[tuple[int, float, float]]:
    """By the most nodes that a run may have: links on the way, and the share of a link that is a
    node's when all nodes send."""
    if topology == "FAT_TREE":
        levels, *lists = parameters.split(";")
        down, up, parallel = ([int(count) for count in listed.split(",")] for listed in lists)
        if {len(down), len(up), len(parallel)} != {int(levels)} or min(*down, *up, *parallel) < 1:
            raise ValueError(f"topo_parameters {parameters}")
        return _fat_tree(down, up, parallel)
    if topology == "TORUS":
        shape = [int(count) for count in parameters.split(",")]
        return [(1 << n, *_torus(shape, 1 << n)) for n in range(1, math.prod(shape).bit_length())]
    raise ValueError(f"topology {topology}")


def _fat_tree(down: list[int], up: list[int], parallel: list[int]) -> list[tuple[int, float, float]]:
    """Up to the switch that all nodes of a run are below, and down again. When all nodes send to all, what
    leaves the nodes below a switch shares the links upwards, which may be less than one a node. A message
    takes one way, so that a node with several links is not counted as faster."""
    if math.prod(down) > NODES_MOST:
        raise ValueError(f"{math.prod(down)} nodes")
    found = []
    subtrees = [math.prod(down[:level]) for level in range(len(down))]  # nodes below a switch; 1: a node
    uplinks = [math.prod(up[: level + 1]) * parallel[level] for level in range(len(down))]
    for level, below in enumerate(subtrees):
        for branches in range(2 if below > 1 else down[0], down[level] + 1):
            nodes = below * branches
            leaving = [size * (nodes - size) / max(1, nodes - 1) for size in subtrees[: level + 1]]
            shares = [links / out for links, out in zip(uplinks, leaving) if out > 0]
            found.append((nodes, 2.0 * (level + 1), min([1.0, *shares])))
    return found


def _torus(shape: list[int], nodes: int) -> tuple[float, float]:
    """Mean links between two of the first nodes, numbered along the first axis first; and how much of
    the bandwidth of a link each node has when all send to all: half of it crosses the middle of the
    longest axis, which has as many links as the rest has nodes, and twice as many where a ring closes."""
    lengths, left = [], nodes
    for size in shape:
        lengths.append(min(size, left))
        left = -(-left // size)
    hops, share = 0.0, math.inf
    for size, length in zip(shape, lengths):
        steps = [min(abs(a - b), size - abs(a - b)) for a, b in product(range(length), repeat=2)]
        hops += sum(steps) / len(steps)
        if length > 1:
            links = nodes / length * (2 if length == size else 1)
            share = min(share, links * (nodes - 1) / (nodes / 2) ** 2)
    return hops * nodes / (nodes - 1), share  # of two that differ
