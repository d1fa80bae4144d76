"""`scalebar study` on a folder that holds one: what runs again, what stays, what is refused."""
import shutil
import signal
import subprocess
import sys
import unittest

from study_case import SMALL, Study
from support import PROGRAM, Scratch, environment, new_run, write_program, write_study

from jobscripts.state import load


class Lines(Scratch):
    def test_a_run_that_is_made_again_is_written_anew(self):
        """Lines of runs that are done are kept, but not beyond that."""
        write_study(self.folder, [new_run()])
        state = load(self.folder)
        (run,) = state.runs
        state.save()
        run["status"] = "waiting"
        state.save()
        run.update(status="done", binary_sha256="c" * 64)
        state.save()
        self.assertEqual(load(self.folder).runs[0]["binary_sha256"], "c" * 64)


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


if __name__ == "__main__":
    unittest.main()
