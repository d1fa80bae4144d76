"""The model of matmul: panels followed step by step, and sums of layers, on cases that can be computed by
hand or counted one column at a time."""
import unittest
from collections import Counter

import support  # noqa: F401  (finds the package)
from test_model import CORES, MACHINE, MATMUL, MEMORY, SPEED, changed

from results import model_matmul
from results.ceilings import Ceiling
from results.model import Layout, predict
from results.model_grid import first_of, length_of, owner_of, with_block
from results.model_machine import Link
from results.model_panels import Panels
from results.model_setting import Setting

SLOW = Link(5e-6, 1e7)
# Work and messages inside a node take no time, and messages none but that of their bytes.
LINKS_ALONE = changed(
    compute=Ceiling(1e20, 4e20, CORES), memory=Ceiling(1e20, 4e20, CORES),
    near=Link(1e-15, 1e20), far=((1 << 31, Link(1e-15, 1e8)),),
)


class Matmul(unittest.TestCase):
    def test_grid_is_that_of_the_program(self):
        """What matmul_mpi --dry-run says."""
        for lengths, ranks, right in (
            ((1024, 1024, 1024), 64, (4, 4, 4)),
            ((500, 500, 500), 37, (3, 4, 3)),  # one is idle
            ((64, 64, 4000), 16, (1, 1, 14)),
            ((1000, 100, 300), 64, (9, 1, 7)),
            ((849, 849, 849), 44, (3, 7, 2)),
        ):
            config = {**MATMUL, **dict(zip("mnk", map(str, lengths)))}
            with self.subTest(lengths=lengths, ranks=ranks):
                found = model_matmul.grid_of(config, Setting(MACHINE, ranks, 1, 1, False))
                self.assertEqual(found.ranks, right)
        for lengths, ranks, right in (((1024, 1024, 1024), 64, (8, 8, 1)), ((64, 64, 4000), 16, (4, 4, 1))):
            config = {**MATMUL, **dict(zip("mnk", map(str, lengths))), "grid": "flat"}
            with self.subTest(lengths=lengths, ranks=ranks, grid="flat"):
                found = model_matmul.grid_of(config, Setting(MACHINE, ranks, 1, 1, False))
                self.assertEqual(found.ranks, right)

    def test_a_layer_of_two_ranks_adds_and_hands_over_half_of_c(self):
        config = {**MATMUL, "grid": "1x1x2"}
        cost = predict("matmul", config, Layout(2), changed(memory=Ceiling(1e12, 4e12, CORES)))
        self.assertAlmostEqual(cost.computing, 64**3 / SPEED + 64 * 32 / SPEED)
        # The half for the other leaves in the middle of the only step; what is left of it hides the way.
        self.assertEqual(cost.communication, 0.0)
        slow = changed(memory=Ceiling(1e12, 4e12, CORES), near=Link(1e-2, 1e9))
        found = predict("matmul", config, Layout(2), slow)
        self.assertAlmostEqual(found.communication, 1e-2 + 8 * 64 * 32 / 1e9 - 64**3 / 2 / SPEED)

    def test_ranks_of_a_node_that_read_panels_in_place_wait_for_no_message(self):
        config = {**MATMUL, "grid": "2x2x1"}
        sent, shared = (predict("matmul", config, Layout(4), MACHINE, how) for how in (False, True))
        self.assertGreater(sent.communication, 0.0)
        self.assertLess(shared.communication, sent.communication)

    def test_a_rate_of_products_is_that_of_the_blas_alone(self):
        fast = changed(product=Ceiling(1e10, 4e10, CORES), memory=Ceiling(1e12, 4e12, CORES))
        blas = predict("matmul", {**MATMUL, "kernel": "blas"}, Layout(1), fast).seconds
        self.assertAlmostEqual(blas, 2 * 64**3 / 1e10)
        self.assertAlmostEqual(predict("matmul", MATMUL, Layout(1), fast).seconds, 2 * 64**3 / SPEED)


def needed(n, ranks, at, column):
    """The positions of those who have a column of A, and a row of B, of a rank's layer."""
    (pm, pn, pk), layer = ranks, length_of(n, ranks[2], at[2])
    column -= first_of(n, pk, at[2])
    return (at[0], owner_of(layer, pn, column), at[2]), (owner_of(layer, pm, column), at[1], at[2])


