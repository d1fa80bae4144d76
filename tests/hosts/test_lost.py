"""A host or a rank that is lost ends the run, on all hosts, with words of what is known, and never with success."""
from __future__ import annotations

import os
import signal
import threading
import time
import unittest
from collections.abc import Callable

import hosts
import launch

LONG_RUN = ("--samples", "3e6", "--warmup", "0", "--min_reps", "1000000", "--max_reps", "1000000",
            "--time_limit", "300", "--watchdog", "5")
PROGRAM = "pi_mpi"
LOST = 2
cluster: hosts.Hosts


def setUpModule() -> None:
    global cluster
    cluster = hosts.set_up(3)


def wait_for(what: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while not what():
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


class Lost(unittest.TestCase):
    def lose(self, strike: Callable[[], None]) -> launch.Outcome:
        """A long run that is struck while all hosts compute; on those that can be reached nothing is left."""
        struck = []

        def strike_when_running() -> None:
            if wait_for(lambda: all(cluster.ranks(host, PROGRAM) for host in range(3)), 60):
                time.sleep(5.0)  # past MPI's start, where other words are said
                strike()
                struck.append(True)

        thread = threading.Thread(target=strike_when_running)
        thread.start()
        run = launch.execute(cluster.command([1, 1, 1], str(launch.BIN / PROGRAM), *LONG_RUN), timeout=120)
        thread.join()
        self.addCleanup(cluster.end_all)
        self.assertTrue(struck, run)
        self.assertFalse(run.timed_out, run)
        self.assertNotEqual(run.code, 0, run)
        self.assertNotIn("PASS", run.out, run)
        for host in (0, 1):
            gone = wait_for(lambda host=host: not cluster.ranks(host, PROGRAM), 20)
            self.assertTrue(gone, f"left on host {host}: {run}")
        return run

    def test_a_rank_is_killed(self) -> None:
        run = self.lose(lambda: os.kill(cluster.ranks(LOST, PROGRAM)[0], signal.SIGKILL))
        self.assertRegex(run.err, rf"process rank {LOST} with PID \d+ on node {cluster.names[LOST]} exited on signal 9")

    def test_a_host_dies(self) -> None:
        run = self.lose(lambda: hosts.end_processes(cluster.names[LOST]))
        # The words are Open MPI's, and depend on who notices first: its daemon or a rank.
        self.assertRegex(run.err, rf"{cluster.names[LOST]}|one or more daemons|failed to TCP connect")

    def test_a_cable_is_pulled(self) -> None:
        """The host computes on, unheard; those that wait for it say where they stood."""
        self.addCleanup(cluster.join, LOST)
        run = self.lose(lambda: cluster.cut(LOST))
        self.assertRegex(run.err, rf"(?m)^ERROR watchdog: rank [01] \({cluster.names[0][:-1]}[12]\) without progress "
                                  r"for \S+ s waiting for others in run$", run)


if __name__ == "__main__":
    unittest.main()
