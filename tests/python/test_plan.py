"""Layouts, their order, and what a short budget leaves of them."""
import unittest
from dataclasses import replace
from pathlib import Path

import support  # noqa: F401  (finds the code)

from jobscripts.budget import Budget
from jobscripts.launch import Problem, launch, program_arguments
from jobscripts.layout import Layout, auto_workers, layouts, numa_ranks, rank_cpus, thinned
from jobscripts.plan import make_plan
from jobscripts.programs import Program
from jobscripts.study import Study
from jobscripts.topology import Topology


def machine(*domains, quota=None, restricted=False):
    cores = tuple(cpu for domain in domains for cpu in domain)
    return Topology(cores, tuple(map(tuple, domains)), quota, restricted, "Test CPU")


def programs(variants="serial omp mpi hybrid"):
    facts = {"mpi": "Open MPI v4.1.4", "hdf5": "HDF5 1.10.8"}
    return [Program(Path(f"/bin/pi_{v}"), "pi", v, "0" * 64, "", facts) for v in variants.split()]


STUDY = Study(
    "s", ("pi",), ("all",), ("strong",), ("tiny",), ("auto",), ("numa",), 1, 10.0, 60.0, None, None
)
TWO = machine((0, 1))
TWO_SOCKETS = machine(range(8), range(8, 16))


class Layouts(unittest.TestCase):
    def test_auto(self):
        self.assertEqual(auto_workers(1), [1])
        self.assertEqual(auto_workers(2), [1, 2])
        self.assertEqual(auto_workers(7), [1, 2, 3, 4, 6, 7])
        self.assertEqual(auto_workers(96), [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96])

    def test_thinned_keeps_the_ends(self):
        counts = auto_workers(96)
        seen = []
        while thinned(counts) != counts:
            counts = thinned(counts)
            seen.append(counts)
        self.assertEqual(seen[0], [1, 2, 4, 8, 16, 32, 64, 96])
        self.assertEqual(seen[-1], [1, 96])

    def test_variants_on_two_cores(self):
        def found(variant, hybrid=("numa", "2")):
            return list(map(str, layouts(variant, [1, 2], [], hybrid, TWO)))

        self.assertEqual(found("serial"), ["1x1"])
        self.assertEqual(found("omp"), ["1x1", "1x2"])
        self.assertEqual(found("mpi"), ["1x1", "2x1"])
        self.assertEqual(found("hybrid"), ["1x1", "1x2", "2x1"])

    def test_written_layouts_go_where_they_fit(self):
        written = [Layout(2, 3), Layout(1, 5), Layout(7, 1)]
        self.assertEqual(layouts("omp", [], written, (), TWO), [Layout(1, 5)])
        self.assertEqual(layouts("mpi", [], written, (), TWO), [Layout(7, 1)])
        self.assertEqual(
            layouts("hybrid", [], written, (), TWO), [Layout(1, 5), Layout(2, 3), Layout(7, 1)]
        )

    def test_all_ways_to_share_the_cores(self):
        found = layouts("hybrid", [12], [], ("all",), TWO_SOCKETS)
        self.assertEqual(
            list(map(str, found)), ["1x12", "2x6", "3x4", "4x3", "6x2", "12x1"], "fixed cores"
        )
        self.assertEqual(layouts("mpi", [12], [], ("all",), TWO_SOCKETS), [Layout(12, 1)])

    def test_one_rank_a_numa_domain(self):
        self.assertEqual([numa_ranks(n, TWO_SOCKETS) for n in (1, 8, 12, 16)], [1, 1, 2, 2])
        self.assertEqual(numa_ranks(9, TWO_SOCKETS), 3)

    def test_cpus_of_ranks(self):
        self.assertEqual(rank_cpus(Layout(2, 2), TWO_SOCKETS), [[0, 1], [2, 3]])
        self.assertEqual(rank_cpus(Layout(2, 6), TWO_SOCKETS), [list(range(6)), list(range(8, 14))])
        self.assertIsNone(rank_cpus(Layout(3, 6), TWO_SOCKETS))