class Plan(unittest.TestCase):
    def test_each_rank_gets_each_column_of_its_layer_once_from_who_has_it(self):
        n = 50
        for ranks in ((2, 3, 1), (7, 8, 1), (1, 7, 1), (3, 1, 3), (2, 3, 4)):
            grid = with_block((n, n, n), 3, ranks, 0)
            panels = Panels(grid, 5)
            for rank in range(grid.size):
                with self.subTest(ranks=ranks, rank=rank):
                    at = grid.position(rank)
                    right, found = Counter(), Counter()
                    for column in range(first_of(n, ranks[2], at[2]), first_of(n, ranks[2], at[2] + 1)):
                        right[tuple(grid.rank(there) for there in needed(n, ranks, at, column))] += 1
                    for step in map(panels.step, range(panels.count)):
                        self.assertLessEqual(step.width[rank], 5)
                        found[step.a[rank], step.b[rank]] += step.width[rank]
                    self.assertEqual(+found, right)

    def test_ranks_of_a_row_and_of_a_column_begin_with_different_panels(self):
        grid = with_block((64, 64, 64), 3, (4, 4, 1), 0)
        first = Panels(grid, 256).first.reshape(4, 4)
        for line in (*first, *first.T):
            self.assertEqual(sorted(line), [0, 1, 2, 3])


class Steps(unittest.TestCase):
    """Two ranks of two nodes: each has half of A, and sends it when both begin."""

    WRITTEN = 8.0 * (32 * (64 + 32) + 64 * 32) / MEMORY  # the first product, and C
    ADDED = 8.0 * 32 * (64 + 32) / MEMORY

    def test_a_panel_that_comes_while_the_own_one_is_multiplied_is_not_waited_for(self):
        cost = predict("matmul", {**MATMUL, "grid": "1x2x1"}, Layout(2, 1, 2), MACHINE)
        self.assertLess(5e-6 + 8 * 64 * 32 / 1e8, self.WRITTEN)
        self.assertAlmostEqual(cost.computing, self.WRITTEN + self.ADDED)
        self.assertAlmostEqual(cost.communication, 0.0)

    def test_what_comes_later_is_waited_for(self):
        machine = changed(far=((1 << 31, SLOW),))
        cost = predict("matmul", {**MATMUL, "grid": "1x2x1"}, Layout(2, 1, 2), machine)
        self.assertAlmostEqual(cost.communication, 5e-6 + 8 * 64 * 32 / 1e7 - self.WRITTEN)

    def test_each_message_is_attended_to(self):
        """The one that each sends before it begins, and that lies in the latency as well."""
        machine = changed(overhead=2e-6, far=((1 << 31, SLOW),))
        cost = predict("matmul", {**MATMUL, "grid": "1x2x1"}, Layout(2, 1, 2), machine)
        self.assertAlmostEqual(cost.communication, 5e-6 + 8 * 64 * 32 / 1e7 - self.WRITTEN)
        quick = predict("matmul", {**MATMUL, "grid": "1x2x1"}, Layout(2, 1, 2), changed(overhead=2e-6))
        self.assertAlmostEqual(quick.communication, 2e-6)

    def test_links_carry_what_passes_them_and_no_more(self):
        """Cuts of unequal axes make narrow panels, so steps that carry most are few."""
        n = 96
        for ranks, nodes in (((1, 7, 1), 7), ((1, 7, 1), 2), ((4, 4, 1), 16), ((7, 8, 1), 56), ((7, 8, 1), 14)):
            with self.subTest(ranks=ranks, nodes=nodes):
                size = ranks[0] * ranks[1]
                setting = Setting(LINKS_ALONE, size, 1, nodes, False)
                grid = with_block((n, n, n), 3, ranks, setting.uniform)
                out, into = Counter(), Counter()
                for rank in range(size):
                    at = grid.position(rank)
                    rows, columns, _ = grid.box(at)
                    for column in range(n):
                        for there, length in zip(needed(n, ranks, at, column), (rows, columns)):
                            source = grid.rank(there)
                            if setting.node(source) != setting.node(rank):
                                out[setting.node(source)] += 8 * length
                                into[setting.node(rank)] += 8 * length
                most = max((*out.values(), *into.values())) / 1e8
                config = {**MATMUL, "m": str(n), "n": str(n), "k": str(n), "grid": "x".join(map(str, ranks))}
                cost = predict("matmul", config, Layout(size, 1, nodes), LINKS_ALONE)
                self.assertGreaterEqual(cost.seconds, 0.999 * most)
                self.assertLessEqual(cost.seconds, 1.4 * most)


class Layers(unittest.TestCase):
    def test_sums_travel_while_later_ones_are_sent(self):
        """Four layers on four nodes: a quarter of the rows leaves after each quarter of the product."""
        machine = changed(memory=Ceiling(1e15, 4e15, CORES), overhead=1e-4, far=((1 << 31, Link(2e-4, 1e8)),))
        cost = predict("matmul", {**MATMUL, "grid": "1x1x4"}, Layout(4, 1, 4), machine)
        product = 2 * 64 * 64 * 16 / SPEED
        last_leaves = 3 * (product / 4 + 1e-4)
        self.assertAlmostEqual(cost.communication, last_leaves + 1e-4 + 8 * 16 * 64 / 1e8 - product)


if __name__ == "__main__":
    unittest.main()
