"""One run of a study, as planned."""
from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Mapping

from jobscripts.layout import Layout

# A run's purpose: a point of a curve, the machine's limits, a picture for the report.
SCALING, PROBE, PICTURE = "scaling", "probe", "picture"


@dataclass(frozen=True)
class Run:
    """`options` are keys of the app that the study sets, `measure` those of how to measure; both in
    the study's order."""

    purpose: str
    app: str
    variant: str
    scaling: str
    per: str  # what the size of a weak problem belongs to: worker or node
    size: str  # a named one, or "memory=0.5"
    ranks: int
    threads: int
    repeat: int  # from 1; 0 for what is no point, and comes before all repeats
    options: tuple[tuple[str, str], ...]
    measure: tuple[tuple[str, str], ...]
    nodes: int = 1

    @classmethod
    def aside(
        cls,
        purpose: str,
        program: tuple[str, str],
        layout: Layout,
        options: Mapping[str, str],
        measure: Mapping[str, str],
    ) -> Run:
        """A run of an app and a variant that is no point of a curve: small, and once."""
        return cls(
            purpose=purpose,
            app=program[0],
            variant=program[1],
            scaling="strong",
            per="worker",
            size="tiny",
            ranks=layout.ranks,
            threads=layout.threads,
            repeat=0,
            options=tuple(options.items()),
            measure=tuple(measure.items()),
            nodes=layout.nodes,
        )

    @property
    def id(self) -> str:
        """Names the files of the run: letters, digits and _ - . alone."""
        size = self.size.replace("=", "")
        return f"{self.program}-{self.scaling}-{size}-{self.layout}-r{self.repeat}"

    @property
    def program(self) -> str:
        return f"{self.app}_{self.variant}"

    @property
    def layout(self) -> Layout:
        return Layout(self.ranks, self.threads, self.nodes)

    def configuration(self) -> dict[str, object]:
        """As stored in study.json; equal for equal runs."""
        plain = {**asdict(self), "options": dict(self.options), "measure": dict(self.measure)}
        return {"id": self.id, **plain}
