"""report.html: one file that needs nothing else, for a screen, a telephone or paper."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Mapping, Sequence

from jobscripts.state import State
from results.ceilings import Ceilings
from results.curves import Curve
from results.forecast import Forecast, NoForecast
from results.gallery import Gallery
from results.outcomes import Outcomes
from results.page_curves import scaling_section
from results.page_facts import (
    STUDY,
    answers_part,
    failures_part,
    limits_part,
    machine_part,
    software_part,
    warnings_of,
    warnings_part,
)
from results.page_glance import best_table, cards
from results.page_parts import bullets, escape, paragraph, pictures, section
from results.page_shell import contents, document
from results.points import Problem, Table
from results.words import Words, counted, whole

HOW = (
    "Time is that of one repetition: the median of the samples of all repeats. Its 95 % interval is "
    "that of the median by exact binomial ranks, without any assumption on the distribution, widened "
    "where need be to hold the median of each repeat. With fewer than five repeats it shows the spread "
    "inside a process more than that between processes.",
    "Speed-up S compares with the serial program, which has no MPI and no OpenMP in it; S to own base "
    "(dotted) with the same variant on one worker. E = S/p. Where a study has no point of one worker, "
    "as one of whole nodes, each variant's fewest workers are its base and count as so many: E is 1 "
    "there, whatever they lose among themselves.",
    "Lines go through the fastest layout of as many workers. Points with a cross are left out of "
    "speed-up and of fits; the table says why.",
    "Load balance, communication efficiency and their product, parallel efficiency, are those of POP "
    "(pop-coe.eu), of ranks, with I/O counted as lost; what threads of a rank do among themselves counts as computing, so one "
    "rank has none. Below 80 % deserves a look.",
    "Amdahl (1967), Gustafson (1988), Karp and Flatt (1990), Gunther's Universal Scalability Law: "
    "fitted from 4 (USL: 5) different numbers of workers on, with 95 % intervals; dashed inside the "
    "data alone, in a band that is the 95 % interval of the fitted curve.",
    "The roofline (Williams, Waterman, Patterson 2009) takes its ceilings from probe, and operations "
    "and bytes of the apps from their work models. Above 100 %: the data stayed in caches.",
    "Predicted times are those of the apps' work models and of what probe measured of arithmetic, memory "
    "and messages (Hockney 1994; LogP, Culler and others 1993; roofline). The speed of a kernel is taken "
    "from the base, so that the base is met exactly; at best is the same with a kernel at the roofline. "
    "Simulated runs are predicted from the platform's figures alone. Computing is that of the rank with "
    "most to do, communication what of copies, messages and waiting it does not hide.",
    "All numbers are computed from the HDF5 files in runs/; summary.csv holds those of the points.",
)


@dataclass(frozen=True)
class Findings:
    """All that the page shows."""

    state: State
    outcomes: Outcomes
    tables: Sequence[Table]
    curves: Mapping[Problem, Sequence[Curve]]
    limits: Ceilings
    forecasts: Mapping[Problem, Sequence[Forecast | NoForecast]]
    gallery: Gallery
    machine: Mapping[str, str]
    machine_run: str  # that saw it


def make_page(findings: Findings) -> str:
    state = findings.state
    title = f"{state.data['study']} on {state.data['machine']['model']}"
    apps = list(dict.fromkeys(table.problem.app for table in findings.tables))
    places = [("glance", "At a glance"), *((f"app-{app}", app) for app in apps)]
    places += [
        ("limits", "Machine limits"),
        ("fields", "Pictures of the fields"),
        ("answers", "Answers"),
        ("placement", "Placement and warnings"),
        ("machine", "Machine and software"),
        ("how", "How to read this"),
    ]
    if not findings.gallery.fields:
        places.remove(("fields", "Pictures of the fields"))
    body = "\n".join([_heading(findings, title), contents(places), *_sections(findings, apps)])
    return document(f"Scalebar: {title}", body)


def _heading(findings: Findings, title: str) -> str:
    data = findings.state.data
    seed = Words() if data["seed"] is None else Words(", seed ", whole(data["seed"], "seed", STUDY))
    begun = Words(f"{data['created_utc']}: ", counted(len(findings.state.runs), "run", "runs", STUDY))
    if data.get("simulated"):
        first = Words(begun, " in a simulated machine", seed, "; none of its times was measured")
    else:
        machine = data["machine"]
        cores = counted(machine["workers"], "core", "cores", STUDY)
        domains = counted(machine["numa_domains"], "NUMA domain", "domains", STUDY)
        order = Words(" in random order (order seed ", whole(data["order_seed"], "order_seed", STUDY), ")")
        first = Words(begun, order, seed, ", on ", cores, " in ", domains)
    words = "".join(paragraph(line, "quiet") for line in [first, *data["notes"]])
    return f"<header><h1>Scalebar: {escape(title)}</h1>{words}</header>"


def _sections(findings: Findings, apps: Sequence[str]) -> list[str]:
    outcomes, gallery, limits = findings.outcomes, findings.gallery, findings.limits
    records = list(outcomes.records.values())
    hosts = list(dict.fromkeys(host for record in records for host in record.hosts))
    found = [
        section(
            "glance",
            "At a glance",
            cards(outcomes, findings.tables, limits),
            best_table(findings.tables, limits) if findings.tables else "",
        )
    ]
    found += [_app(findings, app) for app in apps]
    cautions = bullets(warnings_of(limits))
    roof = pictures([gallery.roofline])
    name = findings.state.data.get("simulated")
    title = "Machine limits" + (f" (simulated on {name})" if name else "")
    found.append(section("limits", title, roof, cautions, limits_part(limits)))
    if gallery.fields:
        found.append(section("fields", "Pictures of the fields", pictures(gallery.fields)))
    found += [
        section("answers", "Answers", failures_part(outcomes), answers_part(records)),
        section(
            "placement",
            "Placement and warnings",
            warnings_part(findings.state, outcomes.records, gallery.undrawn),
        ),
        section(
            "machine",
            "Machine and software",
            machine_part(findings.state, findings.machine, findings.machine_run, hosts),
            software_part(records),
        ),
        section("how", "How to read this", bullets(HOW)),
    ]
    return found


def _app(findings: Findings, app: str) -> str:
    parts = [
        scaling_section(
            table,
            findings.curves[table.problem],
            findings.gallery.of_tables.get(table.problem, []),
            findings.limits,
            findings.forecasts[table.problem],
        )
        for table in findings.tables
        if table.problem.app == app
    ]
    return section(f"app-{app}", app, *parts)
