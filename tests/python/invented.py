"""An invented study: result files of schema 1 whose times follow a known law, for tests of reports."""
from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from support import new_run, write_study

UNITS = {"pi": ("sample", 1e8), "matmul": ("flop", 2e9), "heat": ("cell", 2.5e8), "fft": ("flop", 1e9)}
FLOP = {"pi": 0.0, "matmul": 1.0, "heat": 9.0, "fft": 1.0}  # for each unit
BYTE = {"pi": 0.0, "matmul": 0.01, "heat": 2.0, "fft": 0.5}
CONFIG = {  # problems of that work, as result files store them
    "pi": {"samples": "100000000", "rng": "philox"},
    "matmul": {"m": "1000", "n": "1000", "k": "1000", "kernel": "blas", "panel": "256", "grid": "auto",
               "weak_law": "memory"},
    "heat": {"dims": "2", "nx": "1000", "ny": "1000", "nz": "1", "steps": "250", "kernel": "streaming",
             "halo": "1", "overlap": "yes", "boundary": "fixed"},
    "fft": {"nx": "208", "ny": "208", "nz": "208", "transform": "c2c", "decomposition": "auto",
            "layout": "transposed"},
}
LINKS = {"latency_node": 1e-6, "bandwidth_node": 5e9, "latency_network": 4e-6, "bandwidth_network": 1e9}
PHASES = {"compute": 0.8, "communicate": 0.08, "wait": 0.1, "io": 0.02}
WAVE = np.sin(np.arange(24 * 32) / 40).reshape(24, 32)
FIELDS = {
    "heat": {"temperature": WAVE[np.newaxis]},
    "fft": {"input": np.zeros((8, 8, 8)), "output": np.ones((8, 8, 5, 2))},
    "pi": {"estimate": 3.0 + 0.3 * WAVE.ravel()[:50]},
}


@dataclass
class Law:
    """T(p) = one (s + (1 - s)/p + overhead (p - 1)), spread by a lognormal noise; a process is slower or faster
    than others as a whole by another one."""

    one: float = 0.4  # s
    serial: float = 0.02
    overhead: float = 0.0
    noise: float = 0.01
    between: float = 0.0

    def time(self, workers: int, weak: bool) -> float:
        each = self.serial + (1 - self.serial) / workers + self.overhead * (workers - 1)
        return self.one * (each * workers if weak else each)


