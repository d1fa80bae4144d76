"""The machine's own limits are measured before all else, in few runs that are told from points."""
import json
import subprocess
import sys
import unittest
from dataclasses import replace
from pathlib import Path

from support import ROOT, Scratch, environment, make_bin

from jobscripts.budget import Budget
from jobscripts.pace import Pace
from jobscripts.plan import make_plan
from jobscripts.programs import Program
from jobscripts.study import Study
from jobscripts.topology import Topology

HEAD = "[study]\nkind = scaling\nvariants = serial mpi\nworkers = 1 2\ntime_limit = 1 s\n"
STUDY = Study(
    "s", ("pi",), ("all",), ("strong",), ("tiny",), ("auto",), ("numa",), 1, 10.0, 60.0, None, None
)
FOUR = Topology((0, 1, 2, 3), ((0, 1, 2, 3),), None, False, "Test CPU")


def programs(app, variants):
    facts = {"mpi": "Open MPI v4.1.4", "hdf5": "HDF5 1.10.8"}
    return [Program(Path(f"/bin/{app}_{v}"), app, v, "0" * 64, "", facts) for v in variants.split()]


class Plans(unittest.TestCase):
    def probes(self, variants="serial omp mpi hybrid", topology=FOUR, **changes):
        study = replace(STUDY, **changes)
        plan = make_plan(
            study, programs("pi", "serial omp"), topology, 1, programs("probe", variants)
        )
        first = [run for run in plan.runs if run.purpose == "probe"]
        self.assertEqual(list(plan.runs[: len(first)]), first, "before all others")
        return [f"{run.variant} {run.layout}" for run in first], plan

    def test_ranks_and_threads_on_all_cores_and_one_core_alone(self):
        self.assertEqual(self.probes()[0], ["mpi 4x1", "serial 1x1", "omp 1x4"])
        self.assertEqual(self.probes("serial omp")[0], ["serial 1x1", "omp 1x4"])
        self.assertEqual(self.probes("hybrid")[0], ["hybrid 4x1"])
        self.assertEqual(self.probes("")[0], [])

    def test_no_more_workers_than_the_study_uses_and_the_machine_has(self):
        self.assertEqual(self.probes(workers=("1", "2"))[0], ["mpi 2x1", "serial 1x1", "omp 1x2"])
        self.assertEqual(self.probes(workers=("9",))[0][0], "mpi 4x1")
        self.assertEqual(self.probes(workers=("1",))[0], ["serial 1x1"])
        self.assertEqual(self.probes("mpi", workers=("1",))[0], ["mpi 1x1"])

    def test_a_short_budget_has_fewer_and_says_so(self):
        for budget, number in ((600.0, 3), (100.0, 2), (60.0, 1), (20.0, 0)):
            found, plan = self.probes(budget=budget)
            self.assertEqual(len(found), number)
            self.assertEqual(any("of probe" in note for note in plan.notes), number < 3)

    def test_its_time_is_taken_from_the_budget(self):
        study = replace(STUDY, budget=60.0, repeats=9)
        alone = make_plan(study, programs("pi", "omp"), FOUR, 1)
        beside = make_plan(study, programs("pi", "omp"), FOUR, 1, programs("probe", "mpi"))
        points = [run for run in beside.runs if run.purpose == "scaling"]
        self.assertLess(len(points), len(alone.runs))

    def test_a_study_of_probe_has_both(self):
        own = programs("probe", "serial mpi")
        plan = make_plan(replace(STUDY, apps=("probe",)), own, FOUR, 1, own).runs
        self.assertEqual(len({run.id for run in plan}), len(plan))
        self.assertEqual(sum(run.purpose == "probe" for run in plan), 2)


