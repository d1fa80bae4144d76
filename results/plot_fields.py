"""Pictures of the science: what a run computed, from the fields of its HDF5 file."""
from __future__ import annotations

from typing import Callable

import h5py
import numpy as np

from results.palette import light
from results.picture import Drawing, axes, legend_below, log_axis, safe_name
from results.record import Record
from results.result_file import reading

PIXELS = 320  # across a map: more is not seen at the size of a picture
NUMBERS_MOST = 2**26  # a field beyond that is not read whole


def draw_field(record: Record) -> Drawing | None:
    """None where the app has no picture, or its field is too large to be read for one. Unreadable where
    the fields are not what they should be."""
    draw = _PICTURES.get(record.app)
    if draw is None or not record.fields or record.path.suffix != ".h5":
        return None
    with reading(record.path), h5py.File(record.path, "r") as file:
        return draw(record, file["fields"])


def _temperature(record: Record, fields: h5py.Group) -> Drawing | None:
    """The plane in the middle, means of square blocks of cells."""
    data = fields["temperature"]
    nz, ny, nx = data.shape
    if ny * nx > NUMBERS_MOST:
        return None
    plane = _blocks(data[nz // 2])
    name = "Temperature" if nz == 1 else f"Temperature, plane z = {nz // 2}"
    figure, found = axes(f"{name}, {_shape(data.shape)} cells", "x in cells", "y in cells")
    image = found.imshow(plane, cmap="inferno", origin="lower", extent=(0, nx, 0, ny))
    found.grid(visible=False)
    figure.colorbar(image, ax=found, label=f"temperature in {_unit(data)}")
    return _done(figure, record, "temperature", "map of the temperature that heat computed")


def _spectrum(record: Record, fields: h5py.Group) -> Drawing | None:
    """Mean power of the modes of each shell of whole wave numbers."""
    data = fields["output"]
    if data.size > NUMBERS_MOST:
        return None
    values = data[()]
    power = values[..., 0] ** 2 + values[..., 1] ** 2
    full = fields["input"].shape
    lengths = [full[axis] for axis in range(power.ndim)]
    squares = [_wave_numbers(n, m).astype(float) ** 2 for n, m in zip(lengths, power.shape)]
    radius = np.sqrt(squares[0][:, None, None] + squares[1][:, None] + squares[2])
    shell = np.rint(radius).astype(int).ravel()
    modes = np.bincount(shell)
    mean = np.bincount(shell, weights=power.ravel()) / np.maximum(modes, 1)
    k = np.arange(1, len(mean))
    seen = mean[1:] > 0
    figure, found = axes(f"Spectrum, {_shape(power.shape)} modes", "wave number k (1)", "mean power (1)")
    found.plot(k[seen], mean[1:][seen], color=light("mpi"), linewidth=1)
    found.set_xscale("log")
    found.set_yscale("log")
    log_axis(found.xaxis, *found.get_xlim())
    log_axis(found.yaxis, *found.get_ylim())
    return _done(figure, record, "spectrum", "power of the modes of the transform by wave number")


def _wave_numbers(length: int, stored: int) -> np.ndarray:
    """Of indices 0 .. stored - 1 of an axis of `length`: those beyond the middle are negative."""
    index = np.arange(stored)
    return np.where(index <= length // 2, index, index - length)


def _estimates(record: Record, fields: h5py.Group) -> Drawing | None:
    """The estimate after so many batches, and the error that chance makes likely."""
    if fields["estimate"].size > NUMBERS_MOST:
        return None
    each = fields["estimate"][()]
    count = np.arange(1, len(each) + 1)
    running = np.cumsum(each) / count
    figure, found = axes("Estimate of pi", "batches of samples", "estimate (1)", left=0.85)
    samples = record.units / len(each) * count
    error = np.sqrt(np.pi * (4 - np.pi) / samples)  # binomial: 16 q (1 - q) / n, q = pi/4
    found.fill_between(
        count, np.pi - error, np.pi + error, facecolor=light("rule"), edgecolor=light("quiet"),
        linewidth=0.8, label="one standard error",
    )
    found.axhline(np.pi, color=light("quiet"), linestyle="--", linewidth=1, label="pi")
    found.plot(count, running, color=light("mpi"), label="after so many batches")
    legend_below(found)
    return _done(figure, record, "estimate", "how the estimate of pi comes nearer to pi")


def _blocks(plane: np.ndarray) -> np.ndarray:
    """Means of blocks, so that at most PIXELS are left along an axis; a rest at the end is cut."""
    steps = [max(1, -(-n // PIXELS)) for n in plane.shape]
    rows, columns = (n // step for n, step in zip(plane.shape, steps))
    cut = plane[: rows * steps[0], : columns * steps[1]]
    return cut.reshape(rows, steps[0], columns, steps[1]).mean(axis=(1, 3))


def _shape(shape: tuple[int, ...]) -> str:
    return " x ".join(str(n) for n in shape if n > 1)


def _unit(data: h5py.Dataset) -> str:
    unit = data.attrs.get("units", b"1")
    return unit.decode() if isinstance(unit, bytes) else str(unit)


def _done(figure, record: Record, what: str, words: str) -> Drawing:  # type: ignore[no-untyped-def]
    title = f"{record.app}: {what}"
    return Drawing(figure, safe_name("field", record.app, what), title, words)


_PICTURES: dict[str, Callable[[Record, h5py.Group], "Drawing | None"]] = {
    "heat": _temperature,
    "fft": _spectrum,
    "pi": _estimates,
}
