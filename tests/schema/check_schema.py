#!/usr/bin/env python3
"""Checks that a result file holds schema 1 (HDF5 results), all of it, and that people's tools read it.

    check_schema.py FILE.h5 [--json FILE.json] [--ranks N] [--threads T] [--nodes N] [--app A]
                    [--variant V] [--result R] [--fields NAME...] [--per-node]
    check_schema.py STATE.h5 --state [--app A] [--variant V] [--fields NAME...]

h5py reads every attribute and dataset; ncdump -h and xarray (engines netcdf4 and h5netcdf) open the
file and every group. Ends with exit code 1 and one sentence for each thing that is wrong.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import shutil
import subprocess
import sys

import h5py
import numpy as np

TEXTS = """schema_name title history created_utc app variant kernel exchange size scaling result warnings
tier command_line input_sha256 git_commit compiler compiler_flags binary_sha256 mpi_library
blas_library fft_library hdf5_library simulated""".split()
WHOLES = "schema_version ranks threads nodes seed".split()
FLAGS = "git_dirty placement_ok".split()
MAY_BE_EMPTY = {"warnings"}

STATE_TEXTS = "schema_name title kind app variant problem created_utc hdf5_library".split()

PHASES = "compute communicate wait io".split()
EFFICIENCY = "parallel_efficiency load_balance communication_efficiency".split()
WORKLOAD = "units flop bytes comm_bytes_predicted comm_bytes_actual".split()
CHECKS = "check error bound passed source rank host".split()
MACHINE_TEXTS = "cpu_model architecture instruction_set huge_pages kernel hypervisor".split()
MACHINE_WHOLES = """sockets cores hardware_threads numa_nodes usable_cores usable_cpus l1d_bytes l2_bytes
l3_bytes memory_bytes memory_available page_bytes clock_before clock_after throttle_events energy
memory_errors""".split()
COMMON_KEYS = """size memory scaling per threads exchange warmup min_reps max_reps time_limit ci seed
output fields json expect watchdog compress""".split()
# What udunits parses among the units that Scalebar uses; udunits2 itself is asked where it is there.
UNITS = {"1", "s", "s-1", "byte", "byte s-1", "Hz", "microjoule", "K", "m"}

UTC = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"

wrong: list[str] = []


def check(condition: bool, sentence: str) -> bool:
    """Notes the sentence when the condition does not hold."""
    if not condition:
        wrong.append(sentence)
    return bool(condition)


def text(value) -> str:
    """An attribute's text, whatever h5py makes of a fixed-length string."""
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


def is_scale(data: h5py.Dataset) -> bool:
    """Whether a dataset is the scale of a dimension."""
    return bool(h5py.h5ds.is_scale(data.id))


def rows_of_text(data: h5py.Dataset) -> list[str]:
    """The texts in a dataset of characters (row, length)."""
    return [b"".join(row).decode("utf-8") for row in data[()]]


def check_text(where: h5py.Group, name: str, may_be_empty: bool = False) -> str:
    """A fixed-length UTF-8 attribute."""
    label = f"attribute {where.name.rstrip('/')}/{name}"
    if not check(name in where.attrs, f"{label} is missing"):
        return ""
    kind = h5py.h5a.open(where.id, name.encode()).get_type()
    if not check(isinstance(kind, h5py.h5t.TypeStringID), f"{label} is no text"):
        return ""
    check(not kind.is_variable_str(), f"{label} is of variable length")
    check(kind.get_cset() == h5py.h5t.CSET_UTF8, f"{label} is not marked UTF-8")
    value = text(where.attrs[name])
    check(may_be_empty or value != "", f"{label} is empty")
    return value


def check_attribute(where: h5py.Group, name: str, dtype: type) -> None:
    """A numeric attribute of one value."""
    label = f"attribute {where.name.rstrip('/')}/{name}"
    if check(name in where.attrs, f"{label} is missing"):
        value = where.attrs[name]
        check(np.shape(value) == () and np.asarray(value).dtype == dtype,
              f"{label} is {np.asarray(value).dtype}, shape {np.shape(value)}; expected one {np.dtype(dtype)}")