class Launches(unittest.TestCase):
    def argv(self, variant, layout, topology, library="Open MPI v4.1.4"):
        program = replace(programs(variant)[0], facts={"mpi": library})
        launcher = None if program.mpi == "none" else "/usr/bin/mpirun"
        return launch(program, launcher, layout, topology, ["--size=tiny"])

    def test_open_mpi(self):
        how = self.argv("hybrid", Layout(2, 4), TWO_SOCKETS)
        self.assertEqual(
            how.argv,
            [
                "/usr/bin/mpirun",
                "-n",
                "2",
                "--map-by",
                "slot:PE=4",
                "--bind-to",
                "core",
                "/bin/pi_hybrid",
                "--size=tiny",
            ],
        )
        self.assertEqual(
            how.env, {"OMP_NUM_THREADS": "4", "OMP_PLACES": "cores", "OMP_PROC_BIND": "close"}
        )
        self.assertIn("numa:PE=6", self.argv("hybrid", Layout(2, 6), TWO_SOCKETS).argv)

    def test_mpich(self):
        argv = self.argv("mpi", Layout(2, 1), TWO, "MPICH Version: 4.0.2").argv
        self.assertEqual(argv[:5], ["/usr/bin/mpirun", "-n", "2", "-bind-to", "core:1"])

    def test_more_workers_than_cores_are_not_bound(self):
        self.assertIn("none", self.argv("mpi", Layout(4, 1), TWO).argv)
        self.assertIn("--oversubscribe", self.argv("mpi", Layout(4, 1), TWO).argv)

    def test_a_part_of_the_machine_is_bound_by_cpu_number(self):
        argv = self.argv("hybrid", Layout(2, 2), machine((4, 5, 6), (9,), restricted=True)).argv
        self.assertEqual(argv[argv.index("sh") + 2], "4,5/6,9")
        self.assertTrue(argv[argv.index("sh") + 1].endswith("jobscripts/bind.sh"))

    def test_serial_gets_one_core_and_no_launcher(self):
        argv = self.argv("serial", Layout(1, 1), machine((3, 4))).argv
        self.assertEqual(argv[-4:], ["-c", "3", "/bin/pi_serial", "--size=tiny"])

    def test_arguments(self):
        omp, mpi = programs("omp mpi")
        options = {"samples": "1e9"}
        self.assertEqual(
            program_arguments(omp, Layout(1, 2), Problem("weak", "node", "tiny"), 7, options),
            [
                *("--size=tiny", "--scaling=weak", "--per=node", "--threads=2"),
                *("--seed=7", "--samples=1e9"),
            ],
        )
        self.assertEqual(
            program_arguments(
                mpi, Layout(2, 1), Problem("strong", "worker", "memory=0.5"), None, {}
            ),
            ["--memory=0.5", "--scaling=strong"],
        )


