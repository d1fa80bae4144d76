"""Real studies through a real Slurm of two nodes: submitted, waited for, verified; and every way in
which a job can end otherwise, reported as what it is. Both nodes share the machine's cores and its host
name, so nothing here is about time."""
from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from typing import Any

import h5py

import cluster

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = Path(os.environ.get("SCALEBAR_BIN", ROOT / "build" / "release" / "bin"))
WHY_NOT = cluster.missing() or ("" if (BIN / "pi_mpi").exists() else "no MPI programs in SCALEBAR_BIN")
CORES = 2  # of each node
STUDY = """\
[study]
kind = scaling
apps = {apps}
variants = {variants}
scaling = {scaling}
nodes = 1 2
workers = all
hybrid_ranks = {ranks}
probe = no
warmup = 0
max_reps = 6
time_limit = 1 s
watchdog = 60 s
{keys}"""
KEYS = {
    "pi": "pi.samples = 1e6\n",
    "heat": "heat.nx = 255\nheat.ny = 130\nheat.steps = 20\n",
    "matmul": "matmul.m = 250\nmatmul.n = 190\nmatmul.k = 130\n",
    "fft": "fft.nx = 40\nfft.ny = 36\nfft.nz = 30\n",
}
# Stands in for a program: it answers questions, but computes only when a file says so.
WAITING = """\
#!/bin/sh
case "$*" in
  *--version* | *--dry-run*) exec "{real}" "$@" ;;
esac
[ -e "{go}" ] && exec "{real}" "$@"
{otherwise}
"""


def numbers(cpus: str) -> set[int]:
    """Of a list like 0-2,5."""
    ends = (part.partition("-") for part in cpus.split(","))
    return {n for low, _, high in ends for n in range(int(low), int(high or low) + 1)}


@unittest.skipIf(not WHY_NOT or os.geteuid() != 0 or not os.environ.get("CI"), "no Slurm is demanded here")
class Present(unittest.TestCase):
    def test_ci_has_a_slurm(self) -> None:
        if "namespaces" in WHY_NOT:
            self.skipTest(WHY_NOT)  # nothing to be done
        self.fail(f"CI needs a Slurm: {WHY_NOT}")


