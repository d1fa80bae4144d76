"""Nothing that a study file or a folder is called, or says, is ever read by a shell, leaves the
study's folder, or becomes an option of its own."""
import json
import re
import subprocess
import sys
import unittest
from pathlib import Path

from support import ROOT, Scratch, environment, make_bin

from jobscripts.errors import Refused
from jobscripts.launch import Problem, program_arguments
from jobscripts.plan import make_plan
from jobscripts.programs import Program
from jobscripts.study import KEYS, read_study
from jobscripts.topology import Topology

HOSTILE = [
    *("a;touch pwned", "$(touch pwned)", "`touch pwned`", "a|touch pwned", "a&touch pwned", "a b"),
    *(">pwned", "<x", "a'b", 'a"b', "a\\b", "a*b", "a?b", "[a]", "{a,b}", "~", "~root", "!!"),
    *("../x", "..", ".", "a/../../x", "/etc/passwd", "//x", "-rf", "--mca", "-", "--json=x", "a=b"),
    *("\u00e4", "\u0661", "\uff11", "\u202e", "a\u2028b", "\ufeff", "memory=.\u0661"),
    *("\x1b[2J", "\x07", "\x7f", "a\rb", "\x0b"),
    *("x" * 201, "9" * 400, "1" * 18, "1e999", "nan", "%s%n", "%(x)s", "{0.__class__}", "$IFS"),
    *("a\nprobe = no", "a\n[study]", "memory=0.5;x", "memory=../x", "2x3;x", "\u0662x3", "1x2x3x4"),
    *("all all", "all;x", "numa/..", "0x1", "00", "+1", "1_000", " ", "a\x00b", "\ud800"),
]
IDENTITY = re.compile(r"[a-z][A-Za-z0-9_.-]{0,150}", re.ASCII)
ARGUMENT = re.compile(r"--[a-z][a-z0-9_]*=[A-Za-z0-9_.,+^:@%/-]{1,200}", re.ASCII)
CORES = Topology((0, 1), ((0, 1),), None, False, "Test CPU")


class Values(Scratch):
    def check(self, data):
        """The study is refused in one printable line, or all that comes of it is harmless."""
        path = self.folder / "mine.ini"
        path.write_bytes(data.encode("utf-8", "surrogatepass"))
        try:
            study = read_study(path)
        except Refused as refusal:
            said = str(refusal).replace(str(self.folder), "")
            self.assertTrue(said.isprintable(), ascii(said))
            self.assertLess(len(said), 2000)
            return False
        apps = ["pi"] if study.apps == ("all",) else study.apps
        programs = [
            Program(Path(f"/bin/{app}_{name}"), app, name, "0" * 64, "", {})
            for app in apps
            for name in ("serial", "omp", "hybrid")
        ]
        for run in make_plan(study, programs, CORES, 1).runs:
            self.assertRegex(run.id, rf"\A{IDENTITY.pattern}\Z")
            self.assertNotIn("..", run.id)
            program = next(program for program in programs if program.name == run.program)
            problem = Problem(run.scaling, run.per, run.size)
            options = dict(run.options + run.measure)
            for argument in program_arguments(program, run.layout, problem, study.seed, options):
                self.assertRegex(argument, rf"\A{ARGUMENT.pattern}\Z")
                value = argument.partition("=")[2]
                self.assertFalse(value.startswith("/") or ".." in value.split("/"), argument)
        return True

    def test_every_key_with_every_hostile_value(self):
        taken = set()
        for key in (*(key for key in KEYS if key != "kind"), "pi.samples", "pi.x", "heat.restart"):
            for text in HOSTILE:
                with self.subTest(key=key, text=ascii(text)[:40]):
                    if self.check(f"[study]\nkind = scaling\n{key} = {text}\n"):
                        taken.add(text)
        self.assertLess(len(taken), len(HOSTILE) / 2, "most is refused")

    def test_hostile_keys_sections_and_kinds(self):
        for text in HOSTILE:
            for line in (f"{text} = 1", f"pi.{text} = 1", f"{text}.samples = 1", f"[{text}]", text):
                with self.subTest(line=ascii(line)[:40]):
                    self.check(f"[study]\nkind = scaling\n{line}\n")
                    self.check(f"[study]\nkind = scaling\n{line}\n{line}\n")
            self.check(f"[study]\nkind = {text}\n")
            self.check(f"[{text}]\nkind = scaling\n")

    def test_hostile_values_do_reach_the_check(self):
        """The nets above would pass if nothing were ever taken."""
        text = "[study]\nkind = scaling\npi.samples = 1e9\nsizes = memory=0.5\n"
        self.assertTrue(self.check(text))


class Folders(Scratch):
    def test_names_of_folders_are_no_commands(self):
        """Programs and results in folders with the worst of names; ranks bound by bind.sh, the only
        shell on the way."""
        base = self.folder / "a b;$(touch pwned)`touch pwned`'\"*\n-x"
        folder, out = make_bin(base), base / "o;u t"
        study = self.write("mine.ini", "[study]\nkind = scaling\nworkers = 1 2\ntime_limit = 1 s\n")
        done = subprocess.run(
            [
                *(sys.executable, str(ROOT / "jobscripts"), str(study)),
                *("--out", str(out), "--programs", str(folder)),
            ],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            cwd=self.folder,
            env=environment(base),
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(list(self.folder.rglob("pwned")), [])
        runs = json.loads((out / "study.json").read_text())["runs"]
        self.assertEqual({run["verdict"] for run in runs}, {"PASS"})
        self.assertEqual({path.name for path in self.folder.iterdir()}, {base.name, "mine.ini"})

    def test_the_binding_shell_hands_on_what_it_gets(self):
        hostile = [text for text in HOSTILE if "\x00" not in text and "\ud800" not in text]
        code = "import json, sys; print(json.dumps(sys.argv[1:]))"
        shim = ["sh", str(ROOT / "jobscripts" / "bind.sh"), "0/0"]
        done = subprocess.run(
            [*shim, sys.executable, "-c", code, *hostile],
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
        )
        if "taskset" in done.stderr:
            self.skipTest("taskset is not there, or CPU 0 is not ours")
        self.assertEqual(json.loads(done.stdout), hostile)
        self.assertEqual(list(self.folder.iterdir()), [])


if __name__ == "__main__":
    unittest.main()