@dataclass
class Invented:
    """Runs of every app, variant, scaling and number of workers."""

    folder: Path
    workers: tuple[int, ...] = (1, 2, 4, 8)
    apps: tuple[str, ...] = ("pi", "matmul", "heat", "fft")
    scalings: tuple[str, ...] = ("strong", "weak")
    sizes: tuple[str, ...] = ("tiny",)
    repeats: int = 2
    samples: int = 10
    node: int = 10**9  # workers of a node
    law: Law = field(default_factory=Law)
    seed: int = 1
    serial: bool = True
    layouts: bool = True  # hybrid in every division of the workers
    probe: bool = True
    pictures: bool = False  # a run of heat, fft and pi with fields
    model: bool = False  # what the model of times needs: the problems, and messages as probe measures them

    def write(self) -> Path:
        (self.folder / "runs").mkdir(parents=True, exist_ok=True)
        random = np.random.default_rng(self.seed)
        runs = [run for run in self._runs()]
        for run in runs:
            path = write_file(self.folder, run, self._elapsed(run, random))
            if self.model:
                write_config(path, run)
        for run, figures in self._probes() if self.probe else ():
            write_file(self.folder, run, [0.01] * 10, figures=figures)
            runs.append(run)
        for app in FIELDS if self.pictures else ():
            run = new_run(app=app, purpose="picture", repeat=0)
            path = write_file(self.folder, run, [0.1] * 10)
            with h5py.File(path, "r+") as file:
                for name, data in FIELDS[app].items():
                    file[f"fields/{name}"] = data
            runs.append(run)
        write_study(self.folder, runs, workers=max(self.workers))
        return self.folder

    def _probes(self) -> Any:
        """On all workers by ranks and by threads, and on one: none has the best of all figures."""
        most = max(self.workers)
        figures = {"triad_core": 1e10, "triad_all": 4e10, "fma_core": 3e10, "fma_all": 2.4e11}
        threads = {"triad_stream_core": 1.2e10, "triad_stream_all": 4.4e10, "rate": 4.3e10, "fma_all": 2e11}
        if self.model:
            figures.update(LINKS)
        one = {"triad_core": 1.1e10, "triad_all": 1.1e10, "fma_core": 2.9e10, "fma_all": 2.9e10}
        yield new_run(app="probe", variant="mpi", ranks=most, purpose="probe", repeat=0, figures={}), figures
        yield new_run(app="probe", variant="omp", threads=most, purpose="probe", repeat=0, figures={}), threads
        yield new_run(app="probe", purpose="probe", repeat=0, figures={}), one

    def _runs(self) -> Any:
        repeats = range(1, self.repeats + 1)
        for app, scaling, size, repeat in product(self.apps, self.scalings, self.sizes, repeats):
            for variant, ranks, threads in self._shapes():
                nodes = max(1, ranks * threads // self.node)
                if ranks % nodes:
                    continue
                yield new_run(
                    app=app,
                    scaling=scaling,
                    size=size,
                    repeat=repeat,
                    variant=variant,
                    ranks=ranks,
                    threads=threads,
                    nodes=nodes,
                    figures={f"{app}.rate": {"value": 1.0, "unit": f"{UNITS[app][0]}/s"}},
                )

    def _shapes(self) -> Any:
        if self.serial:
            yield "serial", 1, 1
        for p in self.workers:
            yield "omp", 1, p
            yield "mpi", p, 1
            for ranks in (n for n in range(1, p + 1) if p % n == 0):
                if self.layouts or ranks == 1:
                    yield "hybrid", ranks, p // ranks

    def _elapsed(self, run: dict[str, Any], random: np.random.Generator) -> list[float]:
        mean = self.law.time(run["workers"], run["scaling"] == "weak")
        drift = 1 + 0.1 * (run["threads"] > 1) * (run["ranks"] > 1)
        noise = np.exp(self.law.noise * random.standard_normal(self.samples))
        if self.law.between:
            noise *= np.exp(self.law.between * random.standard_normal())
        return [float(value) for value in mean * drift * noise]


def write_file(
    folder: Path, run: dict[str, Any], elapsed: list[float], figures: dict[str, float] | None = None
) -> Path:
    """A result file with all that a report reads; 80 % of the time is computing on the first rank, and
    less on each further one; other ranks are the first in other repeats."""
    unit, units = UNITS.get(run["app"], ("byte", 1e8))
    units *= run["workers"] if run["scaling"] == "weak" else 1
    path = folder / "runs" / f"{run['id']}.h5"
    with h5py.File(path, "w", track_order=True) as file:
        _attributes(file, run)
        times = np.asarray(elapsed)
        file["timing/elapsed"] = times
        ranks = 1 - 0.2 * np.roll(np.arange(run["ranks"]), run["repeat"] - 1) / run["ranks"]
        for phase, share in PHASES.items():
            file[f"timing/{phase}"] = share * times[:, None] * ranks
        work = file.create_group("workload")
        work.attrs["unit"] = np.bytes_(unit)
        work["units"] = units
        work["flop"] = units * FLOP.get(run["app"], 0.0)
        work["bytes"] = units * BYTE.get(run["app"], 1.0)
        for name in ("comm_bytes_actual", "comm_bytes_predicted"):
            work[name] = 1e6 * (run["ranks"] - 1)
        _checks(file)
        for name, value in (figures or {}).items():
            file[f"figures/{name}"] = value
            unit = "s" if name.startswith("latency") else "s-1"
            about = {"long_name": f"about {name}", "units": unit, "ci_low": 0.9 * value, "ci_high": 1.1 * value, "n": 10}
            for key, item in about.items():
                file[f"figures/{name}"].attrs[key] = np.bytes_(item) if isinstance(item, str) else item
    return path


def write_config(path: Path, run: dict[str, Any]) -> None:
    with h5py.File(path, "r+") as file:
        config = file.create_group("config")
        for key, value in {**CONFIG[run["app"]], "scaling": run["scaling"], "per": "worker"}.items():
            config.attrs[key] = np.bytes_(value)


def _attributes(file: h5py.File, run: dict[str, Any]) -> None:
    root = {
        "schema_name": "scalebar",
        "schema_version": 1,
        "kernel": "invented",
        "exchange": "shared",
        "created_utc": "2026-01-01T00:00:00Z",
        "binary_sha256": "b" * 64,
        "warnings": "",
        "result": run["verdict"],
        "placement_ok": np.int8(1),
        "compiler": "GNU 12.2.0",
        **{
            key: run[key]
            for key in ("app", "variant", "scaling", "size", "ranks", "threads", "nodes")
        },
    }
    for key, value in root.items():
        file.attrs[key] = np.bytes_(value) if isinstance(value, str) else value
    machine = file.create_group("machine")
    machine.attrs["cpu_model"] = np.bytes_("Test CPU")
    machine["host"] = np.array([[b"n", b"1"]] * run["ranks"], dtype="S1")
    machine["cores"] = 8
    machine["cores"].attrs["units"] = np.bytes_("1")
    machine["usable_cores"] = 1
    amounts = {"clock_before": (2.4456e9, "Hz"), "l1d_bytes": (2**15, "byte")}
    amounts["memory_bytes"] = (25276063744, "byte")
    for name, (value, unit) in amounts.items():
        machine[name] = value
        machine[name].attrs["units"] = np.bytes_(unit)


def _checks(file: h5py.File) -> None:
    group = file.create_group("verification")
    group["check"] = np.array([b"golden"])
    group["source"] = np.array([b"made up"])
    for name, value in (("error", 0.5), ("bound", 1.0), ("passed", np.int8(1))):
        group[name] = np.array([value])