@unittest.skipIf(WHY_NOT, WHY_NOT)
class Real(cluster.Case):
    @classmethod
    def setUpClass(cls) -> None:
        cls.cluster = cluster.Cluster(nodes=2, cores=CORES)
        cls.addClassCleanup(cls.cluster.stop)

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.out = self.folder / "out"
        self.addCleanup(self.keep_logs)
        self.bin = BIN
        self.write()

    def keep_logs(self) -> None:
        """Of jobs and runs, for `run` to show."""
        logs = [*self.out.glob("jobs/*.out"), *self.out.glob("runs/*.log")]
        self.left = "".join(cluster.end_of(log, 30) for log in sorted(logs))

    def write(self, apps: str = "pi heat", variants: str = "mpi hybrid", scaling: str = "strong", ranks: str = "numa",
              **site: str) -> None:
        keys = "".join(KEYS[app] for app in apps.split())
        text = STUDY.format(apps=apps, variants=variants, scaling=scaling, ranks=ranks, keys=keys)
        (self.folder / "mine.ini").write_text(text, encoding="utf-8")
        lines = "".join(f"{key} = {value}\n" for key, value in site.items())
        (self.folder / "here.ini").write_text(f"[site]\n{lines}", encoding="utf-8")

    def command(self, *more: str) -> list[str]:
        return [
            sys.executable, "-B", str(ROOT / "jobscripts"), str(self.folder / "mine.ini"),
            "--site", str(self.folder / "here.ini"), "--out", str(self.out), "--programs", str(self.bin), *more,
        ]

    @property
    def environment(self) -> dict[str, str]:
        # Both nodes are one machine, and Open MPI would share memory between them.
        return {**self.cluster.environment, "OMPI_MCA_btl": "self,tcp", "OMPI_MCA_pml": "ob1"}

    def study(self, *more: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            self.command("--launcher", "slurm", *more),
            env=self.environment, capture_output=True, text=True, timeout=400, check=False,
        )

    def runs(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads((self.out / "study.json").read_text(encoding="utf-8"))["runs"]
        return found

    def stand_in(self, otherwise: str, program: str = "pi_mpi") -> Path:
        """A folder of programs where one does something else, until the file is there that is
        returned."""
        self.bin = self.folder / "bin"
        self.bin.mkdir()
        for path in BIN.iterdir():
            (self.bin / path.name).symlink_to(path)
        go = self.folder / "go"
        (self.bin / program).unlink()
        text = WAITING.format(real=BIN / program, go=go, otherwise=otherwise)
        (self.bin / program).write_text(text, encoding="utf-8")
        (self.bin / program).chmod(0o755)
        return go

    def until(self, true: Any, what: str, patience: float = 100.0) -> None:
        deadline = time.monotonic() + patience
        while not true():
            if time.monotonic() > deadline:
                self.fail(f"{what}: not in {patience:g} s")
            time.sleep(0.2)

    def check_verified(self, runs: list[dict[str, Any]]) -> None:
        for run in runs:
            self.assertEqual((run["status"], run.get("verdict")), ("done", "PASS"), run)
            with h5py.File(self.out / "runs" / f"{run['id']}.h5") as file:
                self.assertEqual(int(file.attrs["nodes"]), run["nodes"])
                self.assertEqual(int(file.attrs["ranks"]), run["ranks"])
                self.assertEqual(int(file["verification"].attrs["verified"]), 1)
                hosts, cpus = (
                    [b"".join(text).rstrip(b"\0").decode() for text in file[f"machine/{what}"][...]]
                    for what in ("host", "cpus")
                )
            self.check_bound(run, list(zip(hosts, map(numbers, cpus))))
            hosts = set(hosts)
            self.assertLessEqual(hosts, set(self.cluster.names), "nodes by the names that Slurm has for them")
            self.assertEqual(len(hosts), run["nodes"], hosts)


    def check_bound(self, run: dict[str, Any], ranks: list[tuple[str, set[int]]]) -> None:
        """Ranks of a node share no core, and each has one for each of its threads."""
        for host in self.cluster.names:
            sets = [cpus for where, cpus in ranks if where == host]
            self.assertEqual(len(set().union(*sets)), sum(map(len, sets)), f"{run['id']} on {host}: {sets}")
            self.assertEqual([len(cpus) for cpus in sets], [run["threads"]] * len(sets), run["id"])


class Studies(Real):
    def check_study(self, scaling: str, variants: str, **site: str) -> None:
        self.write(apps="pi heat matmul fft", variants=variants, scaling=scaling, ranks="numa", **site)
        done = self.study("--wait")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        runs = self.runs()
        self.assertEqual({run["nodes"] for run in runs}, {1, 2})
        self.check_verified(runs)
        hits = {
            run["figures"]["pi.hits"]["value"]
            for run in runs if run["app"] == "pi" and run["scaling"] == "strong"
        }
        self.assertEqual(len(hits), 1, "the answer does not depend on nodes")
        report = subprocess.run(
            [sys.executable, "-B", str(ROOT / "results"), str(self.out), "--table"],
            capture_output=True, text=True, timeout=200, check=False,
        )
        self.assertEqual((report.returncode, report.stderr), (0, ""))

    def test_by_srun(self) -> None:
        self.check_study("strong weak", "serial mpi hybrid", start="srun")

    def test_by_mpirun_and_as_an_array(self) -> None:
        self.check_study("strong", "omp mpi", start="mpirun", jobs="array")

    def test_inside_a_job(self) -> None:
        """`auto` inside an allocation starts runs there, and submits nothing."""
        self.write(apps="pi", variants="mpi hybrid")
        done = subprocess.run(
            ["salloc", "--nodes=2", f"--ntasks-per-node={CORES}", "--exclusive", *self.command()],
            env=self.environment, capture_output=True, text=True, timeout=200, check=False,
        )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.check_verified(self.runs())
        self.assertFalse((self.out / "jobs").exists())


class Ends(Real):
    def begun(self, run: str) -> None:
        log = self.out / "runs" / f"{run}.log"
        self.until(log.exists, f"{run} begins")
        time.sleep(1.0)

    def the_run(self, nodes: int) -> dict[str, Any]:
        return next(run for run in self.runs() if run["nodes"] == nodes)

    def check_resumed(self, go: Path) -> None:
        """The same command completes the study, and runs nothing again that is done."""
        before = {run["id"]: run["ended_utc"] for run in self.runs() if run["status"] == "done"}
        go.touch()
        done = self.study("--wait")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.check_verified(self.runs())
        after = {run["id"]: run["ended_utc"] for run in self.runs()}
        self.assertEqual({name: after[name] for name in before}, before)

    def test_a_job_that_fails(self) -> None:
        self.write(variants="mpi")
        go = self.stand_in("echo 'ERROR pi_mpi: no such thing' >&2; exit 1")
        done = self.study("--wait")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        for run in self.runs():
            failed = run["app"] == "pi"
            self.assertEqual(run["status"], "failed" if failed else "done", run)
            self.assertEqual("no such thing" in run["reason"], failed, run)
        self.check_resumed(go)

    def test_a_run_that_hangs_and_a_job_that_takes_too_long(self) -> None:
        """Slurm ends the job at its limit of a minute: nothing else does so earlier."""
        self.write(apps="pi", variants="mpi", job_time="1 min")
        go = self.stand_in("exec sleep 1000")
        done = self.study("--wait")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        for run in self.runs():
            self.assertIn("the job's time limit ended it (TIMEOUT", run["reason"])
        self.check_resumed(go)

    def test_a_job_that_is_cancelled(self) -> None:
        self.write(apps="pi", variants="mpi")
        go = self.stand_in("exec sleep 1000")
        done = self.study()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("2 runs to come", done.stderr)
        self.begun(self.the_run(1)["id"])
        jobs = json.loads((self.out / "study.json").read_text(encoding="utf-8"))["jobs"]
        for job in jobs:
            self.cluster.run("scancel", job["id"])
        done = self.study("--wait")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        for run in self.runs():
            self.assertIn("the job was cancelled (CANCELLED", run["reason"])
        self.check_resumed(go)

    def test_a_node_that_disappears(self) -> None:
        self.write(apps="pi", variants="mpi")
        go = self.stand_in("exec sleep 1000")
        mine = self.folder / "mine.ini"
        mine.write_text(mine.read_text(encoding="utf-8").replace("nodes = 1 2", "nodes = 2"), encoding="utf-8")
        self.study()
        self.begun(self.the_run(2)["id"])
        self.cluster.kill_node("n2")
        done = self.study("--wait")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("a node of the job failed (NODE_FAIL", self.the_run(2)["reason"])
        self.cluster.start_node("n2")
        self.cluster.wait_for_nodes()
        self.check_resumed(go)

    def test_a_study_that_is_killed_while_it_waits(self) -> None:
        self.write(apps="pi", variants="mpi")
        process = subprocess.Popen(
            self.command("--launcher", "slurm", "--wait"), env=self.environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        self.until(lambda: (self.out / "jobs" / "job-2.sh").exists(), "two jobs are written")
        time.sleep(0.5)
        process.send_signal(signal.SIGKILL)
        process.wait()
        done = self.study("--wait")
        if any(run["status"] == "waiting" for run in self.runs()):  # killed before it was submitted
            done = self.study("--wait")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.check_verified(self.runs())


if __name__ == "__main__":
    unittest.main()
