"""The model of times on cases that can be computed by hand."""
import dataclasses
import math
import unittest

import support  # noqa: F401  (finds the package)

from results import model_fft, model_heat
from results.ceilings import Ceiling
from results.model import Layout, Unknown, anchored, grown, predict, units
from results.model_grid import Grid, choose, halo_cost, length_of, owner_of
from results.model_machine import Exchange, Link, Machine, attends, sums, travels
from results.model_setting import Setting

CORES, SPEED, MEMORY = 4, 1e9, 1e8
MACHINE = Machine(
    name="by hand",
    cores=CORES,
    compute=Ceiling(SPEED, CORES * SPEED, CORES),
    memory=Ceiling(MEMORY, CORES * MEMORY, CORES),
    product=None,
    near=Link(1e-6, 1e9),
    far=((1 << 31, Link(5e-6, 1e8)),),
    overhead=0.0,
    copies_share=False,
    sum_passes=1,
)
PI = {"samples": "1000000", "rng": "philox", "scaling": "strong"}
HEAT = {"dims": "2", "nx": "100", "ny": "80", "nz": "1", "steps": "10", "kernel": "streaming", "halo": "1",
        "overlap": "no", "boundary": "fixed", "scaling": "strong"}
MATMUL = {"m": "64", "n": "64", "k": "64", "kernel": "blocked", "panel": "256", "grid": "auto",
          "weak_law": "memory", "scaling": "strong"}
FFT = {"nx": "16", "ny": "16", "nz": "16", "transform": "c2c", "decomposition": "auto",
       "layout": "transposed", "scaling": "strong"}
APPS = {"pi": PI, "heat": HEAT, "matmul": MATMUL, "fft": FFT}


def changed(**changes):
    return dataclasses.replace(MACHINE, **changes)


class OneRank(unittest.TestCase):
    def test_has_no_communication(self):
        for app, config in APPS.items():
            with self.subTest(app=app):
                self.assertEqual(predict(app, config, Layout(1), MACHINE).communication, 0.0)

    def test_takes_the_longer_of_operations_and_bytes(self):
        updates = 100 * 80 * 10
        cost = predict("heat", HEAT, Layout(1), MACHINE)
        self.assertAlmostEqual(cost.seconds, 16 * updates / MEMORY)
        slow = changed(compute=Ceiling(1e7, 4e7, CORES))
        self.assertAlmostEqual(predict("heat", HEAT, Layout(1), slow).seconds, 6 * updates / 1e7)
        self.assertAlmostEqual(predict("pi", PI, Layout(1), MACHINE).seconds, 46e6 / SPEED)
        product = 2 * 64**3 / SPEED
        by_bytes = 8 * 3 * 64**2 / MEMORY
        self.assertAlmostEqual(predict("matmul", MATMUL, Layout(1), MACHINE).seconds, max(product, by_bytes))
        cells = 16**3
        self.assertAlmostEqual(predict("fft", FFT, Layout(1), MACHINE).seconds, 2 * 32 * cells / MEMORY)

    def test_threads_share_work_and_the_memory_of_the_node(self):
        shared = changed(memory=Ceiling(MEMORY, 2 * MEMORY, CORES))  # two cores have all of it
        for threads, faster in ((1, 1), (2, 2), (4, 2)):
            alone = predict("heat", HEAT, Layout(1), shared).seconds
            found = predict("heat", HEAT, Layout(1, threads), shared).seconds
            self.assertAlmostEqual(alone / found, faster)


class Sums(unittest.TestCase):
    def test_takes_as_many_steps_as_the_logarithm_of_the_ranks(self):
        for ranks, nodes, inside, between in ((2, 1, 1, 0), (4, 1, 2, 0), (8, 2, 2, 1), (64, 16, 2, 4), (3, 1, 2, 0)):
            seconds = inside * (1e-6 + 512 / 1e9) + between * (5e-6 + 512 / 1e8)
            self.assertAlmostEqual(sums(MACHINE, ranks, nodes, 512.0), seconds)
            up_and_down = changed(sum_passes=2)
            self.assertAlmostEqual(sums(up_and_down, ranks, nodes, 512.0), 2 * seconds)

    def test_twice_the_latency_adds_it_once_for_each_message(self):
        slower = changed(near=Link(2e-6, 1e9), far=((1 << 31, Link(10e-6, 1e8)),))
        for ranks, nodes, added in ((4, 1, 2e-6), (8, 2, 2e-6 + 5e-6), (256, 64, 2e-6 + 6 * 5e-6)):
            fast = predict("pi", PI, Layout(ranks, 1, nodes), MACHINE)
            slow = predict("pi", PI, Layout(ranks, 1, nodes), slower)
            self.assertAlmostEqual(slow.seconds - fast.seconds, added)
            self.assertEqual(slow.computing, fast.computing)

    def test_the_rank_with_the_most_samples_counts(self):
        """1,000,000 samples in blocks of two on three ranks: 333,334 of them."""
        cost = predict("pi", PI, Layout(3), MACHINE)
        self.assertAlmostEqual(cost.computing, 46 * 333334 / SPEED)


