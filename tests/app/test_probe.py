"""probe: every part in every variant and layout, its figures, and what it leaves in the result file."""
from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import h5py
import numpy as np

import launch
import resident

CHECKER = Path(__file__).resolve().parent.parent / "schema" / "check_schema.py"
QUICK = ("--n", "20001", "--core_n", "1003", "--gemm_n", "33", "--message_max", "64", "--io_bytes", "100003",
         "--quanta", "20", "--samples", "6", "--figure_time", "0.001", "--warmup", "0", "--min_reps", "2",
         "--max_reps", "2")
RANKED = ("mpi", "hybrid")
MOST_RANKS = 2 if launch.POLLING else 5
HAS_BLAS = "blas: none" not in launch.run("probe_serial", "--version").out if launch.variants("probe") else False

SWEEPS = {f"{kind}{store}_{who}" for kind in ("copy", "triad") for store in ("", "_stream") for who in ("core", "all")}
PRODUCTS = {"dgemm_core", "dgemm_all"} if HAS_BLAS else set()
PARTS = {
    "memory": SWEEPS,
    "compute": {"fma_core", "fma_all"} | PRODUCTS,
    "latency": {"latency_node", "bandwidth_node", "bandwidth_node_at", "bandwidth_both_node"},
    "pairs": {f"pair_{what}{which}" for what in ("latency", "bandwidth") for which in ("", "_min", "_max")},
    "alltoall": {"alltoall", "alltoall_time", "alltoall_bytes", "bisection"},
    "allreduce": {"allreduce", "allreduce_large", "allreduce_large_bytes", "barrier"},
    "noise": {"noise", "noise_worst"},
    "io": {"write", "read"},
}
NETWORK = {name.replace("node", "network") for name in PARTS["latency"]}
ALONE = PARTS["memory"] | PARTS["compute"] | PARTS["noise"] | PARTS["io"]
TOGETHER = set().union(*PARTS.values())


def layouts() -> list[tuple[str, int, int]]:
    pairs = {"serial": [(1, 1)], "omp": [(1, 1), (1, 3)], "mpi": [(1, 1), (2, 1), (3, 1), (5, 1)],
             "hybrid": [(1, 3), (2, 2), (3, 3)]}
    return [(v, r, t) for v in launch.variants("probe") for r, t in pairs[v] if r <= MOST_RANKS]


class Runs(unittest.TestCase):
    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.folder = Path(place.name)

    def good(self, variant: str, *options: str, ranks: int = 1, threads: int = 1,
             env: dict[str, str] | None = None) -> launch.Outcome:
        run = launch.run(f"probe_{variant}", *QUICK, *options, ranks=ranks, cwd=self.folder, env=env,
                         threads=threads if variant in ("omp", "hybrid") else None)
        self.assertTrue(run.succeeded(), run)
        for name, value in run.figures().items():
            self.assertTrue(np.isfinite(float(value)) and float(value) >= 0.0, f"{name}={value}")
            if name not in ("probe.noise", "probe.noise_worst"):
                self.assertGreater(float(value), 0.0, name)
        return run

    def names(self, run: launch.Outcome) -> set[str]:
        return {name.removeprefix("probe.") for name in run.figures()} - {"rate", "time"}


