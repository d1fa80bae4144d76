"""A study that is killed at any moment and started again ends as if nothing had happened: every run
is there, none that was done runs again, nothing is left running."""
import hashlib
import json
import os
import random
import secrets
import signal
import subprocess
import sys
import time
import unittest
from collections import Counter
from pathlib import Path

from support import ROOT, Scratch, carrying, environment, make_bin

BIN = os.environ.get("SCALEBAR_BIN", "")
TEXT = (
    "[study]\nkind = scaling\napps = pi\nvariants = serial mpi\nscaling = strong weak\n"
    "workers = 1 2\nrepeats = 2\ntime_limit = 1 s\n"
)
# Runs the command as a shell would; where KILL_AT is N or -N, sends it KILL_WITH as its Nth file is
# about to be put in place, or just has been. What is in place then is kept as SEEN.
COMMAND = """
import os, shutil, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.path.insert(0, sys.argv.pop(1))
left, replace = int(os.environ.get("KILL_AT", "0")), os.replace
def replace_or_die(*names):
    global left
    if left == 1:
        os.kill(os.getpid(), int(os.environ["KILL_WITH"]))
    replace(*names)
    if left == -1:
        shutil.copy(names[1], os.environ["SEEN"])
        os.kill(os.getpid(), int(os.environ["KILL_WITH"]))
    left -= (left > 0) - (left < 0)
os.replace = replace_or_die
from jobscripts.command import main
sys.exit(main(sys.argv[1:]))
"""


