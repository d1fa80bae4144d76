"""How layouts are told to the launchers of batch systems, in jobs of one run and on parts of a node."""
import unittest

import support  # noqa: F401  (finds jobscripts)
from jobscripts.choose import ALL
from jobscripts.layout import Layout
from jobscripts.site import Site

LSF = ALL[2]


class WithoutMpi(unittest.TestCase):
    def test_lsf_with_mpirun_needs_no_jsrun(self):
        """Where a site says mpirun, jsrun need not be there: programs without MPI start by themselves."""
        site = Site(start="mpirun")
        self.assertEqual(LSF.start(Layout(1, 4), site, "none"), [])
        self.assertEqual(LSF.start(Layout(4, 2), site, "openmpi")[0], "mpirun")
        self.assertEqual(LSF.start(Layout(1, 4), Site(), "none")[0], "jsrun")


if __name__ == "__main__":
    unittest.main()
