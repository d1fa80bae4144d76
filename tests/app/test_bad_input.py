"""Promise 9: bad input is refused in one clear line before anything is computed or written."""
from __future__ import annotations

import os
import re
import tempfile
import unittest
from dataclasses import dataclass
from pathlib import Path

import launch

QUICK = {"samples": "1e5", "min_reps": "6", "max_reps": "6"}


@dataclass
class Case:
    """What is asked for, and a pattern that the line on stderr must have."""
    options: tuple[str, ...]
    says: str
    files: dict[str, bytes] | None = None

    def __str__(self) -> str:
        return " ".join(self.options)


def line(key: str, value: str, says: str) -> list[Case]:
    """A bad value, on the command line and in an INI file."""
    return [Case((f"--{key}={value}",), rf"command line: {key} = .*{says}"),
            Case(("run.ini",), rf"run\.ini:3: {key} = .*{says}",
                 {"run.ini": f"; a run\n[pi]\n{key} = {value}\n".encode()})]


def ini(text: bytes, says: str, *options: str) -> Case:
    return Case(("run.ini", *options), says, {"run.ini": text})


SAMPLES = r"allowed 1 \.\. 2\^53"

NUMBERS = [
    *line("samples", "0", SAMPLES),
    *line("samples", "-1", SAMPLES),
    *line("samples", "-1e9", SAMPLES),
    *line("samples", "1e3x", rf"is not a whole number; {SAMPLES}"),
    *line("samples", "10 20", rf"is not a whole number; {SAMPLES}"),
    *line("samples", "1,000", rf"is not a whole number; {SAMPLES}"),
    *line("samples", "0x10", rf"is not a whole number; {SAMPLES}"),
    *line("samples", "1.5", rf"is not a whole number; {SAMPLES}"),
    *line("samples", "1e-3", rf"is not a whole number; {SAMPLES}"),
    *line("samples", "nan", rf"is not a whole number; {SAMPLES}"),
    *line("samples", "inf", rf"is not a whole number; {SAMPLES}"),
    *line("samples", "", rf"is not a whole number; {SAMPLES}"),
    *line("samples", "9007199254740993", rf"is out of range; {SAMPLES}"),
    *line("samples", "9223372036854775808", rf"is out of range; {SAMPLES}"),
    *line("samples", "18446744073709551617", rf"is out of range; {SAMPLES}"),
    *line("samples", "2^64", rf"is out of range; {SAMPLES}"),
    *line("samples", "1e400", rf"is out of range; {SAMPLES}"),
    *line("seed", "-1", r"is out of range; allowed 0 \.\. 2\^53"),
    *line("warmup", "-1", r"is out of range; allowed 0 \.\. 1e6"),
    *line("min_reps", "0", r"is out of range; allowed 1 \.\. 1e6"),
    *line("max_reps", "1e7", r"is out of range; allowed 1 \.\. 1e6"),
    *line("time_limit", "0", r"is out of range; allowed 0\.001 \.\. 1e6"),
    *line("time_limit", "nan", r"is not a finite number"),
    *line("time_limit", "inf", r"is not a finite number"),
    *line("time_limit", "1e999", r"is out of range"),
    *line("ci", "-0.1", r"is out of range; allowed 0 \.\. 1"),
    *line("ci", "0.1%", r"is not a finite number"),
    *line("watchdog", "-1", r"is out of range; allowed 0 \.\. 1e6"),
    *line("memory", "1.5", r"is out of range; allowed 0 \.\. 0\.95"),
    *line("threads", "0", r"is out of range; allowed auto or 1 \.\. 4096"),
    *line("threads", "5000", r"is out of range; allowed auto or 1 \.\. 4096"),
]

WORDS = [
    *line("size", "enormous", "is not one of its choices; allowed tiny, small, medium, large"),
    *line("size", "custom", "is not one of its choices; allowed tiny, small, medium, large"),
    *line("size", "../pi/tiny", "is not one of its choices; allowed tiny, small, medium, large"),
    *line("rng", "mersenne", "is not one of its choices; allowed philox, nas"),
    *line("rng", "phil", "is not one of its choices; allowed philox, nas"),
    *line("kernel", "AVX2", "is not one of its choices; allowed auto, plain"),
    *line("scaling", "super", "is not one of its choices; allowed strong, weak"),
    *line("fields", "true", "is neither yes nor no; allowed yes, no"),
    *line("fields", "1", "is neither yes nor no; allowed yes, no"),
]

