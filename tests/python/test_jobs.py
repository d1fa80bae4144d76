"""Job scripts of every batch system, sites, and what collecting makes of what jobs left."""
import json
import shutil
import subprocess
import unittest
from dataclasses import replace
from pathlib import Path

from support import Scratch
from study_case import Study

from jobscripts.choose import ALL
from jobscripts.errors import Refused
from jobscripts.jobscript import Job, Step, script
from jobscripts.layout import Layout, layouts, written_layout
from jobscripts.scheduler import clock
from jobscripts.site import Site, read_site
from jobscripts.slurm import Slurm, _tasks
from jobscripts.topology import Topology

NODE = Topology(tuple(range(8)), ((0, 1, 2, 3), (4, 5, 6, 7)), None, False, "a node")
HOSTILE = "/tmp/it's; $(reboot) `x`"


def a_step(scheduler, site, layout, run="heat_mpi-strong-tiny-2x4x1-r1"):
    start = scheduler.start(layout, site, "openmpi", NODE)
    return Step(run, "a run", 100.4, {"OMP_NUM_THREADS": "1"}, [*start, "/opt/bin/heat_mpi", "--size=tiny"])


def a_script(scheduler, site=Site(), layout=Layout(8, 1, 2), folder=None, steps=2):
    made = tuple(a_step(scheduler, site, layout, f"run-{n}") for n in range(1, steps + 1))
    job = Job(3, "mine", layout.nodes, 4, 3601.0, made)
    return script(job, "mine-abc-3", Path(folder or "/scratch/out"), scheduler, site)


class Layouts(unittest.TestCase):
    def test_whole_nodes(self):
        found = layouts("mpi", [1, 2, 8], [], ("numa",), NODE, (1, 2, 4))
        self.assertEqual([str(item) for item in found], ["1x1", "2x1", "8x1", "2x8x1", "4x8x1"])
        found = layouts("hybrid", [8], [], ("numa", "1"), NODE, (2,))
        self.assertEqual([str(item) for item in found], ["2x1x8", "2x2x4"])
        self.assertEqual([item.ranks for item in found], [2, 4])
        self.assertEqual(layouts("omp", [8], [], ("numa",), NODE, (2,)), [])

    def test_written(self):
        for text in ("4x2", "3x4x2"):
            self.assertEqual(str(written_layout(text)), text)
        self.assertEqual(written_layout("3x4x2"), Layout(12, 2, 3))
        self.assertEqual(written_layout("3x4x2").ranks_of_node, 4)


