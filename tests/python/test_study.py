"""Study files: what is read, and what is refused with file, line and key."""
import os
import unittest

from support import ROOT, Scratch

from jobscripts.command import _find_study
from jobscripts.errors import Refused
from jobscripts.study import read_study
from jobscripts.units import bytes_text, parse_time, rate_text, show_time, time_text

GOOD = """\
# a comment
[study]
kind = scaling      ; another
apps = pi, heat
variants = serial omp
scaling = strong weak
per = node
sizes = tiny memory=.50
workers = auto 3 2x3 1x4x2
hybrid_ranks = numa 2 all
probe = no
repeats = 2
time_limit = 1.5 min
ci = 0.01
pi.samples = 1e9
pi.rng = philox
"""

REFUSED = {  # what replaces the line `apps`, and what the message must say
    "aps = pi": "mine.ini:4: 'aps' is not a key of a study (did you mean apps?)",
    "apps = pi\napps = pi": "mine.ini:5: 'apps' is already set at mine.ini:4",
    "apps = pi;reboot": "a name is of lower-case letters",
    "apps = $(id)": "a name is of lower-case letters",
    "apps = `id`": "a name is of lower-case letters",
    "apps = ../pi": "a name is of lower-case letters",
    "apps = pi pi": "named twice",
    "apps = all pi": "all stands alone",
    "apps =": "not of the form",
    "pi.samples = 1e9 | tee": "allowed are letters",
    "pi.samples = 1;reboot": "allowed are letters",
    "pi.samples = $(reboot)": "allowed are letters",
    "pi.samples = a'b": "allowed are letters",
    "pi.sam ples = 1": "not of the form APP.KEY",
    "pi.--mca = 1": "not of the form APP.KEY",
    "pi.output = x": "set by the study itself",
    "pi.threads = 2": "set by the study itself",
    "workers = 0": "mine.ini:4: workers = '0'; allowed auto",
    "workers = -1": "allowed auto",
    "workers = 2x0": "allowed auto",
    "workers = 99999999x99999999": "allowed auto",
    "workers = 2x2x0": "nodes x ranks of each x threads as 4x2x3",
    "nodes = 0": "allowed numbers of nodes",
    "sizes = huge": "allowed tiny, small, medium, large",
    "variants = cuda": "allowed serial, omp, mpi, hybrid",
    "repeats = 1e3": "not a whole number; allowed 1 .. 1000",
    "repeats = 0": "allowed 1 .. 1000",
    "time_limit = -1": "is not a time",
    "budget = 5 weeks": "is not a time",
    "time_limit = 0.0001 s": "allowed 0.001 s .. 1e+06 s",
    "watchdog = 300000 h": "not a time",
    "seed = nan": "not a whole number",
    "[study]": "a second time",
    "[other]": "is not a section here; allowed [study]",
    "x" * 1001 + " = 1": "longer than 1000",
    "hybrid_ranks = 0": "allowed numa",
    "sizes = memory=0": "memory=SHARE of a node's memory up to 0.95",
    "sizes = memory=0.96": "memory=SHARE",
    "sizes = memory=1e-1": "memory=SHARE",
    "sizes = memory=.5 memory=0.50": "named twice",
    "per = core": "allowed worker, node",
    "probe = maybe": "allowed yes, no",
    "pi.per = node": "set by the study itself",
    "pi.memory = 0.5": "set by the study itself",
    "fft.wisdom = /etc/passwd": "no / in front, no ..",
    "fft.wisdom = a/../../x": "no / in front, no ..",
    "fft.wisdom = ufs:/etc/passwd": "no / in front, no ..",
    "probe.folder = /scratch/../etc": "no / in front, no ..",
}


