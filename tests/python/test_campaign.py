"""`scalebar study` with invented programs: what runs, what is kept, what resumes, what is refused."""
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import unittest

from support import PROGRAM, ROOT, Scratch, carrying, environment, make_bin, write_program

HEAD = "[study]\nkind = scaling\napps = pi\ntime_limit = 1 s\nworkers = 1 2\n"
LARGE = HEAD + "scaling = strong weak\nhybrid_ranks = numa 2\n"
SMALL = HEAD + "variants = serial mpi\n"


class Study(Scratch):
    text = SMALL

    def setUp(self):
        super().setUp()
        self.bin = make_bin(self.folder)
        self.study = self.write("mine.ini", self.text)
        self.out = self.folder / "out"

    def command(self, *more):
        return [
            sys.executable,
            str(ROOT / "jobscripts"),
            str(self.study),
            "--out",
            str(self.out),
            "--programs",
            str(self.bin),
            *more,
        ]

    def run_study(self, *more, fault="", **env):
        done = subprocess.run(
            self.command(*more),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env=environment(self.folder, FAKE_FAULT=fault, **env),
        )
        self.assertNotIn("Traceback", done.stderr)
        return done

    def state(self):
        return json.loads((self.out / "study.json").read_text())

    def run_named(self, part):
        return next(run for run in self.state()["runs"] if part in run["id"])

    def calls(self):
        path = self.out / "runs" / "calls"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


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
        self.assertEqual(done.returncode, 1)
        words = {run["status"] for run in self.state()["runs"]}
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


class Resumes(Study):
    def test_a_second_run_does_nothing(self):
        self.run_study()
        before = len(self.calls())
        done = self.run_study()
        self.assertEqual((done.returncode, len(self.calls())), (0, before))

    def test_ctrl_c_stops_and_resumes(self):
        process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                "import os, signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
                "os.environ['FAKE_VICTIM'] = str(os.getpid()); os.execv(sys.argv[1], sys.argv[1:])",
                *self.command(),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(self.folder, FAKE_FAULT="interrupt:pi_mpi-strong-tiny-1x1"),
        )
        _, stderr = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, stderr)
        self.assertIn("--out resumes", stderr)
        self.assertEqual(self.run_named("pi_mpi-strong-tiny-1x1")["status"], "waiting")
        before = {call[1][-2] for call in self.calls()}
        self.assertEqual(self.run_study().returncode, 0)
        again = [call[1][-2] for call in self.calls()]
        twice = {name for name in again if again.count(name) > 1}
        self.assertEqual(twice, {"--json=pi_mpi-strong-tiny-1x1-r1.json"})
        self.assertTrue(before)

    def test_terminate_stops_and_saves(self):
        process = subprocess.Popen(
            self.command(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(self.folder, FAKE_FAULT="hang:"),
        )
        process.stderr.readline()
        while not self.calls():
            pass
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 143)
        self.assertEqual({run["status"] for run in self.state()["runs"]}, {"waiting"})

    def test_another_binary_runs_again(self):
        self.run_study()
        write_program(self.bin / "pi_mpi", PROGRAM + "\n# rebuilt\n")
        before = len(self.calls())
        done = self.run_study()
        self.assertIn("made by another build: run again", done.stderr)
        self.assertEqual({call[0] for call in self.calls()[before:]}, {"pi_mpi"})
        self.assertEqual(len(self.calls()), before + 2)

    def test_lost_results_run_again(self):
        self.run_study()
        (self.out / "runs" / "pi_serial-strong-tiny-1x1-r1.json").unlink()
        before = len(self.calls())
        self.assertEqual(self.run_study().returncode, 0)
        self.assertEqual(len(self.calls()), before + 1)

    def test_another_study_is_refused(self):
        self.run_study()
        for change, word in (
            (SMALL + "repeats = 2\n", "repeats is 1 there, 2 here"),
            (SMALL + "pi.samples = 5\n", "options is empty there, pi=samples=5 here"),
        ):
            self.write("mine.ini", change)
            done = self.run_study()
            self.assertEqual(done.returncode, 1)
            self.assertIn(word, done.stderr)
        self.write("mine.ini", SMALL)
        self.assertIn("seed is not set there, 3 here", self.run_study("--seed", "3").stderr)

    def test_one_study_at_a_time(self):
        process = subprocess.Popen(
            self.command(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment(self.folder, FAKE_FAULT="hang:"),
        )
        while not self.calls():
            pass
        done = self.run_study()
        process.terminate()
        process.wait(timeout=30)
        self.assertEqual(done.returncode, 1)
        self.assertIn("another study is running", done.stderr)


    def test_two_that_begin_at_the_same_time(self):
        both = [
            subprocess.Popen(
                self.command(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                env=environment(self.folder, FAKE_SECONDS="0.8"),
            )
            for _ in range(2)
        ]
        said = [process.communicate(timeout=60)[1] for process in both]
        self.assertEqual(sorted(process.returncode for process in both), [0, 1], said)
        self.assertEqual(len(self.calls()), len(self.state()["runs"]), "each run once")

    def test_a_copy_of_a_running_study_leaves_it_alone(self):
        process = subprocess.Popen(
            self.command(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(self.folder, FAKE_SECONDS="0.8"),
        )
        process.stderr.readline()
        while not self.calls():
            pass
        first, self.out = self.out, self.folder / "copy"
        shutil.copytree(first, self.out)
        self.assertEqual(self.run_study().returncode, 0)
        self.assertEqual(process.wait(timeout=60), 0, process.stderr.read())
        process.stderr.close()


class Refuses(Study):
    def check(self, message, *more, **env):
        done = self.run_study(*more, **env)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(message, done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1)
        self.assertFalse((self.out / "study.json").exists())

    def test_launchers_of_later_versions(self):
        self.check("--launcher slurm is not in this version", "--launcher", "slurm")

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
