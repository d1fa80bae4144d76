"""The shell files around the Python code: `scalebar`, setup.sh, quickstart.sh."""
import os
import shutil
import subprocess
import sys
import unittest

from support import ROOT, Scratch, environment, make_bin, write_program

TOOLS = "sh cat dirname readlink env grep sed cut printf tail mkdir uname date id"


class Shell(Scratch):
    def link_tools(self, *more):
        """A folder that holds a few tools alone, to be the whole PATH."""
        path = self.folder / "tools"
        path.mkdir()
        for name in (*TOOLS.split(), *more):
            found = shutil.which(name, path="/usr/bin:/bin:/usr/sbin:/sbin")
            if found:
                (path / name).symlink_to(found)
        return path

    def run_shell(self, *argv, path, cwd=None, **env):
        return subprocess.run(
            [*map(str, argv)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            cwd=cwd,
            env={"PATH": str(path), "HOME": str(self.folder), **env},
            stdin=subprocess.DEVNULL,
        )


class Entry(Shell):
    def interpreter(self, name, code):
        return write_program(self.folder / "tools" / name, "#!/bin/sh\n" + code)

    def test_help_needs_no_interpreter(self):
        path = self.link_tools()
        for argument in ("--help", "-h", "help", "--version"):
            done = self.run_shell(ROOT / "scalebar", argument, path=path)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertIn("scalebar", done.stdout)

    def test_version_is_the_project_s(self):
        lists = ROOT / "CMakeLists.txt"
        if not lists.exists():
            self.skipTest("installed without CMakeLists.txt")
        version = self.run_shell(
            ROOT / "scalebar", "--version", path=self.link_tools()
        ).stdout.split()[1]
        self.assertRegex(lists.read_text(), rf"VERSION\s+{version}\b")

    def test_unknown_commands_exit_1(self):
        path = self.link_tools()
        for arguments in ((), ("reprot",), ("--what",)):
            self.assertEqual(self.run_shell(ROOT / "scalebar", *arguments, path=path).returncode, 1)

    def test_python_of_the_environment_comes_first(self):
        path = self.link_tools()
        mine = self.interpreter("mine", 'echo "mine $@"\n')
        self.interpreter("python3", 'echo "python3 $@"\n')
        done = self.run_shell(ROOT / "scalebar", "study", "x.ini", path=path, PYTHON=str(mine))
        self.assertEqual(done.stdout.split(), ["mine", "-B", f"{ROOT}/jobscripts", "x.ini"])
        done = self.run_shell(ROOT / "scalebar", "report", "d e", path=path)
        self.assertEqual(done.stdout, f"python3 -B {ROOT}/results d e\n")

    def test_an_interpreter_without_modules_is_passed_over(self):
        path = self.link_tools()
        self.interpreter("mine", "echo good\n")
        self.interpreter("python3", 'case "$*" in *h5py*) exit 1 ;; esac; echo "plain $@"\n')
        study = self.run_shell(ROOT / "scalebar", "study", "x", path=path)
        self.assertTrue(study.stdout.startswith("plain"), "a study needs no modules")
        report = self.run_shell(ROOT / "scalebar", "report", "x", path=path)
        self.assertNotIn("plain", report.stdout)

    def test_says_what_to_install(self):
        """In a copy whose last resort, /usr/bin/python3, is not there."""
        copy = self.folder / "copy"
        (copy / "jobscripts").mkdir(parents=True)
        (copy / "jobscripts" / "__main__.py").write_text("")
        text = (ROOT / "scalebar").read_text().replace("/usr/bin/python3", "/no/such/python3")
        (copy / "scalebar").write_text(text)
        (copy / "scalebar").chmod(0o755)
        path = self.link_tools()
        done = self.run_shell(copy / "scalebar", "report", "x", path=path)
        self.assertEqual(done.returncode, 1)
        self.assertIn("apt install python3-numpy python3-h5py python3-scipy", done.stderr)
        done = self.run_shell(copy / "scalebar", "study", "x", path=path)
        self.assertEqual(done.returncode, 1)
        self.assertIn("apt install python3", done.stderr)

    def test_installed_and_through_a_link(self):
        """P/bin/scalebar with P/share/scalebar; programs come from P/bin, results go below here."""
        prefix, here = self.folder / "a prefix", self.folder / "here"
        here.mkdir()
        share = prefix / "share" / "scalebar"
        for name in ("jobscripts", "results", "inputs/studies"):
            shutil.copytree(
                ROOT / name, share / name, ignore=shutil.ignore_patterns("data", "__pycache__")
            )
        (share / "inputs" / "studies" / "mini.ini").write_text(
            "[study]\nkind = scaling\nvariants = serial\n"
        )
        shutil.copytree(make_bin(self.folder), prefix / "bin")
        shutil.copy(ROOT / "scalebar", prefix / "bin")
        (self.folder / "path" / "scalebar").symlink_to(prefix / "bin" / "scalebar")
        done = subprocess.run(
            ["scalebar", "study", "mini.ini"],
            cwd=here,
            capture_output=True,
            text=True,
            timeout=60,
            env=environment(self.folder, PYTHON=sys.executable),
            check=False,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(list(here.glob("results/data/*/mini-*/study.json"))), 1)

    def test_a_bin_without_its_code(self):
        lone = self.folder / "bin"
        lone.mkdir()
        shutil.copy(ROOT / "scalebar", lone)
        done = self.run_shell(lone / "scalebar", "study", "x", path=self.link_tools())
        self.assertEqual(done.returncode, 1)
        self.assertIn("Python code", done.stderr)


class SetUp(Shell):
    def run_setup(self, installed, user="1000", *arguments, **programs):
        """setup.sh on a machine that has the packages `installed` and these `programs` (code)."""
        path = self.link_tools()
        (path / "id").unlink()
        query = "for p in %s; do echo $p installed; done\nexit 1\n" % " ".join(installed)
        for name, code in {
            "dpkg-query": query,
            "apt-get": 'echo "apt-get $*"\n',
            "id": f"echo {user}\n",
            **{k.replace("_", "-"): v for k, v in programs.items()},
        }.items():
            write_program(path / name, "#!/bin/sh\n" + code)
        return self.run_shell("sh", ROOT / "setup.sh", *arguments, path=path)

    def all_packages(self):
        """Every package that setup.sh names, from its three lists."""
        names = []
        for line in (ROOT / "setup.sh").read_text().split("for option")[0].split("'")[1::2]:
            names += line.split()
        return names

    def test_silent_when_nothing_is_missing(self):
        done = self.run_setup(self.all_packages())
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_without_rights_it_prints_the_lines_and_exits_1(self):
        for sudo in ({}, {"sudo": "echo 'sudo: a password is required' >&2; exit 1\n"}):
            with self.subTest(sudo=bool(sudo)):
                packages = [name for name in self.all_packages() if name != "libinih-dev"]
                done = self.run_setup(packages, "1000", **sudo)
                self.assertEqual(done.returncode, 1)
                self.assertEqual(done.stdout, "")
                for text in (
                    "missing: libinih-dev",
                    "apt-get install --no-install-recommends libinih-dev\n",
                    "dnf install",
                    "brew install",
                    "spack install",
                ):
                    self.assertIn(text, done.stderr)
                shutil.rmtree(self.folder / "tools")

    def test_tests_and_ci_ask_for_more(self):
        base = [name for name in self.all_packages() if name not in ("libcmocka-dev", "shellcheck")]
        for arguments, code in (((), 0), (("--tests",), 1), (("--ci",), 1), (("--what",), 1)):
            self.assertEqual(self.run_setup(base, "1000", *arguments).returncode, code, arguments)
            shutil.rmtree(self.folder / "tools")

    def test_root_installs_what_is_missing(self):
        packages = [name for name in self.all_packages() if name != "cmake"]
        done = self.run_setup(packages, "0")
        self.assertIn("apt-get -q update", done.stdout)
        self.assertIn("apt-get -q install -y --no-install-recommends cmake\n", done.stdout)
        self.assertEqual(done.returncode, 1, "this apt-get installs nothing, and that is seen")

    def test_what_tests_can_do_without_is_no_reason_to_fail(self):
        """Ubuntu offers no chromium: the rest is installed, and whatever comes of it, all is well."""
        base = [name for name in self.all_packages() if "selenium" not in name]
        base = [name for name in base if not name.startswith("chromium")]
        offers = 'case $2 in chromium*) echo "Candidate: (none)" ;; *) echo "Candidate: 4" ;; esac\n'
        for user, apt, said in (
            ("0", 'echo "apt-get $*"\n', "--no-install-recommends python3-selenium\n"),
            ("0", 'case $* in *install*) exit 100 ;; esac\n', "tests that need them are skipped"),
            ("1000", "exit 100\n", None),
        ):
            with self.subTest(user=user, apt=apt):
                done = self.run_setup(base, user, "--tests", apt_cache=offers, apt_get=apt)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertIn(said or "", done.stdout)
                self.assertNotIn("chromium", done.stdout)
                self.assertEqual(done.stdout == "", said is None)
                shutil.rmtree(self.folder / "tools")

    def test_sudo_without_a_password_installs(self):
        packages = [name for name in self.all_packages() if name != "cmake"]
        done = self.run_setup(packages, "1000", sudo='shift; echo "as root: $*"; "$@"\n')
        self.assertIn("apt-get -q install -y --no-install-recommends cmake\n", done.stdout)
        self.assertIn("as root: env", done.stdout)

    def test_systems_without_apt(self):
        path = self.link_tools()
        done = self.run_shell("sh", ROOT / "setup.sh", path=path)
        self.assertEqual(done.returncode, 1)
        self.assertIn("brew install", done.stderr)
        self.assertIn("missing: cc cmake pkg-config mpicc python3", done.stderr)
        for tool in "cc cmake pkg-config mpicc python3".split():
            write_program(path / tool, "#!/bin/sh\nexit 0\n")
        done = self.run_shell("sh", ROOT / "setup.sh", path=path)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))