ARGUMENTS = [
    Case(("--smaples", "10"), r"--smaples is not a key of pi \(did you mean samples\?\); see pi_serial --help"),
    Case(("--nx=10",), r"--nx is not a key of pi"),
    Case(("--",), r"command line: .*--"),
    Case(("-n", "10"), r"-n is not an option; options begin with --"),
    Case(("",), r"an argument is empty"),
    Case(("samples=10",), r"samples=10 is not an option; write --samples=VALUE"),
    Case(("--samples",), rf"--samples has no value; {SAMPLES}"),
    Case(("--samples", "--seed", "3"), rf"--samples has no value; {SAMPLES}"),
    Case(("--samples", "10", "--samples", "10"), r"command line: samples is given a second time; allowed is once"),
    Case(("--samples=10", "--samples=20"), r"command line: samples is given a second time; allowed is once"),
    Case(("--min_reps", "9", "--max_reps", "8"), r"min_reps = 9 is above max_reps; allowed 1 \.\. 8"),
    Case(("a.ini", "b.ini"), r"b\.ini is a second input file after a\.ini", {"a.ini": b"[pi]\n", "b.ini": b"[pi]\n"}),
    Case(("absent.ini",), r"command line: cannot read absent\.ini: No such file"),
    Case(("absent/run.ini",), r"cannot read absent/run\.ini: No such file"),
    Case((".",), r"\. is a directory; a file belongs here"),
    Case(("/dev/null",), r"/dev/null is not a regular file"),
    Case(("x" * 2000,), r"is no path that can be read"),
    Case(("--samples", "1" * 100000), rf"is out of range; {SAMPLES}"),
    Case(("--" + "k" * 100000, "1"), r"is not a key of pi"),
    Case(("a\nb.ini",), r"is no path that can be read"),
]

INI_FILES = [
    ini(b"[pi]\nsamples = 10\nsmaples = 10\n", r"run\.ini:3: smaples is not a key of pi \(did you mean samples\?\)"),
    ini(b"[pi]\nsamples = 10\nseed = 1\nsamples = 10\n", r"run\.ini:4: samples is given a second time; allowed is once"),
    ini(b"[pi]\nsamples = 10\n[heat]\n", r"run\.ini:3: \[heat\] is not a section of this program; allowed \[pi\]"),
    ini(b"samples = 10\n", r"run\.ini:1: .*stands before any \[section\]"),
    ini(b"[pi]\nsamples\n", r"run\.ini:2: samples has no '='"),
    ini(b"[pi]\n= 10\n", r"run\.ini:2: .* has no key"),
    ini(b"[pi\nsamples = 10\n", r"run\.ini:1: \[pi has no closing \]"),
    ini(b"[pi]\nsamples = 10\n  20\n", r"run\.ini:3: .*is indented"),
    ini(b"[pi]\nsamples = 10\nseed = \x001\n", r"run\.ini:3: the line holds a NUL byte"),
    ini(b"\x00" * 4096, r"run\.ini:1: the line holds a NUL byte"),
    ini(b"[pi]\nsamples = 1\x07\n", r"run\.ini:2: .*holds a control character"),
    ini(b"[pi]\nseed = 1\nsamples =" + b" " * 200 + b"10\n",
        r"run\.ini:3: the line has 211 characters; allowed are up to 190"),
    ini(b"[pi]\n" + b"s" * 70000 + b" = 1\n", r"run\.ini:2: the line has 70004 characters"),
    ini(b"[pi]\nsamples = 10 # ten\n", r"run\.ini:2: samples = .*comments begin with ';'"),
    ini(b"[pi]\noutput = \xff\xfe.h5\n", r"run\.ini:2: output = .*is not UTF-8"),
    ini(b"\x89HDF\r\n\x1a\n" + bytes(range(256)), r"run\.ini:\d: "),
    ini(b"; filler\n" * 2000000, r"run\.ini is too large"),
    ini(b"[pi]\nmin_reps = 20\n", r"run\.ini:2: min_reps = 20 is above max_reps; allowed 1 \.\. 5", "--max_reps=5"),
]

