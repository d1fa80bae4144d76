"""`scalebar study` and `scalebar report` with the programs of this build: SCALEBAR_BIN is their folder."""
import csv
import json
import os
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

from nearness import differences
from page_reader import Page
from recompute import recompute
from support import ROOT, Scratch

BIN = os.environ.get("SCALEBAR_BIN", "")
PLAIN = "[study]\nkind = scaling\napps = pi\npi.samples = 1e6\ntime_limit = 2 s\nmax_reps = 20\n"
SMALL = PLAIN + "probe = no\n"


def built(variant, app="pi"):
    return BIN and (Path(BIN) / f"{app}_{variant}").exists()


@unittest.skipUnless(built("serial"), "SCALEBAR_BIN holds no programs")
class Real(Scratch):
    def setUp(self):
        super().setUp()
        self.out = self.folder / "out"

    def command(self, text):
        self.write("mine.ini", text)
        return [
            sys.executable,
            str(ROOT / "jobscripts"),
            str(self.folder / "mine.ini"),
            "--out",
            str(self.out),
            "--programs",
            BIN,
        ]

    def run_study(self, text, prefix=()):
        return subprocess.run(
            [*prefix, *self.command(text)], capture_output=True, text=True, timeout=280, check=False
        )

    def report(self):
        done = subprocess.run(
            [sys.executable, str(ROOT / "results"), str(self.out)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        self.assertEqual(done.stderr, "")
        with open(self.out / "summary.csv", newline="", encoding="utf-8") as file:
            rows = {
                (r["variant"], r["scaling"], r["ranks"], r["threads"]): r
                for r in csv.DictReader(file)
            }
        return done, rows

    def runs(self):
        return json.loads((self.out / "study.json").read_text())["runs"]

    def test_every_variant_gives_the_same_count_and_a_point(self):
        done = self.run_study(SMALL + "scaling = strong weak\nworkers = 1\n")
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        hits = {run["figures"]["pi.hits"]["value"] for run in self.runs()}
        self.assertEqual(len(hits), 1)
        report, rows = self.report()
        self.assertEqual(report.returncode, 0)
        self.assertEqual(len(rows), len(self.runs()))
        for row in rows.values():
            self.assertEqual((row["verified"], row["result"]), ("1", "PASS"), report.stdout)

    @unittest.skipUnless(built("serial", "probe"), "no probe_serial")
    def test_the_machine_s_limits_come_first(self):
        keys = "probe.what = compute\nprobe.samples = 2\nprobe.figure_time = 0.01\nprobe.n = 1e6\n"
        done = self.run_study(PLAIN + "variants = serial\nworkers = 1\n" + keys)
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        first, point = self.runs()
        self.assertEqual((first["purpose"], point["purpose"]), ("probe", "scaling"))
        self.assertGreater(first["figures"]["probe.rate"]["value"], 0)
        self.assertLessEqual(first["ended_utc"], point["started_utc"])

    @unittest.skipUnless(built("serial", "probe") and built("omp", "heat"), "not all programs")
    def test_the_page_says_what_the_files_say(self):
        done = self.run_study(
            "[study]\nkind = scaling\napps = pi heat\nvariants = serial omp\nworkers = 1 2\n"
            "scaling = strong weak\nrepeats = 2\nmin_reps = 6\nmax_reps = 100\ntime_limit = 1 s\npictures = yes\n"
            "probe.what = memory,compute\nprobe.samples = 3\nprobe.figure_time = 0.01\n"
            "probe.n = 1e6\n"
        )
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        self.report()
        page = Page((self.out / "report.html").read_text(encoding="utf-8"))
        self.assertEqual(differences(page, recompute(self.out)), [])
        told = {key for _, key, _ in page.told()}
        self.assertLessEqual({"time", "rate", "speedup_own", "figure", "error", "runs", "predicted"}, told)

    @unittest.skipUnless(
        hasattr(os, "sched_setaffinity") and built("omp"), "no affinity, or no pi_omp"
    )
    def test_two_threads_on_one_core_are_left_out_of_speed_up(self):
        cpu = min(os.sched_getaffinity(0))
        binder = [
            sys.executable,
            "-c",
            f"import os, sys; os.sched_setaffinity(0, [{cpu}]); os.execv(sys.argv[1], sys.argv[1:])",
        ]
        done = self.run_study(SMALL + "variants = serial omp\nworkers = 1 2\n", prefix=binder)
        self.assertEqual(done.returncode, 0, done.stderr)
        report, rows = self.report()
        bad, good = rows["omp", "strong", "1", "2"], rows["omp", "strong", "1", "1"]
        self.assertEqual(
            (bad["placement_ok"], bad["used"], bad["speedup_serial"], bad["efficiency"]),
            ("0", "0", "", ""),
        )
        self.assertEqual((good["placement_ok"], good["verified"]), ("1", "1"))
        self.assertIn("left out of S and E: placement", report.stdout)
        self.assertIn(
            "WARN placement", (self.out / "runs" / "pi_omp-strong-tiny-1x2-r1.log").read_text()
        )

    @unittest.skipUnless(built("mpi"), "no pi_mpi")
    def test_a_killed_rank_is_kept_as_failed(self):
        process = subprocess.Popen(
            self.command(
                "[study]\nkind = scaling\napps = pi\nvariants = mpi serial\nworkers = 2x1\nprobe = no\n"
                "pi.samples = 1e8\nmin_reps = 10000\nmax_reps = 10000\ntime_limit = 5 s\n"
            ),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        rank = self.wait_for_rank(process)
        os.kill(rank, signal.SIGKILL)
        out, err = process.communicate(timeout=200)
        self.assertEqual(process.returncode, 1, out + err)
        runs = {run["variant"]: run for run in self.runs()}
        self.assertEqual((runs["mpi"]["status"], runs["mpi"]["verdict"]), ("failed", "ERROR"))
        self.assertEqual(runs["serial"]["verdict"], "PASS")
        self.assertFalse((self.out / "runs" / f"{runs['mpi']['id']}.h5").exists())
        self.assertEqual(self.report()[0].returncode, 1)

    def wait_for_rank(self, process):
        """A rank of the study's mpi run: the kernel names it pi_mpi, and its command line our file."""
        while process.poll() is None:
            for folder in Path("/proc").glob("[0-9]*"):
                try:
                    line = (folder / "cmdline").read_bytes()
                    name, cwd = (folder / "comm").read_text().strip(), os.readlink(folder / "cwd")
                except OSError:
                    continue
                if (
                    name == "pi_mpi"
                    and b"--samples=1e8" in line
                    and cwd.startswith(str(self.folder))
                ):
                    time.sleep(1.0)
                    return int(folder.name)
            time.sleep(0.1)
        self.fail(process.communicate()[1])


if __name__ == "__main__":
    unittest.main()
