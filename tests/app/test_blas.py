"""The BLAS that programs load is the serial one, as built and as installed, whatever the environment says.

All of Debian's flavours of OpenBLAS answer to the name libopenblas.so.0, and those with threads of their
own would put them on the cores of ours.
"""
from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import launch

BUILD = launch.BIN.parent
THREADED = re.compile(r" U (pthread_create|GOMP_parallel|omp_get_max_threads|__kmpc_fork_call)\b")


def output(*command: str | Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run([str(word) for word in command], env={**os.environ, **(env or {})}, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}:\n{done.stdout}")
    return done.stdout


def cached(name: str) -> str:
    """What CMake's cache of this build holds, "" where it holds nothing or did not find it."""
    cache = BUILD / "CMakeCache.txt"
    found = re.search(rf"^{name}:\w+=(.*)$", cache.read_text() if cache.exists() else "", re.MULTILINE)
    return found.group(1) if found and not found.group(1).endswith("NOTFOUND") else ""


def loaded(program: Path, library_path: str | None = None) -> list[Path]:
    """The OpenBLAS libraries that the loader takes for this program."""
    env = {} if library_path is None else {"LD_LIBRARY_PATH": library_path}
    return [Path(path) for path in re.findall(r"libopenblas\S* => (\S+)", output("ldd", program, env=env))]


def is_threaded(library: Path) -> bool:
    return THREADED.search(output("nm", "-D", library)) is not None


class Blas(unittest.TestCase):
    def setUp(self) -> None:
        for tool in ("ldd", "nm", "readelf"):
            if shutil.which(tool) is None:
                self.skipTest(f"no {tool} to look into programs with")
        self.variants = launch.variants("matmul")
        if not self.variants:
            self.skipTest("no matmul in this build")
        serial = cached("SCALEBAR_OPENBLAS_SERIAL")
        if not serial or cached("BLA_VENDOR") or cached("SCALEBAR_BLAS") == "OFF":
            self.skipTest("this build has no serial OpenBLAS")
        self.folder = Path(serial).parent
        self.threaded = [p for p in self.folder.parent.glob("openblas-*/libopenblas.so.0")
                         if p.parent != self.folder]

    def check(self, program: Path) -> None:
        dynamic = output("readelf", "-d", program)
        self.assertRegex(dynamic, rf"\(RPATH\).*\[{re.escape(str(self.folder))}[:\]]", program)
        self.assertNotIn("(RUNPATH)", dynamic, program)  # with it LD_LIBRARY_PATH would come first
        for library_path in (None, *(str(path.parent) for path in self.threaded)):
            with self.subTest(program=program, LD_LIBRARY_PATH=library_path):
                found = loaded(program, library_path)
                self.assertEqual([path.parent for path in found], [self.folder])
                self.assertFalse(is_threaded(found[0]), found[0])

    def test_as_built(self) -> None:
        for variant in self.variants:
            self.check(launch.BIN / f"matmul_{variant}")

    def test_as_installed(self) -> None:
        cmake = cached("CMAKE_COMMAND")
        with tempfile.TemporaryDirectory() as prefix:
            output(cmake, "--install", BUILD, "--prefix", prefix)
            for variant in self.variants:
                found = list(Path(prefix).glob(f"*/matmul_{variant}"))
                self.assertEqual(len(found), 1, found)
                self.assertNotIn(str(BUILD), output("readelf", "-d", found[0]))
                self.check(found[0])

    def test_a_library_with_threads_would_be_seen(self) -> None:
        if not self.threaded:
            self.skipTest("no OpenBLAS with threads is installed")
        for library in self.threaded:
            self.assertTrue(is_threaded(library), library)


if __name__ == "__main__":
    unittest.main()
