"""The field of heat is the same bits in every kernel, variant and layout, and the right ones.

start=hotspot is held against numpy bit by bit. start=mode is held against its exact solution by the
program itself (its check eigenmode), against numpy's sines here, and its bits against the serial
textbook sweep's.
"""
from __future__ import annotations

import json
import os
import re
import tempfile
import unittest
from pathlib import Path

import h5py
import numpy as np

import heat
import launch

# Uneven, prime, smaller than the ranks; steps not a multiple of any halo, fewer than it, and one.
SHAPES_2D = ((1, 37, 53), (1, 101, 29), (1, 3, 200), (1, 5, 2), (1, 1, 1), (1, 64, 300))
SHAPES_3D = ((11, 13, 17), (3, 40, 9), (2, 2, 2), (23, 5, 31))
STEPS = (1, 7, 19, 37)


class Heat(heat.Case):
    def test_hotspot_equals_numpy_in_every_layout(self) -> None:
        shapes = SHAPES_2D + SHAPES_3D
        known: dict[heat.Problem, np.ndarray] = {}
        for i, (variant, ranks, threads) in enumerate(heat.layouts()):
            for k, kernel in enumerate(heat.KERNELS):
                j = i * len(heat.KERNELS) + k
                problem = heat.Problem(shapes[j % len(shapes)], STEPS[j // 2 % len(STEPS)],
                                       heat.BOUNDARIES[j // 3 % 2])
                with self.subTest(variant=variant, ranks=ranks, threads=threads, kernel=kernel, problem=problem):
                    path = self.good(variant, [*problem.options(), "--kernel", kernel], ranks, threads)
                    field, _ = heat.read_field(path)
                    if problem not in known:
                        start = self.good("serial", [*heat.Problem(problem.n, 1, problem.boundary, 0.0).options()])
                        known[problem] = heat.evolve(heat.read_field(start)[0], problem.dims, problem.steps,
                                                     problem.r, problem.boundary)
                    np.testing.assert_array_equal(field, known[problem])

    def test_hotspot_is_a_box_of_ones_in_the_middle(self) -> None:
        """r = 0 keeps the start; it must be what README.md says."""
        for n in ((1, 8, 9), (1, 1, 2), (7, 16, 33)):
            field, _ = heat.read_field(self.good("serial", heat.Problem(n, 1, r=0.0).options()))
            self.assertEqual(set(np.unique(field)) - {0.0, 1.0}, set())
            self.assertGreater(field.sum(), 0)
            for axis in range(3):
                np.testing.assert_array_equal(field, np.flip(field, axis))

    def test_mode_has_the_same_bits_in_every_layout(self) -> None:
        shapes = SHAPES_2D + SHAPES_3D
        known: dict[tuple[tuple[int, int, int], int], str] = {}
        for i, (variant, ranks, threads) in enumerate(heat.layouts()):
            for kernel in heat.KERNELS if launch.LONG else (heat.KERNELS[i % 3],):
                n, steps = shapes[i % len(shapes)], STEPS[i % len(STEPS)]
                with self.subTest(variant=variant, ranks=ranks, threads=threads, kernel=kernel, n=n, steps=steps):
                    if (n, steps) not in known:
                        plain = self.good("serial", [*heat.mode_options(n, steps), "--kernel", "plain"])
                        known[n, steps] = heat.read_field(plain)[1]
                    path = self.good(variant, [*heat.mode_options(n, steps), "--kernel", kernel], ranks, threads)
                    self.assertEqual(heat.read_field(path)[1], known[n, steps])

    def test_mode_is_the_exact_solution(self) -> None:
        """Against numpy's sines, for given modes."""
        for n, modes, steps in (((1, 31, 44), (1, 2, 3), 50), ((9, 12, 10), (2, 1, 3), 20)):
            dims = 2 if n[0] == 1 else 3
            options = [*heat.mode_options(n, steps), "--mode_y", str(modes[1]), "--mode_x", str(modes[2])]
            if dims == 3:
                options += ["--mode_z", str(modes[0])]
            field, _ = heat.read_field(self.good("serial", options))
            r = 0.125 if dims == 2 else 0.15
            exact, factor = np.ones(n), 1.0
            for axis in range(3 - dims, 3):
                m, p = n[axis], modes[axis]
                sine = np.sin(p * np.pi * np.arange(1, m + 1) / (m + 1))
                exact *= sine.reshape([-1 if a == axis else 1 for a in range(3)])
                factor -= 4 * r * np.sin(p * np.pi / (2 * (m + 1))) ** 2
            self.assertLess(np.abs(field - factor**steps * exact).max(), 1e-13)

    def test_every_instruction_set_and_kernel(self) -> None:
        options = heat.mode_options((1, 77, 130), 40)
        digests = set()
        for simd in ("baseline", "avx2", "avx512"):
            for kernel in heat.KERNELS:
                probe = launch.run("heat_serial", "--simd", simd, "--dry-run")
                if probe.code != 0:
                    self.assertRegex(probe.errors()[0], rf"simd = {simd}: this (processor|build) ")  # this processor lacks it
                    continue
                path = self.good("serial", [*options, "--kernel", kernel, "--simd", simd])
                digests.add(heat.read_field(path)[1])
        self.assertEqual(len(digests), 1)

    def test_results_tell_what_auto_came_to(self) -> None:
        for options, boundary in (([], "fixed"), (["--start", "hotspot"], "insulated")):
            path = self.good("serial", ["--nx", "20", "--ny", "20", "--steps", "3", *options])
            with h5py.File(path) as file:
                self.assertEqual(file["config"].attrs["boundary"].decode(), boundary)

    def test_three_axes_of_one_plane_are_pointed_at(self) -> None:
        run = launch.run("heat_serial", "--dims", "3", "--nx", "20", "--ny", "20", *heat.ONCE)
        self.assertTrue(run.succeeded(), run)
        self.assertEqual([w[:8] for w in run.warnings()], ["WARN nz:"])


class Sizes(unittest.TestCase):
    def dry(self, *options: str, program: str = "heat_serial", **more: object) -> str:
        run = launch.run(program, *options, "--dry-run", **more)
        self.assertEqual(run.code, 0, run)
        return run.out

    def test_named_sizes(self) -> None:
        self.assertIn("decomposition: 1024 x 1024 cells", self.dry())
        self.assertIn("decomposition: 8192 x 8192 cells", self.dry("--size", "small"))

    def test_memory_fills_what_was_asked_for(self) -> None:
        for dims in ("2", "3"):
            out = self.dry("--dims", dims, "--memory", "0.02")
            megabytes = float(out.split("memory per rank: ")[1].split()[0])
            total = int(Path("/proc/meminfo").read_text().split("MemTotal:")[1].split()[0]) / 1e3
            self.assertLess(megabytes, 0.0201 * total)

    def test_memory_is_not_given_beside_what_it_sets(self) -> None:
        for key, value in (("nx", 100), ("ny", 100), ("nz", 1), ("size", "medium")):
            run = launch.run("heat_serial", "--memory", "0.01", f"--{key}={value}")
            self.assertEqual((run.code, run.result(), len(run.errors())), (1, "ERROR", 1), run)
            self.assertIn(f"{key} = {value} and memory = 0.01 both set the size", run.errors()[0])
        run = launch.run("heat_serial", "--memory", "0.01", "--dims=3", "--steps=7", "--start=hotspot",
                         "--boundary=periodic", "--dry-run")
        self.assertEqual(run.code, 0, run)

    def test_weak_scaling_on_all_cores_fills_what_was_asked_for(self) -> None:
        """A worker's problem is what its core has of the node's share; a node's is the share."""
        if "omp" not in launch.variants("heat"):
            self.skipTest("no OpenMP in this build")
        cores = len(os.sched_getaffinity(0))
        whole = self.cells("--memory", "0.02", "--threads", str(cores))
        weak = ("--memory", "0.02", "--scaling", "weak")
        one = self.cells(*weak, "--threads", "1")
        for threads in {1, 2, cores}:
            self.assertEqual(self.cells(*weak, "--threads", str(threads)), threads * one)
        self.assertEqual(self.cells(*weak, "--per", "node", "--threads", "2"), whole)
        physical = int(self.machine_cores())
        self.assertLess(abs(physical * one / whole - 1), 0.05)

    def cells(self, *options: str) -> int:
        out = self.dry(*options, program="heat_omp")
        found = re.search(r"decomposition: (\d+) x (\d+) cells", out)
        assert found is not None
        return int(found[1]) * int(found[2])

    def machine_cores(self) -> str:
        with tempfile.TemporaryDirectory() as folder:
            run = launch.run("heat_serial", "--nx", "8", "--ny", "8", "--json", f"{folder}/run.json",
                             *heat.ONCE)
            self.assertTrue(run.succeeded(), run)
            return json.loads(Path(f"{folder}/run.json").read_text())["machine"]["cores"]["value"]

    def test_a_plan_may_be_larger_than_this_machine(self) -> None:
        """Plans are made on login nodes; a run refuses."""
        options = ["--nx", "3000000", "--ny", "3000000"]
        self.assertIn("more than is free on this node", self.dry(*options))
        self.assertNotIn("more than", self.dry())
        run = launch.run("heat_serial", *options)
        self.assertEqual((run.code, run.result(), len(run.errors())), (1, "ERROR", 1), run)
        self.assertRegex(run.errors()[0], "GB")

    def test_tiles_are_enough_for_all_threads(self) -> None:
        if "omp" not in launch.variants("heat"):
            self.skipTest("no OpenMP in this build")
        for threads in (1, 2, 7, 16, 64):
            for shape in (["--nx", "400", "--ny", "400"], [], ["--dims", "3", "--nx", "128", "--ny", "128", "--nz", "128"]):
                out = self.dry(*shape, "--threads", str(threads), program="heat_omp")
                self.assertIn("idle threads: 0", out, (threads, shape))
        out = self.dry("--nx", "30", "--ny", "20", "--threads", "16", program="heat_omp")
        self.assertNotIn("idle threads: 0", out)

    def test_weak_growth_keeps_the_work_of_a_worker(self) -> None:
        if "omp" not in launch.variants("heat"):
            self.skipTest("no OpenMP in this build")
        for threads, shape in ((1, "100 x 200"), (2, "200 x 200"), (4, "200 x 400"), (6, "300 x 400"),
                               (7, "700 x 200")):
            out = self.dry("--nx", "200", "--ny", "100", "--scaling", "weak", "--threads", str(threads),
                           program="heat_omp")
            self.assertIn(f"decomposition: {shape} cells", out)

    def test_rules_look_at_the_sizes_that_run(self) -> None:
        """memory= and weak scaling set them after the keys were read."""
        self.dry("--memory", "0.01", "--dims", "3", "--mode_z", "3")
        if "omp" in launch.variants("heat"):
            self.dry("--scaling", "weak", "--threads", "4", "--nx", "10", "--ny", "10", "--start", "hotspot",
                     "--boundary", "periodic", "--halo", "16", program="heat_omp")
        refused = launch.run("heat_serial", "--memory", "0.00001", "--mode_x", "1000")
        self.assertEqual((refused.code, len(refused.errors())), (1, 1), refused)

    def test_bytes_come_out_as_planned(self) -> None:
        """What --dry-run says, /workload predicted, and the run counted."""
        with tempfile.TemporaryDirectory() as folder:
            for variant in [v for v in ("mpi", "hybrid") if v in launch.variants("heat")]:
                for options in (["--ny", "75", "--nx", "101", "--steps", "33"],
                                ["--ny", "75", "--nx", "101", "--steps", "33", "--start", "hotspot", "--boundary",
                                 "periodic", "--halo", "5"],
                                ["--dims", "3", "--nz", "9", "--ny", "21", "--nx", "30", "--steps", "10"]):
                    with self.subTest(variant=variant, options=options):
                        said = re.search(r"^bytes communicated: (\S+) byte",
                                         self.dry(*options, program=f"heat_{variant}", ranks=5), re.MULTILINE)
                        run, path = heat.run(Path(folder), variant, options, 5, 2)
                        self.assertTrue(run.succeeded(), run)
                        with h5py.File(path) as file:
                            predicted = file["workload/comm_bytes_predicted"][()]
                            self.assertEqual(file["workload/comm_bytes_actual"][()], predicted)
                            self.assertGreater(file["timing/communicate"][...].sum(), 0)
                            self.assertGreater(file["timing/wait"][...].sum(), 0)
                        assert said is not None
                        self.assertAlmostEqual(float(said[1]) / predicted, 1.0, places=3)

    def test_refused(self) -> None:
        for options, words in (
            (["--r", "0.26"], "r = 0.26: allowed|allowed 0 .. 0.25"),
            (["--dims", "3", "--nz", "8", "--r", "0.2"], "unstable"),
            (["--nz", "2"], "nz = 2"),
            (["--dims", "4"], "dims"),
            (["--nx", "0"], "nx"),
            (["--nx", "2000000000", "--ny", "2000000000"], "updates|GB"),
            (["--boundary", "periodic"], "start=mode allows fixed"),
            (["--start", "hotspot", "--boundary", "fixed"], "allows insulated, periodic"),
            (["--start", "hotspot", "--seed", "3"], "takes no seed"),
            (["--start", "hotspot", "--mode_x", "3"], "no modes"),
            (["--nx", "10", "--mode_x", "11"], "mode_x = 11: allowed 1 .. 10"),
            (["--start", "hotspot", "--boundary", "periodic", "--nx", "5", "--halo", "6"], "allowed 1 .. 5"),
            (["--checkpoint", "5"], "output"),
            (["--snapshots", "5"], "output"),
            (["--restart", "/nonexistent/run.h5"], "restart|checkpoint"),
        ):
            with self.subTest(options=options):
                run = launch.run("heat_serial", *options)
                self.assertEqual(run.code, 1, run)
                self.assertEqual(run.result(), "ERROR")
                self.assertEqual(len(run.errors()), 1, run)
                self.assertRegex(run.errors()[0], words)


if __name__ == "__main__":
    unittest.main()
