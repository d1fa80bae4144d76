"""Snapshots, the sidecar for viewers, checkpoints, and going on from them."""
from __future__ import annotations

import os
import random
import signal
import subprocess
import tempfile
import time
import unittest
import xml.etree.ElementTree as ET
from pathlib import Path

import h5py
import numpy as np

import heat
import launch

N, STEPS = (1, 150, 130), 400
OPTIONS = ["--ny", "150", "--nx", "130", "--steps", str(STEPS)]


class Files(unittest.TestCase):
    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.folder = Path(place.name)

    def names(self) -> list[str]:
        return sorted(p.name for p in self.folder.iterdir())


class Snapshots(Files):
    def test_a_series_and_its_sidecar(self) -> None:
        problem = heat.Problem((1, 20, 31), 50)
        for variant in launch.variants("heat"):
            with self.subTest(variant=variant):
                for path in self.folder.iterdir():
                    path.unlink()
                run, path = heat.run(self.folder, variant, [*problem.options(), "--snapshots", "20"], 3, 2)
                self.assertTrue(run.succeeded(), run)
                self.assertGreater(float(run.figures()["heat.write_rate"]), 0)
                self.assertEqual(self.names(), ["run.h5", "run.snapshot.000000000020.h5",
                                                "run.snapshot.000000000040.h5", "run.xmf"])
                start, _ = heat.read_field(heat.run(self.folder, "serial",
                                                    heat.Problem(problem.n, 1, r=0.0).options())[1])
                run, path = heat.run(self.folder, variant, [*problem.options(), "--snapshots", "20"], 3, 2)
                grids = ET.parse(self.folder / "run.xmf").getroot().findall(".//Grid[@GridType='Uniform']")
                self.assertEqual(len(grids), 3)
                for grid, step in zip(grids, (20, 40, 50)):
                    self.assertEqual(float(grid.find("Time").get("Value")), 0.125 * step)
                    item = grid.find("Attribute/DataItem")
                    file, _, name = item.text.strip().partition(":")
                    with h5py.File(self.folder / file) as h5:
                        data = h5[name][...]
                    self.assertEqual(list(data.shape), [int(d) for d in item.get("Dimensions").split()])
                    np.testing.assert_array_equal(data, heat.evolve(start, 2, step, 0.125, "insulated"))

    def test_files_of_other_runs_stay_out(self) -> None:
        """A sidecar shows the snapshots of its problem alone, and none is left that shows what is gone."""
        def run(n: int, steps: int, *more: str) -> None:
            done = launch.run("heat_serial", *heat.ONCE, "--nx", str(n), "--ny", str(n), "--steps", str(steps), *more,
                              cwd=self.folder)
            self.assertTrue(done.succeeded(), done)
        run(32, 200, "--snapshots", "100", "--output", "more.h5")
        run(48, 300, "--checkpoint", "300", "--output", "a.h5")
        run(48, 500, "--snapshots", "100", "--restart", "a.h5", "--output", "more.h5")
        items = ET.parse(self.folder / "more.xmf").getroot().findall(".//Attribute/DataItem")
        self.assertEqual([i.text.strip().partition(":")[0] for i in items],
                         [f"more.snapshot.{step:012d}.h5" for step in (400, 500)])
        run(32, 10, "--fields", "yes", "--output", "z.h5")
        self.assertIn("z.xmf", self.names())
        run(48, 10, "--output", "z.h5")
        self.assertNotIn("z.xmf", self.names())

    def test_what_others_wrote_stays(self) -> None:
        """Neither a foreign file in the sidecar's place, nor the output itself, nor what lies beside it."""
        def run(*options: str) -> launch.Outcome:
            return launch.run("heat_serial", *heat.ONCE, "--nx", "30", "--ny", "20", "--steps", "9", *options,
                              cwd=self.folder)
        (self.folder / "data.xmf").write_text("mine")
        self.assertTrue(run("--output", "data.h5").succeeded())
        refused = run("--output", "data.h5", "--fields", "yes")
        self.assertEqual((refused.code, len(refused.errors())), (1, 1), refused)
        self.assertIn("data.xmf", refused.errors()[0])
        self.assertEqual((self.folder / "data.xmf").read_text(), "mine")
        self.assertTrue(run("--output", "res.v1", "--fields", "yes").succeeded())
        self.assertTrue(run("--output", "res.v2").succeeded())
        self.assertTrue(run("--output", "gone.xmf", "--fields", "yes").succeeded())
        for name in ("gone.xmf", "res.v1"):
            self.assertEqual(heat.read_field(self.folder / name)[0].shape, (1, 20, 30))
        self.assertIn("res.v1.xmf", self.names())
        for json in ("c.xmf", "c.checkpoint.000000000003.h5", "c.snapshot.000000000003.h5"):
            refused = run("--output", "c.h5", "--json", json)
            self.assertEqual((refused.code, len(refused.errors())), (1, 1), refused)
        self.assertNotIn("c.h5", self.names())

    def test_a_long_way_to_the_output(self) -> None:
        """Open MPI's own limit of about 200 characters must not end a run (comm_mpi.c)."""
        deep = self.folder / "/".join(["b" * 40] * 9)
        deep.mkdir(parents=True)
        for variant in launch.variants("heat"):
            with self.subTest(variant=variant):
                run = launch.run(f"heat_{variant}", *heat.ONCE, "--nx", "64", "--ny", "64", "--steps", "20",
                                 "--checkpoint", "5", "--fields", "yes", "--output", str(deep / "x.h5"), ranks=2)
                self.assertTrue(run.succeeded(), run)

    def test_refused_before_anything_is_computed(self) -> None:
        endless = "/".join(["b" * 40] * 25)
        for options, words in ((["--checkpoint", "5", "--output", endless], "output"),
                               (["--steps", "1e12", "--checkpoint", "1", "--output", "x.h5"], "1000000000000 files"),
                               (["--steps", "1e12", "--snapshots", "7", "--output", "x.h5"], "files; allowed 1000001")):
            for variant in [v for v in ("serial", "mpi") if v in launch.variants("heat")]:
                for extra in ([], ["--dry-run"]):
                    with self.subTest(options=options, variant=variant, extra=extra):
                        run = launch.run(f"heat_{variant}", "--nx", "8", "--ny", "8", *options, *extra, ranks=3,
                                         timeout=20, cwd=self.folder)
                        self.assertEqual((run.code, len(run.errors()), run.timed_out), (1, 1, False), run)
                        self.assertRegex(run.errors()[0], words)
        self.assertEqual(self.names(), [])