class Paces(unittest.TestCase):
    """Time left, while the runs of probe come first."""

    def run_of(self, purpose, repetition):
        needs = {"memory_rank": 1.0, "repetition": repetition, "asked": False}
        run = {"id": purpose, "purpose": purpose, "repeat": 1, "ranks": 1, "measure": {}, "predicted": needs, "seconds": 20.0}
        return {**run, "app": "pi", "program": "pi_omp", "scaling": "strong", "size": "tiny", "workers": 1, "figures": {}}

    def test_points_are_judged_by_points_alone(self):
        pace = Pace(Budget(None, 10.0, 60.0))
        probe, point = self.run_of("probe", 0.1), self.run_of("scaling", 0.1)
        waiting = [probe, point, point]
        before = pace.left(waiting)
        self.assertAlmostEqual(before, 8.0 + 2 * (0.82 + 12 * 0.1 + 2 * 0.1))
        self.assertLess(pace.next(waiting)[1], 10.0, "a run of probe is short")
        pace.took(probe, 2.0)
        self.assertAlmostEqual(pace.left(waiting[1:]), before - 8.0)
        self.assertEqual(pace.next(waiting[1:])[1], 10.0)
        pace.took(point, 10.0)
        self.assertAlmostEqual(pace.left([point]), 20.0, msg="as long as the one before")

    def test_learns_how_far_predictions_are_off(self):
        """A slow app gets more of a budget once one of its runs has ended."""
        pace = Pace(Budget(60.0, 10.0, 60.0, clock=lambda: 0.0))
        slow, other = self.run_of("scaling", 0.1), {**self.run_of("scaling", 0.1), "app": "fft"}
        before = pace.next([slow] + [other] * 20)[1]
        ended = {**slow, "seconds": 2.0, "figures": {"pi.time": {"value": 0.5, "unit": "s"}}}
        pace.took(ended, 5.0)
        self.assertGreater(pace.next([slow] + [other] * 20)[1], 1.5 * before)

    def test_no_more_than_the_budget(self):
        pace = Pace(Budget(5.0, 10.0, 60.0, clock=lambda: 0.0))
        self.assertEqual(pace.left([self.run_of("probe", 0.1)] * 3), 5.0)


class Studies(Scratch):
    def setUp(self):
        super().setUp()
        self.bin = make_bin(self.folder, "serial mpi")
        make_bin(self.folder, "serial mpi", "probe")
        self.out = self.folder / "out"

    def run_study(self, text=HEAD, *more, fault=""):
        study = self.write("mine.ini", text)
        return subprocess.run(
            [
                *(sys.executable, str(ROOT / "jobscripts"), str(study)),
                *("--out", str(self.out), "--programs", str(self.bin), *more),
            ],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env=environment(self.folder, FAKE_FAULT=fault),
        )

    def runs(self):
        return json.loads((self.out / "study.json").read_text())["runs"]

    def started(self):
        lines = (self.out / "runs" / "calls").read_text().splitlines()
        return [json.loads(line)[0] for line in lines]

    def test_comes_first_and_is_marked(self):
        done = self.run_study()
        self.assertEqual(done.returncode, 0, done.stderr)
        count = sum(name.startswith("probe") for name in self.started())
        self.assertGreaterEqual(count, 1)
        self.assertTrue(all(name.startswith("probe") for name in self.started()[:count]))
        for run in self.runs():
            self.assertEqual(run["purpose"], "probe" if run["app"] == "probe" else "scaling")
            self.assertEqual((run["status"], run["repeat"] == 0), ("done", run["app"] == "probe"))
        self.assertIn("(the machine's limits) PASS", done.stderr)

    def test_a_study_can_do_without(self):
        self.run_study(HEAD + "probe = no\n")
        self.assertEqual({run["app"] for run in self.runs()}, {"pi"})

    def test_a_failing_probe_is_kept_and_the_study_goes_on(self):
        done = self.run_study(fault="error:probe_")
        self.assertEqual(done.returncode, 1)
        words = {(run["app"], run["status"]) for run in self.runs()}
        self.assertEqual(words, {("probe", "failed"), ("pi", "done")})

    def test_keys_of_probe_go_to_it(self):
        self.run_study(HEAD + "probe.what = memory\n")
        for run in self.runs():
            self.assertEqual(run["options"], {"what": "memory"} if run["app"] == "probe" else {})


if __name__ == "__main__":
    unittest.main()
