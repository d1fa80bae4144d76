"""Placement: workers that share a core are warned of and marked in the results; fair ones are not."""
from __future__ import annotations

import os
import shutil
import tempfile
import unittest
from pathlib import Path

import h5py

import launch

QUICK = ("--samples", "1e6", "--min_reps", "6", "--max_reps", "6")


def cores() -> list[int]:
    """One CPU of each physical core that this process may use."""
    first: dict[str, int] = {}
    for cpu in sorted(os.sched_getaffinity(0)):
        siblings = Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list")
        first.setdefault(siblings.read_text() if siblings.exists() else str(cpu), cpu)
    return list(first.values())


@unittest.skipUnless(hasattr(os, "sched_getaffinity"), "this system does not tell which CPUs may be used")
class Placement(unittest.TestCase):
    def place(self, variant: str, ranks: int = 1, threads: int | None = None, env: dict[str, str] | None = None,
              cpus: list[int] | None = None) -> tuple[launch.Outcome, int, list[str]]:
        """A run, its placement_ok, and the CPUs that the file says each rank was allowed."""
        if variant not in launch.variants():
            self.skipTest(f"no pi_{variant} in this build")
        prefix: tuple[str, ...] = ()
        if cpus is not None:
            if shutil.which("taskset") is None:
                self.skipTest("no taskset to bind with")
            prefix = ("taskset", "-c", ",".join(map(str, cpus)))
        with tempfile.TemporaryDirectory() as folder:
            run = launch.run(f"pi_{variant}", *QUICK, "--output", "out.h5", ranks=ranks, threads=threads, env=env,
                             prefix=prefix, cwd=folder)
            self.assertTrue(run.succeeded(), run)
            with h5py.File(Path(folder) / "out.h5", "r") as file:
                warnings = file.attrs["warnings"]
                text = warnings.decode() if isinstance(warnings, bytes) else str(warnings)
                stored = [line for line in text.split("\n") if line.startswith("placement")]
                printed = [w.removeprefix("WARN ") for w in run.warnings() if w.startswith("WARN placement")]
                self.assertEqual(stored, printed, run)
                allowed = [c.decode() if isinstance(c, bytes) else str(c) for c in file["machine/cpus"][()].flat]
                return run, int(file.attrs["placement_ok"]), allowed

    def check_crowded(self, found: tuple[launch.Outcome, int, list[str]], says: str) -> None:
        run, ok, _ = found
        self.assertEqual(ok, 0, run)
        warned = [w for w in run.warnings() if w.startswith("WARN placement")]
        self.assertEqual(len(warned), 1, run)
        self.assertRegex(warned[0], rf"^WARN placement: {says} \(host \S+\)$", run)

    def check_fair(self, found: tuple[launch.Outcome, int, list[str]]) -> None:
        run, ok, _ = found
        self.assertEqual((ok, [w for w in run.warnings() if "placement" in w]), (1, []), run)

    def need(self, number: int) -> list[int]:
        usable = cores()
        if len(usable) < number:
            self.skipTest(f"{number} cores are needed; this process may use {len(usable)}")
        return usable

    def test_two_threads_on_one_cpu(self) -> None:
        first = cores()[0]
        found = self.place("omp", threads=2, cpus=[first])
        self.check_crowded(found, "2 threads on 1 core")
        self.assertEqual(found[2], [str(first)])

    def test_two_threads_in_one_openmp_place(self) -> None:
        places = f"{{{cores()[0]}}}"
        self.check_crowded(self.place("omp", threads=2, env={"OMP_PLACES": places, "OMP_PROC_BIND": "true"}),
                           "2 threads on 1 core")

    def test_more_ranks_than_cores(self) -> None:
        number = len(cores())
        ranks = number + 2 if number <= 6 else 0
        if ranks == 0:
            self.skipTest(f"{number} cores take too many ranks to crowd")
        self.check_crowded(self.place("mpi", ranks=ranks), rf"{ranks} ranks on {number} cores?")

    def test_ranks_bound_to_one_core(self) -> None:
        self.check_crowded(self.place("mpi", ranks=2, cpus=cores()[:1]), "2 ranks on 1 core")

    def test_threads_of_two_ranks_on_one_core(self) -> None:
        self.check_crowded(self.place("hybrid", ranks=2, threads=2, cpus=cores()[:1]), "4 workers on 1 core")

    def test_one_worker_is_fair_anywhere(self) -> None:
        self.check_fair(self.place("serial", cpus=cores()[-1:]))
        self.check_fair(self.place("serial"))

    def test_two_threads_on_two_cores(self) -> None:
        usable = self.need(2)
        self.check_fair(self.place("omp", threads=2))
        self.check_fair(self.place("omp", threads=2, env={"OMP_PLACES": f"{{{usable[0]}}},{{{usable[1]}}}",
                                                          "OMP_PROC_BIND": "true"}))

    def test_two_ranks_on_two_cores(self) -> None:
        usable = self.need(2)
        self.check_fair(self.place("mpi", ranks=2))
        self.check_fair(self.place("mpi", ranks=2, cpus=usable[:2]))

    def test_automatic_threads_are_fair(self) -> None:
        """With threads=auto nobody is crowded, whatever the binding."""
        usable = cores()
        run, ok, _ = self.place("omp", cpus=usable[:1], env={"OMP_NUM_THREADS": ""})
        self.assertEqual(ok, 1, run)
        self.assertIn("1 ranks x 1 threads", run.out)


if __name__ == "__main__":
    unittest.main()
