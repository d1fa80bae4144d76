"""Promise 3 for probe: what a sweep, a chain, a product, a message, a sum or a file got wrong is found,
with the rank that has it; a disk without room ends the run in one line and leaves nothing."""
from __future__ import annotations

import re
import tempfile
import unittest
from pathlib import Path

import launch

QUICK = ("--n", "20001", "--core_n", "1003", "--gemm_n", "33", "--message_max", "64", "--io_bytes", "100003",
         "--quanta", "5", "--samples", "2", "--figure_time", "0.001", "--warmup", "0", "--min_reps", "1",
         "--max_reps", "1")
RANKED = ("mpi", "hybrid")


def run(variant: str, fault: str, *options: str, cwd: str | None = None, node_size: int = 2) -> launch.Outcome:
    return launch.run((launch.TESTS / f"probe_{variant}_faulty").resolve(), *QUICK, *options,
                      ranks=3 if variant in RANKED else 1, threads=2 if variant in ("omp", "hybrid") else None,
                      env={"SB_FAULT": fault, "SB_NODE_SIZE": str(node_size)}, cwd=cwd)


def failed(outcome: launch.Outcome) -> dict[str, str]:
    return dict(re.findall(r"^VERIFY probe FAIL check=(\w+) error=\S+ bound=\S+ ?(.*)$", outcome.out, re.MULTILINE))


@unittest.skipUnless(launch.variants("probe"), "probe is not in this build")
class ProbeVerdicts(unittest.TestCase):
    def found(self, variant: str, fault: str, checks: set[str], *options: str) -> None:
        """On the last rank, wherever there are several."""
        rank = 2 if variant in RANKED else 0
        with self.subTest(variant=variant, fault=fault):
            outcome = run(variant, f"{fault} rank={rank}", *options)
            self.assertIn("FAULT planted", outcome.err, outcome)
            self.assertEqual((outcome.code, outcome.result()), (2, "WRONG"), outcome)
            self.assertEqual(set(failed(outcome)), checks, outcome)
            for where in failed(outcome).values():
                self.assertRegex(where, rf"^rank={rank} host=")

    def test_without_a_fault_the_same_programs_pass(self) -> None:
        for variant in launch.variants("probe"):
            outcome = run(variant, "")
            self.assertTrue(outcome.succeeded(), outcome)

    def test_sweeps(self) -> None:
        for variant in launch.variants("probe"):
            self.found(variant, "kind=triad bit=0", {"triad", "sweeps"}, "--what", "memory")
            self.found(variant, "kind=copy bit=63", {"sweeps"}, "--what", "memory")
            self.found(variant, "kind=skip", {"sweeps"}, "--what", "memory")

    def test_the_repetitions_are_checked_whatever_is_asked_for(self) -> None:
        self.found("serial", "kind=triad bit=52", {"triad"}, "--what", "io")

    def test_every_bit_of_a_chain(self) -> None:
        """From the middle of the steps to their end no wrong bit is lost."""
        for bit in range(64):
            self.found("serial", f"kind=chain bit={bit}", {"chains", "quanta"}, "--what", "compute noise")
        for simd in ("baseline", "avx2", "avx512"):
            if launch.run("probe_serial", "--simd", simd, "--dry-run").code == 0:
                self.found("serial", "kind=chain bit=0", {"chains"}, "--what", "compute", "--simd", simd)
        for variant in launch.variants("probe"):
            self.found(variant, "kind=chain bit=0", {"chains", "quanta"}, "--what", "compute,noise")

    def test_products(self) -> None:
        if "blas: none" in launch.run("probe_serial", "--version").out:
            self.skipTest("no BLAS in this build")
        for variant in launch.variants("probe"):
            for bit in (0, 20, 45, 52, 62, 63):
                self.found(variant, f"kind=product bit={bit}", {"products"}, "--what", "compute")

    def test_messages(self) -> None:
        """Of rank 2, the first of the second pretended node: its peer, its pair, its blocks."""
        for variant in [v for v in RANKED if v in launch.variants("probe")]:
            self.found(variant, "kind=byte call=1 bit=7", {"messages"}, "--what", "latency")
            self.found(variant, "kind=byte call=20 bit=0", {"messages"}, "--what", "latency")
            self.found(variant, "kind=byte call=1 bit=3", {"pairs"}, "--what", "pairs")
            for call in (1, 2, 3):
                self.found(variant, f"kind=byte call={call} bit=0", {"alltoall"}, "--what", "alltoall")
            self.found(variant, "kind=sum bit=0", {"sums"}, "--what", "allreduce")

    def test_a_bad_cable_is_named(self) -> None:
        """Of the three pairs of three nodes, the one whose messages are late each time, and no other."""
        for variant in [v for v in RANKED if v in launch.variants("probe")]:
            with self.subTest(variant=variant):
                outcome = run(variant, "kind=cable rank=1 peer=2 ms=60", "--what", "pairs", node_size=1)
                self.assertIn("FAULT planted", outcome.err, outcome)
                self.assertTrue(outcome.succeeded(), outcome)
                named = re.findall(r"^WARN pairs: bandwidth between rank (\d) \S+ and rank (\d) \S+ is at best 0\.\d\d ",
                                   outcome.err, re.MULTILINE)
                self.assertEqual(named, [("1", "2")], outcome)
                self.assertRegex(outcome.out, r"(?m)^# pairs: the worst bandwidth is between rank 1 .* and rank 2 ")

    def test_files(self) -> None:
        for variant in launch.variants("probe"):
            self.found(variant, "kind=file bit=0", {"file"}, "--what", "io")

    def test_a_disk_without_room(self) -> None:
        for variant in launch.variants("probe"):
            rank = 1 if variant in RANKED else 0
            with self.subTest(variant=variant), tempfile.TemporaryDirectory() as folder:
                outcome = run(variant, f"kind=full rank={rank}", "--what", "io", "--folder", folder)
                self.assertIn("FAULT planted", outcome.err, outcome)
                self.assertEqual((outcome.code, outcome.result(), len(outcome.errors())), (1, "ERROR", 1), outcome)
                self.assertRegex(outcome.errors()[0], "cannot write the test file in .*: No space left on device")
                self.assertEqual(list(Path(folder).iterdir()), [])


if __name__ == "__main__":
    unittest.main()
