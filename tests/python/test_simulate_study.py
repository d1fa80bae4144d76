"""Studies in a simulated machine: platforms, what is refused or left out, how runs are started."""
import json
import subprocess
import unittest

from study_case import Study
from support import Scratch, environment, write_program

from jobscripts.errors import Refused
from jobscripts.layout import Layout
from jobscripts.platform import SHIPPED, find_platform, read_platform
from jobscripts.simulate import simulated_study
from jobscripts.study import read_study

CLUSTER = """<platform version="4.1"><config><prop id="smpi/simulate-computation" value="no"/></config>
<zone id="{name}" routing="Full"><cluster id="c" prefix="n" suffix=".x" radical="{radical}" core="{core}"
loopback_bw="1GBps" loopback_lat="1us"><prop id="memory_bandwidth" value="1e9"/></cluster></zone></platform>"""
HEAD = "[study]\nkind = scaling\napps = pi\ntime_limit = 20 s\nscaling = weak\n"

SMPIRUN = '''#!{python} -ES
"""An smpirun that notes what it was told, and starts its program once."""
import json, os, sys
words = sys.argv[1:]
start = next(i for i, word in enumerate(words) if os.access(word, os.X_OK) and os.path.isfile(word))
told = dict(zip(words, words[1:]))
hosts = open(told["-hostfile"]).read().split() if "-hostfile" in told else []
assert os.path.isfile(told["-platform"]) and words[start + 1] == "--"
with open(os.path.join(os.environ["FAKE_NOTES"], "started"), "a") as notes:
    notes.write(json.dumps([int(told["-np"]), hosts, words[start + 2 :]]) + "\\n")
os.environ["FAKE_SIMULATED"] = "tiny_machine"
os.execv(words[start], [words[start], *words[start + 2 :]])
'''


class Platforms(Scratch):
    def platform(self, name="mine", radical="0-2,5", core="4"):
        return read_platform(self.write("p.xml", CLUSTER.format(name=name, radical=radical, core=core)))

    def test_shipped(self):
        for name in ("fat_tree", "torus"):
            found = find_platform(name, self.folder)
            self.assertEqual((found.name, len(found.nodes), found.cores), (name, 256, 16))
            self.assertEqual((found.nodes[0], found.nodes[-1]), ("node-0", "node-255"))
            self.assertEqual(found.path, SHIPPED / f"{name}.xml")

    def test_nodes_of_a_cluster(self):
        self.assertEqual(self.platform().nodes, ("n0.x", "n1.x", "n2.x", "n5.x"))
        self.assertEqual(self.platform().topology().workers, 4)

    def test_a_path_is_seen_from_the_study(self):
        self.platform()
        self.assertEqual(find_platform("p.xml", self.folder).name, "mine")
        with self.assertRaisesRegex(Refused, "no such file; with Scalebar come fat_tree, torus"):
            find_platform("p.xml", self.folder / "elsewhere")

    def test_another_file_is_another_machine(self):
        one, other = self.platform().topology(), self.platform(core="8").topology()
        self.assertNotEqual(one.model, other.model)
        self.assertEqual(one.simulated, "mine")

    def test_hosts_fill_node_after_node(self):
        text = self.platform().hosts(Layout(4, 1, 2))
        self.assertEqual(text.split(), ["n0.x", "n0.x", "n1.x", "n1.x"])

    def test_what_is_no_platform(self):
        for text, words in (
            ("<platform>", "not the file of a platform"),
            ('<!DOCTYPE x [<!ENTITY a "b">]><platform/>', "with entities"),
            ("<platform/>", "outermost zone"),
            (CLUSTER.format(name="a b", radical="0", core="1"), "outermost zone"),
            (CLUSTER.format(name="a", radical="0-x", core="1"), "no list of numbers"),
            (CLUSTER.format(name="a", radical="0-9999999,1-9999999", core="1"), "no list of numbers"),
            (CLUSTER.format(name="a", radical="0,0", core="1"), "two of one name"),
            (CLUSTER.format(name="a", radical="0", core="0"), "no number of cores"),
            (CLUSTER.format(name="a", radical="0", core="1").replace('"n"', '"n; x"'), "node"),
        ):
            with self.subTest(text), self.assertRaisesRegex(Refused, words):
                read_platform(self.write("p.xml", text))