@unittest.skipUnless(launch.variants("probe"), "probe is not in this build")
class Probe(Runs):
    def test_everything_in_every_layout(self) -> None:
        for variant, ranks, threads in layouts():
            with self.subTest(variant=variant, ranks=ranks, threads=threads):
                run = self.good(variant, ranks=ranks, threads=threads)
                self.assertEqual(self.names(run), TOGETHER if ranks > 1 else ALONE)
                self.assertEqual("left out, for there is one rank" in run.out, ranks == 1)
                self.assertEqual(list(self.folder.iterdir()), [])  # files of io have lost their names

    def test_each_part_alone(self) -> None:
        for i, (part, names) in enumerate(PARTS.items()):
            for variant in launch.variants("probe"):
                if names <= ALONE or variant in RANKED:
                    with self.subTest(variant=variant, part=part):
                        run = self.good(variant, "--what", part, ranks=(2, 3)[i % 2], threads=2)
                        self.assertEqual(self.names(run), names)

    def test_lists(self) -> None:
        for what in ("io,noise", "noise io", " io ,  noise,"):
            self.assertEqual(self.names(self.good("serial", "--what", what)), PARTS["io"] | PARTS["noise"])

    def test_one_rank_has_no_messages(self) -> None:
        for variant in launch.variants("probe"):
            for part in ("latency", "pairs", "alltoall", "allreduce"):
                run = launch.run(f"probe_{variant}", *QUICK, "--what", f"noise,{part}")
                self.assertEqual((run.code, run.result(), len(run.errors())), (1, "ERROR", 1), run)
                self.assertIn(f"what = {part}: there is one rank", run.errors()[0])

    def test_refused(self) -> None:
        for options, words in ((["--what", "everything"], "what = everything is unknown; allowed all, or a list of"),
                               (["--what", "ioo"], "what = ioo is unknown"), (["--what", ","], "what names nothing"),
                               (["--folder", "absent"], "folder = absent: no file can be made there"),
                               (["--message_max", "2e9"], "message_max"), (["--samples", "1"], "samples")):
            with self.subTest(options=options):
                run = launch.run("probe_serial", *options)
                self.assertEqual((run.code, run.result(), len(run.errors())), (1, "ERROR", 1), run)
                self.assertIn(words, run.errors()[0])

    def test_caches_are_warned_of(self) -> None:
        """Of arrays that fit into them; not where the machine does not tell its caches."""
        run = self.good("serial", "--what", "memory", "--output", "r.h5")
        with h5py.File(self.folder / "r.h5") as file:
            caches = file["machine/l3_bytes"][()] * file["machine/l3_caches"][()]
        self.assertEqual(any("4 times its caches" in line for line in run.warnings()), 24 * 20001 < 4 * caches, run)

    def test_sizes(self) -> None:
        for size, n in (("tiny", 2**24), ("small", 2**27), ("medium", 2**30), ("large", 2**33)):
            run = launch.run("probe_serial", "--size", size, "--dry-run")
            self.assertEqual(run.code, 0, run)
            self.assertIn(f"triad of 3 x {n} doubles", run.out)

    def test_memory_fills_what_was_asked_for(self) -> None:
        run = launch.run("probe_serial", "--memory", "0.1", "--dry-run")
        found = re.search(r"memory per rank: (\S+) MB", run.out)
        assert found is not None
        total = int(re.search(r"^MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text(), re.MULTILINE)[1]) * 1024e-6
        self.assertLess(float(found[1]), 0.1 * total)
        self.assertGreater(float(found[1]), 0.04 * total)

    def test_memory_is_not_given_beside_what_it_sets(self) -> None:
        for key, value in (("n", 1000), ("size", "tiny")):
            run = launch.run("probe_serial", "--memory", "0.01", f"--{key}={value}")
            self.assertEqual((run.code, run.result(), len(run.errors())), (1, "ERROR", 1), run)
            self.assertIn(f"{key} = {value} and memory = 0.01 both set the size", run.errors()[0])
        run = launch.run("probe_serial", "--memory", "0.01", "--core_n=1000", "--gemm_n=100", "--dry-run")
        self.assertEqual(run.code, 0, run)

    def test_weak(self) -> None:
        for variant, ranks, threads in layouts():
            with self.subTest(variant=variant, ranks=ranks, threads=threads):
                self.good(variant, "--scaling", "weak", "--what", "noise", "--output", "r.h5", ranks=ranks,
                          threads=threads)
                with h5py.File(self.folder / "r.h5") as file:
                    self.assertEqual(file["workload/units"][()], 24 * 20001 * ranks * threads)
                    self.assertAlmostEqual(file["figures/rate"][()] * file["figures/time"][()],
                                           file["workload/units"][()], delta=1.0)

    @unittest.skipIf(resident.SANITIZED, "sanitizers keep memory of their own")
    def test_resident_memory_is_as_planned(self) -> None:
        small = ["--n", "1000", "--core_n", "1000", "--what", "memory"]
        for more in (["--n", "4e6", "--core_n", "1000"], ["--n", "1000", "--core_n", "4e6"]):
            large = [*more, "--what", "memory"]
            held, planned = resident.grown("probe_serial", small, large, "--samples", "2", "--figure_time", "0.001",
                                           ranks=1, threads=None, cwd=self.folder)
            self.assertLess(abs(held - planned), 0.05 * planned + 4.0)


@unittest.skipUnless("mpi" in launch.variants("probe"), "no MPI in this build")
class Network(Runs):
    """SB_NODE_SIZE makes ranks of one machine look like ranks of several."""

    def test_nodes(self) -> None:
        for ranks, size, expected in ((2, 1, (TOGETHER - PARTS["latency"]) | NETWORK), (3, 2, TOGETHER | NETWORK),
                                      (4, 2, TOGETHER | NETWORK), (5, 2, TOGETHER | NETWORK)):
            if ranks > max(MOST_RANKS, 3):
                continue
            with self.subTest(ranks=ranks, size=size):
                run = self.good("mpi", ranks=ranks, env={"SB_NODE_SIZE": str(size)})
                self.assertEqual(self.names(run), expected)
                self.assertRegex(run.out, r"(?m)^# pairs: the worst bandwidth is between rank \d \(\S+\) and rank \d")

    def test_no_pair_is_slow_below_nothing(self) -> None:
        """What is slow and what is not: tests/faults and tests/hosts slow down a link."""
        quiet = self.good("mpi", "--what", "pairs", "--slow_pair", "0", ranks=3)
        self.assertFalse([line for line in quiet.warnings() if "pairs" in line], quiet)


@unittest.skipUnless(launch.variants("probe") and "hdf5: none" not in launch.run("probe_serial", "--version").out,
                     "no HDF5 in this build")
class Results(unittest.TestCase):
    def test_schema_and_fields(self) -> None:
        for variant in launch.variants("probe"):
            ranks = max(MOST_RANKS, 3) if variant in RANKED else 1
            threads = 2 if variant in ("omp", "hybrid") else 1
            with self.subTest(variant=variant), tempfile.TemporaryDirectory() as folder:
                run = launch.run(f"probe_{variant}", *QUICK, "--fields", "yes", "--output", "r.h5", "--json", "r.json",
                                 ranks=ranks, threads=threads if threads > 1 else None, cwd=folder,
                                 env={"SB_NODE_SIZE": "2"})
                self.assertTrue(run.succeeded(), run)
                self.assertEqual(sorted(os.listdir(folder)), ["r.h5", "r.json"])
                fields = ["worker_triad", "worker_fma", "worker_noise", "worker_detour"]
                if ranks > 1:
                    fields += ["message_latency", "message_bandwidth", "message_bandwidth_both", "pair_latency",
                               "pair_bandwidth", "pair_latency_best", "pair_bandwidth_best"]
                checked = subprocess.run(
                    [sys.executable, "-B", str(CHECKER), "r.h5", "--json", "r.json", "--ranks", str(ranks), "--threads",
                     str(threads), "--app", "probe", "--variant", variant, "--result", "PASS", "--fields", *fields],
                    cwd=folder, capture_output=True, text=True, check=False)
                self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
                with h5py.File(Path(folder) / "r.h5") as file:
                    self.check_figures(file, run)
                    self.check_workers(file, ranks * threads)
                    if ranks > 1:
                        self.check_curves(file)
                        self.check_pairs(file, (ranks + 1) // 2)

    def check_figures(self, file: h5py.File, run: launch.Outcome) -> None:
        for name, text in run.figures().items():
            stored = file[f"figures/{name.removeprefix('probe.')}"]
            self.assertTrue(np.isclose(stored[()], float(text), rtol=1e-5), name)
            if stored.attrs["n"] >= 6 and not np.isnan(stored.attrs["ci_low"]):
                self.assertLessEqual(stored.attrs["ci_low"], stored[()], name)
                self.assertGreaterEqual(stored.attrs["ci_high"], stored[()], name)
        for name in SWEEPS | {"write", "read"}:
            self.assertEqual(file[f"figures/{name}"].attrs["units"], b"byte s-1", name)
        for name in ("fma_core", "fma_all"):
            self.assertEqual(file[f"figures/{name}"].attrs["units"], b"s-1", name)
        self.assertGreaterEqual(file["figures/triad_all"].attrs["n"], 2)

    def check_workers(self, file: h5py.File, workers: int) -> None:
        for name in ("worker_triad", "worker_fma"):
            values = file[f"fields/{name}"][:]
            self.assertEqual(values.shape, (workers,))
            self.assertTrue((values > 0).all(), name)
        loss, detour = file["fields/worker_noise"][:], file["fields/worker_detour"][:]
        self.assertAlmostEqual(loss.mean(), file["figures/noise"][()], delta=1e-12)
        self.assertEqual(detour.max(), file["figures/noise_worst"][()])

    def check_curves(self, file: h5py.File) -> None:
        lengths = file["fields/message_bytes"][:]
        np.testing.assert_array_equal(lengths, 2.0 ** np.arange(7))
        for name in ("message_latency", "message_bandwidth", "message_bandwidth_both"):
            self.assertTrue((file[f"fields/{name}"][:] > 0).all(), name)
        for row, place in enumerate(("node", "network")):
            self.assertEqual(file[f"fields/message_latency"][row, 3], file[f"figures/latency_{place}"][()])
            curve = file["fields/message_bandwidth"][row]
            self.assertTrue(np.isclose(curve.max(), file[f"figures/bandwidth_{place}"][()], rtol=1e-12))
            self.assertEqual(lengths[curve.argmax()], file[f"figures/bandwidth_{place}_at"][()])

    def check_pairs(self, file: h5py.File, players: int) -> None:
        for name in ("latency", "bandwidth"):
            table = file[f"fields/pair_{name}"][:]
            self.assertEqual(table.shape, (players, players))
            np.testing.assert_array_equal(np.isnan(table), np.eye(players, dtype=bool))
            upper = table[np.triu_indices(players, 1)]
            self.assertTrue((upper > 0).all())
            found = [file[f"figures/pair_{name}{which}"][()] for which in ("_min", "", "_max")]
            np.testing.assert_array_equal(found, [upper.min(), np.median(upper), upper.max()])
            best = file[f"fields/pair_{name}_best"][:][np.triu_indices(players, 1)]
            self.assertTrue((best <= upper if name == "latency" else best >= upper).all(), name)


if __name__ == "__main__":
    unittest.main()