class Scripts(unittest.TestCase):
    def test_shells_take_them(self):
        """Of all batch systems, with every setting of a site, in single jobs and in arrays."""
        checker = shutil.which("shellcheck")
        full = Site(
            name="here", account="a1", partition="p", qos="q", constraint="c", modules=("mpi/4", "hdf5"),
            preamble="export A=b", exclusive=False,
        )
        for scheduler in ALL:
            for site in (Site(), full, replace(full, jobs="array"), *(replace(full, start=s) for s in scheduler.starts)):
                if site.jobs == "array" and not scheduler.task_variable:
                    continue
                for folder in ("/scratch/out", HOSTILE):
                    text = a_script(scheduler, site, folder=folder)
                    with self.subTest(scheduler.name, site=site, folder=folder):
                        done = subprocess.run(["sh", "-n"], input=text, text=True, capture_output=True, check=False)
                        self.assertEqual((done.returncode, done.stderr), (0, ""))
                        if checker and folder != HOSTILE:  # directives are comments, and say what they say
                            done = subprocess.run(
                                [checker, "-"], input=text, text=True, capture_output=True, check=False
                            )
                            self.assertEqual(done.stdout, "")

    def test_what_was_never_run_says_so(self):
        for scheduler in ALL:
            text = a_script(scheduler)
            self.assertEqual("check its syntax alone" in text, not scheduler.proven, scheduler.name)
        self.assertEqual([scheduler.name for scheduler in ALL if scheduler.proven], ["slurm"])

    def test_slurm(self):
        site = Site(account="a", partition="p", jobs="array")
        text = a_script(Slurm(), site)
        for line in (
            "#SBATCH --nodes=2", "#SBATCH --ntasks-per-node=4", "#SBATCH --account=a",
            "#SBATCH --partition=p", "#SBATCH --time=1:01:00", "#SBATCH --exclusive",
            "#SBATCH --array=1-2%1", "case $SLURM_ARRAY_TASK_ID in",
        ):
            self.assertIn(line, text.splitlines())
        start = Slurm().start(Layout(4, 2, 2), Site(), "openmpi", NODE)
        for word in ("--mpi=pmix", "--nodes=2", "--ntasks=4", "--ntasks-per-node=2", "--cpus-per-task=2",
                     "--cpu-bind=cores", "--distribution=block:block"):
            self.assertIn(word, start)
        self.assertIn("--mpi=none", Slurm().start(Layout(1, 4), Site(), "none", NODE))
        mpirun = Slurm().start(Layout(4, 2, 2), Site(start="mpirun"), "openmpi", NODE)
        self.assertEqual(mpirun[:7], ["mpirun", "-n", "4", "--map-by", "ppr:2:node:PE=2", "--bind-to", "core"])

    def test_the_others(self):
        pbs, lsf, flux = ALL[1:]
        text = a_script(pbs)
        self.assertIn("#PBS -l select=2:ncpus=4:mpiprocs=4:ompthreads=1", text)
        self.assertIn("#PBS -l place=scatter:excl", text)
        self.assertIn("#PBS -l walltime=1:01:00", text)
        text = a_script(lsf)
        self.assertIn("#BSUB -nnodes 2", text)
        self.assertIn("#BSUB -W 1:01\n", text)
        self.assertIn("jsrun -n 8 -r 4 -a 1 -c 1 -b packed:1", text)
        text = a_script(flux)
        self.assertIn("#flux: --nodes=2", text)
        self.assertIn("flux run --nodes=2 --ntasks=8 --cores-per-task=1 --exclusive", text)

    def test_a_script_by_hand(self):
        """It runs each command once, for its time at most, and writes down how it ended."""
        scratch = Scratch("setUp")
        scratch.setUp()
        self.addCleanup(scratch.doCleanups)
        folder = scratch.folder
        (folder / "runs").mkdir()
        steps = (
            Step("good", "a run", 5, {"WORD": "a b"}, ["sh", "-c", "echo $WORD; echo told >&2"]),
            Step("bad", "a run", 5, {}, ["sh", "-c", "exit 3"]),
            Step("late", "a run", 1, {}, ["sleep", "60"]),
        )
        (folder / "job.sh").write_text(script(Job(1, "mine", 1, 1, 1, steps), "name", folder, ALL[0], Site()))
        for _ in range(2):
            subprocess.run(["sh", str(folder / "job.sh")], check=True, timeout=30)
        runs = folder / "runs"
        self.assertEqual((runs / "good.log").read_text(), "# env WORD=a b sh -c echo $WORD; echo told >&2\na b\n")
        self.assertEqual((runs / "good.err").read_text(), "told\n")
        codes = {name: (runs / f"{name}.end").read_text().split()[0] for name in ("good", "bad", "late")}
        self.assertEqual(codes, {"good": "0", "bad": "3", "late": "124"})

    def test_mpich_has_words_of_its_own(self):
        words = Slurm().start(Layout(4, 2, 2), Site(start="mpirun"), "mpich", NODE)
        self.assertEqual(words, ["mpiexec", "-n", "4", "-ppn", "2", "-bind-to", "core:2"])

    def test_names_that_pbs_takes_tell_jobs_apart(self):
        names = {script_line for n in (1, 2) for script_line in self.pbs_names(n)}
        self.assertEqual(len(names), 2)
        self.assertTrue(all(len(name) <= 15 for name in names))

    def pbs_names(self, number):
        made = (a_step(ALL[1], Site(), Layout(8, 1, 2)),)
        text = script(Job(1, "workstation", 2, 4, 60.0, made), f"workstation-abcdef01-{number}", Path("/o"), ALL[1], Site())
        return [line.split()[2] for line in text.splitlines() if line.startswith("#PBS -N ")]

    def test_times(self):
        self.assertEqual([clock(1), clock(60), clock(61), clock(36000)], ["0:01:00", "0:01:00", "0:02:00", "10:00:00"])

    def test_tasks_of_an_array(self):
        for text, tasks in (("3", [3]), ("2-4", [2, 3, 4]), ("1,5-6%2", [1, 5, 6]), ("N/A", [0])):
            self.assertEqual(_tasks(text), tasks)