OUTPUTS = [
    Case(("--output", "absent/out.h5"), r"output = absent/out\.h5: there is no folder absent; make it first"),
    Case(("--output", "."), r"output = \. is a directory; a file belongs here"),
    Case(("--output", "../"), r"output = \.\./ is a directory; a file belongs here"),
    Case(("--output", "/dev/null"), r"output = /dev/null is not a regular file"),
    Case(("--output", ""), r"output = .* says nothing"),
    Case(("--output", "x" * 300), r"the file's name has 300 bytes; allowed are up to 200"),
    Case(("--output", "a/" * 600 + "out.h5"), r"output = .* is too long"),
    Case(("--output", "a\tb.h5"), r"output = .*holds a control character"),
    Case(("--json", "absent/out.json"), r"json = absent/out\.json: there is no folder absent"),
    Case(("--output", "out.x", "--json", "./out.x"), r"json = \./out\.x is the output file too"),
    ini(b"[pi]\nsamples = 10\n", r"output = run\.ini is a file that this run reads", "--output", "run.ini"),
    ini(b"[pi]\njson = absent/out.json\n", r"run\.ini:2: json = absent/out\.json: there is no folder absent"),
]

RULES = [
    Case(("--rng", "nas", "--seed", "3"), r"seed: rng=nas .*takes no seed"),
    Case(("--rng", "nas", "--seed", "1"), r"seed: rng=nas .*takes no seed"),
    Case(("--rng", "nas", "--samples", "2^41"), r"samples = 2199023255552: rng=nas allows 1 \.\. 2\^40"),
    Case(("--threads", "2"), r"threads = 2: pi_serial runs one thread per rank; allowed 1 \.\. 1"),
]

ONE_OF = "both set the size of the problem; allowed is one of the two$"
MEMORY = [
    Case(("--samples", "1000", "--memory", "0.001"), rf"command line: samples = 1000 and memory = 0\.001 {ONE_OF}"),
    Case(("--memory=0.001", "--size=tiny"), rf"command line: size = tiny and memory = 0\.001 {ONE_OF}"),
    Case(("--memory=0.001", "--samples=10", "--dry-run"), rf"samples = 10 and memory = 0\.001 {ONE_OF}"),
    ini(b"[pi]\nmemory = 0.1\nsamples = 10\n", rf"run\.ini:3: samples = 10 and memory = 0\.1 \(run\.ini:2\) {ONE_OF}"),
    ini(b"[pi]\nsize = small\n", rf"run\.ini:2: size = small and memory = 0\.1 \(command line\) {ONE_OF}",
        "--memory=0.1"),
    ini(b"[pi]\nrng = nas\nmemory = 0.1\n", rf"command line: samples = 10 and memory = 0\.1 \(run\.ini:3\) {ONE_OF}",
        "--samples=10"),
]


def reference(section: str, *lines: str) -> dict[str, bytes]:
    return {"m.ini": "\n".join((f"[{section}]", *lines, "")).encode()}


HERE = "pi_serial size=tiny nodes=1 ranks=1 threads=1"
CUSTOM = "pi_serial size=custom nodes=1 ranks=1 threads=1"
EXPECT = ("--expect", "m.ini")

REFERENCES = [
    Case(EXPECT, r"expect: cannot read m\.ini: No such file"),
    Case(("--expect", "."), r"expect: \. is a directory"),
    Case(EXPECT, r"m\.ini: expect: there is no section \[pi_serial size=tiny nodes=1 ranks=1 threads=1\]",
         reference("pi_omp size=tiny nodes=1 ranks=1 threads=1", "rate = 1 sample/s, -0.05, none")),
    Case((*EXPECT, "--samples", "10"), r"there is no section \[pi_serial size=custom ",
         reference(HERE, "rate = 1 sample/s, -0.05, none")),
    Case(EXPECT, r"m\.ini: expect: there is no figure in \[pi_serial", reference(HERE)),
    Case(EXPECT, r"m\.ini:1: section .* is malformed; allowed \[program size=WORD",
         reference("pi_serial size=tiny", "rate = 1 sample/s, -0.05, none")),
    Case(EXPECT, r"m\.ini:1: section .* is malformed", reference(HERE + " nodes=2", "rate = 1 sample/s, -0.05, none")),
    Case(EXPECT, r"m\.ini:2: rate = .* does not have three parts", reference(HERE, "rate = 1 sample/s")),
    Case(EXPECT, r"m\.ini:2: rate = .* has no unit", reference(HERE, "rate = 1, -0.05, none")),
    Case(EXPECT, r"m\.ini:2: rate = .* has no value above 0", reference(HERE, "rate = nan sample/s, -0.05, none")),
    Case(EXPECT, r"m\.ini:2: rate = .* has a lower fraction", reference(HERE, "rate = 1 sample/s, 0.05, none")),
    Case(EXPECT, r"m\.ini:2: rate = .* bounds nothing", reference(HERE, "rate = 1 sample/s, none, none")),
    Case(EXPECT, r"m\.ini:3: rate is given a second time",
         reference(HERE, "rate = 1 sample/s, -0.05, none", "rate = 1 sample/s, -0.05, none")),
]

