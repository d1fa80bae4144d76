"""`scalebar report --write-reference` and `--expect`: the same files as a program's key `expect`."""
import contextlib
import io
import os
import re
import subprocess
import unittest
from pathlib import Path

from invented import Invented, Law
from support import Scratch

from results.command import main

BIN = Path(os.environ.get("SCALEBAR_BIN", "/nowhere"))


class References(Scratch):
    def setUp(self):
        super().setUp()
        self.study = Invented(self.folder / "study", apps=("pi",), workers=(1, 2), layouts=False).write()
        self.file = self.folder / "machine.ini"

    def report(self, folder, *arguments):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main([str(folder), "--table", *map(str, arguments)])
        self.text, self.err = out.getvalue(), err.getvalue()
        return code

    def test_a_study_meets_the_reference_it_has_written(self):
        self.assertEqual(self.report(self.study, "--write-reference", self.file), 0, self.err)
        text = self.file.read_text(encoding="utf-8")
        self.assertIn("[pi_omp size=tiny nodes=1 ranks=1 threads=2]", text)
        self.assertEqual(text.count("\nrate = "), 7)  # strong alone: serial, and 1 and 2 workers of three
        self.assertEqual(self.report(self.study, "--expect", self.file), 0, self.err)
        self.assertNotIn("SLOW", self.text)
        other = text.replace("size=tiny nodes=1 ranks=1", "ranks=1 size=tiny nodes=1")
        self.file.write_text(other, encoding="utf-8")  # words in another order
        self.assertEqual(self.report(self.study, "--expect", self.file), 0, self.err)

    def test_a_slower_study_is_slow(self):
        self.report(self.study, "--write-reference", self.file)
        slow = Invented(
            self.folder / "slow", apps=("pi",), workers=(1, 2), layouts=False, law=Law(one=0.44)
        ).write()
        self.assertEqual(self.report(slow, "--expect", self.file), 5, self.err)
        self.assertRegex(self.text, r"SLOW: rate 2\.\d+e\+08 sample/s is 9\.\d % below 2\.\d+e\+08")
        page = self.folder / "page.html"
        with contextlib.redirect_stdout(io.StringIO()):
            self.assertEqual(main([str(slow), "--expect", str(self.file), "-o", str(page)]), 5)
        words = re.sub("<[^>]*>", "", page.read_text(encoding="utf-8"))
        self.assertIn("all answers right; 7 points slower than the reference", words)
        self.assertEqual(self.report(slow, "--expect", self.file, "--write-reference", self.file), 5)
        self.assertEqual(self.report(slow, "--expect", self.file), 0)

    @unittest.skipUnless((BIN / "pi_serial").exists(), "SCALEBAR_BIN holds no programs")
    def test_a_program_reads_it(self):
        self.report(self.study, "--write-reference", self.file)
        done = subprocess.run(
            [str(BIN / "pi_serial"), "--expect", str(self.file), "--max_reps=1", "--min_reps=1"],
            capture_output=True, text=True, check=False,
        )
        self.assertIn(done.returncode, (0, 5), done.stderr)  # fast or slow, and understood

    def test_malformed_files(self):
        section = "[pi_omp size=tiny nodes=1 ranks=1 threads=2]"
        for text, words in (
            ("rate = 1 sample/s, -0.1, none", "machine.ini:1: 'rate = 1 sample/s, -0.1, none' stands before"),
            ("[pi_omp]", "machine.ini:1: section [pi_omp] is malformed"),
            (f"{section}\n{section}", "machine.ini:2: [pi_omp size=tiny nodes=1 ranks=1 threads=2] stands"),
            (f"{section}\nrate = x sample/s, -0.1, none", "machine.ini:2: 'rate = x"),
            (f"{section}\nrate = nan sample/s, -0.1, none", "is malformed"),
            (f"{section}\n{'x' * 5000}", "xxx ...' is malformed"),
            (f"{section}\nrate = 1 sample/s, 0.1, none", "is malformed"),
            (f"{section}\nrate = 1 sample/s, none, none", "is malformed"),
            (f"{section}\nspeed = 1 sample/s, -0.1, none", "is malformed"),
            (f"{section}\nrate = 1 cell/s, -0.1, none", "machine.ini:2: rate is in cell/s"),
            (section.replace("omp", "xyz"), "no section of it is of a point of this study"),
        ):
            self.file.write_text(text, encoding="utf-8")
            self.assertEqual(self.report(self.study, "--expect", self.file), 1, text)
            self.assertIn(words, self.err, text)
        self.file.write_bytes(b"\xff\xfe\x00")
        self.assertEqual(self.report(self.study, "--expect", self.file), 1)
        self.assertEqual(self.report(self.study, "--expect", self.folder / "none"), 1)

    def test_nothing_to_write(self):
        share = Invented(self.folder / "share", apps=("pi",), scalings=("strong",), sizes=("memory=0.1",)).write()
        self.assertEqual(self.report(share, "--write-reference", self.file), 1, "a size without a name")
        weak = Invented(self.folder / "weak", apps=("pi",), scalings=("weak",)).write()
        self.assertEqual(self.report(weak, "--write-reference", self.file), 1)
        self.assertFalse(self.file.exists())


if __name__ == "__main__":
    unittest.main()