class Messages(unittest.TestCase):
    def test_ranks_of_a_node_share_its_link(self):
        alone = travels(MACHINE, Exchange(far=1, far_bytes=1e6, node_bytes=1e6), 2, 1)
        four = travels(MACHINE, Exchange(far=1, far_bytes=1e6, node_bytes=4e6), 2, 4)
        self.assertAlmostEqual(alone, 5e-6 + 1e6 / 1e8)
        self.assertAlmostEqual(four, 5e-6 + 4e6 / 1e8)

    def test_copies_inside_a_node_share_where_they_do(self):
        exchange = Exchange(near=3, near_bytes=3e6, near_longest=1e6)
        self.assertAlmostEqual(travels(MACHINE, exchange, 1, 1), 1e-6 + 1e6 / 1e9)
        sharing = changed(copies_share=True, memory=Ceiling(4e9, 4e9, CORES))
        self.assertAlmostEqual(travels(sharing, exchange, 1, 1), 1e-6 + 3e6 / 1e9)
        self.assertAlmostEqual(travels(sharing, exchange, 1, 4), 1e-6 + 3e6 / 5e8)  # 1 GB/s for each, to read and to write

    def test_overhead_is_spent_on_each_message_and_is_part_of_latency(self):
        busy = changed(overhead=4e-7)
        exchange = Exchange(near=3, near_longest=0.0)
        self.assertAlmostEqual(attends(busy, exchange), 1.2e-6)
        self.assertAlmostEqual(travels(busy, exchange, 1, 1), 6e-7)

    def test_what_was_not_measured_is_not_guessed(self):
        inside = changed(far=())
        self.assertGreater(predict("heat", HEAT, Layout(4), inside).communication, 0)
        with self.assertRaisesRegex(Unknown, "between nodes"):
            predict("heat", HEAT, Layout(8, 1, 2), inside)
        with self.assertRaisesRegex(Unknown, "inside a node"):
            predict("pi", PI, Layout(4), changed(near=None))

    def test_longer_ways_serve_more_nodes(self):
        tree = changed(far=((2, Link(1e-6, 1e8)), (8, Link(2e-6, 1e8))))
        self.assertEqual([tree.link(n).latency for n in (2, 3, 8, 100)], [1e-6, 2e-6, 2e-6, 2e-6])


class Heat(unittest.TestCase):
    def grid(self, ranks, **changes):
        return model_heat.grid_of({**HEAT, **changes}, Setting(MACHINE, ranks, 1, 1, False))

    def test_two_by_two_ranks_hand_over_two_faces_each_step(self):
        grid = Grid((1, 80, 100), (1, 2, 2), (1, 2, 2), False, 2)
        halos = model_heat.Halos(grid, 1)
        self.assertEqual(halos.messages(0), {1: 8.0 * 40, 2: 8.0 * 50})
        setting = Setting(MACHINE, 4, 1, 1, False)
        copied = 2 * 2 * 8 * (40 + 50) / MEMORY  # packed and unpacked, each read and written
        travel = 1e-6 + 8 * 50 / 1e9
        cost = model_heat._of_rank(HEAT, setting, grid, 0, halos, [(1, 10)])
        self.assertAlmostEqual(cost.computing, 10 * 16 * 40 * 50 / MEMORY)
        self.assertAlmostEqual(cost.communication, 10 * max(copied, copied / 2 + travel))

    def test_what_travels_while_inner_cells_advance_costs_nothing(self):
        slow = changed(near=Link(1e-4, 1e9), memory=Ceiling(1e9, 4e9, CORES))
        waits, hides = (predict("heat", {**HEAT, "overlap": how}, Layout(4), slow) for how in ("no", "yes"))
        self.assertEqual(waits.computing, hides.computing)
        inner = 16 * (40 - 1) * (50 - 1) / 1e9
        self.assertLess(hides.communication, waits.communication)
        self.assertLessEqual(waits.communication - hides.communication, 10 * 1.1 * inner * 100 / 40)

    def test_steps_need_not_be_a_multiple_of_the_depth(self):
        """Three rounds of four steps, and two rounds of four and one of two; tiles pass over cells once a round."""
        for kernel in ("blocked", "streaming"):
            config = {**HEAT, "kernel": kernel, "halo": "4"}
            whole, less = (predict("heat", {**config, "steps": n}, Layout(4), MACHINE) for n in ("12", "10"))
            self.assertGreater(whole.computing, 0.0)
            self.assertLessEqual(less.computing, whole.computing)
            self.assertAlmostEqual(less.communication, whole.communication)
        alone = predict("heat", {**HEAT, "kernel": "blocked", "halo": "4", "steps": "12"}, Layout(1), MACHINE)
        self.assertAlmostEqual(alone.computing, 3 * 16 * 100 * 80 / MEMORY)

    def test_deep_halos_reach_corners_and_beyond_neighbours(self):
        grid = Grid((1, 8, 8), (1, 4, 4), (1, 1, 1), False, 2)  # boxes of 2 x 2
        messages = model_heat.Halos(grid, 3).messages(grid.rank((0, 1, 1)))
        self.assertEqual(sum(messages.values()), 8.0 * (7 * 7 - 4))  # 2 cells to the border, 3 to the other side
        self.assertEqual(len(messages), 15)

    def test_periodic_ends_are_neighbours(self):
        grid = Grid((1, 8, 12), (1, 1, 3), (1, 1, 1), True, 2)
        self.assertEqual(model_heat.Halos(grid, 1).messages(0), {1: 64.0, 2: 64.0})

    def test_grid_and_halo_are_those_of_the_program(self):
        """What heat_mpi --dry-run says: 2048 x 2048 on 64 ranks, 1000 x 700 on 37 and on 112."""
        square = {**HEAT, "nx": "2048", "ny": "2048", "halo": "auto", "kernel": "blocked"}
        grid = model_heat.grid_of(square, Setting(MACHINE, 64, 1, 4, False))
        self.assertEqual((grid.ranks, grid.box((0, 0, 0))), ((1, 16, 4), (1, 128, 512)))
        self.assertEqual(model_heat.depth_of(square, grid), 16)
        uneven = {"nx": "1000", "ny": "700"}
        self.assertEqual(self.grid(37, **uneven).ranks, (1, 37, 1))
        self.assertEqual(self.grid(112, **uneven).ranks, (1, 28, 4))