# Figures are known after the run alone.
LATE = [
    Case((*EXPECT, "--samples", "10"), r"m\.ini:2: this run has no figure called gflops",
         reference(CUSTOM, "gflops = 1 flop/s, -0.05, none")),
    Case((*EXPECT, "--samples", "10"), r"m\.ini:2: rate is in flop/s; allowed sample/s",
         reference(CUSTOM, "rate = 1 flop/s, -0.05, none")),
]


def listing(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() if p.is_file() else b"" for p in folder.rglob("*")}


class BadInput(unittest.TestCase):
    def refuse(self, program: str, case: Case, computes: bool = False, ranks: int = 1) -> None:
        with self.subTest(program=program, case=str(case)[:80]), tempfile.TemporaryDirectory() as place:
            folder = Path(place) / "inner"
            folder.mkdir()
            for name, content in (case.files or {}).items():
                (folder / name).write_bytes(content)
            before = listing(Path(place))
            run = launch.run(program, *case.options, ranks=ranks, cwd=folder)
            self.assertEqual((run.code, run.result()), (1, "ERROR"), run)
            self.assertEqual(len(run.errors()), 1, run)
            said = run.errors()[0]
            self.assertRegex(said, rf"^ERROR {program}: ", run)
            self.assertRegex(said, case.says.replace("pi_serial", program), run)
            self.assertLess(len(said), 1100, run)
            self.assertTrue(said.isascii() and said.isprintable(), run)
            self.assertEqual(listing(Path(place)), before, run)
            if not computes:
                self.assertEqual(run.out, f"RESULT {program} ERROR\n", run)
            if ranks == 1 and not computes:
                self.assertEqual(run.err, f"{said}\n")

    def refuse_all(self, cases: list[Case]) -> None:
        for case in cases:
            self.refuse("pi_serial", case)

    def test_numbers(self) -> None:
        self.refuse_all(NUMBERS)

    def test_words(self) -> None:
        self.refuse_all(WORDS)

    def test_arguments(self) -> None:
        self.refuse_all(ARGUMENTS)

    def test_input_files(self) -> None:
        self.refuse_all(INI_FILES)

    def test_outputs(self) -> None:
        self.refuse_all(OUTPUTS)

    def test_rules_between_keys(self) -> None:
        self.refuse_all(RULES)

    def test_memory_beside_what_it_sets(self) -> None:
        self.refuse_all(MEMORY)

    def test_memory_beside_what_it_does_not_set(self) -> None:
        """Another generator is another problem, of any size; a share of 0 is none."""
        for options in (("--memory=0.0001", "--rng=nas"), ("--memory=0", "--samples=1000"), ("--memory=0", "--size=tiny")):
            with self.subTest(options=options):
                run = launch.run("pi_serial", *options, "--dry-run")
                self.assertEqual((run.code, run.err), (0, ""), run)

    def test_reference_files(self) -> None:
        self.refuse_all(REFERENCES)
        for case in LATE:
            self.refuse("pi_serial", case, computes=True)

    def test_an_unreadable_file(self) -> None:
        if os.geteuid() == 0:
            self.skipTest("root may read everything")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "run.ini"
            path.write_text("[pi]\n")
            path.chmod(0)
            run = launch.run("pi_serial", "run.ini", cwd=folder)
            self.assertEqual((run.code, run.result(), len(run.errors())), (1, "ERROR", 1), run)
            self.assertIn("run.ini: Permission denied", run.errors()[0])

    def test_threads_of_the_environment(self) -> None:
        if "omp" not in launch.variants():
            self.skipTest("no OpenMP in this build")
        for number in ("4097", "100000", "99999999999999"):
            with self.subTest(number=number):
                run = launch.run("pi_omp", "--samples", "1e4", env={"OMP_NUM_THREADS": number})
                self.assertEqual((run.code, run.result(), len(run.errors())), (1, "ERROR", 1), run)
                self.assertRegex(run.errors()[0], r"OMP_NUM_THREADS.*allowed 1 \.\. 4096")

    def test_weak_scaling_that_overflows(self) -> None:
        """2^53 samples a worker fit one worker alone."""
        if "omp" in launch.variants():
            case = Case(("--scaling", "weak", "--samples", "2^53", "--threads", "2"), r"samples: 2 times as many exceed 2\^53")
            self.refuse("pi_omp", case)

    def test_several_ranks_speak_with_one_voice(self) -> None:
        if "mpi" not in launch.variants():
            self.skipTest("no MPI in this build")
        cases = [NUMBERS[0], NUMBERS[7], ARGUMENTS[0], ARGUMENTS[12], INI_FILES[1], OUTPUTS[0], *RULES[:1], RULES[2],
                 RULES[3], MEMORY[0], MEMORY[3], REFERENCES[2].__class__(EXPECT, r"m\.ini: expect: there is no section \[pi_serial size=tiny "
                                                           r"nodes=1 ranks=3 threads=1\]", REFERENCES[2].files)]
        for case in cases:
            self.refuse("pi_mpi", case, ranks=3)

    def test_a_named_size_that_is_missing_or_spoilt(self) -> None:
        with tempfile.TemporaryDirectory() as share:
            sizes = Path(share) / "inputs" / "pi"
            sizes.mkdir(parents=True)
            for content, says in ((None, r"size = tiny: cannot read .*tiny\.ini"),
                                  ("[pi]\nsamples = many\n", r"tiny\.ini:2: samples = many is not a whole number"),
                                  ("[pi]\nseed = 3\n", r"tiny\.ini:2: seed is not a size key")):
                with self.subTest(content=content):
                    if content is not None:
                        (sizes / "tiny.ini").write_text(content)
                    run = launch.run("pi_serial", env={"SB_SHARE": share})
                    self.assertEqual((run.code, run.result(), len(run.errors())), (1, "ERROR", 1), run)
                    self.assertRegex(run.errors()[0], says)


