"""A run ends with all its processes, whatever they do."""
import os
import secrets
import sys
import time
import unittest

from support import Scratch, carrying

from jobscripts.execute import execute


class Executes(Scratch):
    def setUp(self):
        super().setUp()
        self.token = secrets.token_hex(16)

    def run_python(self, code, patience=30.0):
        return execute(
            [sys.executable, "-c", code],
            {"OMP_NUM_THREADS": "3", "TEST_TOKEN": self.token},
            self.folder / "r.log",
            patience,
        )

    def test_output_and_errors_in_one_log(self):
        ended = self.run_python(
            "import os, sys; print(os.environ['OMP_NUM_THREADS']); print('bad', file=sys.stderr)"
        )
        self.assertEqual((ended.code, ended.timed_out, ended.stderr), (0, False, "bad\n"))
        lines = (self.folder / "r.log").read_text().splitlines()
        self.assertTrue(lines[0].startswith("# OMP_NUM_THREADS=3 python"))
        self.assertEqual(lines[-3:], ["3", "# standard error:", "bad"])
        self.assertEqual(os.listdir(self.folder), ["r.log"])

    def test_codes_and_signals(self):
        self.assertEqual(self.run_python("raise SystemExit(5)").code, 5)
        self.assertEqual(self.run_python("import os; os.kill(os.getpid(), 9)").code, -9)

    def test_what_cannot_start(self):
        ended = execute(["/no/such/program"], {}, self.folder / "r.log", 5.0)
        self.assertEqual(ended.code, None)
        self.assertIn("could not start", ended.problem)

    def test_a_hanging_tree_is_ended_whole(self):
        code = (
            "import signal, subprocess, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
            "subprocess.Popen(['sleep', '600'], start_new_session=True); time.sleep(600)"
        )
        started = time.monotonic()
        ended = self.run_python(code, patience=1.0)
        self.assertTrue(ended.timed_out)
        self.assertLess(time.monotonic() - started, 10.0)
        self.assertEqual(carrying(self.token), [])

    def test_orphans_are_found_after_a_good_end(self):
        ended = self.run_python(
            "import subprocess; subprocess.Popen(['sleep', '600'], start_new_session=True)"
        )
        self.assertEqual((ended.code, ended.left_behind), (0, 1))
        self.assertEqual(carrying(self.token), [])


if __name__ == "__main__":
    unittest.main()