class Fft(unittest.TestCase):
    def test_slabs_of_two_ranks_swap_half_of_their_cells(self):
        setting = Setting(MACHINE, 2, 1, 2, False)
        self.assertEqual(model_fft.grid_of(FFT, setting).ranks, (2, 1, 1))
        cost = predict("fft", FFT, Layout(2, 1, 2), MACHINE)
        cells = 16**3 / 2
        self.assertAlmostEqual(cost.computing, 2 * 32 * cells / MEMORY)  # planes, and columns
        moved = 16 * cells / 2
        self.assertAlmostEqual(cost.communication, 2 * moved / MEMORY + 5e-6 + moved / 1e8)  # packed, one message

    def test_grid_is_that_of_the_program(self):
        """What fft_mpi --dry-run says."""
        for lengths, ranks, nodes, shape, right in (
            ((128, 128, 128), 64, 4, "pencil", (8, 8, 1)),
            ((64, 64, 64), 37, 3, "auto", (37, 1, 1)),
            ((352, 64, 64), 44, 4, "auto", (11, 4, 1)),
        ):
            config = {**FFT, **dict(zip(("nz", "ny", "nx"), map(str, lengths))), "decomposition": shape}
            with self.subTest(lengths=lengths, ranks=ranks):
                self.assertEqual(model_fft.grid_of(config, Setting(MACHINE, ranks, 1, nodes, False)).ranks, right)


class Growth(unittest.TestCase):
    def test_weak_problems_grow_as_programs_let_them(self):
        """What --dry-run says of 44 workers, and of 12 nodes."""
        weak = {"scaling": "weak", "per": "worker"}
        heat = grown("heat", {**HEAT, **weak, "nx": "256", "ny": "256"}, Layout(44))
        self.assertEqual((heat["nx"], heat["ny"]), ("1024", "2816"))
        self.assertEqual(grown("matmul", {**MATMUL, **weak, "m": "128"}, Layout(44))["m"], "849")
        fft = grown("fft", {**FFT, **weak, "nx": "32", "ny": "32", "nz": "32"}, Layout(44))
        self.assertEqual([fft[axis] for axis in ("nx", "ny", "nz")], ["64", "64", "352"])
        node = {**PI, "scaling": "weak", "per": "node"}
        self.assertEqual(grown("pi", node, Layout(48, 1, 12))["samples"], "12000000")
        self.assertEqual(units("pi", node, Layout(48, 1, 12)), 12e6)

    def test_units_are_those_of_the_apps(self):
        one = Layout(1)
        self.assertEqual(units("heat", HEAT, one), 100 * 80 * 10)
        self.assertEqual(units("matmul", MATMUL, one), 2 * 64**3)
        self.assertEqual(units("fft", FFT, one), 5 * 16**3 * 12)

    def test_a_size_by_share_of_memory_is_not_known(self):
        with self.assertRaisesRegex(Unknown, "share of memory"):
            predict("heat", {**HEAT, "memory": "0.5"}, Layout(1), MACHINE)