class Studies(Scratch):
    def simulated(self, text):
        study = read_study(self.write("mine.ini", HEAD + text))
        return simulated_study(study, find_platform("fat_tree", self.folder))

    def test_what_is_left_out_is_told(self):
        study, notes = self.simulated("variants = serial mpi hybrid\nworkers = 1 2x4 2x8x1\nrepeats = 5\n")
        self.assertEqual((study.variants, study.workers, study.repeats), (("mpi",), ("1", "2x8x1"), 1))
        self.assertEqual([note.split(":")[0] for note in notes], ["simulated", "left out", "left out", "one repeat"])
        self.assertIn("serial, hybrid", notes[1])
        self.assertIn("2x4", notes[2])

    def test_one_repetition_unless_asked(self):
        self.assertEqual(self.simulated("")[0].measure, {"warmup": "0", "min_reps": "1", "max_reps": "1"})
        self.assertEqual(self.simulated("max_reps = 7\n")[0].measure["max_reps"], "7")

    def test_refused(self):
        for text, words in (
            ("variants = omp hybrid\n", "none of them can be simulated; allowed mpi"),
            ("pi.exchange = shared\n", "share no memory"),
            ("sizes = memory=0.5\n", "no memory to be filled"),
            ("nodes = 1 257\n", "257 nodes; the simulated machine fat_tree has 256"),
            ("pi.nodes = 300\n", "300 nodes"),
            ("workers = 999x1x1\n", "999 nodes"),
        ):
            with self.subTest(text), self.assertRaisesRegex(Refused, words):
                self.simulated(text)

    def test_platform_is_held_to_the_alphabet(self):
        for value in ("a b", "$(x)", "a;b", "'x'"):
            with self.assertRaisesRegex(Refused, "platform"):
                read_study(self.write("mine.ini", HEAD + f"platform = {value}\n"))

    def test_nodes_of_one_app(self):
        study = read_study(self.write("mine.ini", HEAD + "nodes = 1 2\npi.nodes = 4\npi.rng = nas\n"))
        self.assertEqual((study.nodes_of, study.options), ({"pi": (4,)}, {"pi": {"rng": "nas"}}))


class Commands(Study):
    text = HEAD + "workers = 1 all\nnodes = 1 3\nplatform = p.xml\nvariants = mpi\n"

    def setUp(self):
        super().setUp()
        write_program(self.folder / "path" / "smpirun", SMPIRUN)
        self.write("p.xml", CLUSTER.format(name="tiny_machine", radical="0-2", core="4"))

    def run_study(self, *more, fault="", launcher="simulate", **env):
        return super().run_study(
            "--launcher", launcher, *more, fault=fault, FAKE_NOTES=str(self.folder), **env
        )

    def started(self):
        lines = (self.folder / "started").read_text().splitlines()
        return [json.loads(line) for line in lines]

    def test_a_study(self):
        done = self.run_study()
        self.assertEqual(done.returncode, 0, done.stderr)
        state = self.state()
        self.assertEqual(state["simulated"], "tiny_machine")
        self.assertEqual([run["workers"] for run in state["runs"]], [1, 4, 12])  # fewest first
        runs = [(ranks, hosts) for ranks, hosts, words in self.started() if hosts]
        whole = [name for name in ("n0.x", "n1.x", "n2.x") for _ in range(4)]
        self.assertEqual(runs, [(1, whole[:1]), (4, whole[:4]), (12, whole)])
        for _, hosts, words in self.started():
            for word in words:  # they would be those of another clock
                self.assertFalse(word.startswith(("--time_limit", "--watchdog")), words)
        self.assertIn("--max_reps=1", self.started()[-1][2])
        for run in state["runs"]:
            self.assertGreater(run["peak_bytes"], 2**20)
        again = self.run_study()
        self.assertIn("3 of 3 runs are done", again.stderr)

    def test_another_platform_is_another_study(self):
        self.assertEqual(self.run_study().returncode, 0)
        self.write("p.xml", CLUSTER.format(name="tiny_machine", radical="0-2", core="4").replace("Full", "None"))
        done = self.run_study()
        self.assertEqual(done.returncode, 1)
        self.assertIn("holds another study: model is simulated machine tiny_machine", done.stderr)
        done = self.run_study("--nodes", "1", launcher="local")
        self.assertIn("holds another study", done.stderr)

    def test_nodes_on_the_command_line(self):
        self.assertEqual(self.run_study("--nodes", "2").returncode, 0)
        self.assertEqual([run["ranks"] for run in self.state()["runs"]], [8])

    def test_a_run_that_hangs_is_ended_by_our_clock(self):
        self.study = self.write("mine.ini", self.text.replace("20 s", "2 s"))
        done = self.run_study("--nodes", "1", fault="hang:-4x1-")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(self.run_named("-4x1-")["reason"], r"timed out after [2-9] s")

    def test_all_ranks_share_this_memory(self):
        done = self.run_study(FAKE_MEMORY="1e9")  # MB, of a rank
        self.assertEqual(done.returncode, 1)
        self.assertIn("more than is free on this node", done.stderr)
        self.assertFalse(self.out.exists())

    def test_programs_of_the_other_kind(self):
        done = self.run_study(FAKE_KIND="real")
        self.assertIn("pi_mpi is not built for a simulated machine; build it: cmake --preset simulate", done.stderr)
        with open(self.bin / "pi_mpi", "a", encoding="ascii") as file:
            file.write("# libsimgrid.so.3.32\n")
        done = self.run_study("--nodes", "1", launcher="local")
        self.assertIn("is built for a simulated machine: it takes --launcher simulate", done.stderr)
        self.assertFalse(self.out.exists())

    def test_without_simgrid(self):
        done = subprocess.run(
            self.command("--launcher", "simulate"), capture_output=True, text=True, check=False,
            env={**environment(self.folder), "PATH": "/nonexistent"},
        )
        self.assertIn("needs smpirun", done.stderr)

    def test_dry_run(self):
        done = self.run_study("--dry-run")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("simulated: times are those of the machine tiny_machine", done.stdout)
        self.assertIn("smpirun --log=root.thres:warning -np 12", done.stdout)
        self.assertFalse(self.out.exists())


if __name__ == "__main__":
    unittest.main()