def check_root(f: h5py.File, want: argparse.Namespace) -> None:
    for name in TEXTS:
        check_text(f, name, name in MAY_BE_EMPTY)
    for name in WHOLES:
        check_attribute(f, name, np.int64)
    for name in FLAGS:
        check_attribute(f, name, np.int8)
    if wrong:
        return
    check(text(f.attrs["schema_name"]) == "scalebar", "schema_name is not scalebar")
    check(f.attrs["schema_version"] == 1, "schema_version is not 1")
    patterns = {"created_utc": UTC, "input_sha256": r"[0-9a-f]{64}",
                "git_commit": r"[0-9a-f]{40}|unknown", "binary_sha256": r"[0-9a-f]{64}|unknown",
                "result": "PASS|WRONG|SLOW", "scaling": "strong|weak", "tier": "base|[a-z]+",
                "variant": "serial|omp|mpi|hybrid"}
    for name, pattern in patterns.items():
        value = text(f.attrs[name])
        check(re.fullmatch(pattern, value) is not None, f"attribute /{name} is {value!r}, not {pattern}")
    check("/" not in text(f.attrs["command_line"]), "command_line holds a path, not base names")
    for name in ("ranks", "threads", "nodes"):
        expected = getattr(want, name)
        check(expected is None or f.attrs[name] == expected,
              f"attribute /{name} is {f.attrs[name]}, expected {expected}")
    for name in ("app", "variant", "result"):
        expected = getattr(want, name)
        check(expected is None or text(f.attrs[name]) == expected,
              f"attribute /{name} is {text(f.attrs[name])!r}, expected {expected!r}")


def check_state_root(f: h5py.File, want: argparse.Namespace) -> None:
    for name in STATE_TEXTS:
        check_text(f, name)
    for name in ("schema_version", "step"):
        check_attribute(f, name, np.int64)
    check_attribute(f, "time", np.float64)
    if wrong:
        return
    expected = {"schema_name": "scalebar", "kind": "state", "app": want.app, "variant": want.variant}
    for name, value in expected.items():
        check(value is None or text(f.attrs[name]) == value,
              f"attribute /{name} is {text(f.attrs[name])!r}, expected {value!r}")
    check(f.attrs["schema_version"] == 1, "schema_version is not 1")
    check(f.attrs["step"] >= 0, "step is negative")
    check(re.fullmatch(UTC, text(f.attrs["created_utc"])) is not None, "created_utc is no date and time")
    check(list(f) == ["fields"], f"a state holds {list(f)}, not fields alone")


def check_shape(f: h5py.File, path: str, axes: tuple[str, ...]) -> h5py.Dataset | None:
    """A dataset whose dimensions have these names, in this order; texts have one more for characters."""
    if not check(path in f, f"{path} is missing"):
        return None
    data = f[path]
    names = tuple(data.dims[d][0].name.split("/")[-1] if len(data.dims[d]) else "?"
                  for d in range(data.ndim))
    characters = data.dtype == np.dtype("S1") and len(names) == len(axes) + 1
    check((names[:-1] if characters else names) == axes, f"{path} has axes {names}, expected {axes}")
    return data


def check_timing(f: h5py.File, per_node: bool) -> None:
    check_shape(f, "/timing/elapsed", ("rep",))
    check_shape(f, "/timing/warmup", ("warmup_rep",))
    suffixes = ("_min", "_mean", "_max") if per_node else ("",)
    for name in ["samples"] + PHASES:
        for suffix in suffixes:
            check_shape(f, f"/timing/{name}{suffix}", ("rep", "node" if per_node else "rank"))
    if "timing" not in f:
        return
    group = f["timing"]
    check_text(group, "stop")
    check_attribute(group, "loops", np.int64)
    for name in ("timer_cost", "barrier_cost"):
        check_attribute(group, name, np.float64)
    if wrong or per_node:
        return
    elapsed, samples = group["elapsed"][()], group["samples"][()]
    parts = sum(group[name][()] for name in PHASES)
    check(bool((elapsed > 0).all()), "/timing/elapsed is not positive")
    check(bool((samples <= elapsed[:, None] * (1 + 1e-12)).all()), "/timing/samples exceed elapsed")
    # Phases tile the time from barrier to barrier; clock reads between them are all that is left out.
    check(bool((np.abs(parts - elapsed[:, None]) <= 0.2 * elapsed[:, None] + 1e-6).all()),
          "/timing: the phases of a rank do not add up to elapsed")


