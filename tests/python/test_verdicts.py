"""What a comparison calls slower or faster, on thousands of pairs of invented studies: identical machines
whose processes differ have next to no verdicts, and real changes are found."""
import math
import unittest

import numpy as np

import support  # noqa: F401  (finds the code)

from results.between import Between, between, compared
from results.points import Point, Problem
from results.ratio import Ratio, geometric_mean
from results.record import Work
from results.stats import pool

CASES = 500  # pairs of studies for each kind of machine
POINTS = 4  # of a study: as few as there are apps
INSIDE = 0.01  # standard deviation between the samples of one process
BETWEEN = (0.0, 0.01, 0.03, 0.05)
WORK = Work(units=1e9, unit="cell", flop=0.0, bytes=0.0, sent=0.0, sent_predicted=0.0)


def make_point(repeats):
    samples = tuple(tuple(map(float, repeat)) for repeat in repeats)
    return Point(
        problem=Problem("heat", "strong", "tiny", ""), variant="omp", ranks=1, threads=1, nodes=1,
        repeats=len(samples), asked=len(samples), time=pool(samples), samples=samples, work=WORK,
        split=None, kernel="", exchange="", tier="", rate_unit="cell/s", verified=True, result="PASS",
        placement_ok=True,
    )  # fmt: skip


class Machine:
    """Makes studies whose processes differ by `spread`, and repetitions inside them by INSIDE."""

    def __init__(self, seed, spread, repeats):
        self.random = np.random.default_rng(seed)
        self.spread, self.repeats = spread, repeats

    def study(self, seconds=1.0, points=POINTS, most=10):
        """Repeats have from 10 to `most` samples."""
        return [make_point([self.process(seconds, most) for _ in range(self.repeats)]) for _ in range(points)]

    def process(self, seconds, most):
        own = self.spread * self.random.standard_normal()
        inside = INSIDE * self.random.standard_normal(self.random.integers(10, most + 1))
        return seconds * np.exp(own + inside)


def ratios(new, base):
    of_new, of_base = between(new), between(base)
    return [compared(one, other, of_new, of_base) for one, other in zip(new, base)]


def changed(parts):
    return sum(part.verdict() in ("slower", "faster") for part in parts)


class SameMachineTwice(unittest.TestCase):
    def try_machines(self, repeats, most=10):
        for number, spread in enumerate(BETWEEN):
            machine = Machine(10 * repeats + number, spread, repeats)
            called = held = 0
            for _ in range(CASES):
                parts = ratios(machine.study(most=most), machine.study(most=most))
                mean = geometric_mean(parts)
                called += changed(parts)
                held += mean.low <= 1 <= mean.high
            with self.subTest(repeats=repeats, spread=spread):
                self.assertLessEqual(called / (CASES * POINTS), 0.05)
                self.assertGreaterEqual(held / CASES, 0.93)

    def test_two_repeats(self):
        self.try_machines(2)

    def test_three_repeats(self):
        self.try_machines(3)

    def test_repeats_of_unequal_length(self):
        """The pooled median follows the longest: two repeats can be as good as one alone."""
        self.try_machines(2, most=40)

    def test_one_repeat_decides_nothing(self):
        machine = Machine(1, 0.05, 1)
        parts = ratios(machine.study(2.0), machine.study())
        self.assertEqual({part.verdict() for part in parts}, {"undecided"})
        self.assertTrue(all(part.high < 1 for part in parts))
        mean = geometric_mean(parts)
        self.assertEqual(mean.verdict(), "undecided")
        self.assertIn("one repeat each", mean.caution)

    def test_a_study_without_repeats_is_taken_to_scatter_as_the_other(self):
        """Of one process against three, the first has most of the doubt."""
        called = held = 0
        for seed in range(CASES):
            once, thrice = Machine((seed, 1), 0.03, 1), Machine((seed, 3), 0.03, 3)
            parts = ratios(once.study(), thrice.study())
            called += changed(parts)
            mean = geometric_mean(parts)
            held += mean.low <= 1 <= mean.high
        self.assertEqual({part.once for part in (*parts, mean)}, {True})
        self.assertLessEqual(called / (CASES * POINTS), 0.05)
        self.assertGreaterEqual(held / CASES, 0.93)


class ChangedMachine(unittest.TestCase):
    def share_found(self, repeats, spread, seconds, cases=100, points=POINTS):
        machine, found = Machine(5, spread, repeats), 0
        for _ in range(cases):
            parts = ratios(machine.study(seconds, points), machine.study(1.0, points))
            found += sum(part.verdict() == ("slower" if seconds > 1 else "faster") for part in parts)
        return found / (cases * points)

    def test_a_tenth_is_found(self):
        self.assertGreaterEqual(self.share_found(3, 0.01, 1.1), 0.99)
        self.assertGreaterEqual(self.share_found(3, 0.01, 1 / 1.1), 0.99)
        self.assertGreaterEqual(self.share_found(2, 0.01, 1.1), 0.95)

    def test_many_points_know_the_spread_well(self):
        """A test of t that knew the spread would find nine of ten."""
        self.assertGreaterEqual(self.share_found(3, 0.03, 1.1, 30, 24), 0.7)

    def test_one_accident_hides_no_change_of_other_points(self):
        machine = Machine(6, 0.01, 3)
        new, base = machine.study(1.1, 8), machine.study(1.0, 8)
        first, *others = base[0].samples
        base[0] = make_point([[2 * second for second in first], *others])
        parts = ratios(new, base)
        self.assertEqual(parts[0].verdict(), "same", "its own repeats say that it is not known")
        self.assertEqual({part.verdict() for part in parts[1:]}, {"slower"})


