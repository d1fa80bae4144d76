"""Where the model's machines come from: figures of probe, and platform files."""
import textwrap
import unittest
import unittest.mock

from support import Scratch

from jobscripts.errors import Refused
from results.ceilings import Ceiling, Ceilings
from results.model_machine import of_probe
from results.model_platform import of_platform, platform_file, quantity
from results.record import Figure, Record


def probe(**values):
    """A record of which only the figures count."""
    figures = {name: Figure(name, "", "1", value) for name, value in values.items()}
    return unittest.mock.Mock(spec=Record, figures=figures)


def limits(*records):
    return Ceilings(Ceiling(1e10, 4e10, 8), Ceiling(2e10, 16e10, 8), None, records)


class OfProbe(unittest.TestCase):
    def test_links_carry_half_of_both_ways_together(self):
        found = of_probe(limits(probe(latency_node=6e-7, bandwidth_node=8e9, bandwidth_both_node=1.4e10)), 8)
        self.assertEqual((found.near.latency, found.near.bandwidth), (6e-7, 7e9))
        self.assertEqual((found.overhead, found.far, found.sum_passes), (6e-7, (), 1))

    def test_one_way_counts_where_both_were_not_measured_or_are_more(self):
        for both in ({}, {"bandwidth_both_network": 3e10}):
            record = probe(latency_network=2e-6, bandwidth_network=1.2e10, **both)
            link = of_probe(limits(record), 8).link(100)
            self.assertEqual((link.latency, link.bandwidth), (2e-6, 1.2e10))

    def test_the_largest_probe_counts(self):
        few = probe(latency_node=1e-6, bandwidth_node=1e9)
        many = probe(latency_node=2e-6, bandwidth_node=2e9)
        self.assertEqual(of_probe(limits(few, many), 8).near.latency, 2e-6)

    def test_without_memory_or_arithmetic_there_is_no_machine(self):
        self.assertIsNone(of_probe(Ceilings(None, Ceiling(1.0, 1.0, 1), None, ()), 8))
        self.assertIsNone(of_probe(Ceilings(Ceiling(1.0, 1.0, 1), None, None, ()), 8))


PLATFORM = """\
<?xml version="1.0"?>
<platform version="4.1">
  <config><prop id="smpi/ois" value="0:1e-7:0"/><prop id="smpi/or" value="0:3e-7:0"/></config>
  <zone id="own" routing="Full">
    <cluster id="nodes" prefix="n" suffix="" radical="0-15" speed="3Gf" core="8" topology="TORUS"
             topo_parameters="4,4" bw="1GBps" lat="2us" loopback_bw="5GBps" loopback_lat="0.5us">
      <prop id="memory_bandwidth" value="7e9"/>
    </cluster>
  </zone>
</platform>
"""


class OfPlatform(Scratch):
    def machine(self, text=PLATFORM):
        path = self.folder / "own.xml"
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return of_platform(path)

    def test_the_fat_tree(self):
        """Numbers as in inputs/platforms/README.md."""
        found = of_platform(platform_file("fat_tree"))
        self.assertEqual((found.cores, found.compute.core, found.memory.core), (16, 20e9, 10e9))
        self.assertEqual(found.memory.all, 16 * 10e9)
        self.assertAlmostEqual(found.near.latency, 0.3e-6 + 0.4e-6)
        self.assertEqual(found.near.bandwidth, 10e9)
        self.assertAlmostEqual(found.link(16).latency, 2 * 0.25e-6 + 0.4e-6)
        self.assertAlmostEqual(found.link(17).latency, 4 * 0.25e-6 + 0.4e-6)
        self.assertAlmostEqual(found.link(256).bandwidth, 12.5e9)  # crosstraffic is off
        self.assertAlmostEqual(found.overhead, 0.4e-6)
        self.assertEqual((found.sum_passes, found.copies_share), (2, False))

    def test_a_torus_of_ones_own(self):
        found = self.machine()
        self.assertEqual((found.cores, found.compute.core, found.memory.core), (8, 3e9, 7e9))
        self.assertAlmostEqual(found.overhead, 4e-7)
        self.assertEqual(found.sum_passes, 1)
        # Two nodes are neighbours with one link. Four are a ring: to two of the others one link, to the
        # third two; of its bytes each sends 2/3 to the other half, which two links join.
        two, four = found.link(2), found.link(4)
        self.assertAlmostEqual(two.latency, 2e-6 + 4e-7)
        self.assertAlmostEqual(four.latency, 2e-6 * 4 / 3 + 4e-7)
        self.assertAlmostEqual(two.bandwidth, 1e9 / 1.05)
        self.assertAlmostEqual(four.bandwidth / two.bandwidth, 2 / (4 / 3))

    def tree(self, parameters):
        return self.machine(PLATFORM.replace("TORUS", "FAT_TREE").replace("4,4", parameters))

    def test_a_thinned_tree_shares_its_links_upwards(self):
        """Four nodes below each of four switches. When all send to all, of each node's bytes 4/7 leave its
        switch where two switches have nodes, and 12/15 where all have."""
        full, cables = self.tree("2;4,4;1,4;1,1"), self.tree("2;4,4;1,2;1,2")
        for nodes in (2, 4, 5, 8, 16):
            self.assertAlmostEqual(full.link(nodes).bandwidth, 1e9 / 1.05)
            self.assertAlmostEqual(cables.link(nodes).bandwidth, 1e9 / 1.05)
        for parameters, links in (("2;4,4;1,2;1,1", 2), ("2;4,4;1,1;1,2", 2), ("2;4,4;1,1;1,1", 1)):
            thinned = self.tree(parameters)
            self.assertAlmostEqual(thinned.link(4).bandwidth, full.link(4).bandwidth)
            for nodes, leaving in ((8, 4 / 7), (16, 12 / 15)):
                share = min(1.0, links / (4 * leaving))
                self.assertAlmostEqual(thinned.link(nodes).bandwidth / full.link(nodes).bandwidth, share)
                self.assertEqual(thinned.link(nodes).latency, full.link(nodes).latency)

    def test_trees_that_do_not_say_all_of_themselves_are_refused(self):
        for wrong in ("2;4,4;1;1,1", "2;4,4", "3;4,4;1,2;1,1", "2;4,4;1,0;1,1", "2;99999,99999;1,1;1,1"):
            with self.assertRaisesRegex(Refused, "no platform that can be modelled"):
                self.tree(wrong)

    def test_what_is_no_such_file_is_refused(self):
        for wrong in ("<platform/>", "no xml", PLATFORM.replace("3Gf", "fast"), PLATFORM.replace("TORUS", "STAR"),
                      PLATFORM.replace('core="8"', "")):
            with self.assertRaisesRegex(Refused, "no platform that can be modelled"):
                self.machine(wrong)
        self.assertIsNone(platform_file("../platforms/fat_tree"))
        self.assertIsNone(platform_file("none_of_ours"))

    def test_numbers_with_units(self):
        self.assertAlmostEqual(quantity("0.25us", "s"), 2.5e-7)
        self.assertEqual(quantity("12.5GBps", "Bps"), 12.5e9)
        with self.assertRaises(ValueError):
            quantity("12.5Gbps", "Bps")


if __name__ == "__main__":
    unittest.main()
