"""One result file, schema 1, under the names of the schema: HDF5, or JSON where a program was built
without HDF5. Both hold the same."""
from __future__ import annotations

import json
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator, Mapping, Protocol

import h5py
import numpy as np

SCHEMA_NAME, SCHEMA_VERSION = "scalebar", 1
NUMBERS_MOST = 2**27  # of a table; 4,096 ranks and 10,000 repetitions make fewer


class Unreadable(Exception):
    """The file is no whole result file of schema 1; the reason, in a phrase."""


class ResultFile(Protocol):
    """What both kinds of file offer. Names are those of the schema, as "timing/elapsed"."""

    def attributes(self, group: str = "") -> Mapping[str, Any]:
        """Attributes of the root or a group."""

    def members(self, group: str) -> list[str]:
        """Names of a group's numbers and tables; none where there is no such group."""

    def values(self, name: str) -> Any:
        """A number, or an array. KeyError where there is none."""

    def about(self, name: str) -> Mapping[str, Any]:
        """long_name, units, and ci_low, ci_high and n of figures."""


class _Hdf5:
    def __init__(self, file: h5py.File) -> None:
        self._file = file

    def attributes(self, group: str = "") -> Mapping[str, Any]:
        found: Mapping[str, Any] = (self._file[group] if group else self._file).attrs
        return found

    def members(self, group: str) -> list[str]:
        return list(self._file[group]) if group in self._file else []

    def values(self, name: str) -> Any:
        data = self._file[name]
        if data.size > NUMBERS_MOST:
            raise ValueError(f"{name} says it holds {data.size} numbers")
        value = data[()]
        if isinstance(value, np.ndarray) and value.dtype == "S1":  # texts are arrays of characters
            width = value.shape[-1]
            return np.ascontiguousarray(value).view(f"S{width}").reshape(value.shape[:-1])
        return value

    def about(self, name: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._file[name].attrs
        return found


class _Json:
    def __init__(self, tree: dict[str, Any]) -> None:
        self._tree = tree

    def attributes(self, group: str = "") -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._tree[group] if group else self._tree
        return found

    def members(self, group: str) -> list[str]:
        items = self._tree.get(group, {})
        return [name for name, item in items.items() if isinstance(item, dict)]

    def values(self, name: str) -> Any:
        return self.about(name)["value"]

    def about(self, name: str) -> Mapping[str, Any]:
        group, _, item = name.partition("/")
        found: Mapping[str, Any] = self._tree[group][item]
        return found


def path_of(base: Path) -> Path:
    """`base`.h5, or `base`.json where there is no such file."""
    path = base.with_name(base.name + ".h5")
    return path if path.exists() else base.with_name(base.name + ".json")


@contextmanager
def open_result(path: Path) -> Iterator[ResultFile]:
    """The file, found to be of schema 1. Whatever goes wrong while it is open is Unreadable, with the
    name of the file: damaged files raise every kind of error, in the depth of HDF5 and here."""
    with reading(path):
        if path.suffix == ".json":
            yield _of_schema(_Json(json.loads(path.read_text(encoding="utf-8"))))
        else:
            with h5py.File(path, "r") as file:
                yield _of_schema(_Hdf5(file))


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Makes every error inside Unreadable."""
    try:
        if path.exists() and not path.is_file():  # opening a pipe would wait for its other end
            raise ValueError("is no file")
        yield
    except Exception as error:
        raise Unreadable(f"{path.name}: {_phrase(error)}") from None


def _of_schema(file: ResultFile) -> ResultFile:
    root = file.attributes()
    name, version = text(root["schema_name"]), int(root["schema_version"])
    if (name, version) != (SCHEMA_NAME, SCHEMA_VERSION):
        raise ValueError(f"not of Scalebar's schema {SCHEMA_VERSION}")
    return file


def text(value: object) -> str:
    if isinstance(value, bytes):  # numpy.bytes_ is one
        return value.rstrip(b"\0").decode("utf-8", errors="replace")
    return str(value).encode("utf-8", errors="replace").decode("utf-8")  # no lone surrogates


def _phrase(error: Exception) -> str:
    if isinstance(error, KeyError):
        words = str(error.args[0])
        return words if " " in words else f"has no {words}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    lines = str(error).splitlines()
    return lines[0] if lines else type(error).__name__
