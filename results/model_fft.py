"""fft: rows, columns and columns, with a swap between pencils before the second and the third of them
(apps/fft/README.md, "Ranks"; the grid is that of fft_plan.c, the parts of a swap those of
transpose_plan.c)."""
from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Callable, Iterator, Mapping, Tuple

from results.model_grid import Axes, Grid, choose, first_of, largest, length_of
from results.model_setting import Cost, Setting
from results.model_swap import Swap, exchange_of, last_of, left_to_pack

# Nominal costs by which the program chooses its grid.
FLOP, BYTE, PASS, MESSAGE = 1 / 8e9, 1 / 5e9, 1 / 10e9, 20e-6
CELL = 16  # bytes of a complex number
WORTH_A_MESSAGE = 128 << 10  # bytes below which planes of a swap are joined
Z, Y = 0, 1

Piece = Tuple[int, float]  # another rank, and bytes


def cost(config: Mapping[str, str], setting: Setting) -> Cost:
    grid = grid_of(config, setting)
    half = 0.5 if config["transform"] == "r2c" else 1.0
    transform = Transform(setting, grid, int(config["nx"]), _row(config), half, config["layout"] == "natural")
    swaps = {"rows": transform.rows(), "columns": transform.columns(), "natural": transform.to_natural()}
    found = [transform.of_rank(rank, swaps) for rank in set(grid.typical())]
    return max(found, key=lambda cost: cost.seconds)


def _row(config: Mapping[str, str]) -> int:
    nx = int(config["nx"])
    return nx // 2 + 1 if config["transform"] == "r2c" else nx


def grid_of(config: Mapping[str, str], setting: Setting) -> Grid:
    nz, ny, nx, row = int(config["nz"]), int(config["ny"]), int(config["nx"]), _row(config)
    shape, natural = config["decomposition"], config["layout"] == "natural"

    def price(grid: Axes) -> float:
        pz, py, px = grid
        if px != 1 or pz > nz or pz > ny or py > ny or py > row:
            return math.inf
        if shape == "slab" and pz > 1 and py > 1:
            return math.inf
        refused = 1e6 if shape == "pencil" and nz > 1 and (pz == 1 or py == 1) else 0.0
        x = largest(nz, pz) * largest(ny, py) * row
        y = largest(nz, pz) * ny * largest(row, py)
        z = nz * largest(ny, pz) * largest(row, py)
        work = 5.0 * (x * math.log2(nx) + y * math.log2(ny) + z * math.log2(nz))
        back = x * (1.0 - 1.0 / pz / py) if natural and pz * py > 1 else 0.0
        moved = y * (1.0 - 1.0 / py) + z * (1.0 - 1.0 / pz) + back
        passes = y if py > 1 else 0.0
        bytes_cost = CELL * (moved * BYTE + 2.0 * passes * PASS)
        return refused + work * FLOP + bytes_cost + (py + pz - 2) * MESSAGE

    grid = choose((nz, ny, row), 3, setting.ranks, setting.uniform, price)
    if grid is None:
        raise ValueError("no cells")
    return grid