class Plans(unittest.TestCase):
    def test_every_point_once_a_repeat_in_random_order(self):
        study = replace(STUDY, repeats=3, scalings=("strong", "weak"))
        plan = make_plan(study, programs(), TWO_SOCKETS, 1).runs
        self.assertEqual(len({run.id for run in plan}), len(plan))
        size = len(plan) // 3
        for repeat in (1, 2, 3):
            self.assertEqual(
                {run.repeat for run in plan[(repeat - 1) * size : repeat * size]}, {repeat}
            )
        self.assertEqual(plan, make_plan(study, programs(), TWO_SOCKETS, 1).runs)
        self.assertNotEqual(plan, make_plan(study, programs(), TWO_SOCKETS, 2).runs)
        self.assertEqual(sum(run.variant == "serial" for run in plan), 6)

    def test_pictures_are_small_single_runs_before_all_points(self):
        facts = {"mpi": "none", "hdf5": "HDF5 1.10.8"}
        built = [
            Program(Path(f"/bin/{app}_{v}"), app, v, "0" * 64, "", facts)
            for app in ("heat", "pi", "matmul")
            for v in ("serial", "omp")
        ]
        study = replace(STUDY, apps=("all",), options={"heat": {"r": "0.1"}})
        wanted = replace(study, pictures=True)
        runs = list(make_plan(wanted, built, TWO, 1).runs)
        found = [run for run in runs if run.purpose == "picture"]
        self.assertEqual(runs[: len(found)], found)
        self.assertEqual([run.program for run in found], ["heat_omp", "pi_omp"])
        self.assertEqual(
            dict(found[0].options), {"r": "0.1", "nx": "256", "ny": "256", "fields": "yes"}
        )
        self.assertEqual(dict(found[0].measure), {"warmup": "0", "min_reps": "1", "max_reps": "1"})
        self.assertEqual(len({run.id for run in runs}), len(runs))
        bare = [replace(p, facts={"mpi": "none", "hdf5": "none"}) for p in built]
        for other, programs_there in (
            (study, built), (replace(wanted, budget=30.0), built), (wanted, bare)
        ):
            plan = make_plan(other, programs_there, TWO, 1)
            self.assertFalse([run for run in plan.runs if run.purpose == "picture"])

    def test_sizes_and_shares_of_memory_are_told_apart_by_safe_names(self):
        study = replace(STUDY, sizes=("tiny", "memory=0.5"), scalings=("weak",), per="node")
        plan = make_plan(study, programs("serial"), TWO, 1).runs
        self.assertEqual(
            {run.id for run in plan},
            {"pi_serial-weak-tiny-1x1-r1", "pi_serial-weak-memory0.5-1x1-r1"},
        )
        self.assertEqual({(run.per, run.purpose) for run in plan}, {("node", "scaling")})

    def test_quota_limits_auto(self):
        plan = make_plan(STUDY, programs("omp"), machine(range(8), quota=2.5), 1)
        self.assertEqual({run.threads for run in plan.runs}, {1, 2})

    def test_all_cores_alone(self):
        study = replace(STUDY, workers=("all",), hybrid_ranks=("all",))
        plan = make_plan(study, programs("omp hybrid"), TWO_SOCKETS, 1).runs
        self.assertEqual({run.layout.workers for run in plan}, {16})
        self.assertEqual(sum(run.variant == "hybrid" for run in plan), 5)

    def test_a_short_budget_thins(self):
        many = machine(range(96))
        full = make_plan(replace(STUDY, repeats=3), programs(), many, 1)
        short = make_plan(replace(STUDY, repeats=3, budget=60.0), programs(), many, 1)
        self.assertEqual(full.notes, ())
        self.assertTrue(short.notes)
        self.assertLess(len(short.runs), len(full.runs))
        self.assertEqual({run.repeat for run in short.runs}, {1}, "repeats go before counts")
        self.assertEqual(
            {run.threads for run in short.runs if run.variant == "omp"} & {1, 96}, {1, 96}
        )

    def test_a_written_list_is_not_thinned(self):
        plan = make_plan(
            replace(STUDY, workers=("2", "3", "1"), budget=1.0),
            programs("omp"),
            machine(range(4)),
            1,
        )
        self.assertEqual(len(plan.runs), 3)
        self.assertIn("too short for all runs: what is left", plan.notes[-1])
        self.assertEqual(plan.runs[0].layout.workers, 1, "a base, or nothing could be compared")

    def test_more_workers_than_cores_are_told(self):
        study = replace(STUDY, workers=("1", "4", "5"))
        (note,) = make_plan(study, programs("omp"), machine(range(4)), 1).notes
        self.assertIn("points of more than 4 workers a node share cores", note)
        study = replace(STUDY, workers=("1", "4"))
        self.assertEqual(make_plan(study, programs("omp"), machine(range(4)), 1).notes, ())


