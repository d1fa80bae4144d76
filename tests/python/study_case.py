"""What tests of whole studies with invented programs share."""
import json
import subprocess
import sys

from support import ROOT, Scratch, environment, make_bin

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