@dataclass(frozen=True)
class Transform:
    """One transform as it is dealt out."""

    setting: Setting
    grid: Grid
    nx: int
    row: int  # cells along x that are stored
    half: float  # 0.5 where the numbers in x-pencils are real
    natural: bool

    @property
    def nz(self) -> int:
        return self.grid.n[Z]

    @property
    def ny(self) -> int:
        return self.grid.n[Y]

    def z_part(self, at: int) -> int:
        return length_of(self.nz, self.grid.ranks[Z], at)

    def y_part(self, at: int) -> int:
        return length_of(self.ny, self.grid.ranks[Y], at)

    def x_cut(self, at: int) -> int:
        """Of y-pencils and z-pencils."""
        return length_of(self.row, self.grid.ranks[Y], at)

    def y_cut(self, at: int) -> int:
        """Of z-pencils."""
        return length_of(self.ny, self.grid.ranks[Z], at)

    def pass_over(self, cells: int, length: float) -> float:
        """Seconds of transforms of that length through so many cells, read once and written once."""
        if length <= 1:
            return 0.0
        operations = self.half * 5.0 * cells * self.nx / self.row * math.log2(length)
        return self.setting.kernel(operations, 2.0 * CELL * cells)

    def of_rank(self, rank: int, swaps: Mapping[str, Swap]) -> Cost:
        pz, py, _ = self.grid.ranks
        z, y, _ = self.grid.position(rank)
        x_cells = self.z_part(z) * self.y_part(y) * self.row
        y_cells, z_cells = self.z_part(z) * self.ny * self.x_cut(y), self.nz * self.y_cut(z) * self.x_cut(y)
        if py > 1:
            first, columns = self.pass_over(x_cells, self.nx), self.pass_over(y_cells, self.ny)
        else:  # plane by plane: one pass through memory for both axes
            first, columns = 0.0, self.pass_over(x_cells, float(self.nx) * self.ny)
        last = self.pass_over(z_cells, self.nz)
        communication = 0.0
        if py > 1:
            cut = self.x_cut(y) < self.row
            communication += self.hand_over(rank, swaps["rows"], x_cells, self.z_part(z), first, cut)
        if pz > 1:
            communication += self.hand_over(rank, swaps["columns"], y_cells, self.z_part(z), columns, False)
        if self.natural and self.grid.size > 1:
            communication += self.hand_over(rank, swaps["natural"], z_cells, self.y_cut(z), last, True)
            communication += self.setting.copies(CELL * x_cells)  # to where rows belong
        return Cost(first + columns + last, communication)

    def hand_over(
        self, rank: int, swap: Swap, cells: int, planes: int, computing: float, cut: bool
    ) -> float:
        """Seconds of packing, of sending, and of travelling that is not hidden: messages leave one by
        one, behind the planes that are computed and the messages that are packed after them. `cut`:
        rows are cut, so that no part is one run of memory."""
        partners = len(swap.leaving(rank)) + 1
        step = min(planes, math.ceil(WORTH_A_MESSAGE * partners / (CELL * cells / planes)))
        batches = math.ceil(planes / step)
        exchange = exchange_of(self.setting, swap, rank, batches)
        messages = max(1, exchange.near + exchange.far)
        packed = 0.0
        if cut or step > 1:
            packed = self.setting.copies(left_to_pack(self.setting, swap, rank))
        busy, travel = packed + self.setting.attends(exchange), self.setting.travels(exchange)
        before = computing * (batches - 1) / batches + busy * (messages - 1) / messages
        return busy + max(self.setting.travels(last_of(exchange)), travel - before)

    def rows(self) -> Swap:
        """From x-pencils to y-pencils, in a row of ranks along y."""

        def between(rank: int, leaving: bool) -> Iterator[Piece]:
            z, y, _ = self.grid.position(rank)
            for other in range(self.grid.ranks[Y]):
                cells = self.y_part(y) * self.x_cut(other) if leaving else self.y_part(other) * self.x_cut(y)
                if other != y:
                    yield self.grid.rank((z, other, 0)), CELL * float(self.z_part(z) * cells)

        return _swap(between)

    def columns(self) -> Swap:
        """From y-pencils to z-pencils, in a row of ranks along z."""

        def between(rank: int, leaving: bool) -> Iterator[Piece]:
            z, y, _ = self.grid.position(rank)
            for other in range(self.grid.ranks[Z]):
                cells = self.z_part(z) * self.y_cut(other) if leaving else self.z_part(other) * self.y_cut(z)
                if other != z:
                    yield self.grid.rank((other, y, 0)), CELL * float(self.x_cut(y) * cells)

        return _swap(between)

    def to_natural(self) -> Swap:
        """From z-pencils to x-pencils: to all ranks whose part of y meets a rank's own."""

        def between(rank: int, leaving: bool) -> Iterator[Piece]:
            z, y, _ = self.grid.position(rank)
            pz, py, _ = self.grid.ranks
            own, cuts, at = (pz, py, z) if leaving else (py, pz, y)  # of y: this rank's part, and the others'
            for there in range(cuts):
                low = max(first_of(self.ny, own, at), first_of(self.ny, cuts, there))
                high = min(first_of(self.ny, own, at + 1), first_of(self.ny, cuts, there + 1))
                for across in range(own) if high > low else ():
                    other = (across, there) if leaving else (there, across)
                    both = self.z_part(across) * self.x_cut(y) if leaving else self.z_part(z) * self.x_cut(across)
                    if other != (z, y):
                        yield self.grid.rank((*other, 0)), CELL * float(both * (high - low))

        return _swap(between)


def _swap(between: Callable[[int, bool], Iterator[Piece]]) -> Swap:
    return Swap(
        lambda rank: tuple(between(rank, True)), lambda rank: tuple(between(rank, False))
    ).cached()
