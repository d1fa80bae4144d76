"""Promise 3 for heat: a wrong number in a halo, a corner, a time level or a cell is found."""
from __future__ import annotations

import re
import unittest

import launch

MODE = ("--ny", "60", "--nx", "70", "--steps", "40", "--mode_y", "2", "--mode_x", "3")
HOTSPOT = ("--ny", "60", "--nx", "70", "--steps", "40", "--start", "hotspot")
# Six ranks cut both axes, so the last one has a corner neighbour.
GRID_2_X_3 = ("--ny", "30", "--nx", "240", "--steps", "40", "--mode_y", "2", "--mode_x", "3")
ONCE = ("--warmup", "0", "--min_reps", "1", "--max_reps", "1")
KERNELS = ("plain", "streaming", "blocked")


def run(variant: str, fault: str, *options: str, ranks: int = 1, env: dict[str, str] | None = None) -> launch.Outcome:
    return launch.run((launch.TESTS / f"heat_{variant}_faulty").resolve(), *options, ranks=ranks,
                      threads=2 if variant in ("omp", "hybrid") else None, env={"SB_FAULT": fault, **(env or {})})


def failed(outcome: launch.Outcome) -> dict[str, str]:
    """{"eigenmode": "rank=1 host=node17"}"""
    return dict(re.findall(r"^VERIFY heat FAIL check=(\w+) error=\S+ bound=\S+ ?(.*)$", outcome.out, re.MULTILINE))


class HeatVerdicts(unittest.TestCase):
    def check_found(self, outcome: launch.Outcome, *checks: str) -> None:
        self.assertIn("FAULT planted", outcome.err, outcome)
        self.assertEqual((outcome.code, outcome.result()), (2, "WRONG"), outcome)
        for check in checks:
            self.assertIn(check, failed(outcome), outcome)

    def test_without_a_fault_the_same_programs_pass(self) -> None:
        for variant in launch.variants("heat"):
            for options in (MODE, HOTSPOT):
                outcome = run(variant, "", *options, *ONCE, ranks=4)
                self.assertTrue(outcome.succeeded(), outcome)

    def test_halo_corner_and_level(self) -> None:
        """In one repetition alone and nothing to compare it with: by the exact solution."""
        variants, kernels = (("mpi",), ("blocked",)) if launch.POLLING else (("mpi", "hybrid"), KERNELS)
        for variant in [v for v in variants if v in launch.variants("heat")]:
            for kernel in kernels:
                for kind, halo in (("halo", "1"), ("halo", "5"), ("corner", "5"), ("level", "1"), ("level", "5")):
                    with self.subTest(variant=variant, kernel=kernel, kind=kind, halo=halo):
                        outcome = run(variant, f"kind={kind} rank=5 call=4 bit=44", *GRID_2_X_3, *ONCE,
                                      "--kernel", kernel, "--halo", halo, ranks=6)
                        self.assertRegex(outcome.out, "over (2 x 3|3 x 2) ranks")
                        self.check_found(outcome, "eigenmode")

    def test_three_axes_and_periodic_ones(self) -> None:
        if "mpi" not in launch.variants("heat"):
            self.skipTest("no MPI in this build")
        slab = ("--dims", "3", "--nz", "4", "--ny", "30", "--nx", "240", "--steps", "40")
        mode = ("--mode_y", "2", "--mode_x", "3")
        ring = ("--start", "hotspot", "--boundary", "periodic")
        # Bit 62 makes 2 of 0: around the hot spot lower bits would be lost in the sums and change nothing,
        # as would the time level before.
        for options, check, bit, kinds in (((*slab, *mode), "eigenmode", 44, ("halo", "corner", "level")),
                                           ((*GRID_2_X_3[:6], *ring), "symmetric", 62, ("halo", "corner")),
                                           ((*slab, *ring), "symmetric", 62, ("halo", "corner"))):
            for kind in kinds:
                with self.subTest(options=options, kind=kind):
                    outcome = run("mpi", f"kind={kind} rank=5 call=4 bit={bit}", *options, *ONCE, "--halo", "4", ranks=6)
                    self.assertRegex(outcome.out, "over (1 x )?(2 x 3|3 x 2) ranks")
                    self.check_found(outcome, check)

    def test_ways_of_exchange(self) -> None:
        if "mpi" not in launch.variants("heat"):
            self.skipTest("no MPI in this build")
        for way in ("message", "shared"):
            outcome = run("mpi", "kind=halo rank=3 call=4 bit=44", *MODE, *ONCE, "--exchange", way, "--halo", "1", ranks=4)
            self.check_found(outcome, "eigenmode")

    def test_a_wrong_cell_and_its_rank(self) -> None:
        for variant in launch.variants("heat"):
            ranks = 3 if variant in ("mpi", "hybrid") else 1
            for bit in (20, 40, 51, 62, 63):
                with self.subTest(variant=variant, bit=bit):
                    outcome = run(variant, f"kind=cell rank={ranks - 1} bit={bit}", *MODE, *ONCE, ranks=ranks)
                    self.check_found(outcome, "eigenmode")
                    self.assertRegex(failed(outcome)["eigenmode"], rf"^rank={ranks - 1} host=")
            outcome = run(variant, f"kind=nan rank={ranks - 1} call=1", *MODE, *ONCE, ranks=ranks)
            self.check_found(outcome, "eigenmode")
            outcome = run(variant, f"kind=nan rank={ranks - 1} call=1", *HOTSPOT, *ONCE, ranks=ranks)
            self.check_found(outcome)

    def test_the_lowest_bit_in_one_of_several_repetitions(self) -> None:
        for variant in launch.variants("heat"):
            ranks = 3 if variant in ("mpi", "hybrid") else 1
            outcome = run(variant, f"kind=cell rank={ranks - 1} call=3 bit=0", *HOTSPOT, "--warmup", "1",
                          "--min_reps", "3", "--max_reps", "3", ranks=ranks)
            self.check_found(outcome, "repeatable")
            self.assertRegex(failed(outcome)["repeatable"], rf"^rank={ranks - 1} host=")

    def test_hotspot_sees_every_kind(self) -> None:
        if "mpi" not in launch.variants("heat"):
            self.skipTest("no MPI in this build")
        for kind in ("halo", "level", "cell"):
            with self.subTest(kind=kind):
                outcome = run("mpi", f"kind={kind} rank=2 call={1 if kind == 'cell' else 30} bit=45", *HOTSPOT, *ONCE,
                              "--halo", "1", ranks=4)
                self.check_found(outcome)


if __name__ == "__main__":
    unittest.main()
