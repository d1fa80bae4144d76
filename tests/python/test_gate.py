"""`scalebar report A B --fail-on-regression`, and what a comparison says where processes differ."""
import contextlib
import io
import json
import unittest

from invented import Invented, Law
from support import Scratch

from results.command import main

SLOWER = Law(one=0.5)  # by a fifth


class Gate(Scratch):
    def make(self, name, **changes):
        changes = {"apps": ("heat",), "scalings": ("strong",), "layouts": False, "workers": (1, 2), **changes}
        return Invented(self.folder / name, **changes).write()

    def report(self, *arguments):
        out, err, page = io.StringIO(), io.StringIO(), self.folder / "page.html"
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main([*map(str, arguments), "-o", str(page)])
        self.text, self.err = out.getvalue(), err.getvalue()
        self.page = page.read_text(encoding="utf-8") if page.exists() else ""
        return code

    def gate(self, *arguments):
        return self.report(*arguments, "--fail-on-regression")

    def test_a_regression_fails_where_it_is_asked_for(self):
        old, new = self.make("old"), self.make("new", law=SLOWER, seed=2)
        self.assertEqual(self.report(old, new), 0, self.err)
        self.assertEqual(self.err, "")
        self.assertEqual(self.gate(old, new), 5)
        self.assertRegex(self.err, r"^scalebar report: \d+ figures became slower\n$")
        self.assertIn("<h3>Regressions</h3>", self.page)
        self.assertEqual(self.gate(old, new, "--threshold", "0.5"), 0, "less than what was asked for")
        self.assertEqual(self.gate(old, new, "--baseline", new), 0, "the other way it is faster")

    def test_no_regression(self):
        self.assertEqual(self.gate(self.make("old"), self.make("new", seed=2)), 0, self.err)
        self.assertEqual(self.err, "")

    def test_what_cannot_be_judged_has_not_passed(self):
        old, new = self.make("old", repeats=1), self.make("new", repeats=1, law=SLOWER)
        self.assertEqual(self.report(old, new), 0, self.err)
        self.assertRegex(self.text, r"\] undecided\n")
        self.assertIn("on all cores; undecided: one repeat each says nothing of how processes differ)", self.text)
        self.assertIn("unknown: no point has two repeats", self.text)
        self.assertIn("new: no change can be told from chance", self.page)
        self.assertIn("hollow where undecided", self.page)
        self.assertIn("undecided: one repeat each", self.page)
        self.assertNotIn("<h3>Regressions</h3>", self.page)
        self.assertEqual(self.gate(old, new), 1)
        self.assertIn("--fail-on-regression: new: no figure can be judged", self.err)

    def test_a_wrong_answer_is_worse(self):
        old, new = self.make("old"), self.make("new", law=SLOWER)
        path = new / "study.json"
        data = json.loads(path.read_text(encoding="utf-8"))
        run = next(run for run in data["runs"] if run["id"].startswith("heat_mpi-strong-tiny-1x1"))
        run.update(status="failed", verdict="WRONG", reason="a check failed", exit_code=2)
        path.write_text(json.dumps(data), encoding="utf-8")
        self.assertEqual(self.gate(old, new), 2)

    def test_one_study_has_no_regressions(self):
        self.assertEqual(self.gate(self.make("old")), 1)
        self.assertIn("--fail-on-regression goes with several DIRs", self.err)

    def test_processes_that_differ_are_no_regression(self):
        """By 5 %: medians of two processes each lie further apart than they lie among themselves."""
        law = Law(between=0.05)
        old, new = self.make("old", law=law, seed=11), self.make("new", law=law, seed=12)
        self.assertEqual(self.gate(old, new), 0, self.text)
        self.assertRegex(self.text, r"old: \d\.\d+ % \(standard deviation, 7 degrees of freedom\)")
        self.assertIn("processes differ by</th>", self.page)


if __name__ == "__main__":
    unittest.main()
