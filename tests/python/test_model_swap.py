"""What fft's ranks hand over, message by message: against boxes counted cell by cell."""
import itertools
import unittest
from collections import Counter

from test_model import FFT, MACHINE, MEMORY, changed

from results import model_fft
from results.model import Layout, predict
from results.model_fft import Transform
from results.model_grid import first_of
from results.model_machine import Link
from results.model_setting import Setting
from results.model_swap import exchange_of

CELL = 16
SHAPES = (  # nz, ny, nx over pz x py ranks
    (9, 7, 5, 4, 3),
    (5, 12, 8, 2, 4),
    (7, 7, 7, 7, 1),
    (8, 8, 8, 2, 2),
)


def owner(n, parts, i):
    return next(part for part in range(parts) if first_of(n, parts, part) <= i < first_of(n, parts, part + 1))


def transform(nz, ny, nx, pz, py, nodes):
    config = {**FFT, "nz": str(nz), "ny": str(ny), "nx": str(nx), "layout": "natural",
              "decomposition": "slab" if py == 1 else "pencil"}
    setting = Setting(MACHINE, pz * py, 1, nodes, False)
    grid = model_fft.grid_of(config, setting)
    grid = grid.__class__(grid.n, (pz, py, 1), (1, 1, 1), False, 3)
    return Transform(setting, grid, nx, nx, 1.0, True)


class Pieces(unittest.TestCase):
    def counted(self, shape):
        """By swap, bytes from each rank to each other one: (z, y, x) of a cell to the rank that has it."""
        nz, ny, nx, pz, py = shape
        found = {name: Counter() for name in ("rows", "columns", "natural")}
        for z, y, x in itertools.product(range(nz), range(ny), range(nx)):
            in_x = owner(nz, pz, z) * py + owner(ny, py, y)
            in_y = owner(nz, pz, z) * py + owner(nx, py, x)
            in_z = owner(ny, pz, y) * py + owner(nx, py, x)
            for name, a, b in (("rows", in_x, in_y), ("columns", in_y, in_z), ("natural", in_z, in_x)):
                if a != b:
                    found[name][a, b] += CELL
        return found

    def test_are_those_of_the_cells(self):
        for shape in SHAPES:
            whole = transform(*shape, nodes=1)
            swaps = {"rows": whole.rows(), "columns": whole.columns(), "natural": whole.to_natural()}
            for name, right in self.counted(shape).items():
                with self.subTest(shape=shape, swap=name):
                    ranks = range(shape[3] * shape[4])
                    sent = {(a, b): moved for a in ranks for b, moved in swaps[name].leaving(a)}
                    got = {(a, b): moved for b in ranks for a, moved in swaps[name].arriving(b)}
                    self.assertEqual(sent, dict(right))
                    self.assertEqual(got, dict(right))

    def test_nodes_hand_over_what_their_ranks_do(self):
        shape, nodes = (9, 7, 5, 4, 3), 3
        whole = transform(*shape, nodes=nodes)
        right = self.counted(shape)["rows"]
        for rank in range(12):
            node = rank // 4
            found = exchange_of(whole.setting, whole.rows(), rank, batches=1)
            far = [moved for (a, b), moved in right.items() if a == rank and b // 4 != node]
            back = [moved for (a, b), moved in right.items() if b == rank and a // 4 != node]
            self.assertEqual((found.far, found.far_bytes), (len(far), max(sum(far), sum(back))))
            out = sum(moved for (a, b), moved in right.items() if a // 4 == node != b // 4)
            into = sum(moved for (a, b), moved in right.items() if b // 4 == node != a // 4)
            self.assertEqual(found.node_bytes, max(out, into))


class Hidden(unittest.TestCase):
    """What of the way is not waited for."""

    def test_messages_travel_while_later_ones_are_packed(self):
        """Four ranks on four nodes, each with three messages of the same size: the first two thirds of
        what a rank is busy with lie behind the first that leaves."""
        cells = 16**3 / 4
        moved = CELL * cells / 4
        packed = 2 * 3 * moved / MEMORY
        link = Link(5e-6, 1e7)
        way = 5e-6 + 3 * moved / 1e7
        cost = predict("fft", {**FFT, "decomposition": "slab"}, Layout(4, 1, 4), changed(far=((1 << 31, link),)))
        self.assertAlmostEqual(cost.communication, packed + way - packed * 2 / 3, delta=1e-9 * way)

    def test_the_last_one_is_always_waited_for(self):
        slow = changed(overhead=1e-3, far=((1 << 31, Link(2e-3, 1e8)),))
        cells = 16**3 / 4
        moved = CELL * cells / 4
        cost = predict("fft", {**FFT, "decomposition": "slab"}, Layout(4, 1, 4), slow)
        self.assertAlmostEqual(cost.communication, 2 * 3 * moved / MEMORY + 3e-3 + 1e-3 + moved / 1e8)


if __name__ == "__main__":
    unittest.main()
