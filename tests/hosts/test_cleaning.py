"""Of hosts nothing is left: not when a run ends, nor, once the next one begins, when it was killed."""
from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import hosts


def setUpModule() -> None:
    hosts.set_up(2)


class Cleaning(unittest.TestCase):
    def test_what_a_killed_run_left_is_removed(self) -> None:
        """Processes on its hosts included; those of runs that go on are left alone."""
        code = ("import hosts, os, subprocess, tempfile; h = hosts.Hosts(2); h.create(); h.slow_link(0, 1); "
                "subprocess.Popen(['ip', 'netns', 'exec', h.names[1], 'sleep', '600']); "
                "os.mkdir(f'{tempfile.gettempdir()}/ompi.{h.names[1]}.0'); print(h.names[1], flush=True); input()")
        with subprocess.Popen([sys.executable, "-B", "-c", code], cwd=Path(__file__).parent, stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            name = child.stdout.readline().strip()
            self.assertIn(name, hosts.namespaces())
            hosts.remove_leftovers()
            self.assertIn(name, hosts.namespaces())
            os.kill(child.pid, signal.SIGKILL)
        of_child = [space for space in hosts.namespaces() if space.startswith(f"sb{child.pid}")]
        self.assertEqual(len(of_child), 3)
        folder = Path(tempfile.gettempdir(), f"ompi.{name}.0")
        self.assertTrue(folder.exists())
        hosts.remove_leftovers()
        self.assertFalse(folder.exists())
        left = hosts.namespaces()
        self.assertEqual([space for space in left if space in of_child], [])
        self.assertTrue([space for space in left if space.startswith(f"sb{os.getpid()}")])


if __name__ == "__main__":
    unittest.main()
