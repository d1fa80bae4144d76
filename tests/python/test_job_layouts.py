"""How layouts are told to the launchers of batch systems, in jobs of one run and on parts of a node."""
import subprocess
import unittest
from pathlib import Path

from support import Scratch

from jobscripts.choose import ALL
from jobscripts.jobscript import Job, Step, script
from jobscripts.layout import Layout
from jobscripts.site import Site

SLURM, PBS, LSF, FLUX = ALL


class WithoutMpi(unittest.TestCase):
    def test_lsf_with_mpirun_needs_no_jsrun(self):
        """Where a site says mpirun, jsrun need not be there: programs without MPI start by themselves."""
        site = Site(start="mpirun")
        self.assertEqual(LSF.start(Layout(1, 4), site, "none"), [])
        self.assertEqual(LSF.start(Layout(4, 2), site, "openmpi")[0], "mpirun")
        self.assertEqual(LSF.start(Layout(1, 4), Site(), "none")[0], "jsrun")


class Arrays(Scratch):
    def text(self, scheduler, runs):
        steps = tuple(Step(f"run-{n}", "a run", 5, {}, ["touch", f"made-{n}"]) for n in range(runs))
        job = Job(1, "mine", 1, 4, 60.0, steps)
        return script(job, "mine-abc-1", self.folder, scheduler, Site(jobs="array"))

    def test_pbs_runs_one_task_at_a_time(self):
        lines = self.text(PBS, 3).splitlines()
        self.assertIn("#PBS -J 1-3", lines)
        self.assertIn("#PBS -W max_run_subjobs=1", lines)

    def test_one_run_is_no_array(self):
        """PBS refuses a range of one. Nobody then sets a task's number: the script does without."""
        (self.folder / "runs").mkdir()
        for scheduler in (SLURM, PBS, LSF):
            with self.subTest(scheduler.name):
                text = self.text(scheduler, 1)
                for word in ("-J 1-", "subjobs", "--array", "[1-", scheduler.task_variable):
                    self.assertNotIn(word, text)
                for path in (self.folder / "runs").iterdir():
                    path.unlink()
                done = subprocess.run(["sh"], input=text, text=True, capture_output=True, check=False)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertTrue(Path(self.folder / "runs" / "made-0").exists())


if __name__ == "__main__":
    unittest.main()
