"""CTest is told of a file that it was skipped when each of its tests was, and in no other case."""
from __future__ import annotations

import subprocess
import sys
import tempfile
import textwrap
import unittest
from pathlib import Path

RUNNER = Path(__file__).resolve().parent.parent / "run_file.py"
SKIPPED = "SKIPPED: no such tool"
CLASS = '@unittest.skipIf(True, "no such tool")\nclass One(unittest.TestCase):\n'
PLAIN = "class Two(unittest.TestCase):\n"
WORKS = "    def test_works(self): pass\n"
FAILS = "    def test_fails(self): self.fail('on purpose')\n"
SKIPS = "    def test_skips(self): self.skipTest('no such tool')\n"


class RunFile(unittest.TestCase):
    def told(self, text: str, *options: str) -> tuple[int, str]:
        """Exit code and standard output of a file of tests."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "test_invented.py"
            file.write_text(f"import unittest\n{text}", encoding="utf-8")
            done = subprocess.run([sys.executable, "-B", str(RUNNER), str(file), *options],
                                  capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stdout.strip()

    def test_all_are_skipped(self) -> None:
        module = "def setUpModule(): raise unittest.SkipTest('no such tool')\n"
        of_class = "    @classmethod\n    def setUpClass(cls): raise unittest.SkipTest('no such tool')\n"
        for text in (CLASS + WORKS, PLAIN + SKIPS, CLASS + WORKS + PLAIN + SKIPS, module + PLAIN + FAILS,
                     PLAIN + of_class + FAILS):
            with self.subTest(text=text):
                self.assertEqual(self.told(text), (77, SKIPPED))

    def test_every_reason_is_told_once(self) -> None:
        other = "    def test_skips_too(self): self.skipTest('no root')\n"
        self.assertEqual(self.told(CLASS + WORKS + PLAIN + SKIPS + other), (77, "SKIPPED: no root; no such tool"))

    def test_one_ran(self) -> None:
        for text in (PLAIN + WORKS, CLASS + WORKS + PLAIN + WORKS, PLAIN + WORKS + SKIPS):
            with self.subTest(text=text):
                self.assertEqual(self.told(text), (0, ""))

    def test_one_skipped_a_part_of_itself(self) -> None:
        text = PLAIN + textwrap.indent(textwrap.dedent("""\
            def test_parts(self):
                for part in range(2):
                    with self.subTest(part=part):
                        if part: self.skipTest('no such tool')
            """), "    ")
        self.assertEqual(self.told(text), (0, ""))

    def test_one_failed(self) -> None:
        broken = "    @classmethod\n    def setUpClass(cls): raise OSError('on purpose')\n"
        for text in (PLAIN + FAILS, CLASS + WORKS + PLAIN + FAILS, CLASS + WORKS + PLAIN + broken + WORKS):
            with self.subTest(text=text):
                self.assertEqual(self.told(text), (1, ""))

    def test_there_are_none(self) -> None:
        self.assertEqual(self.told(PLAIN + "    def works(self): pass\n"), (1, "there are no tests"))

    def test_options_reach_unittest(self) -> None:
        self.assertEqual(self.told(PLAIN + FAILS + SKIPS, "Two.test_skips"), (77, SKIPPED))


if __name__ == "__main__":
    unittest.main()
