"""What is asked of programs before a study, what is computed from it, and what that refuses."""
import unittest
from dataclasses import replace
from pathlib import Path
from unittest import mock

from support import Scratch

from jobscripts.ask import Answer
from jobscripts.duration import Needs, seconds
from jobscripts.errors import Refused
from jobscripts.fit import fit
from jobscripts.launch import Bench
from jobscripts.memory import available_memory
from jobscripts.plan import make_plan
from jobscripts.predict import predict
from jobscripts.programs import Program
from jobscripts.study import Study
from jobscripts.topology import Topology

CORES = Topology(tuple(range(8)), (tuple(range(8)),), None, False, "Test CPU")
BENCH = Bench(CORES, {}, {})
STUDY = Study(
    "s",
    ("all",),
    ("all",),
    ("strong", "weak"),
    ("tiny",),
    ("1", "2", "4", "8"),
    ("all",),
    3,
    10.0,
    60.0,
    None,
    None,
)
MB = 1e6


def plan_of(study=STUDY, variants="serial omp mpi hybrid"):
    programs = [
        Program(Path(f"/bin/heat_{name}"), "heat", name, "0" * 64, "", {})
        for name in variants.split()
    ]
    return make_plan(study, programs, CORES, 1)


class Predicts(unittest.TestCase):
    def predict(self, runs, every=False, answer=Answer(80 * MB, 0.8), free=1e12, allowance=60.0):
        self.asked = []

        def ask(run, _bench, _seed):
            self.asked.append(run)
            return answer(run) if callable(answer) else answer

        with mock.patch("jobscripts.predict.ask", ask):
            with mock.patch("jobscripts.predict.available_memory", lambda: free):
                return predict(runs, BENCH, None, every, allowance)

    def needs(self, found, scaling, layout):
        wanted = ("mpi", scaling, layout)
        runs = [r for r in self.runs if (r.variant, r.scaling, str(r.layout)) == wanted]
        return found.needs(runs[0])

    def test_a_study_asks_each_problem_once_without_a_launcher(self):
        self.predict(plan_of().runs)
        self.assertEqual(
            sorted((r.variant, r.scaling) for r in self.asked),
            [("serial", "strong"), ("serial", "weak")],
        )

    def test_what_is_not_asked_is_computed_and_says_so(self):
        self.runs = plan_of().runs
        found = self.predict(self.runs)
        self.assertEqual(self.needs(found, "strong", "4x1"), Needs(20 * MB, 0.2, False))
        self.assertEqual(self.needs(found, "weak", "4x1"), Needs(80 * MB, 0.8, False))

    def test_a_weak_problem_of_a_node_is_as_large_on_all_its_cores(self):
        self.runs = plan_of(replace(STUDY, per="node")).runs
        found = self.predict(self.runs)
        self.assertEqual(self.needs(found, "weak", "4x1"), Needs(20 * MB, 0.2, False))

    def test_workers_beyond_the_cores_make_nothing_faster(self):
        self.runs = plan_of(replace(STUDY, workers=("1", "16"))).runs
        found = self.predict(self.runs)
        self.assertAlmostEqual(self.needs(found, "strong", "16x1").repetition, 0.1)
        self.assertAlmostEqual(self.needs(found, "weak", "16x1").repetition, 1.6)

    def test_a_dry_run_asks_every_layout_once(self):
        runs = plan_of().runs
        found = self.predict(runs, every=True)
        self.assertEqual(len(self.asked), len(runs) / 3, "repeats are the same")
        self.assertTrue(all(found.needs(run).asked for run in runs))

    def test_asking_ends_with_its_allowance_largest_first(self):
        runs = plan_of().runs
        found = self.predict(runs, every=True, allowance=0.0)
        self.assertEqual(len(self.asked), 2)
        self.assertEqual(sum(found.needs(run).asked for run in runs), 2 * 3)

    def test_where_memory_may_be_short_the_program_is_asked(self):
        self.predict(plan_of().runs, free=80 * MB * 4 * 2)
        large = {r for r in self.asked if r.variant != "serial"}
        self.assertEqual({(r.scaling, r.layout.workers) for r in large}, {("weak", 4), ("weak", 8)})

    def test_what_does_not_fit_is_refused_with_its_layout(self):
        study, plan = STUDY, plan_of()
        found = self.predict(
            plan.runs, answer=lambda run: Answer(80 * MB, 1.0, run.layout.workers < 8), free=1.0
        )
        _, refused = fit(plan, found, study)
        self.assertEqual(len(refused), 2)
        self.assertRegex(
            refused[0], r"heat_\w+ (strong|weak) tiny on \dx\d: needs 0.\d+ GB, more than is free"
        )

    def test_what_a_program_refuses_refuses_the_study(self):
        study = replace(STUDY, sizes=("tiny", "memory=0.5"))
        plan = plan_of(study)
        refusing = self.predict(
            plan.runs,
            answer=lambda r: Answer(refused="fills none") if "=" in r.size else Answer(MB, 1.0),
        )
        self.assertEqual(fit(plan, refusing, study)[1], ["fills none"] * 2)

    def test_a_program_that_tells_nothing_stops_no_study(self):
        plan = plan_of()
        found = self.predict(plan.runs, answer=Answer(problem="its --dry-run does not work"))
        self.assertEqual(found.problems(), ["its --dry-run does not work"])
        self.assertIsNone(found.needs(plan.runs[0]))
        self.assertEqual(fit(plan, found, STUDY), (plan, []))


class Seconds(unittest.TestCase):
    def seconds(self, repetition, limit=10.0, **measure):
        texts = {key: str(value) for key, value in measure.items()}
        return seconds("scaling", 1, texts, Needs(1.0, repetition, True), limit)

    def test_short_repetitions_end_before_the_limit(self):
        expected, at_most = self.seconds(0.1)
        self.assertAlmostEqual(expected, 0.82 + 0.2 + 12 * 0.1)
        self.assertAlmostEqual(at_most, 0.82 + 0.2 + 10.0 + 0.2)

    def test_the_limit_ends_long_ones_but_one_is_always_made(self):
        expected, at_most = self.seconds(100.0)
        self.assertEqual(expected, at_most)
        self.assertGreater(expected, 200.0)

    def test_numbers_as_programs_read_them(self):
        self.assertEqual(
            self.seconds(0.1, warmup=0, min_reps="2^4", max_reps="1e2"),
            self.seconds(0.1, warmup=0, min_reps=16, max_reps=100),
        )


class Memory(Scratch):
    def test_free_memory_or_what_the_cgroup_grants(self):
        self.assertIsNone(available_memory(self.folder))
        self.write("proc/meminfo", "MemTotal: 9000 kB\nMemAvailable:   8000 kB\n")
        self.assertEqual(available_memory(self.folder), 8000 * 1024.0)
        self.write("proc/self/cgroup", "0::/job\n")
        self.write("sys/fs/cgroup/job/memory.max", "3000\n")
        self.write("sys/fs/cgroup/job/memory.current", "1000\n")
        self.write("sys/fs/cgroup/memory.max", "max\n")
        self.assertEqual(available_memory(self.folder), 2000.0)


if __name__ == "__main__":
    unittest.main()
