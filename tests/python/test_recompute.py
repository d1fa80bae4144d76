"""The scripts of recompute/: short enough to be read in a minute each, alone but for the model of times, listed in
their README, and run by hand as it says."""
import ast
import contextlib
import io
import os
import re
import subprocess
import sys
import tokenize
import unittest
from pathlib import Path

from page_studies import compared, flawed, reported, simulated, untrusted
from support import ROOT

import recompute
from recompute.__main__ import show

FOLDER = ROOT / "tests/python/recompute"
LINES, WIDTH = 20, 110
STANDARD = {"collections", "functools", "importlib", "json", "math", "pathlib", "re", "sys", "types"}
ALLOWED = STANDARD | {"h5py", "numpy", "scipy", "recompute"}
# The model of times is not written twice: who asks it, and for what. test_model.py holds it to formulas.
OF_THE_REPORT = {
    "anchors.py": {"results.model"},
    "beyond.py": {"results.model"},
    "layouts.py": {"results.model"},
    "machine.py": {"results.model_machine", "results.model_platform"},
}
# Studies in which there is something for a script to tell, where `reported` has nothing
TOLD_OF = {"platforms": simulated, "stored": untrusted, "warned": flawed, "remarks": flawed}
NOT_CODE = {
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER
}


def code_lines(text: str) -> int:
    """Lines that hold code: neither blank, nor comments, imports or the texts that describe."""
    described = (ast.Module, ast.ClassDef, ast.FunctionDef)
    left_out: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, described) and ast.get_docstring(node) is not None:
            node = node.body[0]
        elif not isinstance(node, (ast.Import, ast.ImportFrom)):
            continue
        left_out.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in NOT_CODE:
            lines.update(range(token.start[0], token.end[0] + 1))
    return len(lines - left_out)


def imported(text: str) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


class Scripts(unittest.TestCase):
    def setUp(self) -> None:
        self.texts = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.py")}

    def test_they_are_short_and_readable(self) -> None:
        for name, text in self.texts.items():
            with self.subTest(script=name):
                self.assertLessEqual(code_lines(text), LINES)
                self.assertLessEqual(max(map(len, text.splitlines())), WIDTH)
                tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
                self.assertNotIn(";", [token.string for token in tokens])
                self.assertTrue(ast.get_docstring(ast.parse(text)), "what it computes")
                self.assertLessEqual(self.deepest(ast.parse(text)), 2, "loops inside an expression")

    def deepest(self, node: ast.AST) -> int:
        """How many loops of one expression lie inside each other, or beside each other in it."""
        inner = max(map(self.deepest, ast.iter_child_nodes(node)), default=0)
        loops = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
        return inner + len(node.generators) if isinstance(node, loops) else inner

    def test_lines_are_counted(self) -> None:
        text = '"""What\nit is."""\nimport math\n\n# why\nA = (1,\n     2)  # both\n\n\ndef f():\n    """So."""\n    return """a\nb"""\n'
        self.assertEqual(code_lines(text), 2 + 1 + 2)

    def test_they_stand_alone(self) -> None:
        of_the_report = {}
        for name, text in self.texts.items():
            found = imported(text)
            own = {module for module in found if module.split(".")[0] in ("results", "jobscripts")}
            if own:
                of_the_report[name] = own
            with self.subTest(script=name):
                self.assertLessEqual({module.split(".")[0] for module in found - own}, ALLOWED)
        self.assertEqual(of_the_report, OF_THE_REPORT)

    def test_the_readme_says_what_each_computes(self) -> None:
        text = (FOLDER / "README.md").read_text(encoding="utf-8")
        listed = re.findall(r"`(\w+\.py)`", "\n".join(line for line in text.splitlines() if line.startswith("|")))
        self.assertEqual(sorted(listed), sorted(self.texts))

    def test_none_is_forgotten(self) -> None:
        """Each script that makes rows is one of those that are merged."""
        makers = {name[: -len(".py")] for name, text in self.texts.items() if re.search(r"^def rows\(", text, re.M)}
        self.assertEqual(makers, {*recompute.SCRIPTS, *recompute.COMPARED})


class ByHand(unittest.TestCase):
    def run_script(self, *arguments: object) -> "subprocess.CompletedProcess[str]":
        """As the README says, where nothing else helps to find modules."""
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        return subprocess.run(
            [sys.executable, "-B", "-m", "recompute", *map(str, arguments)], cwd=FOLDER.parent, env=environment,
            capture_output=True, text=True, timeout=200, check=False,
        )

    def test_each_prints_its_rows(self) -> None:
        for script in (*recompute.SCRIPTS, *recompute.COMPARED):
            study = compared if script in recompute.COMPARED else TOLD_OF.get(script, reported)
            folders, page = study()
            told = {row for row, _, _ in page.told()}
            with self.subTest(script=script):
                printed = io.StringIO()
                with contextlib.redirect_stdout(printed):
                    show(script, *(folders if isinstance(folders, list) else [folders]))
                self.assertRegex(printed.getvalue(), r"^.+: \w+ -?[\d.]+")
                rows = {line.rpartition(": ")[0] for line in printed.getvalue().splitlines()}
                self.assertLessEqual(rows, told)

    def test_as_the_readme_says(self) -> None:
        study, _ = flawed()
        for arguments in (("times", study), ("missing", study, study)):
            done = self.run_script(*arguments)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
        done = self.run_script("study", study)
        self.assertRegex(done.stdout, r"^study: runs \d+, cores 3, domains 1, seed 7, order_seed 1\n$")

    def test_what_is_no_script_is_told(self) -> None:
        for arguments in ((), ("times",), ("secrets", Path("study"))):
            done = self.run_script(*arguments)
            self.assertEqual(done.returncode, 1)
            self.assertIn("scripts: times speedups", done.stderr)


if __name__ == "__main__":
    unittest.main()