class Anchored(unittest.TestCase):
    def test_meets_its_base(self):
        for app, config in APPS.items():
            for layout in (Layout(1), Layout(4), Layout(8, 1, 2)):
                with self.subTest(app=app, layout=layout):
                    seconds = 3.0 * predict(app, config, layout, MACHINE).seconds
                    slowness = anchored(app, config, layout, MACHINE, False, seconds)
                    found = predict(app, config, layout, MACHINE, False, slowness)
                    self.assertAlmostEqual(found.seconds / seconds, 1.0)

    def test_a_base_that_is_shorter_than_its_messages_is_refused(self):
        with self.assertRaisesRegex(Unknown, "messages alone"):
            anchored("heat", HEAT, Layout(8, 1, 2), MACHINE, False, 1e-6)

    def test_a_problem_without_work_is_refused(self):
        with self.assertRaisesRegex(Unknown, "no work"):
            anchored("heat", {**HEAT, "steps": "0"}, Layout(1), MACHINE, False, 1.0)


class Damaged(unittest.TestCase):
    def test_what_no_program_can_have_stored_ends_at_once(self):
        for app, key, value in (
            ("heat", "halo", "0"), ("heat", "halo", "1000000000"), ("heat", "nx", "0"), ("heat", "nx", "many"),
            ("heat", "kernel", "none"), ("matmul", "panel", "0"), ("matmul", "panel", "-1"), ("matmul", "grid", "0x0x0"),
            ("heat", "dims", "0"), ("heat", "dims", "4"), ("matmul", "grid", "999999999x1x1"), ("matmul", "grid", "2"), ("matmul", "k", "1000000000000"), ("fft", "nx", "0"), ("fft", "nx", "-3"),
            ("pi", "rng", "none"), ("pi", "samples", ""),
        ):
            with self.subTest(app=app, key=key, value=value), self.assertRaises(Unknown):
                predict(app, {**APPS[app], key: value}, Layout(4), MACHINE)
        endless = predict("heat", {**HEAT, "steps": "1000000000000"}, Layout(4), MACHINE)
        self.assertGreater(endless.seconds, 1e6)
        for layout in (Layout(2**31), Layout(2**17, 1, 1), Layout(2**17 + 1, 1, 2**17)):
            with self.assertRaisesRegex(Unknown, "more than the model"):
                predict("matmul", MATMUL, layout, MACHINE)

    def test_every_app_has_the_keys_that_it_needs_or_is_not_predicted(self):
        for app, config in APPS.items():
            for key in config:
                with self.subTest(app=app, key=key):
                    rest = {name: value for name, value in config.items() if name != key}
                    try:
                        self.assertGreater(predict(app, rest, Layout(4), MACHINE).seconds, 0.0)
                    except Unknown:
                        pass


class Grids(unittest.TestCase):
    def test_every_thing_has_one_owner(self):
        for n, parts in ((10, 3), (7, 7), (100, 13)):
            owners = [owner_of(n, parts, i) for i in range(n)]
            self.assertEqual([owners.count(part) for part in range(parts)], [length_of(n, parts, p) for p in range(parts)])

    def test_ranks_of_a_node_are_a_block(self):
        grid = choose((1, 100, 100), 2, 36, 4, lambda p: halo_cost((1, 100, 100), p))
        self.assertEqual((grid.ranks, grid.block), ((1, 6, 6), (1, 2, 2)))
        self.assertEqual([grid.position(rank) for rank in range(4)], [(0, 0, 0), (0, 0, 1), (0, 1, 0), (0, 1, 1)])
        self.assertEqual([grid.rank(grid.position(rank)) for rank in range(36)], list(range(36)))

    def test_primes_and_more_ranks_than_cells_have_a_grid(self):
        self.assertEqual(choose((1, 10, 10), 2, 13, 13, lambda p: halo_cost((1, 10, 10), p)).size, 12)
        self.assertEqual(choose((1, 2, 2), 2, 64, 0, lambda p: halo_cost((1, 2, 2), p)).size, 4)


class AnyNumber(unittest.TestCase):
    def test_all_apps_on_uneven_ranks_nodes_and_threads(self):
        big = {"nx": "96", "ny": "80", "nz": "64", "m": "300", "n": "200", "k": "100"}
        for app, config in APPS.items():
            for ranks in (2, 3, 5, 7, 12, 37, 64, 100):
                for nodes in (1, 2, 3):
                    with self.subTest(app=app, ranks=ranks, nodes=nodes):
                        cost = predict(app, {**config, **big}, Layout(ranks, 2, min(nodes, ranks)), MACHINE)
                        self.assertTrue(math.isfinite(cost.seconds) and cost.computing > 0)
                        self.assertGreaterEqual(cost.communication, 0.0)


if __name__ == "__main__":
    unittest.main()