class Budgets(unittest.TestCase):
    def budget(self, total, limit=10.0):
        self.now = 0.0
        return Budget(total, limit, 60.0, clock=lambda: self.now)

    def test_without_a_total_runs_take_their_limit(self):
        budget = self.budget(None)
        self.assertEqual(budget.share([0.82, 0.82]), 10.0)
        self.assertIsNone(budget.left())

    def test_time_is_dealt_to_what_is_left(self):
        budget = self.budget(100.0)
        first = budget.share([0.82] * 20)
        self.assertAlmostEqual(first, (100 - 20 * 0.82) / 20, places=3)
        self.now = 10.0
        self.assertLess(budget.share([0.82] * 20), first)
        self.assertEqual(budget.share([0.82]), 10.0)

    def test_long_repetitions_get_more_of_a_budget_than_short_ones(self):
        budget = self.budget(100.0)
        share = budget.share([0.82] * 4)
        dealt = budget.deal([0.82] * 4, [1.0, 1.0, 0.5, 0.5], [0.5] * 4)
        self.assertEqual(dealt, [10.0, 10.0, 10.0, 10.0], "there is enough for all")
        budget = self.budget(20.0)
        share = budget.share([0.82] * 4)
        dealt = budget.deal([0.82] * 4, [3.0, 3.0, 1.0, 1.0], [0.5] * 4)
        self.assertAlmostEqual(sum(dealt), 4 * share, places=2)
        self.assertAlmostEqual(dealt[0], 1.25 * share, places=2)
        self.assertAlmostEqual(dealt[2], 0.75 * share, places=2)
        self.assertEqual(self.budget(2.0).deal([0.82] * 4, [3.0, 3.0, 1.0, 1.0], [2.0] * 4), [0.5] * 4)
        self.assertEqual(self.budget(None).deal([0.82] * 2, [3.0, 1.0], [2.0, 1.0]), [10.0, 10.0])

    def test_each_run_gets_the_least_with_which_it_is_of_use(self):
        beside, wishes = [0.82] * 4, [3.0, 3.0, 1.0, 1.0]  # 4.18 s each; by wishes 5.225 and 3.135
        dealt = self.budget(20.0).deal(beside, wishes, [6.0, 5.0, 1.0, 3.0])
        self.assertAlmostEqual(sum(dealt), 4 * 4.18, places=2)
        self.assertEqual(dealt[0], 6.0)
        for some, least in zip(dealt[1:], (5.0, 1.0, 3.0)):
            self.assertGreater(some, least)
        self.assertLess(dealt[2], 3.135, "what has more makes it up")

    def test_where_that_is_too_much_as_many_as_can_be_get_it(self):
        budget = self.budget(20.0)  # 16.72 s to measure in
        leasts = [7.0, 5.0, 4.5, 6.5]
        self.assertFalse(budget.suffices([0.82] * 4, leasts))
        self.assertEqual(budget.deal([0.82] * 4, [9.0, 2.0, 1.0, 9.0], leasts), [0.5, 5.0, 4.5, 6.5])
        self.assertTrue(budget.suffices([0.82] * 4, [6.0, 5.0, 1.0, 3.0]))
        self.assertTrue(self.budget(None).suffices([0.82] * 4, [10.0] * 4))

    def test_what_is_beside_may_be_too_much_alone(self):
        """Though each share is at the minimum then, and nobody needs more than that."""
        self.assertFalse(self.budget(20.0).suffices([5.0] * 4, [0.5] * 4))

    def test_used_up(self):
        budget = self.budget(5.0)
        self.now = 5.0
        self.assertIsNone(budget.share([0.82]))
        self.assertTrue(budget.used_up)
        self.assertFalse(self.budget(5.0).used_up)
        self.assertFalse(self.budget(None).used_up)

    def test_a_run_of_few_long_repetitions_is_waited_for(self):
        budget = self.budget(None)
        self.assertGreater(budget.patience(10.0, 100.0), 10.0 + 4 * 100.0)

    def test_a_hanging_run_cannot_take_more_than_the_rest(self):
        budget = self.budget(180.0)
        self.now = 170.0
        self.assertLessEqual(budget.patience(1.0), 10 + 1 + 30)
        self.assertLessEqual(budget.watchdog, 30.0)


if __name__ == "__main__":
    unittest.main()
