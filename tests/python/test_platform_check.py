"""What a platform file must hold, or it is refused by name: without it simulated runs hang, or mean
nothing."""
import unittest

from support import Scratch

from jobscripts.errors import Refused
from jobscripts.platform import SHIPPED, read_platform

HOSTS = """\
<platform version="4.1">
  <config><prop id="smpi/simulate-computation" value="off"/></config>
  <zone id="own" routing="Full">
    <host id="a" speed="1Gf" core="2"><prop id="memory_bandwidth" value="2.5e9"/></host>
    <host id="b" speed="1Gf" core="2"><prop id="memory_bandwidth" value="2500000000"/></host>
    <link id="own-a" bandwidth="1GBps" latency="1us"/>
    <link id="own-b" bandwidth="1GBps" latency="1us"/>
    <link id="between" bandwidth="1GBps" latency="1us"/>
    <route src="a" dst="a"><link_ctn id="own-a"/></route>
    <route src="b" dst="b"><link_ctn id="own-b"/></route>
    <route src="a" dst="b"><link_ctn id="between"/></route>
  </zone>
</platform>
"""
MEMORY = '<prop id="memory_bandwidth" value="10e9"/>'


class Check(Scratch):
    def setUp(self):
        super().setUp()
        self.cluster = (SHIPPED / "fat_tree.xml").read_text(encoding="utf-8")

    def refused(self, text, before, after, words):
        """Without the change the file is taken."""
        self.assertIn(before, text)
        read_platform(self.write("p.xml", text))
        path = self.write("p.xml", text.replace(before, after))
        with self.subTest(before), self.assertRaisesRegex(Refused, f"^p.xml: {words}"):
            read_platform(path)

    def test_hosts(self):
        found = read_platform(self.write("p.xml", HOSTS))
        self.assertEqual((found.nodes, found.cores), (("a", "b"), 2))

    def test_memory(self):
        words = "<cluster id='nodes'> has no property memory_bandwidth"
        self.refused(self.cluster, MEMORY, "", words)
        words = "<host id='b'> has no property memory_bandwidth"
        self.refused(HOSTS, '<prop id="memory_bandwidth" value="2500000000"/>', "", words)
        for value in ("10GBps", "0", "-1e9", "inf", "nan", ""):
            self.refused(self.cluster, 'value="10e9"', f'value="{value}"', ".*is no number above 0 of byte/s")

    def test_loopback(self):
        words = "<cluster id='nodes'> has no loopback_bw, of the link"
        self.refused(self.cluster, 'loopback_bw="10GBps"', "", words)
        words = "<cluster id='nodes'> has no loopback_lat, of the link"
        self.refused(self.cluster, 'loopback_lat="0.3us"', "", words)
        words = "<host id='b'> has no <route> to itself"
        self.refused(HOSTS, '<route src="b" dst="b"><link_ctn id="own-b"/></route>', "", words)

    def test_time_of_this_machine(self):
        words = "its <config> does not set smpi/simulate-computation to no"
        setting = '<prop id="smpi/simulate-computation" value="{}"/>'
        self.refused(self.cluster, setting.format("no"), "", words)
        self.refused(self.cluster, setting.format("no"), setting.format("yes"), words)


if __name__ == "__main__":
    unittest.main()
