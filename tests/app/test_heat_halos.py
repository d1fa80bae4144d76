"""How deep halos are and how they travel changes nothing but the time: the bits stay, the bytes are those
that were planned."""
from __future__ import annotations

import unittest

import h5py
import numpy as np

import heat
import launch


class Depth(heat.Case):
    def test_halo_of_any_depth(self) -> None:
        """Deeper than a rank's box, up to the periodic axis itself; with and without overlap."""
        often = {6: (0, 2, 3), 5: (1,)}  # with kernels in turn, so all pairs come up
        for n, boundary, halos in (((1, 23, 19), "insulated", (1, 2, 5, 16, 64)),
                                   ((1, 23, 19), "periodic", (1, 3, 19)),
                                   ((9, 10, 11), "periodic", (2, 9)), ((9, 10, 11), "insulated", (3, 20))):
            problem = heat.Problem(n, 41, boundary)
            start, _ = heat.read_field(self.good("serial", heat.Problem(n, 1, boundary, 0.0).options()))
            expected = heat.evolve(start, problem.dims, problem.steps, problem.r, boundary)
            runs = [(halo, kernel) for halo in halos for kernel in heat.KERNELS]
            for i, (halo, kernel) in enumerate(runs):
                for variant, ranks in (("mpi", 6), ("hybrid", 5), ("serial", 1)):
                    if variant not in launch.variants("heat") or not (ranks == 1 or launch.LONG or i % 4 in often[ranks]):
                        continue
                    with self.subTest(n=n, boundary=boundary, halo=halo, kernel=kernel, ranks=ranks):
                        path = self.good(variant, [*problem.options(), "--kernel", kernel, "--halo", str(halo),
                                                   "--overlap", ("yes", "no")[i % 2]], ranks, 2)
                        np.testing.assert_array_equal(heat.read_field(path)[0], expected)


@unittest.skipUnless("mpi" in launch.variants("heat"), "no MPI in this build")
class Exchange(heat.Case):
    """How halos travel changes nothing but the time."""
    WAYS = (("shared", "4", "shared"), ("message", "4", "message"), ("auto", "2", "shared+message"),
            ("auto", "1", "message"), ("auto", "4", "shared"))

    def test_ways(self) -> None:
        options = heat.mode_options((1, 61, 47), 33)
        expected = heat.read_field(self.good("serial", options))[1]
        for way, node_size, name in self.WAYS:
            for variant in [v for v in ("mpi", "hybrid") if v in launch.variants("heat")]:
                with self.subTest(way=way, node_size=node_size, variant=variant):
                    path = self.good(variant, [*options, "--exchange", way], 4, 2,
                                     env={"SB_NODE_SIZE": node_size, "SB_EXCHANGE_TEST": "7"})
                    self.assertEqual(heat.read_field(path)[1], expected)
                    with h5py.File(path) as file:
                        self.assertEqual(file.attrs["exchange"].decode(), name)

    def test_predicted_bytes_are_sent(self) -> None:
        for n, steps, halo in (((1, 61, 47), 33, "auto"), ((1, 61, 47), 32, "4"), ((9, 20, 14), 10, "1")):
            for ranks in (1, 2, 5, 7):
                for start in ([], ["--start", "hotspot", "--boundary", "periodic"]):
                    if halo == "auto" and start and min(n[1:]) < 16:
                        continue
                    with self.subTest(n=n, halo=halo, ranks=ranks, start=start):
                        path = self.good("mpi", [*heat.mode_options(n, steps), "--halo", halo, *start], ranks)
                        with h5py.File(path) as file:
                            work = file["workload"]
                            self.assertEqual(work["comm_bytes_actual"][()], work["comm_bytes_predicted"][()])
                            self.assertEqual(work["comm_bytes_actual"][()] > 0, ranks > 1)
                            self.assertEqual(work["units"][()], n[0] * n[1] * n[2] * steps)

    def test_predicted_bytes_with_files(self) -> None:
        """Every stretch between snapshots and checkpoints begins with an exchange."""
        path = self.good("mpi", [*heat.mode_options((1, 61, 47), 100), "--halo", "16", "--snapshots", "33",
                                 "--checkpoint", "10"], 2)
        with h5py.File(path) as file:
            self.assertEqual(file["workload/comm_bytes_actual"][()], file["workload/comm_bytes_predicted"][()])
            self.assertEqual(file["workload/comm_bytes_actual"][()], 13 * 2 * 16 * 47 * 8)


if __name__ == "__main__":
    unittest.main()
