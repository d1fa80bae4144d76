"""fft: rows, columns and columns, with a swap between pencils before the second and the third of them
(apps/fft/README.md, "Ranks"; the grid is that of fft_plan.c, the parts of a swap those of
transpose_plan.c)."""
from __future__ import annotations

import math
from typing import Mapping

from results.model_grid import Axes, Grid, choose, largest
from results.model_machine import Exchange
from results.model_peers import peers
from results.model_setting import Cost, Setting

# Nominal costs by which the program chooses its grid.
FLOP, BYTE, PASS, MESSAGE = 1 / 8e9, 1 / 5e9, 1 / 10e9, 20e-6
CELL = 16  # bytes of a complex number
WORTH_A_MESSAGE = 128 << 10  # bytes below which planes of a swap are joined
Z, Y = 0, 1


def cost(config: Mapping[str, str], setting: Setting) -> Cost:
    grid = grid_of(config, setting)
    found = [_of_rank(config, setting, grid, rank) for rank in set(grid.typical())]
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


def _of_rank(config: Mapping[str, str], setting: Setting, grid: Grid, rank: int) -> Cost:
    nz, ny, nx, row = int(config["nz"]), int(config["ny"]), int(config["nx"]), _row(config)
    pz, py = grid.ranks[Z], grid.ranks[Y]
    at = grid.position(rank)
    half = 0.5 if config["transform"] == "r2c" else 1.0
    z_part, y_part, _ = grid.box(at)
    x_cut, y_cut = _part(row, py, at[Y]), _part(ny, pz, at[Z])  # of y-pencils; of z-pencils

    def pass_over(cells: int, length: float) -> float:
        """Transforms of that length through all of a rank's cells, read once and written once."""
        if length <= 1:
            return 0.0
        return setting.kernel(half * 5.0 * cells * nx / row * math.log2(length), 2.0 * CELL * cells)

    x_cells, y_cells, z_cells = z_part * y_part * row, z_part * ny * x_cut, nz * y_cut * x_cut
    if py > 1:
        first, columns = pass_over(x_cells, nx), pass_over(y_cells, ny)
    else:  # plane by plane: one pass through memory for both axes
        first, columns = 0.0, pass_over(x_cells, float(nx) * ny)
    last = pass_over(z_cells, nz)
    rows_swap = _swap(setting, grid, at, Y, x_cells, z_part, first, x_cut < row) if py > 1 else 0.0
    columns_swap = _swap(setting, grid, at, Z, y_cells, z_part, columns, False) if pz > 1 else 0.0
    back = _to_natural(config, setting, grid, at, z_cells, last)
    return Cost(first + columns + last, rows_swap + columns_swap + back)


def _part(n: int, parts: int, at: int) -> int:
    return n // parts + (at < n % parts)


def _swap(
    setting: Setting, grid: Grid, at: Axes, axis: int, cells: int, planes: int, computing: float, cut: bool
) -> float:
    """Seconds of packing, and of travelling that is not hidden behind the computing of planes that
    leave later. `cut`: rows are cut, so that no part is one run of memory."""
    parts = grid.ranks[axis]
    there = CELL * cells / parts  # bytes for each partner
    others = peers(grid, setting.ranks_a_node, grid.rank(at), axis)
    sent = 0 if setting.shared else others.inside  # messages inside the node
    step = min(planes, math.ceil(WORTH_A_MESSAGE * parts / (CELL * cells / planes)))
    batches = math.ceil(planes / step)
    packed = 0.0
    if cut or step > 1:
        packed = setting.copies(there * (sent + others.outside))
    exchange = Exchange(
        near=min(others.inside, 1) if setting.shared else sent * batches,
        near_bytes=there * sent,
        near_longest=there if sent else 0.0,
        far=others.outside * batches,
        far_bytes=there * others.outside,
        node_bytes=there * others.node_outside,
    )
    travel, before = setting.travels(exchange), (computing + packed) * (batches - 1) / batches
    return packed + setting.attends(exchange) + max(travel / batches, travel - before)


def _to_natural(
    config: Mapping[str, str], setting: Setting, grid: Grid, at: Axes, cells: int, computing: float
) -> float:
    """layout=natural: one swap more, from all ranks to all, and a copy to where rows belong."""
    if config["layout"] != "natural" or grid.size == 1:
        return 0.0
    node = min(setting.ranks_a_node, grid.size)
    inside, outside = node - 1, grid.size - node
    there = CELL * cells / grid.size
    near = 0.0 if setting.shared else there
    exchange = Exchange(inside, near * inside, near, outside, there * outside, there * outside * node)
    packed = setting.copies(there * (outside + (0 if setting.shared else inside)))
    return packed + setting.attends(exchange) + setting.travels(exchange) + setting.copies(CELL * cells)
