"""All apps over several hosts and TCP give the answers that they give on one."""
from __future__ import annotations

import re
import tempfile
import unittest
from pathlib import Path

import h5py
import numpy as np

import hosts
import launch

# Slots of each host: ranks 3 and 4; 5 and 7 that no number of hosts divides.
EVEN, FOUR, FIVE, SEVEN = [1, 1, 1], [2, 1, 1], [2, 1, 2], [3, 2, 2]
ONCE = ("--warmup", "0", "--min_reps", "2", "--max_reps", "2")
PROBLEMS = {
    "pi": ("--samples", "3000017"),
    "matmul": ("--m", "150", "--n", "131", "--k", "170", "--entries", "integer"),
    "heat": ("--dims", "2", "--nx", "101", "--ny", "90", "--steps", "40"),
    "fft": ("--nx", "24", "--ny", "30", "--nz", "20", "--planner", "estimate"),
    "probe": ("--n", "20001", "--core_n", "1003", "--gemm_n", "33", "--message_max", "64", "--io_bytes", "100003",
              "--quanta", "20", "--samples", "6", "--figure_time", "0.001"),
}
cluster: hosts.Hosts


def setUpModule() -> None:
    global cluster
    cluster = hosts.set_up(3)


def text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


class Case(unittest.TestCase):
    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.folder = Path(place.name)

    def good(self, app: str, variant: str, slots: list[int], *options: str) -> tuple[launch.Outcome, Path]:
        """A run on the hosts that passed, whose file and lines name each host, and its file."""
        path = self.folder / f"{app}.h5"
        threads = ("--threads", "2") if variant == "hybrid" else ()
        run = cluster.run(slots, f"{app}_{variant}", *ONCE, *PROBLEMS[app], *threads, *options, "--fields", "yes",
                          "--output", str(path), cwd=self.folder)
        self.assertTrue(run.succeeded(), run)
        self.assertEqual(re.findall(r"^NODE (\S+) ", run.out, re.MULTILINE), cluster.names, run)
        with h5py.File(path) as file:
            self.assertEqual((file.attrs["nodes"], file.attrs["ranks"]), (3, sum(slots)))
            self.assertEqual([b"".join(host).decode().rstrip("\0 ") for host in file["machine/host"][()]],
                             [name for name, n in zip(cluster.names, slots) for _ in range(n)])
            if app != "probe":
                self.assertEqual(file["workload/comm_bytes_actual"][()], file["workload/comm_bytes_predicted"][()])
        return run, path


class Answers(Case):
    def on_one_host(self, app: str) -> tuple[launch.Outcome, Path]:
        path = self.folder / "one.h5"
        run = launch.run(f"{app}_serial", *ONCE, *PROBLEMS[app], "--fields", "yes", "--output", str(path),
                         cwd=self.folder)
        self.assertTrue(run.succeeded(), run)
        return run, path

    def each_layout(self, app: str) -> list[tuple[str, list[int]]]:
        found = [("mpi", slots) for slots in (EVEN, FOUR, FIVE, SEVEN)] + [("hybrid", EVEN), ("hybrid", FIVE)]
        if launch.LONG:
            found += [("hybrid", FOUR), ("hybrid", SEVEN)]
        return [(variant, slots) for variant, slots in found if variant in launch.variants(app)]

    def check_same_figure(self, app: str, figure: str) -> None:
        expected = self.on_one_host(app)[0].figures()[figure]
        for variant, slots in self.each_layout(app):
            with self.subTest(variant=variant, slots=slots):
                self.assertEqual(self.good(app, variant, slots)[0].figures()[figure], expected)

    def test_pi_counts_the_same_hits(self) -> None:
        self.check_same_figure("pi", "pi.hits")

    @unittest.skipUnless(launch.variants("matmul"), "matmul is not in this build")
    def test_matmul_gives_the_same_integers(self) -> None:
        self.check_same_figure("matmul", "matmul.digest")

    @unittest.skipUnless(launch.variants("heat"), "heat is not in this build")
    def test_heat_gives_the_same_bits(self) -> None:
        with h5py.File(self.on_one_host("heat")[1]) as file:
            expected, digest = file["fields/temperature"][...], file["fields/temperature"].attrs["digest"]
        for variant, slots in self.each_layout("heat"):
            with self.subTest(variant=variant, slots=slots):
                with h5py.File(self.good("heat", variant, slots)[1]) as file:
                    self.assertEqual(file["fields/temperature"].attrs["digest"], digest)
                    np.testing.assert_array_equal(file["fields/temperature"][...], expected)

    @unittest.skipUnless(launch.variants("fft"), "fft is not in this build")
    def test_fft_agrees_with_numpy(self) -> None:
        for variant, slots in self.each_layout("fft"):
            with self.subTest(variant=variant, slots=slots):
                with h5py.File(self.good("fft", variant, slots)[1]) as file:
                    given, found = (file[f"fields/{name}"][..., 0] + 1j * file[f"fields/{name}"][..., 1]
                                    for name in ("input", "output"))
                np.testing.assert_allclose(found, np.fft.fftn(given), rtol=0, atol=1e-12 * np.linalg.norm(given))

    def test_probe_measures_inside_and_between(self) -> None:
        for variant, slots in self.each_layout("probe"):
            with self.subTest(variant=variant, slots=slots):
                run, path = self.good("probe", variant, slots)
                self.assertIn("probe.latency_network", run.figures())
                self.assertEqual("probe.latency_node" in run.figures(), slots[0] > 1)
                with h5py.File(path) as file:
                    self.assertEqual(file["fields/pair_latency"].shape, (3, 3))


class Ways(Case):
    """Shared memory falls inside hosts alone, whatever is asked for."""
    WAYS = (("auto", EVEN, "message"), ("shared", EVEN, "message"), ("auto", FIVE, "shared+message"),
            ("shared", FIVE, "shared+message"), ("message", FIVE, "message"))

    def check_ways(self, app: str) -> None:
        for way, slots, taken in self.WAYS:
            with self.subTest(app=app, way=way, slots=slots):
                with h5py.File(self.good(app, "mpi", slots, "--exchange", way)[1]) as file:
                    self.assertEqual(text(file.attrs["exchange"]), taken)

    def test_heat(self) -> None:
        self.check_ways("heat")

    def test_matmul(self) -> None:
        self.check_ways("matmul")

    def test_fft(self) -> None:
        self.check_ways("fft")


if __name__ == "__main__":
    unittest.main()