class Restart(Files):
    def expected(self) -> str:
        run, path = heat.run(self.folder, "serial", OPTIONS)
        self.assertTrue(run.succeeded(), run)
        digest = heat.read_field(path)[1]
        path.unlink()
        return digest

    def go_on(self, variant: str, ranks: int, threads: int = 2) -> launch.Outcome:
        path = self.folder / "run.h5"
        run, _ = heat.run(self.folder, variant, [*OPTIONS, "--restart", str(path)], ranks, threads)
        return run

    def test_two_checkpoints_are_kept(self) -> None:
        run, _ = heat.run(self.folder, "serial", [*OPTIONS, "--checkpoint", "90"])
        self.assertTrue(run.succeeded(), run)
        self.assertEqual(self.names(), ["run.checkpoint.000000000270.h5", "run.checkpoint.000000000360.h5",
                                        "run.h5", *(["run.xmf"] if (self.folder / "run.xmf").exists() else [])])

    def test_go_on_in_any_layout_and_from_the_one_before(self) -> None:
        expected = self.expected()
        layouts = [(v, r) for v, r in (("serial", 1), ("omp", 1), ("mpi", 1), ("mpi", 5), ("hybrid", 3))
                   if v in launch.variants("heat")]
        for i, (variant, ranks) in enumerate(layouts):
            with self.subTest(variant=variant, ranks=ranks):
                for path in self.folder.iterdir():
                    path.unlink()
                writer = layouts[-1 - i]
                run, _ = heat.run(self.folder, writer[0], [*OPTIONS, "--checkpoint", "90"], writer[1], 2)
                self.assertTrue(run.succeeded(), run)
                newest = self.folder / "run.checkpoint.000000000360.h5"
                if i % 2:
                    with open(newest, "r+b") as file:
                        file.truncate(newest.stat().st_size * 2 // 3)
                (self.folder / "run.h5").unlink()
                run = self.go_on(variant, ranks)
                self.assertTrue(run.succeeded(), run)
                self.assertEqual(heat.read_field(self.folder / "run.h5")[1], expected)
                left = STEPS - (270 if i % 2 else 360)
                with h5py.File(self.folder / "run.h5") as file:
                    self.assertEqual(file["workload/units"][()], N[1] * N[2] * left)
                    told = file.attrs["warnings"].decode().splitlines()
                self.assertEqual(any("restart" in w for w in run.warnings()), bool(i % 2), run)
                self.assertEqual(told, [w.removeprefix("WARN ") for w in run.warnings()])

    def test_checkpoints_of_another_problem(self) -> None:
        """The first checkpoint removes those of an older run; of a mixture, the right one is found."""
        def run(n: int, steps: int, *more: str) -> launch.Outcome:
            return launch.run("heat_serial", *heat.ONCE, "--nx", str(n), "--ny", str(n), "--steps", str(steps),
                              "--output", "run.h5", *more, cwd=self.folder)
        def checkpoints() -> list[int]:
            return [int(name.split(".")[2]) for name in self.names() if "checkpoint" in name]
        self.assertTrue(run(64, 400, "--checkpoint", "100").succeeded())
        self.assertEqual(checkpoints(), [300, 400])
        self.assertTrue(run(48, 500, "--checkpoint", "500").succeeded())
        self.assertEqual(checkpoints(), [500])
        (self.folder / "run.checkpoint.000000000500.h5").rename(self.folder / "run.checkpoint.000000000450.h5")
        (self.folder / "run.h5").rename(self.folder / "x.h5")
        done = launch.run("heat_serial", *heat.ONCE, "--nx", "64", "--ny", "64", "--steps", "490", "--checkpoint",
                          "490", "--output", "y.h5", cwd=self.folder)
        self.assertTrue(done.succeeded(), done)
        (self.folder / "y.checkpoint.000000000490.h5").rename(self.folder / "run.checkpoint.000000000490.h5")
        done = run(48, 600, "--restart", "run.h5")  # 490 is another problem's
        self.assertTrue(done.succeeded(), done)
        self.assertEqual(len([w for w in done.warnings() if "000000000490" in w]), 1, done)
        done = run(64, 480, "--restart", "run.h5")  # 490 is too far, 450 another problem's
        self.assertEqual((done.code, len(done.errors())), (1, 1), done)
        os.mkfifo(self.folder / "run.checkpoint.000000000470.h5")
        done = run(48, 600, "--restart", "run.h5")
        self.assertTrue(done.succeeded(), done)
        self.assertEqual(len([w for w in done.warnings() if "000000000470" in w and "plain file" in w]), 1, done)

    def test_nothing_left(self) -> None:
        """A job script that always goes on is told when there is nothing left, and gets its field."""
        expected = self.expected()
        run, path = heat.run(self.folder, "serial", [*OPTIONS, "--checkpoint", "200"])
        self.assertTrue(run.succeeded(), run)
        for variant in launch.variants("heat"):
            run = self.go_on(variant, 2)
            self.assertTrue(run.succeeded(), run)
            self.assertEqual(len([w for w in run.warnings() if "nothing is left" in w]), 1, run)
            self.assertEqual(heat.read_field(path)[1], expected)

    def test_refused(self) -> None:
        run, _ = heat.run(self.folder, "serial", [*OPTIONS, "--checkpoint", "90"])
        self.assertTrue(run.succeeded(), run)
        path = str(self.folder / "run.h5")
        for options, words in ((["--ny", "151", "--nx", "130", "--steps", "400"], "problem"),
                               (["--ny", "150", "--nx", "130", "--steps", "100"], "step"),
                               ([*OPTIONS, "--seed", "2"], "problem")):
            run = launch.run("heat_serial", *options, "--restart", path)
            self.assertEqual(run.code, 1, run)
            self.assertRegex(run.errors()[0], words)
        for checkpoint in self.folder.glob("run.checkpoint.*"):
            with open(checkpoint, "r+b") as file:
                file.truncate(1000)
        run = launch.run("heat_serial", *OPTIONS, "--restart", path)
        self.assertEqual((run.code, run.result()), (1, "ERROR"), run)

    def test_killed_at_any_moment(self) -> None:
        """SIGKILL at random moments; the newest checkpoint truncated in some; other ranks go on."""
        variants = launch.variants("heat")
        self.assertTrue(variants)
        options = ["--ny", "400", "--nx", "300", "--steps", "6000", "--kernel", "plain"]
        run, path = heat.run(self.folder, "serial", options)
        self.assertTrue(run.succeeded(), run)
        expected = heat.read_field(path)[1]
        rng = random.Random(20261124)
        moments = 20
        killed = 0
        for i in range(moments):
            variant, ranks = variants[i % len(variants)], rng.choice((1, 2, 3, 5))
            with self.subTest(i=i, variant=variant, ranks=ranks):
                for old in self.folder.iterdir():
                    old.unlink()
                command = [str(launch.BIN / f"heat_{variant}"), *options, *heat.ONCE, "--checkpoint", "100",
                           "--output", str(path), "--fields", "yes"]
                if variant in ("mpi", "hybrid"):
                    command = [launch.MPIRUN, "-n", str(ranks), *command]
                child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                         stderr=subprocess.DEVNULL, start_new_session=True,
                                         env={**os.environ, **launch.ENVIRONMENT})
                deadline = time.monotonic() + 60
                early = i % 5 == 3  # at the start, in or before the first checkpoint
                while not early and not list(self.folder.glob("run.checkpoint.*.h5")) and time.monotonic() < deadline:
                    time.sleep(0.005)
                time.sleep(rng.uniform(0.0, 0.5))
                alive = child.poll() is None
                try:
                    os.killpg(child.pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
                child.wait()
                self.wait_for_writers()
                killed += alive
                checkpoints = sorted(p for p in self.folder.glob("run.checkpoint.*.h5"))
                self.assertTrue(checkpoints or early)
                if i % 3 == 1 and len(checkpoints) > 1:
                    with open(checkpoints[-1], "r+b") as file:
                        file.truncate(rng.randrange(checkpoints[-1].stat().st_size))
                variant, ranks = variants[(i + 1) % len(variants)], rng.choice((1, 2, 4, 7))
                again = ["--restart", str(path)] if checkpoints else []
                run, _ = heat.run(self.folder, variant, [*options, *again], ranks, 2)
                self.assertTrue(run.succeeded(), run)
                self.assertEqual(heat.read_field(path)[1], expected)
        self.assertGreaterEqual(killed, moments // 2, "most runs ended before they were killed")

    def writers(self) -> list[int]:
        """Processes whose command line names this test's folder."""
        found = []
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and str(self.folder).encode() in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                pass  # it has ended
        return found

    def wait_for_writers(self) -> None:
        """Ranks of a killed launcher end a moment after it."""
        for _ in range(250):
            if not self.writers():
                return
            time.sleep(0.02)
        for pid in self.writers():
            os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    unittest.main()
