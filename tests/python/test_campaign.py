"""`scalebar study` with invented programs: what runs, what is kept, what is refused."""
import json
import os
import secrets
import subprocess
import sys
import unittest

from study_case import HEAD, LARGE, Study
from support import ROOT, carrying, environment


class Runs(Study):
    text = LARGE

    def test_all_points_of_all_variants(self):
        done = self.run_study()
        self.assertEqual(done.returncode, 0, done.stderr)
        state = self.state()
        points = {(r["variant"], r["scaling"], r["ranks"], r["threads"]) for r in state["runs"]}
        self.assertEqual(len(points), len(state["runs"]))
        strong = {(v, r, t) for v, s, r, t in points if s == "strong"}
        self.assertEqual(
            strong,
            {
                ("serial", 1, 1),
                ("omp", 1, 1),
                ("omp", 1, 2),
                ("mpi", 1, 1),
                ("mpi", 2, 1),
                ("hybrid", 1, 1),
                ("hybrid", 1, 2),
                ("hybrid", 2, 1),
            }
            | ({("hybrid", 2, 1)} if os.cpu_count() == 1 else set()),
        )
        for run in state["runs"]:
            self.assertEqual((run["status"], run["verdict"], run["exit_code"]), ("done", "PASS", 0))
            self.assertEqual(run["figures"]["pi.hits"], {"value": 78539816, "unit": "count"})
            for suffix in (".h5", ".json", ".log"):
                self.assertTrue((self.out / "runs" / (run["id"] + suffix)).is_file())
        self.assertEqual(len(done.stderr.splitlines()), len(state["runs"]) + 1, "a line a run")

    def test_threads_and_ranks_are_said_every_time(self):
        self.run_study()
        for name, arguments, ranks, threads, places, bind in self.calls():
            options = dict(a[2:].split("=", 1) for a in arguments)
            layout = options["json"].split("-")[3]
            self.assertEqual(layout, f"{ranks or 1}x{threads}")
            self.assertEqual((places, bind), ("cores", "close"))
            self.assertEqual(
                options.get("threads"), threads if name in ("pi_omp", "pi_hybrid") else None
            )
            self.assertEqual(options["time_limit"], "1")
            self.assertGreater(float(options["watchdog"]), 0)
            self.assertNotIn("/", options["output"], "no path of the user's goes into results")

    def test_programs_without_hdf5_write_json_alone(self):
        done = self.run_study(FAKE_HDF5="none")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertFalse(any(a.startswith("--output") for call in self.calls() for a in call[1]))
        self.assertEqual(list((self.out / "runs").glob("*.h5")), [])

    def test_seed_goes_to_programs_and_order(self):
        self.run_study("--seed", "7")
        first = [run["id"] for run in self.state()["runs"]]
        self.assertEqual(
            {a for call in self.calls() for a in call[1] if a.startswith("--seed")}, {"--seed=7"}
        )
        self.out = self.folder / "again"
        self.run_study("--seed", "7")
        self.assertEqual([run["id"] for run in self.state()["runs"]], first)

    def test_dry_run_runs_nothing(self):
        done = self.run_study("--dry-run")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertFalse(self.out.exists())
        for text in (
            "pi_hybrid",
            "pi_hybrid       strong  tiny        2 x 1           1       1 MB            2 MB "
            "      100 ms       2.24 s",
            "16 runs in random order",
            "mpirun.openmpi -n 2 --map-by slot:PE=1 --bind-to core",
        ):
            if os.cpu_count() >= 2:
                self.assertIn(text, done.stdout)

    def test_a_problem_that_programs_refuse_is_refused(self):
        for options in (["--dry-run"], []):
            done = self.run_study(*options, fault="refuse")
            self.assertEqual(done.returncode, 1, done.stdout)
            self.assertIn("samples = 1e3x is not a whole number", done.stdout + done.stderr)
            self.assertFalse(self.out.exists())

    def test_a_layout_that_does_not_fit_into_memory_is_refused(self):
        for options in (["--dry-run"], []):
            done = self.run_study(*options, fault="full", FAKE_MEMORY="1e12")
            self.assertEqual(done.returncode, 1, done.stdout)
            self.assertIn("1x2: needs 1e+09 GB, more than is free", done.stdout + done.stderr)
            self.assertFalse(self.out.exists())

    def test_what_is_predicted_is_stored(self):
        self.run_study()
        run = self.run_named("pi_mpi-weak-tiny-2x1")
        self.assertEqual(
            run["predicted"], {"memory_rank": 1e6, "repetition": 0.1, "asked": False}
        )
        self.assertEqual((run["purpose"], run["per"]), ("scaling", "worker"))

    def test_budget_shortens_runs(self):
        self.run_study("--budget", "20s")
        limits = [run["time_limit"] for run in self.state()["runs"]]
        self.assertLess(max(limits[:1]), 1.0)
        self.assertGreaterEqual(min(limits), 0.5)

    def test_runs_without_a_budget_left_are_not_lost(self):
        done = self.run_study("--budget", "0.3s")
        words = {run["status"] for run in self.state()["runs"]}
        self.assertEqual(done.returncode, 0 if "done" in words else 1, "no failure where there are points")
        self.assertIn("skipped", words)
        self.assertIn("the budget is used up", done.stderr)
        self.assertEqual(self.run_study().returncode, 0)
        self.assertEqual({run["status"] for run in self.state()["runs"]}, {"done"})