class Spreads(unittest.TestCase):
    def test_exact(self):
        """Medians e^-0.01 and e^0.01: variance 0.0002; e^-0.03, 1 and e^0.03: 0.0009. Of 1 and 2."""
        two = make_point([[math.exp(-0.01)] * 6, [math.exp(0.01)] * 6])
        three = make_point([[math.exp(0.03 * step)] * 6 for step in (-1, 0, 1)])
        found = between([two, three])
        self.assertEqual(found.freedom, 3)
        self.assertAlmostEqual(found.variance, (0.0002 + 2 * 0.0009) / 3)
        self.assertRegex(found.words, r"^2\.6 % ")

    def test_interval_by_hand(self):
        """t of 3 degrees of freedom is 3.18245; the first point has the study's variance, 0.00066667, of
        two processes, and so has the base."""
        two = make_point([[math.exp(-0.01)] * 6, [math.exp(0.01)] * 6])
        study = Between(0.002 / 3, 3)
        found = compared(two, two, study, study)
        self.assertAlmostEqual(math.log(found.high), 3.18245 * math.sqrt(0.002 / 3), places=6)
        self.assertAlmostEqual(found.low, 1 / found.high)

    def test_what_is_left_open_of_a_pooled_median(self):
        """Its variance over CASES processes that differ is within what is claimed, and not far within:
        three standard errors of a variance of so many cases are 3 sqrt(2 / cases) of it."""
        random, cases, spread = np.random.default_rng(8), 4 * CASES, 0.05
        for counts in (
            (10,), (10, 10), (10, 11), (10, 40), (10, 10, 10), (10, 10, 11), (10, 10, 10, 10),
            (10, 10, 10, 11), (80, 10, 10), (51, 50, 10), (10,) * 5, (10,) * 6,
        ):  # fmt: skip
            logs = [self.pooled(random, counts, spread) for _ in range(cases)]
            one = make_point([[1.0] * count for count in counts])
            base = make_point([[1.0] * 6] * 2)
            study, still = Between(spread**2, 10**6), Between(0.0, 10**6)
            half = math.log(compared(one, base, study, still).high) / 1.96
            share, margin = float(np.mean(np.square(logs))) / half**2, 3 * math.sqrt(2 / cases)
            with self.subTest(counts=counts):
                self.assertLessEqual(share, 1 + margin)
                self.assertGreaterEqual(share, 0.6)

    def pooled(self, random, counts, spread):
        """Logarithm of the median of samples that differ inside a process by next to nothing."""
        own = spread * random.standard_normal(len(counts))
        logs = np.repeat(own, counts) + 1e-4 * random.standard_normal(sum(counts))
        return float(np.median(logs))

    def test_a_point_that_scatters_more_than_the_study_is_judged_by_itself(self):
        """Twice above the base, by 6 % and 25 %: too far apart to be sure in a study of two repeats each."""
        quiet = Machine(9, 0.002, 2)
        base, new = quiet.study(1.0, 12), quiet.study(1.0, 12)
        new[0] = make_point([[1.06] * 10, [1.25] * 10])
        parts = ratios(new, base)
        self.assertEqual(parts[0].verdict(), "same")
        new[0] = make_point([[1.14] * 10, [1.16] * 10])
        self.assertEqual(ratios(new, base)[0].verdict(), "slower")

    def test_points_that_are_left_out_say_nothing(self):
        point = make_point([[1.0] * 6, [1.5] * 6])
        point.left_out.append("not verified")
        self.assertFalse(between([point, make_point([[1.0] * 6])]).known)

    def test_simulated_runs_are_the_same_each_time(self):
        points = [make_point([[seconds]]) for seconds in (1.0, 1.2)]
        for point in points:
            point.simulated = "fat_tree"
        nothing = Between(0.0, 0)
        self.assertEqual(compared(points[1], points[0], nothing, nothing).verdict(), "slower")
        self.assertEqual(compared(points[0], points[0], nothing, nothing).verdict(), "same")
        points[0].simulated = ""
        self.assertNotIn(compared(points[1], points[0], nothing, nothing).verdict(), ("slower", "same"))

    def test_the_mean_keeps_every_caution(self):
        sure = Ratio(1.0, 0.9, 1.1)
        self.assertEqual(geometric_mean([sure, sure]).caution, "")
        self.assertEqual(geometric_mean([sure, Ratio(1.0, 0.9, 1.1, once=True)]).caution, "one repeat")


if __name__ == "__main__":
    unittest.main()