def check_figures(f: h5py.File) -> None:
    for name in ("rate", "time"):
        check_shape(f, f"/figures/{name}", ())
    if "figures" not in f:
        return
    for name, data in f["figures"].items():
        check(data.shape == (), f"/figures/{name} is not a single number")
        for attribute in ("ci_low", "ci_high"):
            check_attribute(data, attribute, np.float64)
        check_attribute(data, "n", np.int64)
    if wrong or f["figures/time"].attrs["n"] < 6:
        return
    time, m = f["figures/time"], np.median(f["timing/elapsed"][()])
    check(math.isclose(time[()], m, rel_tol=1e-9),
          f"/figures/time is {time[()]}, the median of /timing/elapsed {m}")


def check_groups(f: h5py.File, per_node: bool) -> None:
    for group, names in (("efficiency", EFFICIENCY), ("workload", WORKLOAD), ("machine", MACHINE_WHOLES)):
        for name in names:
            check_shape(f, f"/{group}/{name}", ())
    for name in CHECKS:
        check_shape(f, f"/verification/{name}", ("check_index",))
    row = ("node",) if per_node else ("rank",)
    for name in ("host", "ranks") if per_node else ("host", "cpus", "cpus_seen"):
        check_shape(f, f"/machine/{name}", row)
    if wrong:
        return
    for name in MACHINE_TEXTS:
        check_text(f["machine"], name, True)
    check(all(rows_of_text(f["machine/host"])), "/machine/host has an empty name")
    check(all(rows_of_text(f["verification/check"])), "/verification/check has an empty name")
    check(f["verification/passed"].dtype == np.int8, "/verification/passed is not int8")
    error, bound = f["verification/error"][()], f["verification/bound"][()]
    right = bool(len(error)) and bool((np.isfinite(error) & np.isfinite(bound) & (error <= bound)).all())
    check(right == bool(f["verification/passed"][()].all()), "/verification/passed is not what error and bound say")
    check(right == (text(f.attrs["result"]) != "WRONG"), "result does not follow from /verification")
    e = {name: float(f[f"efficiency/{name}"][()]) for name in EFFICIENCY}
    product = e["load_balance"] * e["communication_efficiency"]
    check(math.isnan(product) or math.isclose(product, e["parallel_efficiency"], rel_tol=1e-9),
          "parallel_efficiency is not load_balance times communication_efficiency")
    if check("config" in f, "/config is missing"):
        for key in COMMON_KEYS:
            check_text(f["config"], key, True)
        for key in f["config"].attrs:
            check("/" not in text(f["config"].attrs[key]), f"attribute /config/{key} holds a path")


