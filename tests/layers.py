#!/usr/bin/env python3
"""Who may include whom: the layers of common/ and the rules for apps/, checked on the sources.

    apps -> driver -> measure -> comm -> leaves

A file may include headers of its own layer and of those below. Prints one line per breach and exits
with 1 when there is any.
"""
from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent

# The layer of a file by its name; whatever is not named belongs to `measure`.
LEAVES = ("status", "blas", "threads", "rng", "isa", "simd", "timing", "stats", "figures", "fields", "decomp",
          "dist", "halo_shape", "hash", "memory", "exact_sum", "sysfile",
          "simulation", "cpuset", "cgroup", "cores", "crowding", "topology")
COMM = ("comm", "exchange", "transpose", "transpose_flow", "transpose_partners", "transpose_plan")
DRIVER = ("driver",)
LEAF_LAYER, COMM_LAYER, MEASURE_LAYER, DRIVER_LAYER = range(4)

# Headers of libraries, and the only files that may see them.
PRIVATE = {
    "mpi.h": r"common/(comm_mpi\w*\.[ch]|results_mpio\.c)",
    "comm_mpi.h": r"common/comm_mpi\w*\.[ch]",
    "comm_mpi_messages.h": r"common/comm_mpi\w*\.c",
    "smpi/smpi.h": r"common/simulation_simgrid\.c",
    "omp.h": r"common/threads\.h",
    "hdf5.h": r"common/results\w*\.[ch]",
    "hdf5_hl.h": r"common/results\w*\.[ch]",
}
# What a kernel may include besides C's own headers and its own.
KERNEL = {"rng.h", "simd.h", "isa.h", "cblas.h", "fftw3.h"}
STANDARD = re.compile(r"(assert|complex|ctype|errno|fenv|float|inttypes|limits|math|stdalign|stdarg|"
                      r"stdatomic|stdbool|stddef|stdint|stdlib|string|tgmath)\.h")
MOST_LINES = 350


def layer(stem: str) -> int:
    if stem in LEAVES or stem.startswith(("isa_", "simd_", "simulation_")):
        return LEAF_LAYER
    if stem in COMM or stem.startswith(("comm_", "exchange_")):
        return COMM_LAYER
    if stem.startswith(DRIVER):
        return DRIVER_LAYER
    return MEASURE_LAYER


# Sources of common/ that are compiled for each variant, those over MPI and for one rank without it
# among them; all others are compiled once.
PER_VARIANT = re.search(r"set\(knows_threads ([^)]*)\)", (ROOT / "common" / "CMakeLists.txt").read_text())
KNOWS_THREADS = PER_VARIANT.group(1).split() if PER_VARIANT else []
CHOSEN = re.compile(r"comm_(mpi|self)\w*\.c")


def breaches(path: Path) -> list[str]:
    name = path.relative_to(ROOT).as_posix()
    text = path.read_text()
    found = []
    for header in re.findall(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', text, re.MULTILINE):
        if header in PRIVATE and not re.fullmatch(PRIVATE[header], name):
            found.append(f"{name}: must not include {header}")
        stem = header.removesuffix(".h")
        if not (ROOT / "common" / header).exists():
            own = (path.parent / header).exists()
            if "kernel" in path.name and not own and header not in KERNEL and not STANDARD.fullmatch(header):
                found.append(f"{name}: a kernel must not include {header}")
            continue
        if name.startswith("common/") and layer(stem) > layer(path.stem):
            found.append(f"{name}: {header} belongs to a layer above")
        if name.startswith("apps/"):
            if "kernel" in path.name and header not in KERNEL:
                found.append(f"{name}: a kernel must not include {header}")
            plans = "panels" in path.stem and stem in ("comm_messages", "comm_shared")
            measures = path.parent.name == "probe" and stem == "comm_raw"
            own = plans or measures
            if layer(stem) == DRIVER_LAYER or stem.startswith(("results", "comm_")) and not own:
                found.append(f"{name}: {header} is for the driver alone")
    if name.startswith("common/") and path.suffix == ".c" and \
            path.name not in KNOWS_THREADS and not CHOSEN.fullmatch(path.name):
        if re.search(r'include "threads\.h"|pragma omp (?!simd)', text):
            found.append(f"{name}: knows of threads, so common/CMakeLists.txt must say so")
    if name.startswith("apps/") and path.suffix == ".c" and re.search(r"^\s*#\s*if", text, re.MULTILINE):
        found.append(f"{name}: variants are link-time choices: no preprocessor conditionals")
    if text.count("\n") > MOST_LINES:
        found.append(f"{name}: {text.count(chr(10))} lines: more than one idea?")
    return found


def main() -> int:
    files = sorted(p for folder in ("common", "apps") for p in (ROOT / folder).rglob("*.[ch]"))
    if not files:
        print(f"layers: no sources below {ROOT}")
        return 1
    found = [line for path in files for line in breaches(path)]
    print("\n".join(found) if found else f"layers: {len(files)} files keep to them")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