class Sites(Scratch):
    def read(self, text):
        return read_site(self.write("here.ini", "[site]\n" + text))

    def test_all_keys(self):
        self.write("here.sh", "export A=b\n")
        site = self.read(
            "account = a1\npartition = long,short\nqos = q\nconstraint = skylake&ib\nmodules = mpi/4.1 hdf5\n"
            "preamble = here.sh\nstart = mpirun\nmpi = pmix_v4\njobs = array\nexclusive = no\njob_time = 2 h\n"
            "cores = 64\nnuma_domains = 4\n"
        )
        self.assertEqual((site.name, site.cores, site.job_time, site.exclusive), ("here", 64, 7200.0, False))
        self.assertEqual((site.modules, site.preamble), (("mpi/4.1", "hdf5"), "export A=b"))

    def test_refused_with_place(self):
        for line, words in (
            ("acount = a", "here.ini:2: 'acount' is not a key of a site"),
            ("account = a;reboot", "allowed are letters"),
            ("partition = $(reboot)", "allowed are letters"),
            ("account = --uid=0", "allowed are letters"),
            ("modules = a`b`", "allowed are letters"),
            ("modules = -x", "allowed are letters"),
            ("preamble = ../other", "a file in the site file's folder"),
            ("preamble = nothing.sh", "No such file"),
            ("start = ssh", "allowed srun, mpirun"),
            ("jobs = many", "allowed single, array"),
            ("cores = 0", "not a whole number"),
            ("job_time = soon", "is not a time"),
        ):
            with self.subTest(line), self.assertRaises(Refused) as caught:
                self.read(line + "\n")
            self.assertIn(words, str(caught.exception))

    def test_the_name_of_the_file_stands_in_scripts(self):
        path = self.write("a\nreboot\n.ini", "[site]\n")
        with self.assertRaises(Refused):
            read_site(path)

    def test_shipped_sites(self):
        from support import ROOT

        found = sorted((ROOT / "inputs" / "sites").glob("*.ini"))
        self.assertGreaterEqual(len(found), 4)
        for path in found:
            read_site(path)


SBATCH = '''#!/bin/sh
# Runs the job at once, as a batch system would later; HELD: only keeps it. Its number is 7.
echo "$2" >>"$FAKE_JOBS/submitted"
[ -n "$HELD" ] || sh "$2" || true
echo 7
'''
SCONTROL = '#!/bin/sh\n[ "$1" = -o ] && echo "JobId=7 JobState=$FAKE_STATE Reason=None ExitCode=0:0"\n'
SRUN = '#!/bin/sh\nwhile :; do case $1 in --*) shift ;; *) break ;; esac; done\nexec "$@"\n'


