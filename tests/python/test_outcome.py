"""Verdicts fail closed: nothing but exit 0, a last line RESULT PASS and whole files is a pass."""
import unittest

from support import Scratch

from jobscripts.execute import Ended
from jobscripts.outcome import judge, worst

GOOD = "FOM pi.rate=2.5e+09 sample/s\nFOM pi.hits=123 count\nVERIFY pi PASS check=a error=0 bound=1\nRESULT pi_mpi PASS\n"


class Judges(Scratch):
    def judge(self, text, code=0, stderr="", **ended):
        log = self.write("r.log", text + ("# standard error:\n" + stderr if stderr else ""))
        files = [self.folder / "r.json", self.folder / "r.h5"]
        values = {"seconds": 1.0, "timed_out": False, "left_behind": 0, "problem": "", **ended}
        return judge("pi_mpi", Ended(code=code, stderr=stderr, **values), log, files)

    def setUp(self):
        super().setUp()
        self.write("r.json", "{}")
        (self.folder / "r.h5").write_bytes(b"\x89HDF\r\n\x1a\n")

    def test_pass_with_figures(self):
        outcome = self.judge(GOOD, stderr="WARN interval: wide\n")
        self.assertEqual((outcome.verdict, outcome.reason), ("PASS", ""))
        self.assertEqual(outcome.figures["pi.rate"], {"value": 2.5e9, "unit": "sample/s"})
        self.assertEqual(outcome.figures["pi.hits"], {"value": 123, "unit": "count"})
        self.assertEqual(outcome.warnings, ["interval: wide"])

    def test_everything_else_is_an_error(self):
        cases = {
            "exit code 0 without RESULT": ("FOM pi.rate=1 sample/s\n", 0),
            "nothing printed": ("", 0),
            "RESULT is not the last line": (GOOD + "more\n", 0),
            "RESULT of another program": ("RESULT pi_omp PASS\n", 0),
            "RESULT with more words": ("RESULT pi_mpi PASS really\n", 0),
            "RESULT not at column 0": (" RESULT pi_mpi PASS\n", 0),
            "an unknown word": ("RESULT pi_mpi FINE\n", 0),
            "exit code 3": (GOOD, 3),
            "killed": (GOOD, -9),
            "killed below a launcher": (GOOD, 137),
            "PASS with the code of WRONG": (GOOD, 2),
            "the code of WRONG alone": ("", 2),
            "SLOW with exit code 0": ("RESULT pi_mpi SLOW\n", 0),
            "ERROR": ("RESULT pi_mpi ERROR\n", 1),
        }
        for name, (text, code) in cases.items():
            with self.subTest(name):
                outcome = self.judge(text, code)
                self.assertEqual(outcome.verdict, "ERROR")
                self.assertTrue(outcome.reason)

    def test_wrong_stays_wrong_whatever_the_launcher_says(self):
        for code in (0, 1, 2, 137):
            outcome = self.judge(
                "VERIFY pi FAIL check=a error=2 bound=1\nRESULT pi_mpi WRONG\n", code
            )
            self.assertEqual(outcome.verdict, "WRONG")
            self.assertIn("check=a", outcome.reason)

    def test_slow(self):
        self.assertEqual(self.judge("RESULT pi_mpi SLOW\n", 5).verdict, "SLOW")

    def test_files_must_be_there_and_whole(self):
        (self.folder / "r.h5").write_bytes(b"not HDF5")
        self.assertIn("r.h5 is missing or broken", self.judge(GOOD).reason)
        (self.folder / "r.h5").unlink()
        self.assertIn("r.h5 is missing or broken", self.judge(GOOD).reason)
        self.write("r.json", "{")
        self.assertIn("r.json is missing or broken", self.judge(GOOD).reason)

    def test_the_reason_quotes_the_program(self):
        stderr = "----\nmpirun noticed\nERROR pi_mpi: no memory\n"
        self.assertEqual(
            self.judge("RESULT pi_mpi ERROR\n", 1, stderr).reason,
            "exit code 1: ERROR pi_mpi: no memory",
        )
        self.assertIn("killed by SIGKILL", self.judge("", 137).reason)
        self.assertIn("timed out after 1 s", self.judge("", None, timed_out=True).reason)

    def test_worst(self):
        self.assertEqual(
            [worst(c) for c in ([0, 5], [5, 1, 0], [1, 2, 5], [0, 0], [])], [5, 1, 2, 0, 1]
        )


if __name__ == "__main__":
    unittest.main()
