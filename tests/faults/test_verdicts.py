"""Promises 1 and 3: verdicts fail closed; a wrong count is found, and rank and host are named."""
from __future__ import annotations

import math
import tempfile
import unittest
from pathlib import Path

import h5py

import faults
import launch

# Faults of a recorded check, and those of the list of checks.
PLANTED = ("nan", "inf", "minus_inf", "nan_bound", "inf_bound", "large")
LISTED = ("skip", "unexpected", "lonely", "no_checks")
CHECKS = ("known_answers", "recount", "repeatable", "binomial", "chi_square")


class Case(unittest.TestCase):
    def check_wrong(self, run: faults.Run) -> None:
        self.assertTrue(run.struck(), run)
        self.assertEqual((run.code, run.result(), run.left), (2, "WRONG", []), run)
        self.assertTrue(run.failed_checks(), run)

    def check_named(self, run: faults.Run, check: str, rank: int) -> None:
        self.check_wrong(run)
        self.assertIn(check, run.failed_checks(), run)
        self.assertRegex(run.failed_checks()[check], rf"^rank={rank} host=\S+$", run)


class Verdicts(Case):
    def need_mpi(self) -> None:
        if "mpi" not in launch.variants():
            self.skipTest("no MPI in this build")

    def every_check(self, kind: str, number: int) -> None:
        run = faults.run("serial", fault=f"kind={kind} hook=verify check={number}")
        self.check_named(run, CHECKS[number], 0)
        self.assertEqual(list(run.failed_checks()), [CHECKS[number]], run)

    def test_every_check_of_a_serial_run(self) -> None:
        faults.in_turn(self, self.every_check,
                       [{"kind": k, "number": n} for k in PLANTED for n in range(len(CHECKS))])

    def test_checks_that_are_not_as_declared(self) -> None:
        for kind in LISTED:
            with self.subTest(kind=kind):
                run = faults.run("serial", fault=f"kind={kind} hook=verify")
                # In a serial run a lonely check is one that passed.
                if kind == "lonely":
                    self.assertTrue(run.succeeded(), run)
                else:
                    self.check_wrong(run)

    def one_rank(self, kind: str, rank: int, ranks: int) -> None:
        number = rank % len(CHECKS)
        run = faults.run("mpi", ranks=ranks, fault=f"kind={kind} hook=verify rank={rank} check={number}")
        if kind in PLANTED:
            self.check_named(run, CHECKS[number], rank)
        elif kind == "skip":
            self.check_named(run, "planted", rank)
            self.assertIn(" not run", run.out)
        elif (kind, ranks) != ("lonely", 1):
            self.check_wrong(run)

    def test_one_rank_is_enough(self) -> None:
        """NaN, Inf and a missing check on each rank of 1 to 5 (by default of 3)."""
        self.need_mpi()
        cases = [{"kind": kind, "rank": n % 3, "ranks": 3} for n, kind in enumerate(PLANTED + LISTED)]
        cases += [{"kind": "nan", "rank": 0, "ranks": 1}, {"kind": "skip", "rank": 4, "ranks": 5}]
        if launch.LONG:
            cases = [{"kind": kind, "rank": rank, "ranks": ranks} for kind in PLANTED + LISTED
                     for ranks in range(1, 6) for rank in range(ranks)]
        faults.in_turn(self, self.one_rank, cases)

    def test_no_option_loosens_a_verdict(self) -> None:
        run = faults.run("serial", "--ci", "1", "--time_limit", "0.001", fault="kind=large hook=verify check=3")
        self.check_named(run, "binomial", 0)

    def test_the_file_of_a_wrong_run_says_so(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "out.h5"
            self.check_wrong(faults.run("serial", "--output", str(path), fault="kind=nan hook=verify check=1"))
            with h5py.File(path, "r") as file:
                result = file.attrs["result"]
                self.assertEqual(result.decode() if isinstance(result, bytes) else result, "WRONG")
                self.assertEqual(list(file["verification/passed"][()]), [1, 0, 1, 1, 1])
                self.assertTrue(math.isnan(file["verification/error"][1]))


class Counts(Case):
    """Wrong bits of a count. What is sure to be found:
    - any bit of one repetition among several, by `repeatable`, with its rank;
    - any bit that a rank's counting loop always gets wrong, by `recount`, with its rank;
    - in a known count (rng=nas with 2^24 or 2^25 pairs), any bit, by `golden_count`;
    - alike in all repetitions and only there: an error of 16 standard deviations of a batch, by
      `chi_square` and `binomial`, without the rank. A smaller one is not sure to be found."""

    def one_repetition(self, bit: int, call: int) -> None:
        run = faults.run("serial", fault=f"kind=flip hook=run bit={bit} call={call}")
        self.check_named(run, "repeatable", 0)

    def test_any_bit_of_one_repetition(self) -> None:
        calls = (1, 2, 3) if launch.LONG else (2,)
        faults.in_turn(self, self.one_repetition, [{"bit": b, "call": c} for b in range(64) for c in calls])

    def test_the_rank_is_named(self) -> None:
        for variant, ranks, threads in (("omp", 1, 2), ("mpi", 3, None), ("hybrid", 3, 2)):
            if variant not in launch.variants():
                continue
            for rank in range(ranks) if launch.LONG else {0, ranks - 1}:
                with self.subTest(variant=variant, rank=rank):
                    once = faults.run(variant, ranks=ranks, threads=threads,
                                      fault=f"kind=flip hook=run bit=0 call=3 rank={rank}")
                    self.check_named(once, "repeatable", rank)
                    always = faults.run(variant, ranks=ranks, threads=threads,
                                        fault=f"kind=broken hook=run bit=0 rank={rank}")
                    self.assertEqual((always.code, always.result()), (2, "WRONG"), always)
                    self.assertRegex(always.failed_checks().get("recount", ""), rf"^rank={rank} host=", always)

    def test_a_known_count_shows_any_bit(self) -> None:
        for bit in (0, 1, 13, 40, 62) if not launch.LONG else range(63):
            with self.subTest(bit=bit):
                run = faults.run("serial", "--rng", "nas", "--samples", "2^24", fault=f"kind=biased hook=run bit={bit}")
                self.check_wrong(run)
                self.assertIn("golden_count", run.failed_checks(), run)

    def large_error(self, samples: int, bit: int) -> None:
        run = faults.run("serial", "--samples", str(samples), fault=f"kind=biased hook=run bit={bit}")
        self.check_wrong(run)
        self.assertTrue({"binomial", "chi_square"} & set(run.failed_checks()), run)

    def test_statistics_show_large_errors(self) -> None:
        samples, batches = 2**20, 64
        sigma = math.sqrt(samples / batches * math.pi / 4 * (1 - math.pi / 4))
        smallest = math.ceil(math.log2(16 * sigma))
        faults.in_turn(self, self.large_error, [{"samples": samples, "bit": b} for b in range(smallest, 64)])

    def no_alarm(self, seed: int, samples: int) -> None:
        run = faults.run("serial", "--seed", str(seed), "--samples", str(samples))
        self.assertTrue(run.succeeded(), run)

    def test_right_counts_raise_no_alarm(self) -> None:
        faults.in_turn(self, self.no_alarm, [{"seed": s, "samples": 1 + s * 7919 % 300000}
                                             for s in range(1000 if launch.LONG else 50)])


if __name__ == "__main__":
    unittest.main()