class Killed(Scratch):
    """Starts a study again and again, and looks at what it left each time."""

    def setUp(self):
        super().setUp()
        self.bin = make_bin(self.folder)
        self.write("mine.ini", TEXT)
        self.out = self.folder / "out"
        self.token = secrets.token_hex(16)
        self.done = {}  # run id -> its state, its files, its starts when it was first seen done
        self.kills = 0

    def start(self, **env):
        return subprocess.Popen(
            [
                *(sys.executable, "-c", COMMAND, str(ROOT), str(self.folder / "mine.ini")),
                *("--out", str(self.out), "--programs", str(self.bin)),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            env=environment(self.folder, TEST_TOKEN=self.token, **env),
        )

    def finish(self, **env):
        """Lets the study run to its end, and looks at it as a whole."""
        process = self.start(**env)
        said, _ = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0, said)
        self.look()
        runs = self.state()["runs"]
        self.assertEqual({run["id"] for run in runs}, set(self.done))
        names = {path.name for path in (self.out / "runs").iterdir()}
        results = {name for name in names if name.endswith((".h5", ".json"))}
        self.assertEqual(results, {run["id"] + end for run in runs for end in (".h5", ".json")})
        self.assertEqual([name for name in names if name.endswith((".err", ".tmp"))], [])
        self.assertEqual(carrying(self.token), [])
        self.check_starts(runs)

    def check_starts(self, runs):
        starts = self.starts()
        self.assertEqual(set(starts), {run["id"] for run in runs})
        self.assertLessEqual(sum(starts.values()), len(runs) + self.kills)

    def state(self):
        return json.loads((self.out / "study.json").read_text())

    def starts(self):
        path = self.out / "runs" / "calls"
        lines = path.read_text().splitlines() if path.exists() else []
        options = [argument for line in lines for argument in json.loads(line)[1]]
        return Counter(o[7:-5] for o in options if o.startswith("--json="))

    def look(self):
        """study.json is whole; what was done stays done, its files stay as they were, and it has
        not been started again."""
        if not (self.out / "study.json").exists():
            return
        starts, runs = self.starts(), {run["id"]: run for run in self.state()["runs"]}
        for name, (run, digest, begun) in self.done.items():
            self.assertEqual((runs[name], self.digest(name)), (run, digest))
            self.assertEqual(starts[name], begun, f"{name} ran again")
        for name, run in runs.items():
            if run["status"] == "done" and name not in self.done:
                self.done[name] = (run, self.digest(name), starts[name])

    def digest(self, name):
        base = self.out / "runs" / name
        files = [base.with_name(base.name + suffix) for suffix in (".h5", ".json", ".log")]
        return [
            (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
            for path in files
        ]

    def kill_after(self, seconds, number, group, **env):
        process = self.start(**env)
        time.sleep(seconds)
        if process.poll() is None:
            self.kills += 1
            (os.killpg if group else os.kill)(process.pid, number)
        said, _ = process.communicate(timeout=60)
        self.assertNotIn("Traceback", said[said.find(" to do") :])
        self.look()


class Invented(Killed):
    def test_at_random_moments(self):
        chance = random.Random(6)
        ways = [(n, g) for n in (signal.SIGKILL, signal.SIGINT) for g in (False, True)]
        for number, group in ways * 4:
            self.kill_after(chance.uniform(0.05, 0.9), number, group, FAKE_SECONDS="0.3")
        self.assertGreater(self.kills, 4)
        self.finish(FAKE_SECONDS="0")

    def test_at_every_change_of_its_files(self):
        moments = (1, -1, 2, -2, 3, -3, 4, -4)
        for at, number in [(a, n) for a in moments for n in (signal.SIGKILL, signal.SIGINT)]:
            seen = self.folder / "seen.json"
            process = self.start(KILL_AT=str(at), KILL_WITH=str(int(number)), SEEN=str(seen))
            said, _ = process.communicate(timeout=60)
            code = 130 if number == signal.SIGINT else -number
            self.assertEqual(process.returncode, code, said)
            self.kills += 1
            if at < 0:
                done = [r["id"] for r in json.loads(seen.read_text())["runs"] if "ended_utc" in r]
                now = {run["id"]: run["status"] for run in self.state()["runs"]}
                self.assertEqual({now[name] for name in done} - {"done"}, set())
            self.look()
        self.finish()

    def test_what_a_killed_study_left_running_is_ended(self):
        process = self.start(FAKE_FAULT="orphan:")
        while not self.starts():
            time.sleep(0.02)
        process.kill()
        process.communicate()
        self.kills += 1
        self.assertNotEqual(carrying(self.token), [], "a killed study cannot clear up")
        self.finish()
        interrupted = list((self.out / "runs").glob("*.interrupted1.log"))
        self.assertEqual(len(interrupted), 1, "its log is kept")

    def test_a_wrong_answer_before_the_kill_is_not_forgotten(self):
        process = self.start(KILL_AT="3", KILL_WITH="9", FAKE_FAULT="wrong:")
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, -signal.SIGKILL)
        self.assertIn("running", {run["status"] for run in self.state()["runs"]})
        process = self.start()
        said, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 2, said)
        attempts = [run["attempts"] for run in self.state()["runs"] if len(run["attempts"]) > 1]
        self.assertEqual([a["verdict"] for a in attempts[0]], ["WRONG", "PASS"])


@unittest.skipUnless(BIN and (Path(BIN) / "pi_mpi").exists(), "SCALEBAR_BIN holds no pi_mpi")
class Real(Killed):
    def setUp(self):
        super().setUp()
        self.bin = Path(BIN)
        (self.folder / "path" / "mpirun.openmpi").unlink()
        self.write(
            "mine.ini",
            "[study]\nkind = scaling\napps = pi\nvariants = serial mpi\nworkers = 1 2\nprobe = no\n"
            "pi.samples = 1e6\nwarmup = 0\nmin_reps = 50\nmax_reps = 50\n",
        )

    def check_starts(self, runs):
        """Programs keep no list of their starts: that what was done stays is seen from its files."""

    def digest(self, name):
        base = self.out / "runs" / name
        suffixes = [".json", ".log"] + ([".h5"] if base.with_name(f"{name}.h5").exists() else [])
        paths = [base.with_name(name + suffix) for suffix in suffixes]
        return [(p.read_bytes(), p.stat().st_mtime_ns) for p in paths]

    def test_at_random_moments(self):
        chance = random.Random(7)
        for number, group in ((9, False), (2, True), (9, True), (2, False), (9, False)):
            self.kill_after(chance.uniform(0.4, 1.6), number, group)
        self.finish()


if __name__ == "__main__":
    unittest.main()