class ReadsStudies(Scratch):
    def read(self, text, name="mine.ini"):
        return read_study(self.write(name, text))

    def test_reads_every_key(self):
        study = self.read(GOOD)
        self.assertEqual(study.name, "mine")
        self.assertEqual(study.apps, ("pi", "heat"))
        self.assertEqual(study.variants, ("serial", "omp"))
        self.assertEqual(study.scalings, ("strong", "weak"))
        self.assertEqual(study.workers, ("auto", "3", "2x3", "4x2"))
        self.assertEqual(study.hybrid_ranks, ("numa", "2", "all"))
        self.assertEqual(study.sizes, ("tiny", "memory=0.5"))
        self.assertEqual((study.per, study.probe), ("node", False))
        self.assertEqual(study.time_limit, 90.0)
        self.assertEqual(study.measure, {"ci": "0.01"})
        self.assertEqual(study.options, {"pi": {"samples": "1e9", "rng": "philox"}})

    def test_defaults(self):
        study = self.read("[study]\nkind = scaling\n")
        self.assertEqual(
            (study.apps, study.variants, study.workers), (("all",), ("all",), ("auto",))
        )
        self.assertEqual((study.repeats, study.budget, study.seed), (1, None, None))
        self.assertEqual((study.per, study.probe), ("worker", True))

    def test_the_folder_of_a_disk_may_be_anywhere(self):
        study = self.read("[study]\nkind = scaling\nprobe.folder = /scratch/me\n")
        self.assertEqual(study.options, {"probe": {"folder": "/scratch/me"}})

    def test_the_studies_that_come_with_scalebar_are_read(self):
        paths = sorted((ROOT / "inputs" / "studies").glob("*.ini"))
        self.assertLessEqual(
            {"quick", "workstation", "node", "cluster"}, {path.stem for path in paths}
        )
        for path in paths:
            study = read_study(path)
            self.assertTrue(study.text.startswith(f"# {path.name}: "), path.name)

    def test_refuses_with_place_and_reason(self):
        for line, message in REFUSED.items():
            with self.subTest(line=line[:40]):
                text = f"# one\n[study]\nkind = scaling\n{line}\n"
                with self.assertRaises(Refused) as caught:
                    self.read(text)
                self.assertIn(message, str(caught.exception))

    def test_refuses_other_kinds_and_none(self):
        for text, message in (
            ("kind = soak", "not in this version"),
            ("kind = x", "allowed scaling"),
            ("repeats = 1", "kind is missing"),
        ):
            with self.subTest(text), self.assertRaises(Refused) as caught:
                self.read(f"[study]\n{text}\n")
            self.assertIn(message, str(caught.exception))

    def test_refuses_keys_before_the_section(self):
        with self.assertRaisesRegex(Refused, "before the section"):
            self.read("kind = scaling\n")

    def test_refuses_files_that_are_no_text(self):
        path = self.folder / "nul.ini"
        path.write_bytes(b"[study]\nkind = scaling\0\n")
        with self.assertRaisesRegex(Refused, "NUL"):
            read_study(path)
        path.write_bytes(b"[study]\nkind = \xff\n")
        with self.assertRaisesRegex(Refused, "UTF-8"):
            read_study(path)
        with self.assertRaisesRegex(Refused, "Is a directory"):
            (self.folder / "dir.ini").mkdir()
            read_study(self.folder / "dir.ini")
        with self.assertRaisesRegex(Refused, "No such file"):
            read_study(self.folder / "none.ini")

    def test_file_names_are_held_to_a_small_alphabet(self):
        for name in ("a b.ini", "$(id).ini", "-rf.ini", "a;b.ini", "a'b.ini"):
            with self.subTest(name), self.assertRaisesRegex(
                Refused, "file name becomes part of names"
            ):
                self.read("[study]\nkind = scaling\n", name)


class FindsStudies(Scratch):
    def test_a_folder_of_the_name_does_not_hide_a_study(self):
        """As in tests/, which has a folder called simulate."""
        (self.folder / "simulate").mkdir()
        (self.folder / "nothing.ini").mkdir()
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.folder)
        self.assertEqual(_find_study("simulate"), ROOT / "inputs" / "studies" / "simulate.ini")
        with self.assertRaisesRegex(Refused, "nothing.ini: there is no such study file"):
            _find_study("nothing.ini")
        own = self.write("simulate.ini", "[study]\n")
        self.assertEqual(_find_study("simulate.ini").resolve(), own.resolve())


class Times(unittest.TestCase):
    def test_reads_times(self):
        for text, seconds in (
            ("90", 90),
            ("90s", 90),
            ("1.5 min", 90),
            ("2h", 7200),
            (".5 s", 0.5),
        ):
            self.assertEqual(parse_time(text), seconds)
        for text in ("", "s", "0", "-1", "1e3", "nan", "1 day", "1 s s", "1,5", "999999999999"):
            self.assertIsNone(parse_time(text), text)

    def test_shows_times(self):
        self.assertEqual(
            [show_time(s) for s in (-1, 8.2, 125, 7260)], ["0 s", "8 s", "2 min 05 s", "2 h 01 min"]
        )

    def test_what_rounds_to_a_prefix_has_it(self):
        self.assertEqual(rate_text(999.6e6, "cell/s"), "1 Gcell/s")
        self.assertEqual(rate_text(999.4e6, "cell/s"), "999 Mcell/s")
        self.assertEqual(bytes_text(999.6e3), "1 MB")
        self.assertEqual([time_text(s) for s in (0.9996, 0.9994, 99.96)], ["1 s", "999 ms", "1 min 40 s"])


if __name__ == "__main__":
    unittest.main()