def finalise(z: np.ndarray) -> np.ndarray:
    """splitmix64's finaliser."""
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def digest(values: np.ndarray) -> str:
    """What attribute digest_method describes."""
    bits = np.ascontiguousarray(values, dtype="<f8").ravel().view("<u8")
    index = np.arange(bits.size, dtype=np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    return f"{int(finalise(finalise(index) ^ bits).sum(dtype=np.uint64)):016x}"


def check_fields(f: h5py.File, want: argparse.Namespace) -> None:
    there = "fields" in f
    if want.fields is not None:
        check(there == bool(want.fields), f"/fields is {'there' if there else 'missing'}")
        for name in want.fields:
            check(there and name in f["fields"], f"/fields/{name} is missing")
    if not there:
        return
    for name, data in f["fields"].items():
        if is_scale(data):
            continue
        if check("digest" in data.attrs, f"/fields/{name} has no digest"):
            check_text(data, "digest_method")
            stored, seen = text(data.attrs["digest"]), digest(data[()])
            check(stored == seen, f"/fields/{name}: digest is {stored}, the data give {seen}")


def check_object(name: str, data: h5py.Group | h5py.Dataset) -> None:
    """What every dataset owes to netCDF tools."""
    if not isinstance(data, h5py.Dataset):
        return
    name = "/" + name
    check(data.dtype.kind in "fiS" and data.dtype.names is None, f"{name} is of type {data.dtype}")
    check(data.dtype.kind != "S" or data.dtype.itemsize == 1, f"{name} holds strings, not characters")
    check_text(data, "long_name")
    if data.dtype.kind != "S":
        units = check_text(data, "units")
        if shutil.which("udunits2"):
            code = subprocess.run(["udunits2", "-H", units, "-W", units], capture_output=True, check=False)
            check(code.returncode == 0, f"{name}: udunits does not know {units!r}")
        else:
            check(units in UNITS, f"{name}: units {units!r} are not in the list of this script")
    if is_scale(data):
        return
    for d in range(data.ndim):
        if check(len(data.dims[d]) == 1, f"{name} has no dimension scale on axis {d}"):
            scale = data.dims[d][0]
            check(scale.shape[0] == data.shape[d], f"{name}: the scale of axis {d} has another length")
            check("long_name" in scale.attrs and "units" in scale.attrs,
                  f"scale {scale.name} has no long_name or units")


def check_netcdf(path: str, groups: list[str], row: str) -> None:
    """`row`: what the rows of /machine/host are, "" where there is no such thing."""
    if shutil.which("ncdump"):
        shown = subprocess.run(["ncdump", path], capture_output=True, text=True, check=False)
        check(shown.returncode == 0, f"ncdump fails: {shown.stderr.strip()}")
        check("phony_dim" not in shown.stdout, "ncdump shows a phony_dim: an axis without a scale")
        check(row == "" or f"char host({row}, host_length)" in shown.stdout, "ncdump does not show machine/host")
    try:
        import xarray
    except ImportError:
        print("xarray is not here: not tried")
        return
    for engine in ("netcdf4", "h5netcdf"):
        if engine not in xarray.backends.list_engines():
            print(f"xarray has no engine {engine}: not tried")
            continue
        for group in [None] + groups:
            try:
                with xarray.open_dataset(path, group=group, engine=engine) as data:
                    data.load()
                    if group == "machine":
                        check(all(isinstance(h, str) for h in data["host"].values),
                              f"xarray ({engine}) reads machine/host as {data['host'].dtype}")
            except Exception as error:  # pylint: disable=broad-except
                check(False, f"xarray ({engine}) fails on group {group or '/'}: {error!r}")


def check_json(path: str, f: h5py.File) -> None:
    """The JSON file holds what the HDF5 file holds, but for fields and axes."""
    with open(path, encoding="utf-8") as stream:
        j = json.load(stream, parse_constant=lambda word: check(False, f"JSON holds {word}"))
    differ = {"created_utc", "history", "command_line"}
    for name in f.attrs:
        value = f.attrs[name]
        value = text(value) if isinstance(value, (bytes, str)) else value
        if name not in differ:
            check(name in j and j[name] == value, f"JSON: {name} is not {value!r}")
    for group in f:
        if not isinstance(f[group], h5py.Group) or group == "fields":
            continue
        for name in f[group].attrs:
            check(name in j.get(group, {}), f"JSON: {group}.{name} is missing")
        for name, data in f[group].items():
            if is_scale(data):
                continue
            if not check(name in j.get(group, {}), f"JSON: {group}.{name} is missing"):
                continue
            value = j[group][name]["value"]
            if data.dtype.kind == "S":
                check(value == rows_of_text(data), f"JSON: {group}.{name} differs")
            else:
                seen = np.array(value, dtype=float)
                stored = data[()].astype(float)
                if "missing_value" in data.attrs:
                    stored = np.where(stored == -1, np.nan, stored)
                check(np.array_equal(np.where(np.isinf(stored), np.nan, stored), seen, equal_nan=True),
                      f"JSON: {group}.{name} differs")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file")
    parser.add_argument("--json")
    for name in ("ranks", "threads", "nodes"):
        parser.add_argument(f"--{name}", type=int)
    for name in ("app", "variant", "result"):
        parser.add_argument(f"--{name}")
    parser.add_argument("--fields", nargs="*", help="expect exactly /fields with these, or none")
    parser.add_argument("--state", action="store_true", help="expect a state file, not a result")
    parser.add_argument("--per-node", action="store_true", help="expect rows of nodes, not of ranks")
    want = parser.parse_args()
    with h5py.File(want.file, "r") as f:
        if want.state:
            check_state_root(f, want)
        else:
            check_root(f, want)
            check_timing(f, want.per_node)
            check_figures(f)
            check_groups(f, want.per_node)
        check_fields(f, want)
        f.visititems(check_object)
        groups = [name for name in f if isinstance(f[name], h5py.Group)]
        if want.json:
            check_json(want.json, f)
    check_netcdf(want.file, groups, "" if want.state else "node" if want.per_node else "rank")
    for sentence in wrong:
        print(f"{want.file}: {sentence}", file=sys.stderr)
    if not wrong:
        print(f"{want.file}: {'a whole state' if want.state else 'schema 1 is complete'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