class Faults(Study):
    """One run fails in each way; the others must go on, and the study must say so."""

    def check(self, fault, code, verdict, reason, part="pi_mpi-strong-tiny-2x1"):
        done = self.run_study(fault=f"{fault}:{part}")
        self.assertEqual(done.returncode, code, done.stderr)
        run = self.run_named(part)
        self.assertEqual(run["verdict"], verdict)
        self.assertIn(reason, run["reason"])
        others = [r for r in self.state()["runs"] if part not in r["id"]]
        self.assertEqual({r["verdict"] for r in others}, {"PASS"})
        self.assertTrue((self.out / run["log"]).is_file())
        self.assertIn(run["log"], done.stdout)

    def test_error(self):
        self.check("error", 1, "ERROR", "ERROR pi: no such thing")

    def test_killed(self):
        self.check("kill", 1, "ERROR", "killed by SIGKILL")

    def test_exit_0_without_result(self):
        self.check("silent", 1, "ERROR", "no RESULT")

    def test_result_without_files(self):
        self.check("nofile", 1, "ERROR", "missing or broken")

    def test_pass_with_another_exit_code(self):
        self.check("lie", 1, "ERROR", "does not go with exit code 3")

    def test_slow(self):
        self.check("slow", 5, "SLOW", "slower than its reference")

    def test_wrong(self):
        self.check("wrong", 2, "WRONG", "check=golden_count")

    def test_failed_runs_run_again_and_a_wrong_answer_is_remembered(self):
        self.check("wrong", 2, "WRONG", "golden_count")
        before = len(self.calls())
        done = self.run_study()
        self.assertEqual(len(self.calls()), before + 1)
        self.assertEqual(self.run_named("pi_mpi-strong-tiny-2x1")["verdict"], "PASS")
        self.assertEqual(done.returncode, 2, "the machine gave a wrong answer once")
        self.assertTrue((self.out / "runs" / "pi_mpi-strong-tiny-2x1-r1.attempt1.log").is_file())

    def test_a_hanging_run_is_ended_with_all_it_started(self):
        self.write(
            "mine.ini",
            "[study]\nkind = scaling\nvariants = omp\nworkers = 1\ntime_limit = 1 s\nwatchdog = 1 s\n",
        )
        wrapper = (
            "import sys; sys.path.insert(0, sys.argv.pop(1)); from jobscripts import budget; budget.GRACE = 0.0\n"
            "from jobscripts.command import main; sys.exit(main(sys.argv[1:]))"
        )
        token = secrets.token_hex(16)
        done = subprocess.run(
            [sys.executable, "-c", wrapper, str(ROOT), *self.command()[2:]],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env=environment(self.folder, FAKE_FAULT="orphan:pi_omp", TEST_TOKEN=token),
        )
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("timed out after", self.state()["runs"][0]["reason"])
        self.assertEqual(carrying(token), [])


class Refuses(Study):
    def check(self, message, *more, **env):
        done = self.run_study(*more, **env)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(message, done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1)
        self.assertFalse((self.out / "study.json").exists())

    def test_bad_options(self):
        self.check("--budget '5 weeks' is not a time", "--budget", "5 weeks")
        self.check("--seed -1: allowed 0", "--seed", "-1")
        done = self.run_study("--nodes", "3")
        self.assertEqual(done.returncode, 1, "never 2, which is a wrong answer")

    def test_missing_programs(self):
        self.write("mine.ini", HEAD + "variants = serial cuda\n")
        self.check("allowed serial, omp, mpi, hybrid")
        self.write("mine.ini", HEAD + "variants = serial hybrid\n")
        (self.bin / "pi_hybrid").unlink()
        self.check("pi_hybrid is not in")
        self.write("mine.ini", HEAD.replace("apps = pi", "apps = heat"))
        self.check("there is no app heat")
        self.bin = self.folder / "none"
        self.check("build them: cmake --preset release")

    def test_a_folder_with_something_else_in_it(self):
        self.out.mkdir()
        (self.out / "mine.txt").write_text("mine")
        self.check("holds no study")
        self.assertEqual(os.listdir(self.out), ["mine.txt"])

    def test_an_out_that_cannot_be_made(self):
        self.write("file", "")
        self.out = self.folder / "file" / "out"
        self.check("file/out")

    def test_no_launcher_for_the_mpi_library(self):
        empty = self.folder / "empty"
        empty.mkdir()
        self.check("needs the launcher of its MPI library", PATH=str(empty))


if __name__ == "__main__":
    unittest.main()