@unittest.skipUnless(shutil.which("taskset"), "taskset is not installed")
class Bind(unittest.TestCase):
    def test_each_rank_gets_its_own_cpus(self):
        cpus = sorted(os.sched_getaffinity(0))
        lists = f"{cpus[0]}/{cpus[-1]}"
        command = ["sh", str(ROOT / "jobscripts/bind.sh"), lists, sys.executable, "-c"]
        code = "import os; print(*os.sched_getaffinity(0))"
        for name in ("OMPI_COMM_WORLD_LOCAL_RANK", "MPI_LOCALRANKID", "PMI_RANK"):
            for rank, cpu in (("0", cpus[0]), ("1", cpus[-1])):
                env = {"PATH": os.environ["PATH"], name: rank}
                done = subprocess.run([*command, code], capture_output=True, text=True, env=env)
                self.assertEqual(done.stdout, f"{cpu}\n", done.stderr)


class Quickstart(Shell):
    def test_ends_by_saying_where_the_report_is(self):
        """In a copy of the tree whose build and studies are invented."""
        copy = self.folder / "a tree"
        (copy / "jobscripts").mkdir(parents=True)
        shutil.copy(ROOT / "jobscripts/quickstart.sh", copy / "jobscripts")
        (copy / "setup.sh").write_text("exit 0\n")
        path = self.link_tools()
        write_program(path / "cmake", "#!/bin/sh\n")
        study = 'study) mkdir -p "$6"; echo > "$6/study.json" ;;'
        report = 'report) [ -z "${REPORT-}" ] || echo > "$2/report.html" ;;'
        code = f"#!/bin/sh\ncase $1 in {study} {report} esac\n"
        write_program(copy / "scalebar", code.replace("{", "{{").replace("}", "}}"))
        for env in ({}, {"REPORT": "1"}):
            done = self.run_shell("sh", copy / "jobscripts" / "quickstart.sh", path=path, **env)
            self.assertEqual(done.returncode, 0, done.stderr)
            last = done.stdout.splitlines()[-1]
            self.assertEqual(last.startswith("report: /"), bool(env), last)
        self.assertTrue(os.path.isfile(last.partition(": ")[2]), last)
        text = (copy / "jobscripts/quickstart.sh").read_text()
        self.assertIn("study inputs/studies/quick.ini", text)

    def test_without_rights_it_stops_at_the_install_line(self):
        """In a copy of the tree, as a user without rights, on a machine without any package."""
        copy = self.folder / "tree"
        (copy / "jobscripts").mkdir(parents=True)
        for name in ("setup.sh", "jobscripts/quickstart.sh"):
            shutil.copy(ROOT / name, copy / name)
        path = self.link_tools()
        done = self.run_shell("sh", copy / "jobscripts" / "quickstart.sh", path=path, cwd="/")
        self.assertEqual(done.returncode, 1)
        self.assertIn("apt-get install", done.stderr)
        self.assertNotIn("2/4", done.stdout)

    def test_a_failing_build_shows_its_log(self):
        copy = self.folder / "tree"
        (copy / "jobscripts").mkdir(parents=True)
        shutil.copy(ROOT / "jobscripts/quickstart.sh", copy / "jobscripts")
        (copy / "setup.sh").write_text("exit 0\n")
        path = self.link_tools()
        write_program(path / "cmake", "#!/bin/sh\necho no compiler here >&2; exit 1\n")
        done = self.run_shell("sh", copy / "jobscripts" / "quickstart.sh", path=path)
        self.assertEqual(done.returncode, 1)
        self.assertIn("no compiler here", done.stderr)

    def test_options(self):
        path = self.link_tools()
        self.assertEqual(
            self.run_shell("sh", ROOT / "jobscripts/quickstart.sh", "--help", path=path).returncode,
            0,
        )
        for arguments in (("--budget",), ("--fast",)):
            done = self.run_shell("sh", ROOT / "jobscripts/quickstart.sh", *arguments, path=path)
            self.assertEqual(done.returncode, 1)


@unittest.skipUnless(shutil.which("shellcheck"), "shellcheck is not installed")
class Checked(unittest.TestCase):
    def test_shell_files_are_clean(self):
        files = [
            str(ROOT / name)
            for name in ("scalebar", "setup.sh", "jobscripts/quickstart.sh", "jobscripts/bind.sh")
        ]
        done = subprocess.run(["shellcheck", *files], capture_output=True, text=True, check=False)
        self.assertEqual(done.stdout, "")


if __name__ == "__main__":
    unittest.main()
