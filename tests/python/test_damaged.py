"""Damaged, foreign and truncated files: each is named and skipped, or read where the damage does
not matter; no traceback, no crash, no hang. HDF5 itself brings its process down on some of them."""
from __future__ import annotations

import contextlib
import io
import json
import os
import random
import subprocess
import sys
import unittest
from pathlib import Path

import h5py
import numpy as np

from invented import Invented, write_file
from support import ROOT, Scratch, new_run, write_study

from jobscripts.state import load
from results.children import Lost, each_in_children
from results.command import main
from results.machine import read_machine
from results.outcomes import read_outcomes
from results.record import Record, read_record
from results.result_file import Unreadable

CASES = 10 if not os.environ.get("SCALEBAR_TEST_LONG") else 100  # of a hundred each
SEED = 20260101
# The command, with Ctrl-C pressed as a function is called.
INTERRUPTED = """
import importlib, os, signal, sys
sys.path.insert(0, sys.argv[1])
from results.command import main
module, name = importlib.import_module(sys.argv[2]), sys.argv[3]
function = getattr(module, name)
def interrupted(*arguments):
    os.kill(os.getpid(), signal.SIGINT)
    return function(*arguments)
setattr(module, name, interrupted)
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.exit(main(sys.argv[4:]))
"""


def outcome(path: Path) -> str:
    """In a child: "read", "named", or the kind of an exception that must not be."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    words = []
    for read in (lambda: read_record(path.with_suffix("")), lambda: read_machine(path)):
        try:
            read()
            words.append("read")
        except Unreadable as error:
            told = str(error).startswith(f"{path.name}: ")
            words.append("named" if told else str(error))
        except Exception as error:
            words.append(repr(error))
    return next((word for word in words if word != "read"), "read")


class Bytes(Scratch):
    """Reading of hundreds of files in which bytes are wrong."""

    def setUp(self) -> None:
        super().setUp()
        (self.folder / "runs").mkdir()
        path = write_file(self.folder, new_run(app="heat", variant="mpi", ranks=3), [0.1] * 10)
        self.whole = path.read_bytes()
        self.random = random.Random(SEED)

    def check(self, contents: list[bytes]) -> dict[str, int]:
        paths = []
        for number, content in enumerate(contents):
            paths.append(self.folder / f"{number}.h5")
            paths[-1].write_bytes(content)
        found: dict[str, int] = {}
        for path, word in zip(paths, each_in_children(outcome, paths, 30.0)):
            if isinstance(word, Lost):
                self.assertRegex(word.reason, "^ended by SIG(ABRT|SEGV|BUS)$")
                word = "died"
            with self.subTest(path.name):
                self.assertIn(word, ("read", "named", "died"))
            found[word] = found.get(word, 0) + 1
        self.assertEqual(sum(found.values()), len(contents))
        return found

    def test_truncated(self) -> None:
        size = len(self.whole)
        lengths = sorted({0, 1, 8, 100, size - 1, *self.random.sample(range(size), 10 * CASES)})
        found = self.check([self.whole[:length] for length in lengths])
        self.assertEqual(found.get("read", 0), 0)

    def test_flipped_bits(self) -> None:
        contents = []
        for _ in range(30 * CASES):
            content = bytearray(self.whole)
            for _ in range(self.random.randrange(1, 4)):
                content[self.random.randrange(len(content))] ^= 1 << self.random.randrange(8)
            contents.append(bytes(content))
        found = self.check(contents)
        self.assertGreater(found.get("named", 0), 0)
        self.assertGreater(found.get("read", 0), 0, "most bytes of a file hold no structure")

    def test_overwritten_stretches(self) -> None:
        contents = []
        for _ in range(20 * CASES):
            content = bytearray(self.whole)
            start = self.random.randrange(len(content))
            length = min(self.random.randrange(1, 500), len(content) - start)
            filler = self.random.choice((b"\0", b"\xff", b"A", self.random.randbytes(1)))
            content[start : start + length] = filler * length
            contents.append(bytes(content))
        self.assertGreater(self.check(contents).get("named", 0), 0)


class Content(Scratch):
    """Whole HDF5 files that hold something else than they should."""

    def setUp(self) -> None:
        super().setUp()
        (self.folder / "runs").mkdir()
        self.run_ = new_run(app="heat", variant="mpi", ranks=2)
        self.path = write_file(self.folder, self.run_, [0.1] * 10, figures={"rate": 1e9})

    def named(self, change) -> str:  # type: ignore[no-untyped-def]
        """What the report says of the file after change(file)."""
        with h5py.File(self.path, "r+") as file:
            change(file)
        return self.said()

    def said(self) -> str:
        write_study(self.folder, [self.run_])
        outcomes = read_outcomes(load(self.folder))
        self.assertEqual(outcomes.records, {})
        (failure,) = outcomes.failures
        self.assertEqual((failure.word, failure.run), ("UNREADABLE", self.run_["id"]))
        return failure.reason

    def put(self, name: str, value: object):  # type: ignore[no-untyped-def]
        def change(file: h5py.File) -> None:
            del file[name]
            if value is not None:
                file[name] = value

        return change

    def test_wrong_tables(self) -> None:
        text, hole = np.array([b"a", b"b"]), np.array([[0.1, np.nan]] * 10)
        for name, value in (
            ("timing/elapsed", None),
            ("timing/elapsed", np.array([])),
            ("timing/elapsed", np.array([0.1, -0.1])),
            ("timing/elapsed", np.array([0.1, np.nan])),
            ("timing/elapsed", np.array([0.1, np.inf])),
            ("timing/elapsed", np.zeros(3)),
            ("timing/elapsed", text),
            ("timing/elapsed", np.ones((2, 2, 2))),
            ("timing/compute", np.ones(3)),
            ("timing/compute", np.zeros((0, 0))),
            ("timing/compute", np.zeros((10, 3))),
            ("timing/compute", -np.ones((10, 2))),
            ("timing/wait", hole),
            ("timing/io", text),
            ("timing", None),
            ("workload/units", None),
            ("workload/units", -1.0),
            ("workload/units", np.nan),
            ("workload/units", np.ones(2)),
            ("workload/units", b"many"),
            ("workload", np.ones(3)),
            ("verification", None),
            ("verification/error", np.ones(2)),
            ("verification/error", text[:1]),
            ("verification/passed", np.array([np.nan])),
            ("machine/host", h5py.ExternalLink("elsewhere.h5", "/host")),
            ("figures/rate", text),
            ("figures/rate", h5py.SoftLink("/figures/rate")),
        ):
            with self.subTest(name=name, value=str(value)):
                write_file(self.folder, self.run_, [0.1] * 10, figures={"rate": 1e9})
                self.assertIn(self.path.name, self.named(self.put(name, value)))

    def test_wrong_attributes(self) -> None:
        for name, value in (
            ("ranks", b"two"),
            ("ranks", np.array([1, 2])),
            ("ranks", np.inf),
            ("ranks", 3),
            ("nodes", -1),
            ("nodes", 0),
            ("schema_version", 2),
            ("schema_name", b"other"),
            ("app", np.ones(3)),
            ("app", b"\xff\xfe"),
            ("result", b"WRONG"),
            ("warnings", None),
            ("placement_ok", h5py.Empty("f")),
        ):
            with self.subTest(name=name, value=str(value)):
                write_file(self.folder, self.run_, [0.1] * 10)

                def change(file: h5py.File) -> None:
                    del file.attrs[name]
                    if value is not None:
                        file.attrs[name] = value

                self.assertNotEqual(self.named(change), "")

    def test_a_table_larger_than_memory(self) -> None:
        def change(file: h5py.File) -> None:
            del file["timing/elapsed"]
            file.create_dataset("timing/elapsed", (2**50,), "f8", chunks=(2**20,), fillvalue=0.1)

        self.assertIn("numbers", self.named(change))

    def test_a_huge_attribute_does_not_hurt(self) -> None:
        with h5py.File(self.path, "r+", libver="latest") as file:
            file.attrs["long"] = "x" * 60_000
            del file["machine"].attrs["cpu_model"]
            utf8 = h5py.string_dtype("utf-8")
            file["machine"].attrs.create("cpu_model", b"\xff\x80 name", dtype=utf8)
        write_study(self.folder, [self.run_])
        with contextlib.redirect_stdout(io.StringIO()):
            self.assertEqual(main([str(self.folder)]), 0)
        self.assertIn("?? name", (self.folder / "report.html").read_text(encoding="utf-8"))

    def test_other_things_in_place_of_the_file(self) -> None:
        def link() -> None:
            os.symlink(self.path, self.path)

        def foreign() -> None:
            with h5py.File(self.path, "w") as file:
                file["temperature"] = np.ones(3)

        def pipe() -> None:
            os.mkfifo(self.path)

        def text() -> None:
            self.path.write_text("time 1.0\n")

        for make in (link, foreign, pipe, text, self.path.mkdir):
            with self.subTest(make.__name__):
                if self.path.is_symlink() or self.path.exists():
                    self.path.unlink()
                make()
                self.assertNotEqual(self.said(), "")

    @unittest.skipIf(os.geteuid() == 0, "root reads every file")
    def test_a_file_that_may_not_be_read(self) -> None:
        self.path.chmod(0)
        self.assertIn("Permission denied", self.said())

    def test_json(self) -> None:
        self.path.unlink()
        path = self.path.with_suffix(".json")
        whole = '{"schema_name": "scalebar", "schema_version": 1, "timing": {"elapsed": {}}}'
        others = ("[]", "null", '"text"', "[" * 100_000, "\xff", "{" + "9" * 5000 + "}")
        for content in (whole[:50], whole, *others):
            with self.subTest(content[:20]):
                path.write_text(content, encoding="latin-1")
                self.assertIn(path.name, self.said())


class Command(Scratch):
    """What `scalebar report` prints and returns."""

    def report(self) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-B", str(ROOT / "results"), str(self.folder)],
            capture_output=True, text=True, timeout=100, check=False,
        )

    def test_bad_files_are_named_and_the_others_shown(self) -> None:
        study = Invented(
            self.folder, workers=(1, 2), apps=("heat",), scalings=("strong",), pictures=True
        )
        study.write()
        files = sorted((self.folder / "runs").glob("heat_*-strong-tiny-*.h5"))
        files[0].write_bytes(files[0].read_bytes()[:3000])
        files[1].write_text("no results")
        with h5py.File(self.folder / "runs" / "heat_serial-strong-tiny-1x1-r0.h5", "r+") as file:
            del file["fields/temperature"]
            file["fields/temperature"] = b"warm"
        done = self.report()
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        page = (self.folder / "report.html").read_text(encoding="utf-8")
        for path in files[:2]:
            self.assertIn(f"UNREADABLE {path.stem}: {path.name}", done.stdout)
            self.assertIn(path.name, page)
        self.assertNotIn("field-heat-temperature", page)
        self.assertIn("not drawn: heat_serial-strong-tiny-1x1-r0.h5", page)
        self.assertIn("field-fft-spectrum", page)

    def test_a_json_file_does_not_stand_in_for_a_missing_hdf5_file(self) -> None:
        """A program with HDF5 wrote both: one of them was lost."""
        run = new_run(app="heat")
        (self.folder / "runs").mkdir()
        path = write_file(self.folder, run, [0.1] * 10)
        path.unlink()
        tree = {
            **{key: run[key] for key in ("app", "variant", "scaling", "size", "ranks", "threads", "nodes")},
            "schema_name": "scalebar", "schema_version": 1, "result": "PASS", "kernel": "k",
            "binary_sha256": "b" * 64, "placement_ok": True, "warnings": "", "hdf5_library": "none",
            "timing": {"elapsed": {"value": [1.0] * 10}}, "workload": {"units": {"value": 1e8}},
            "verification": {
                key: {"value": [value]}
                for key, value in {"check": "a", "error": 0, "bound": 1, "passed": True}.items()
            },
        }
        for library, code in (("none", 0), ("HDF5 1.10.8 (serial)", 1)):
            tree["hdf5_library"] = library
            path.with_suffix(".json").write_text(json.dumps(tree), encoding="utf-8")
            write_study(self.folder, [run])
            done = self.report()
            self.assertEqual((done.returncode, done.stderr), (code, ""), done.stdout)
        self.assertIn(f"{path.name} is missing", done.stdout)

    def test_ctrl_c(self) -> None:
        """At any moment: no traceback, nothing half-written, the page of before still there."""
        Invented(self.folder, workers=(1, 2), apps=("heat",)).write()
        page = self.folder / "report.html"
        page.write_text("before", encoding="utf-8")
        for module, name in (
            ("results.outcomes", "each_in_children"),
            ("results.children", "wait"),
            ("results.gallery", "each_in_children"),
            ("results.write", "make_page"),
            ("os", "replace"),
        ):
            done = subprocess.run(
                [sys.executable, "-B", "-c", INTERRUPTED, str(ROOT), module, name, str(self.folder)],
                capture_output=True, text=True, timeout=60, check=False,
            )
            told = (done.returncode, done.stderr)
            self.assertEqual(told, (130, "scalebar report: interrupted\n"), name)
            self.assertFalse(list(self.folder.glob("*.tmp")))
            self.assertEqual(page.read_text(encoding="utf-8"), "before")

    def test_a_file_that_brings_hdf5_down(self) -> None:
        """The reader of one run dies: that run is named, and all others are read."""
        runs = [new_run(repeat=number) for number in range(1, 6)]
        (self.folder / "runs").mkdir()
        for run in runs:
            write_file(self.folder, run, [0.1] * 10)
        write_study(self.folder, runs)
        bases = [self.folder / "runs" / run["id"] for run in runs]
        found = each_in_children(_die_on_the_third, bases)
        read = [isinstance(record, Record) for record in found]
        self.assertEqual(read, [True, True, False, True, True])
        self.assertEqual(found[2], Lost("ended by SIGSEGV"))

    def test_a_damaged_study(self) -> None:
        run = new_run(app="heat")
        (self.folder / "runs").mkdir()
        write_file(self.folder, run, [0.1] * 10)
        write_study(self.folder, [run])
        path = self.folder / "study.json"
        whole = path.read_text(encoding="utf-8")
        source = random.Random(SEED)
        contents = [whole[: source.randrange(len(whole))] for _ in range(20)]
        contents += [_spoilt(whole, source) for _ in range(20 * CASES)]
        contents += ["", "{}", "[]", "null", "[" * 100_000, '{"schema": "scalebar-study"}']
        refused = 0
        for content in contents:
            path.write_text(content, encoding="utf-8")
            err = io.StringIO()
            with contextlib.redirect_stderr(err), contextlib.redirect_stdout(io.StringIO()):
                with self.subTest(content[-300:]):
                    code = main([str(self.folder), "--table"])
            if err.getvalue():
                self.assertEqual(code, 1)
                self.assertRegex(err.getvalue(), r"\Ascalebar report: \S*study\.json.*\n\Z")
                refused += 1
        self.assertGreater(refused, len(contents) // 2)


def _spoilt(whole: str, source: random.Random) -> str:
    """study.json with one value gone, or of another kind."""
    tree = json.loads(whole)
    places = []

    def walk(node: object) -> None:
        if isinstance(node, (dict, list)):
            for key in node if isinstance(node, dict) else range(len(node)):
                places.append((node, key))
                walk(node[key])

    walk(tree)
    node, key = source.choice(places)
    if source.random() < 0.4:
        del node[key]
    else:
        others = (None, -1, 1.5, "", "../x", [], {}, [None], {"a": None}, True, 10**30)
        node[key] = source.choice(others)
    return json.dumps(tree)


def _die_on_the_third(base: Path) -> Record:
    if base.name.endswith("r3"):
        os.kill(os.getpid(), 11)
    return read_record(base)


class Children(unittest.TestCase):
    def test_results_come_in_order(self) -> None:
        self.assertEqual(each_in_children(abs, [-3, 2, -1]), [3, 2, 1])
        self.assertEqual(each_in_children(abs, []), [])

    def test_an_item_that_hangs_is_given_up(self) -> None:
        found = each_in_children(lambda n: _sleep_if(n == 2), range(4), seconds=1.0)
        self.assertEqual(found, [None, None, Lost("took longer than 1 s"), None])

    def test_an_exception_is_raised_here(self) -> None:
        with self.assertRaises(ZeroDivisionError):
            each_in_children(lambda n: 1 / n, [1, 0])


def _sleep_if(long: bool) -> None:
    if long:
        subprocess.run(["sleep", "30"], check=False)


if __name__ == "__main__":
    unittest.main()
