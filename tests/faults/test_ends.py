"""Promises 2 and 6: no failure looks like success, every run ends, and no process is left."""
from __future__ import annotations

import unittest
from typing import Any

import faults
import launch

HOOKS = ("setup", "run", "verify", "output", "teardown")
KINDS = ("kill", "segv", "stop", "exit0", "abort", "error", "hang")
RANKS = 3
PATIENCE = "2"   # s, of the watchdog where a hang is planted
NET = "20"       # s, where the run must end by itself


def combinations(variant: str, kinds: tuple[str, ...], ranks: int) -> list[dict[str, Any]]:
    """All of them, or (by default) each kind at each hook on one rank, in turn first, middle, last."""
    found = []
    for k, kind in enumerate(kinds):
        for h, hook in enumerate(HOOKS):
            if (kind, hook) == ("error", "teardown"):
                continue  # teardown returns nothing
            found += [{"variant": variant, "kind": kind, "hook": hook, "rank": rank, "ranks": ranks}
                      for rank in range(ranks) if launch.LONG or rank == (k + h) % ranks]
    return found


class Ends(unittest.TestCase):
    def check(self, variant: str, kind: str, hook: str, rank: int, ranks: int) -> None:
        # MPICH's launcher lets the others wait for a rank that left with 0: the watchdog ends them.
        hangs, may_hang = kind in ("stop", "hang"), kind == "exit0"
        run = faults.run(variant, "--watchdog", PATIENCE if hangs or may_hang else NET, ranks=ranks,
                         fault=f"kind={kind} hook={hook} rank={rank} call={2 if hook == 'run' else 1}")
        self.assertTrue(run.struck(), run)
        self.assertFalse(run.timed_out, run)
        self.assertEqual(run.left, [], run)
        self.assertFalse(run.succeeded(), run)
        if (kind, hook) != ("stop", "teardown"):  # launchers wake what they end: it may come to its last line
            self.assertFalse(run.printed_pass(), run)
        if kind != "exit0":  # its exit code may be 0: so users must ask for PASS too
            self.assertNotEqual(run.code, 0, run)
        if kind == "hang":  # it speaks before those that wait for it
            self.assertRegex(run.err, rf"(?m)^ERROR watchdog: rank {rank} \(\S+\) without progress for {PATIENCE} s "
                                      rf"in {hook}$", run)
        elif kind == "stop":  # it cannot speak; the others give up later
            self.assertRegex(run.err, rf"(?m)^ERROR watchdog: rank [^{rank}] \(\S+\) without progress for \S+ s "
                                      rf"waiting for others in {hook}$", run)
        elif not may_hang:
            self.assertNotIn("watchdog", run.err, run)
        if kind == "hang" and ranks == 1:  # a launcher of several may make 9 of it
            self.assertEqual(run.code, 1, run)
        if kind == "error":
            self.assertEqual(run.code, 1, run)
            self.assertIn("planted: no memory", run.err, run)
            self.assertEqual(len(run.errors()), 1, run)
            if rank > 0:
                self.assertRegex(run.errors()[0], rf"rank {rank} \(\S+\)", run)

    def check_all(self, cases: list[dict[str, Any]], at_once: int) -> None:
        if cases[0]["variant"] not in launch.variants():
            self.skipTest(f"no pi_{cases[0]['variant']} in this build")
        faults.in_turn(self, self.check, cases, at_once)

    def test_serial(self) -> None:
        # A stopped process cannot speak for itself, and here is no other rank: only a launcher ends it.
        self.check_all(combinations("serial", tuple(k for k in KINDS if k != "stop"), 1), 4)

    def test_omp(self) -> None:
        self.check_all(combinations("omp", ("kill", "exit0", "error", "hang"), 1), 4)

    def test_mpi(self) -> None:
        self.check_all(combinations("mpi", KINDS, RANKS), 2)

    def test_hybrid(self) -> None:
        some = combinations("hybrid", KINDS, RANKS)
        self.check_all(some if launch.LONG else some[::5], 2)

    def test_error_in_first_call_of_one_repetition_a_sample(self) -> None:
        """Long repetitions are not looped; an error there must end the run as well."""
        if "mpi" not in launch.variants():
            self.skipTest("no MPI in this build")
        run = faults.run("mpi", "--watchdog", NET, ranks=RANKS, fault="kind=error hook=run rank=1 call=1")
        self.assertEqual((run.code, len(run.errors()), run.left), (1, 1, []), run)
        self.assertIn("planted: no memory", run.err, run)

    def test_an_abort_never_ends_with_0(self) -> None:
        """MPI_Abort(0), (256), (512) and (-256) end Open MPI's launcher with 0: sb_comm_abort must not."""
        for variant in ("serial", "mpi"):
            if variant not in launch.variants():
                continue
            for code in (0, 1, 256, 512, -256):
                with self.subTest(variant=variant, code=code):
                    run = faults.run(variant, ranks=2, fault=f"kind=sb_abort hook=run rank=0 code={code}")
                    self.assertTrue(run.struck(), run)
                    self.assertNotEqual(run.code, 0, run)
                    self.assertFalse(run.printed_pass(), run)
                    self.assertEqual(run.left, [], run)

    def test_without_a_fault_the_same_programs_pass(self) -> None:
        for variant in launch.variants():
            with self.subTest(variant=variant):
                run = faults.run(variant, "--watchdog", PATIENCE, ranks=RANKS)
                self.assertTrue(run.succeeded(), run)
                self.assertFalse(run.struck(), run)
                self.assertEqual(run.left, [], run)


if __name__ == "__main__":
    unittest.main()
