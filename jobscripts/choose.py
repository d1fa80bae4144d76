"""Where the runs of a study take place: here, or through a batch system."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jobscripts.errors import Refused
from jobscripts.flux import Flux
from jobscripts.layout import Layout
from jobscripts.lsf import Lsf
from jobscripts.pbs import Pbs
from jobscripts.scheduler import Scheduler
from jobscripts.site import Site, read_site
from jobscripts.slurm import Slurm
from jobscripts.topology import Topology

ALL: tuple[Scheduler, ...] = (Slurm(), Pbs(), Lsf(), Flux())
SCHEDULERS = tuple(scheduler.name for scheduler in ALL)


@dataclass(frozen=True)
class Elsewhere:
    """A batch system, what must be known of it, and one of its nodes."""

    scheduler: Scheduler
    site: Site
    topology: Topology
    inside: bool = False  # this process runs in a job: runs are started here, on the job's nodes

    def start(self, layout: Layout, mpi: str) -> list[str]:
        """Words before a program, inside a job."""
        return self.scheduler.start(layout, self.site, mpi, self.topology)


def choose(launcher: str, site_file: Path | None, nodes: int) -> Elsewhere | None:
    """None: here. `auto` is here inside a job, and where no batch system answers; runs on several
    `nodes` are started by the batch system there."""
    site = read_site(site_file) if site_file else Site()
    inside = False
    if launcher == "auto":
        found = next((scheduler for scheduler in ALL if scheduler.inside()), None)
        inside = found is not None
        if inside and nodes == 1:
            return None
        found = found or next((scheduler for scheduler in ALL if scheduler.present()), None)
    else:
        found = next((scheduler for scheduler in ALL if scheduler.name == launcher), None)
    if found is None:
        if site_file:
            raise Refused(f"--site {site_file}: a site is of a batch system, and runs take place here")
        return None
    if site.start and site.start not in found.starts:
        raise Refused(
            f"{site_file}: start = {site.start}: with {found.name} allowed are {', '.join(found.starts)}"
        )
    if site.jobs == "array" and not found.task_variable:
        raise Refused(f"{site_file}: jobs = array: {found.name} has no arrays; allowed single")
    return Elsewhere(found, site, _node(found, site), inside)


def _node(scheduler: Scheduler, site: Site) -> Topology:
    """A node as the batch system or the site file tells of it: cores dealt evenly to domains."""
    if site.cores is not None:
        cores, domains = site.cores, site.numa_domains or 1
    else:
        cores, sockets = scheduler.node(site)
        domains = site.numa_domains or sockets
    if cores % domains:
        raise Refused(f"site {site.name}: {cores} cores do not go on {domains} NUMA domains evenly")
    each = cores // domains
    where = f", {site.partition}" if site.partition else ""
    return Topology(
        cores=tuple(range(cores)),
        domains=tuple(tuple(range(n * each, (n + 1) * each)) for n in range(domains)),
        quota=None,
        restricted=False,
        model=f"a node of {site.name if site.name != 'none' else scheduler.name}{where}",
    )