class Batch(Study):
    """Whole studies through invented commands of Slurm."""

    text = "[study]\nkind = scaling\napps = pi\nvariants = serial mpi\nworkers = all\nnodes = 1 2\nprobe = no\ntime_limit = 1 s\n"

    def setUp(self):
        super().setUp()
        for name, text in (("sbatch", SBATCH), ("scontrol", SCONTROL), ("srun", SRUN), ("squeue", "#!/bin/sh\n")):
            path = self.write(f"path/{name}", text)
            path.chmod(0o755)
        self.site = self.write("here.ini", "[site]\ncores = 4\nnuma_domains = 2\n")

    def go(self, *more, state="COMPLETED", held="", fault=""):
        more = ("--launcher", "slurm", "--site", str(self.site), *more)
        return self.run_study(*more, fault=fault, FAKE_STATE=state, HELD=held, FAKE_JOBS=str(self.folder))

    def states(self):
        return {run["id"].replace("pi_", ""): run["status"] for run in self.state()["runs"]}

    def submitted(self):
        return (self.folder / "submitted").read_text().splitlines()

    def test_submitted_waited_for_and_collected(self):
        done = self.go("--wait")
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        self.assertEqual(len(self.submitted()), 2, "a job for each number of nodes")
        self.assertEqual(set(self.states().values()), {"done"})
        self.assertEqual(sorted(run["nodes"] for run in self.state()["runs"]), [1, 1, 2])
        again = self.go("--wait")
        self.assertEqual((again.returncode, len(self.submitted())), (0, 2), "nothing is submitted twice")

    def test_jobs_that_still_wait(self):
        done = self.go(state="PENDING", held="1")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("3 runs to come", done.stderr)
        self.assertIn("job 7 (2 runs): queued", done.stderr)
        self.assertEqual(set(self.states().values()), {"submitted"})
        self.go(state="PENDING", held="1")
        self.assertEqual(len(self.submitted()), 2, "what is queued is not submitted again")

    def test_ends_of_jobs_are_told_apart(self):
        for state, words in (
            ("CANCELLED", "the job was cancelled"),
            ("TIMEOUT", "the job's time limit ended it"),
            ("NODE_FAIL", "a node of the job failed"),
            ("FAILED", "the job ended without a word of it"),
        ):
            with self.subTest(state):
                shutil.rmtree(self.out, ignore_errors=True)
                (self.folder / "submitted").unlink(missing_ok=True)
                self.go(state="PENDING", held="1")
                begun = self.state()["runs"][0]["id"]
                (self.out / "runs" / f"{begun}.log").write_text("# it began\n")
                (self.out / "runs" / f"{begun}.err").write_text("srun: error\n")
                done = self.go(state=state)
                self.assertEqual(done.returncode, 1, done.stderr)
                runs = {run["id"]: run for run in self.state()["runs"]}
                self.assertEqual(runs[begun]["status"], "failed")
                self.assertIn(words, runs[begun]["reason"])
                self.assertEqual({r["status"] for i, r in runs.items() if i != begun}, {"skipped"})
                self.assertEqual(self.go("--wait").returncode, 0)
                self.assertEqual(set(self.states().values()), {"done"})

    def test_a_run_that_fails_in_its_job(self):
        done = self.go("--wait", fault="wrong:pi_serial")
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertEqual(sorted(self.states().values()), ["done", "done", "failed"])

    def test_killed_between_submitting_and_writing_it_down(self):
        """The job is found by its name; where there is none, its runs wait again."""
        self.go(state="PENDING", held="1")
        data = self.state()
        data["jobs"][0]["id"] = ""
        (self.out / "study.json").write_text(json.dumps(data))
        self.write("path/squeue", '#!/bin/sh\ncase "$*" in *-1\\ *) echo 7 ;; esac\n').chmod(0o755)
        self.go(state="PENDING", held="1")
        self.assertEqual(self.state()["jobs"][0]["id"], "7")
        self.assertEqual(set(self.states().values()), {"submitted"})

    def test_a_batch_system_that_does_not_answer(self):
        """Nothing is said of its jobs, and nothing is submitted again."""
        self.go(state="PENDING", held="1")
        self.write("path/scontrol", "#!/bin/sh\necho 'Unable to contact slurm controller' >&2\nexit 1\n")
        done = self.go()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("does not answer", done.stderr)
        self.assertEqual(set(self.states().values()), {"submitted"})
        self.assertEqual(len(self.submitted()), 2)

    def test_a_job_that_was_forgotten(self):
        self.go(state="PENDING", held="1")
        self.write("path/scontrol", "#!/bin/sh\necho 'Invalid job id specified' >&2\nexit 1\n")
        done = self.go()
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(set(self.states().values()), {"skipped"})
        self.assertIn("has forgotten the job", self.state()["runs"][0]["reason"])

    def test_jobs_that_are_refused_are_submitted_by_the_next_call(self):
        good = (self.folder / "path" / "sbatch").read_text()
        self.write("path/sbatch", "#!/bin/sh\necho 'sbatch: error: invalid partition' >&2\nexit 1\n")
        done = self.go("--wait")
        self.assertEqual(done.returncode, 1)
        self.assertIn("invalid partition", done.stderr)
        self.write("path/sbatch", good)
        done = self.go("--wait")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(set(self.states().values()), {"done"})

    def test_a_job_that_ended_before_its_number_was_written_down(self):
        """What it left is collected, not made again."""
        self.go()
        data = self.state()
        for job in data["jobs"]:
            job.update(id="", collected=False)
        for run in data["runs"]:
            run["status"] = "submitted"
        (self.out / "study.json").write_text(json.dumps(data))
        done = self.go()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(set(self.states().values()), {"done"})
        self.assertEqual(len(self.submitted()), 2)

    def test_collecting_that_was_cut_short(self):
        """Standard error is in the log already, study.json does not know: the same is collected."""
        self.go(state="PENDING")  # ended, but the batch system has not noticed
        data = self.state()
        self.assertEqual({run["status"] for run in data["runs"]}, {"done"})
        for run in data["runs"]:
            run["status"] = "submitted"
        for job in data["jobs"]:
            job["collected"] = False
        (self.out / "study.json").write_text(json.dumps(data))
        self.assertEqual(self.go().returncode, 0)
        self.assertEqual(set(self.states().values()), {"done"})

    def test_a_script_by_hand_does_nothing_twice(self):
        self.go("--wait")
        results = {path: path.read_bytes() for path in (self.out / "runs").glob("*.json")}
        for path in (self.out / "jobs").glob("*.sh"):
            subprocess.run(["sh", str(path)], check=True)
        self.assertEqual({path: path.read_bytes() for path in results}, results)

    def test_folders_that_batch_systems_would_misread(self):
        self.out = self.folder / "out %j\n#SBATCH --uid=0"
        done = self.go()
        self.assertEqual(done.returncode, 1)
        self.assertIn("the folder of a study through a batch system", done.stderr)
        self.assertFalse((self.folder / "submitted").exists())

    def test_more_workers_than_cores_are_refused(self):
        self.study.write_text(self.text.replace("workers = all", "workers = 9"))
        done = self.go()
        self.assertEqual(done.returncode, 1)
        self.assertIn("more workers than its nodes have cores", done.stderr)

    def test_dry_run_writes_nothing(self):
        done = self.go("--dry-run")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("2 jobs, ", done.stdout)
        self.assertIn("node-hours at most", done.stdout)
        self.assertFalse(self.out.exists())

    def test_many_nodes_take_a_batch_system(self):
        done = self.run_study("--launcher", "local")
        self.assertEqual(done.returncode, 1)
        self.assertIn("runs on 2 nodes take a batch system", done.stderr)

    def test_long_studies_are_dealt_to_several_jobs(self):
        self.site.write_text("[site]\ncores = 4\njob_time = 62 s\n")
        self.go("--wait")
        self.assertEqual(len(self.submitted()), 3)

    def test_each_job_has_as_many_runs_as_it_has_time_for(self):
        """Also the second job and those after it."""
        self.site.write_text("[site]\ncores = 4\njob_time = 2 min\n")
        self.study.write_text(self.text + "repeats = 30\n")
        self.go(state="PENDING", held="1")
        state = self.state()
        single = {run["id"] for run in state["runs"] if run["nodes"] == 1}
        counts = [len(job["runs"]) for job in state["jobs"] if job["runs"][0] in single]
        self.assertEqual(sum(counts), len(single))
        self.assertGreater(len(counts), 2)
        self.assertLessEqual(max(counts[:-1]) - min(counts[:-1]), 1, counts)
        self.assertLessEqual(counts[-1], max(counts))

    def test_a_budget_is_dealt_before_jobs_are_made(self):
        self.study.write_text(self.text + "repeats = 10\n")
        self.go("--budget", "4 s", state="PENDING", held="1")
        limits = {run["time_limit"] for run in self.state()["runs"]}
        self.assertEqual(len(limits), 1)
        self.assertLess(limits.pop(), 1.0)  # the study's own is 1 s

    def test_dry_run_shows_what_jobs_start(self):
        done = self.go("--dry-run")
        self.assertRegex(done.stdout, r"(?m)^  OMP_NUM_THREADS=1 .*srun .*pi_mpi")

    def test_arrays(self):
        self.site.write_text("[site]\ncores = 4\njobs = array\n")
        self.go(state="PENDING", held="1")
        text = (self.out / "jobs" / "job-1.sh").read_text()
        self.assertIn("#SBATCH --array=1-2%1", text)
        for task in ("1", "2"):
            subprocess.run(
                ["sh", str(self.out / "jobs" / "job-1.sh")], check=True,
                env={"PATH": f"{self.folder}/path:/usr/bin:/bin", "SLURM_ARRAY_TASK_ID": task},
            )
            done = [status for status in self.states().values() if status == "done"]
            self.assertEqual(len(done), int(task) - 1)
            self.go(state="PENDING", held="1")


if __name__ == "__main__":
    unittest.main()
