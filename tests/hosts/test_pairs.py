"""probe's tournament of pairs names the link that is slow, or the host, and nothing else.

The machine's few cores are shared by all hosts, whose processes make each other late at random: that
these are not taken for slow links is half of what is tested here.
"""
from __future__ import annotations

import itertools
import re
import unittest

import hosts
import launch

COUNT = 4
PAIRS = ("--what", "pairs", "--n", "100000", "--warmup", "0", "--min_reps", "2", "--max_reps", "2")
NAMED = re.compile(r"^WARN pairs: \w+ between rank (\d+) \((\S+)\) and rank (\d+) \((\S+)\) "
                   r"is at best 0\.\d\d of the median$")
SLOW_HOST = re.compile(r"^WARN pairs: bandwidth of rank (\d+) \((\S+)\) is slow with all (\d+) others$")
cluster: hosts.Hosts


def setUpModule() -> None:
    global cluster
    cluster = hosts.set_up(COUNT)


class Pairs(unittest.TestCase):
    def tearDown(self) -> None:
        cluster.full_speed()

    def probe(self, variant: str = "mpi") -> tuple[launch.Outcome, set[tuple[int, int]]]:
        """A run, and the pairs of hosts that its warnings name."""
        run = cluster.run([1] * COUNT, f"probe_{variant}", *PAIRS)
        self.assertTrue(run.succeeded(), run)
        named = set()
        for line in run.warnings():
            found = NAMED.match(line)
            if found:
                pair = (int(found[1]), int(found[3]))
                self.assertEqual((found[2], found[4]), (cluster.names[pair[0]], cluster.names[pair[1]]), run)
                named.add(pair)
        return run, named

    def test_a_quiet_network_has_no_slow_pair(self) -> None:
        run, named = self.probe()
        self.assertEqual(named, set(), run)

    def test_the_slow_link_is_named_and_no_other(self) -> None:
        links = list(itertools.combinations(range(COUNT), 2))
        for first, second in links if launch.LONG else links[::2]:
            with self.subTest(link=(first, second)):
                cluster.slow_link(first, second)
                run, named = self.probe()
                cluster.full_speed()
                self.assertEqual(named, {(first, second)}, run)
                self.assertFalse([line for line in run.warnings() if SLOW_HOST.match(line)], run)
                self.assertRegex(run.out, rf"(?m)^# pairs: the worst bandwidth is between rank {first} .* and rank "
                                          rf"{second} ", run)

    def test_a_slow_host_is_named_in_each_of_its_pairs(self) -> None:
        for host in range(COUNT) if launch.LONG else (2,):
            with self.subTest(host=host):
                cluster.slow_host(host)
                run, named = self.probe()
                cluster.full_speed()
                self.assertEqual(named, {(min(host, other), max(host, other)) for other in range(COUNT)
                                         if other != host}, run)
                told = [found for found in map(SLOW_HOST.match, run.warnings()) if found]
                self.assertEqual([found.groups() for found in told],
                                 [(str(host), cluster.names[host], str(COUNT - 1))], run)


if __name__ == "__main__":
    unittest.main()
