"""Promise 4: results appear whole or not at all, and an older one is untouched until then."""
from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import faults
import launch

OLD_SEED, NEW_SEED = 11, 12
FORMS = {"HDF5": ("--output", "out.h5"), "HDF5 with fields": ("--fields", "yes", "--output", "out.h5"),
         "JSON": ("--json", "out.json")}
# Steps at which a fault is planted: every one, or one in so many. Fields take some 70 steps.
THINNED = {"HDF5": 1, "HDF5 with fields": 6, "JSON": 1}
NET = ("--watchdog", "10")


class Writing(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="scalebar_faults_"))

    def tearDown(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(f"{self.folder}.away", ignore_errors=True)

    def older(self, form: str, folder: Path) -> bytes:
        """Writes an older result and returns its bytes."""
        run = faults.run("serial", "--seed", str(OLD_SEED), *FORMS[form], cwd=folder)
        self.assertTrue(run.succeeded(), run)
        return (folder / FORMS[form][-1]).read_bytes()

    def check(self, run: faults.Run, path: Path, old: bytes | None) -> bool:
        """Whether the new result is there, whole; the older one (None: no file) must be otherwise."""
        self.assertFalse(run.timed_out, run)
        self.assertEqual(run.left, [], run)
        now = path.read_bytes() if path.exists() else None
        if now == old:
            self.assertFalse(run.printed_pass(), run)
            self.assertNotEqual(run.code, 0, run)
            return False
        self.assertIsNotNone(now, f"the older file is gone\n{run}")
        try:
            seed = faults.seed_of_whole(path)
        except Exception as broken:
            self.fail(f"{path} is not whole: {broken}\n{run}")
        self.assertEqual(seed, NEW_SEED, run)
        return True

    def check_error(self, run: faults.Run, folder: Path) -> None:
        """A run that could not write says so in one line, and takes its temporary file away."""
        self.assertEqual((run.code, run.result()), (1, "ERROR"), run)
        self.assertEqual(len(run.errors()), 1, run)
        self.assertRegex(run.errors()[0], r"cannot write .*out\.(h5|json)", run)
        self.assertEqual([p.name for p in folder.iterdir() if ".tmp." in p.name], [], run)

    def strike_at(self, at: int, do: str, form: str, variant: str, ranks: int, rank: int, keep_old: bool) -> bool:
        """One run with one fault; False when the run has fewer steps."""
        with tempfile.TemporaryDirectory(dir=self.folder) as place:
            folder = Path(place)
            old = self.older(form, folder) if keep_old else None
            run = faults.run(variant, "--seed", str(NEW_SEED), *NET, *FORMS[form], ranks=ranks, cwd=folder,
                             io=f"at={at} do={do} rank={rank}")
            new = self.check(run, folder / FORMS[form][-1], old)
            if not run.struck():
                self.assertTrue(run.succeeded() and new, run)
                return False
            if do in ("kill", "torn"):
                self.assertNotEqual(run.code, 0, run)
            elif ranks > 1 and run.ended_by_watchdog():
                # A rank that fails alone inside a collective close leaves the others waiting in HDF5.
                self.assertNotEqual(run.code, 0, run)
                print(f"{do} at step {at} of rank {rank} was ended by the watchdog", file=sys.stderr)
            elif not (run.succeeded() and new):
                self.check_error(run, folder)
            return True

    def strike_everywhere(self, do: str, form: str, variant: str, ranks: int = 1, rank: int = 0,
                          stride: int = 1) -> None:
        """All steps, or one in `stride`; a failure names its step."""
        at = 1
        while self.strike_at(at, do, form, variant, ranks, rank, keep_old=at // stride % 2 == 0):
            at += stride
        if rank == 0:
            self.assertGreater(at, 5, "this run writes in too few steps")

    def test_every_step_of_a_serial_run(self) -> None:
        faults.in_turn(self, self.strike_everywhere,
                       [{"do": do, "form": form, "variant": "serial", "stride": 1 if launch.LONG else THINNED[form]}
                        for form in FORMS for do in ("kill", "torn", "eio", "full", "short")])

    def test_steps_of_two_ranks(self) -> None:
        if "mpi" not in launch.variants():
            self.skipTest("no MPI in this build")
        kinds = ("kill", "torn", "eio", "full", "short") if launch.LONG else ("kill", "full")
        faults.in_turn(self, self.strike_everywhere,
                       [{"do": do, "form": "HDF5 with fields", "variant": "mpi", "ranks": 2, "rank": rank,
                         "stride": 1 if launch.LONG else 17} for do in kinds for rank in (0, 1)])

    def test_faults_of_one_rank_that_all_must_hear_of(self) -> None:
        """These end by themselves, and without the watchdog's help."""
        if "mpi" not in launch.variants():
            self.skipTest("no MPI in this build")
        for rank, io, says in ((1, "on=open at=1 do=eio", r"rank 1 \(\S+\): cannot write out\.h5"),
                               (0, "on=open at=1 do=full", r"cannot write out\.h5"),
                               (0, "on=pwrite at=1 do=full", r"cannot write out\.h5"),
                               (0, "on=fsync at=1 do=full", r"cannot write out\.h5"),
                               (0, "on=rename at=1 do=eio", r"cannot write out\.h5")):
            with self.subTest(rank=rank, io=io), tempfile.TemporaryDirectory(dir=self.folder) as place:
                folder = Path(place)
                run = faults.run("mpi", *NET, *FORMS["HDF5 with fields"], ranks=3, cwd=folder, io=f"{io} rank={rank}")
                self.assertTrue(run.struck(), run)
                self.check(run, folder / "out.h5", None)
                self.check_error(run, folder)
                self.assertRegex(run.errors()[0], says, run)

    def limited(self, form: str, variant: str, ranks: int, size: int) -> None:
        with tempfile.TemporaryDirectory(dir=self.folder) as place:
            folder = Path(place)
            old = self.older(form, folder)
            run = faults.run(variant, "--seed", str(NEW_SEED), *NET, *FORMS[form], ranks=ranks, cwd=folder,
                             fault=f"kind=fsize bytes={size} hook=output rank=-1")
            self.assertTrue(run.struck(), run)
            if not self.check(run, folder / FORMS[form][-1], old):
                self.check_error(run, folder)
            self.assertTrue(size > 4096 or not run.succeeded(), run)

    def test_limit_of_the_file_size(self) -> None:
        sizes = (4096, 8192, 16384, 30000, 40000, 50000, 100000, 1000000)
        cases = [{"form": f, "variant": "serial", "ranks": 1, "size": s} for f in FORMS for s in sizes]
        if "mpi" in launch.variants():
            cases += [{"form": f, "variant": "mpi", "ranks": 2, "size": s} for f in FORMS
                      for s in (sizes if launch.LONG else (16384,))]
        faults.in_turn(self, self.limited, cases)

    def test_full_disk(self) -> None:
        if os.geteuid() != 0 or sys.platform != "linux":
            print("full disk: skipped, a small file system takes root on Linux", file=sys.stderr)
            self.skipTest("not root on Linux")
        for kib in (16, 32, 64, 256):
            disk = self.folder / f"disk{kib}"
            disk.mkdir()
            mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kib}k", "none", str(disk)],
                                     capture_output=True, text=True)
            if mounted.returncode != 0:
                print(f"full disk: skipped, {mounted.stderr.strip()}", file=sys.stderr)
                self.skipTest("no file system can be mounted here")
            try:
                self.fill(disk, kib)
            finally:
                subprocess.run(["umount", "-l", str(disk)], check=True)

    def fill(self, disk: Path, kib: int) -> None:
        """An older file of one page stays; new ones of 9 to 48 KiB may or may not fit beside it."""
        for form, options in FORMS.items():
            path = disk / options[-1]
            for variant in ("serial", "mpi"):
                if variant not in launch.variants():
                    continue
                with self.subTest(kib=kib, form=form, variant=variant):
                    path.write_bytes(b"old")
                    run = faults.run(variant, "--seed", str(NEW_SEED), *NET, *options, ranks=2, cwd=disk)
                    if not self.check(run, path, b"old"):
                        self.check_error(run, disk)
                    path.unlink()
                    self.assertEqual(list(disk.iterdir()), [], run)

    def test_vanished_folder(self) -> None:
        for variant in ("serial", "mpi"):
            if variant not in launch.variants():
                continue
            for form, options in FORMS.items():
                with self.subTest(variant=variant, form=form):
                    folder = Path(tempfile.mkdtemp(dir=self.folder))
                    path = folder / options[-1]
                    run = faults.run(variant, *NET, *options[:-1], str(path), ranks=2,
                                     fault=f"kind=vanish hook=output path={folder}")
                    self.assertTrue(run.struck(), run)
                    self.check(run, path, None)
                    self.assertEqual((run.code, run.result(), len(run.errors())), (1, "ERROR", 1), run)
                    self.assertEqual(list(Path(f"{folder}.away").iterdir()), [], run)

    def test_folder_that_becomes_unwritable(self) -> None:
        """As an ordinary user: root may write anywhere."""
        prefix: tuple[str, ...] = ()
        folder = self.folder / "target"
        folder.mkdir()
        if os.geteuid() == 0:
            if shutil.which("setpriv") is None:
                self.skipTest("no setpriv to become an ordinary user with")
            prefix = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
            os.chmod(self.folder, 0o755)
            os.chown(folder, 65534, 65534)
            program = str((launch.TESTS / "pi_serial_faulty").resolve())
            if subprocess.run([*prefix, program, "--dry-run"], capture_output=True).returncode != 0:
                self.skipTest("an ordinary user cannot run the programs where they lie")
        for form, options in FORMS.items():
            with self.subTest(form=form):
                os.chmod(folder, 0o755)
                run = faults.run("serial", *options, cwd=folder, prefix=prefix,
                                 fault=f"kind=readonly hook=output path={folder}")
                self.assertTrue(run.struck(), run)
                self.assertFalse(self.check(run, folder / options[-1], None))
                self.check_error(run, folder)

    def test_full_or_closed_stdout_is_no_success(self) -> None:
        for where in (">/dev/full", ">&-"):
            with self.subTest(where=where):
                run = faults.run("serial", prefix=("sh", "-c", f'exec "$0" "$@" {where}'))
                self.assertEqual(run.code, 1, run)

    def write_one(self, number: int) -> None:
        run = faults.run("serial", "--seed", str(NEW_SEED), *FORMS["HDF5"], cwd=self.folder)
        self.assertTrue(run.succeeded(), f"run {number}: {run}")

    def test_several_runs_with_one_name(self) -> None:
        """The last one to finish wins; nobody sees a mixture."""
        faults.in_turn(self, self.write_one, [{"number": n} for n in range(8)], at_once=4)
        self.assertEqual(faults.seed_of_whole(self.folder / "out.h5"), NEW_SEED)
        self.assertEqual([p.name for p in self.folder.iterdir()], ["out.h5"])


if __name__ == "__main__":
    unittest.main()