class Expectations(unittest.TestCase):
    def run_against(self, *lines: str) -> launch.Outcome:
        with tempfile.TemporaryDirectory() as folder:
            for name, content in reference(CUSTOM, *lines).items():
                (Path(folder) / name).write_bytes(content)
            return launch.run("pi_serial", *EXPECT, *(f"--{k}={v}" for k, v in QUICK.items()), cwd=folder)

    def test_a_generous_reference_passes(self) -> None:
        run = self.run_against("rate = 1e3 sample/s, -0.05, none", "time = 100 s, none, 0.05")
        self.assertTrue(run.succeeded(), run)

    def test_below_the_reference_is_slow(self) -> None:
        for line_of in ("rate = 1e15 sample/s, -0.05, none", "time = 1e-12 s, none, 0.05"):
            with self.subTest(line=line_of):
                run = self.run_against(line_of)
                self.assertEqual((run.code, run.result()), (5, "SLOW"), run)
                self.assertNotRegex(run.out, r"(?m)^VERIFY \S+ FAIL", run)
                self.assertTrue(re.search(r"(?m)^# expected: (rate|time) .* 1e", run.out), run)

    def test_one_of_two_is_enough(self) -> None:
        run = self.run_against("rate = 1e3 sample/s, -0.05, none", "time = 1e-12 s, none, 0.05")
        self.assertEqual((run.code, run.result()), (5, "SLOW"), run)

    def test_ranks_agree_on_slow(self) -> None:
        if "mpi" not in launch.variants():
            self.skipTest("no MPI in this build")
        with tempfile.TemporaryDirectory() as folder:
            section = "pi_mpi size=custom nodes=1 ranks=3 threads=1"
            (Path(folder) / "m.ini").write_text(f"[{section}]\nrate = 1e15 sample/s, -0.05, none\n")
            run = launch.run("pi_mpi", *EXPECT, *(f"--{k}={v}" for k, v in QUICK.items()), ranks=3, cwd=folder)
            self.assertEqual((run.code, run.result()), (5, "SLOW"), run)


if __name__ == "__main__":
    unittest.main()
