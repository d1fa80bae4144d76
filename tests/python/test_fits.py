"""The fits of scaling laws: intervals that hold the truth as often as they say, on thousands of curves
with a planted serial fraction, overhead, noise and outliers; and what is refused or said.

Seeds are fixed. Where noise is at its worst (few samples, points of unequal spread), coverage is
allowed 1.5 % below 95: variances are then guesses."""
import math
import unittest
import warnings

import numpy as np

from synthetic import DENSE, DOUBLED, FEW, Noise, curve, exact, fewest, random_noise

from results.fits import Fit, Refusal, Sample, amdahl, efficient_workers, gustafson, usl
from results.samples import robust_scale

LEAST = 0.935
FRACTIONS = (0.0, 1e-3, 0.01, 0.1, 0.5)


def strong(s):
    return lambda p: s + (1 - s) / p


def contention(sigma, kappa):
    return lambda p: (1 + sigma * (p - 1) + kappa * p * (p - 1)) / p


def weak(s):
    """Seconds of p times the work: p over the scaled speed-up."""
    return lambda p: p / (s + (1 - s) * p)


def holds(parameter, truth):
    return parameter.low <= truth <= parameter.high


class Warned(unittest.TestCase):
    """Any warning is an error."""

    def setUp(self):
        catch = warnings.catch_warnings()
        catch.__enter__()
        self.addCleanup(catch.__exit__, None, None, None)
        warnings.simplefilter("error")
        self.random = np.random.default_rng(20260)

    def covers(self, hits, rate=LEAST):
        """`hits` of a set of cases are as many as intervals of coverage `rate` make."""
        self.assertGreater(np.mean(hits), fewest(len(hits), rate))


class Coverage(Warned):
    def test_amdahl(self):
        """1800 curves: all p lists x serial fractions x 120 draws of noise. Each list and fraction by
        itself holds its rate, and so do the fitted curve inside and outside the data."""
        hits, band = {}, []
        for workers in (DENSE, DOUBLED, FEW):
            for s in FRACTIONS:
                for _ in range(120):
                    noise = random_noise(self.random)
                    fit = amdahl(curve(self.random, workers, strong(s), noise))
                    self.assertTrue(0 <= fit.parameters[0].low <= fit.parameters[0].value)
                    self.assertTrue(fit.parameters[0].value <= fit.parameters[0].high <= 1)
                    hit = holds(fit.parameters[0], s)
                    hits.setdefault(workers, []).append(hit)
                    hits.setdefault(s, []).append(hit)
                    hits.setdefault("all", []).append(hit)
                    if noise.outliers == 0:
                        truths = [(p, strong(s)(p)) for p in (1, 3, 2 * max(workers))]
                        band.append([fit.band(p)[0] <= t <= fit.band(p)[1] for p, t in truths])
                        self.assertAlmostEqual(fit.band(1)[0], fit.parameters[1].low)
        for key, found in hits.items():
            with self.subTest(key):
                self.covers(found, 0.95 if key == "all" else LEAST)
        for column, name in enumerate(("one worker", "inside", "twice the largest")):
            with self.subTest(name):
                self.covers(np.array(band)[:, column])

    def test_gustafson(self):
        """600 curves, the work of a worker varying by up to 10 %."""
        hits, rates = [], []
        for case in range(600):
            workers = (DENSE, DOUBLED, FEW)[case % 3]
            s = FRACTIONS[case // 3 % 5]
            share = {p: self.random.uniform(0.95, 1.05) for p in workers}
            fit = gustafson(
                curve(
                    self.random,
                    workers,
                    lambda p: share[p] * weak(s)(p),
                    random_noise(self.random),
                    units=lambda p: 1e8 * p * share[p],
                )
            )
            hits.append(holds(fit.parameters[0], s))
        self.covers(hits)

    def test_usl(self):
        """480 curves with planted contention and coherency."""
        hits = {"sigma": [], "kappa": [], "lambda": []}
        for case in range(480):
            workers = (DENSE, (1, 2, 3, 4, 6), (1, 2, 4, 8, 16))[case % 3]
            sigma = (0.0, 0.01, 0.1)[case // 3 % 3]
            kappa = (0.0, 1e-4, 0.01)[case // 9 % 3]
            noise = random_noise(self.random)
            samples = curve(self.random, workers, contention(sigma, kappa), noise)
            truths = {"sigma": sigma, "kappa": kappa, "lambda": 1.0}
            for parameter in usl(samples).parameters:
                self.assertTrue(0 <= parameter.low <= parameter.value <= parameter.high)
                if parameter.symbol != "lambda" or noise.outliers == 0:
                    hits[parameter.symbol].append(holds(parameter, truths[parameter.symbol]))
        for symbol, found in hits.items():
            with self.subTest(symbol):
                self.covers(found)

    def test_points_of_unequal_spread(self):
        """One worker quiet or noisy, few or many: noise three times that of the others."""
        for factors in ([1] + [3] * 7, [3] + [1] * 7, [1] * 4 + [3] * 4, [1] * 7 + [3]):
            hits = []
            for _ in range(150):
                noise = Noise(0.02, 0.005, 0.05, int(self.random.integers(2, 5)), 15)
                fit = amdahl(curve(self.random, DENSE, strong(0.1), noise, factors))
                hits.append(holds(fit.parameters[0], 0.1))
            with self.subTest(factors):
                self.covers(hits)

    def test_one_short_repeat_of_unequal_spread(self):
        """The worst case: the spread of each point is a guess by ten samples. 90 %, and said so."""
        hits = []
        for _ in range(300):
            noise = Noise(0.02, 0, 0, 1, 10)
            fit = amdahl(curve(self.random, DENSE, strong(0.1), noise, [1] * 4 + [3] * 4))
            hits.append(holds(fit.parameters[0], 0.1))
        self.covers(hits, 0.9)


class Width(Warned):
    def oracle(self, workers, s, variance):
        """Width of the interval of s by who knows the variance of each point: 2 * 1.96 standard errors
        of linear least squares in log T1 and s."""
        p = np.array(workers)
        rows = np.stack([np.ones(len(p)), (1 - 1 / p) / (s + (1 - s) / p)])
        return 2 * 1.96 * math.sqrt(np.linalg.inv(rows @ rows.T / variance)[1, 1])

    def ratio(self, workers, noise):
        """Mean width against the oracle's; the median of n normal values has a variance of about
        pi/(2 n), so this is of medians, not of all that the samples know."""
        variance = (math.pi / 2 * noise.inside**2 / noise.samples + noise.between**2) / noise.repeats
        widths = []
        for _ in range(100):
            s = amdahl(curve(self.random, workers, strong(0.1), noise)).parameters[0]
            widths.append(s.high - s.low)
        return float(np.mean(widths)) / self.oracle(workers, 0.1, variance)

    def test_not_much_wider_than_need_be(self):
        """By chance alone of the unknown variance: mean width against the oracle's is t_f E(chi_f)/
        (1.96 sqrt(f)); 1.94 at f = 2 (4 points), 1.20 at f = 6, 1.06 at f = 22 (8 points, 3 repeats).
        A quarter more is allowed for points that seem off the law by chance; a tenth less for the
        small-sample variance of the median."""
        for workers, repeats, expected in ((DENSE, 1, 1.2), (DENSE, 3, 1.06), (DOUBLED, 1, 1.94)):
            for between in (0, 0.01):
                with self.subTest(workers=workers, repeats=repeats, between=between):
                    ratio = self.ratio(workers, Noise(0.02, between, 0, repeats, 20))
                    self.assertLess(ratio, 1.25 * expected)
                    self.assertGreater(ratio, 0.9 * expected)

    def test_outliers_cost_little(self):
        """A tenth of slow samples: medians stray by little more than without."""
        self.assertLess(self.ratio(DENSE, Noise(0.02, 0.005, 0.1, 3, 20)), 1.06 * 1.4)


class Plain(Warned):
    """Single curves whose answer is known."""

    def test_exact_laws_have_tight_intervals(self):
        cases = [
            (amdahl, strong, DOUBLED, lambda p: 1.0, s) for s in (0.0, 1e-3, 0.2, 1.0)
        ] + [(gustafson, weak, DOUBLED, lambda p: float(p), s) for s in (0.0, 0.2, 1.0)]
        for fit_law, law, workers, units, s in cases:
            with self.subTest(law=fit_law.__name__, s=s):
                fit = fit_law(exact(workers, law(s), units))
                self.assertTrue(holds(fit.parameters[0], s), fit.parameters[0])
                self.assertLess(fit.parameters[0].high - fit.parameters[0].low, 1e-9)
                self.assertLess(fit.spread, 1e-9)
                self.assertEqual(fit.note, "")
                self.assertAlmostEqual(fit.time(8), law(s)(8), 9)
                self.assertAlmostEqual(fit.speedup(8), units(8) / units(1) * law(s)(1) / law(s)(8), 9)
        for sigma, kappa in ((0, 0), (0.1, 0), (0, 0.01), (0.05, 0.002)):
            with self.subTest(sigma=sigma, kappa=kappa):
                fit = usl(exact((1, 2, 3, 4, 6), contention(sigma, kappa), lambda p: 3e9), "cell/s")
                for parameter, truth in zip(fit.parameters, (sigma, kappa, 3e9)):
                    self.assertTrue(holds(parameter, truth), parameter)
                    self.assertLess(parameter.high - parameter.low, 1e-9 * max(1, truth))
                self.assertEqual([p.unit for p in fit.parameters], ["1", "1", "cell/s"])

    def test_all_times_equal(self):
        fit = amdahl(exact(FEW, lambda p: 2.5))
        self.assertEqual((fit.parameters[0].value, fit.note), (1.0, ""))
        self.assertAlmostEqual(fit.band(4)[1], 2.5, 9)

    def test_scales_of_time_do_not_matter(self):
        noise = Noise(0.05, 0.01, 0.1, 2, 10)
        samples = curve(self.random, DENSE, strong(0.05), noise)
        for scale in (1e-9, 1e6):
            scaled = [
                Sample(a.workers, tuple(tuple(scale * t for t in r) for r in a.repeats), 1e12)
                for a in samples
            ]
            first, second = amdahl(samples), amdahl(scaled)
            for name in ("value", "low", "high"):
                a, b = (getattr(f.parameters[0], name) for f in (first, second))
                self.assertAlmostEqual(a, b, 5)
            self.assertAlmostEqual(second.time(5) / first.time(5) / scale, 1, 5)

    def test_ticks_of_a_clock(self):
        """Times of whole ticks: most repeats have no spread at all."""
        samples = [
            Sample(p, tuple((round(100 * strong(0.1)(p)) / 100,) * 8 for _ in range(2)), 1.0)
            for p in DENSE
        ]
        fit = amdahl(samples)
        self.assertTrue(holds(fit.parameters[0], 0.1), fit.parameters)
        self.assertLess(fit.parameters[0].high, 0.2)

    def test_faster_than_the_law_allows(self):
        fit = amdahl(curve(self.random, DENSE, lambda p: p**-1.2, Noise(0.01, 0, 0, 1, 10)))
        self.assertEqual((fit.parameters[0].value, fit.parameters[0].low), (0, 0))
        self.assertEqual(fit.note, "faster than the law allows: s is at its bound 0")
        self.assertLess(fit.residuals[-1][1], -0.1)
        self.assertGreater(fit.residuals[0][1], 0.1)

    def test_slower_with_more_workers(self):
        seconds = contention(0.1, 0.05)
        samples = curve(self.random, DENSE, seconds, Noise(0.01, 0, 0, 1, 10))
        fit = usl(samples)
        self.assertTrue(holds(fit.parameters[1], 0.05))
        self.assertEqual(fit.note, "")
        slow = curve(self.random, DENSE, lambda p: p**0.5, Noise(0.01, 0, 0, 1, 10))
        fit = amdahl(slow)
        self.assertEqual(fit.parameters[0].value, 1)
        self.assertEqual(fit.note, "slower than the law allows: s is at its bound 1")

    def test_a_law_that_does_not_hold_has_a_wide_interval(self):
        """Repeats agree among themselves, and points do not with the law: the points count."""
        random, noise = self.random, Noise(0.002, 0, 0, 5, 10)
        offs = dict(zip(DENSE, (1.0, 1.05, 0.95, 1.05, 0.95, 1.05, 0.95, 1.0)))
        off = amdahl(curve(random, DENSE, lambda p: strong(0.1)(p) * offs[p], noise))
        on = amdahl(curve(random, DENSE, strong(0.1), noise))
        widths = [f.parameters[0].high - f.parameters[0].low for f in (off, on)]
        self.assertGreater(widths[0], 20 * widths[1])
        self.assertGreater(off.spread, 0.04)
        self.assertLess(on.spread, 0.005)

    def test_weighs_points_by_what_they_know(self):
        """Three noisy points of eight hardly move a fit that five quiet ones decide."""
        quiet = curve(self.random, DENSE, strong(0.1), Noise(0.001, 0, 0, 1, 30))
        noisy = curve(self.random, DENSE, lambda p: 1.03 * strong(0.1)(p), Noise(0.1, 0, 0, 1, 30))
        mixed = [noisy[i] if i in (1, 3, 5) else quiet[i] for i in range(8)]
        self.assertAlmostEqual(amdahl(mixed).parameters[0].value, 0.1, 2)
        self.assertAlmostEqual(amdahl(mixed).time(1), 1, 2)

    def test_two_layouts_with_the_same_workers_are_both_data(self):
        samples = curve(self.random, (1, 2, 4, 4, 8), strong(0.1), Noise(0.01, 0, 0, 1, 10))
        self.assertEqual([p for p, _ in amdahl(samples).residuals], [1, 2, 4, 4, 8])
        self.assertIn("4 distinct numbers of workers, USL takes 5", usl(samples).reason)

    def test_work_between_and_beyond_the_points(self):
        """The work of a worker doubles from 1 to 4 workers and stays: times follow."""
        share = {1: 1.0, 2: 2**0.5, 4: 2.0, 8: 2.0}
        fit = gustafson(exact((1, 2, 4, 8), lambda p: share[p], lambda p: p * share[p]))
        for workers, seconds in ((1, 1), (2, 2**0.5), (4, 2), (8, 2), (32, 2)):
            self.assertAlmostEqual(fit.time(workers), seconds, 9)
        self.assertAlmostEqual(fit.speedup(32), 32, 6)

    def test_robust_scale(self):
        normal = self.random.normal(5, 2, (400, 30))
        scales = [robust_scale(np.sort(row)) for row in normal]
        self.assertAlmostEqual(np.mean(scales), 2, 1)
        normal[:, :9] += 100
        self.assertLess(np.mean([robust_scale(np.sort(row)) for row in normal]), 4)
        self.assertAlmostEqual(robust_scale(np.sort(self.random.normal(size=100000))), 1, 1)
        self.assertEqual(robust_scale(np.array([1.0])), 0)


class Refused(Warned):
    def test_too_few_points(self):
        for workers in ((1,), (1, 2, 4), (1, 2, 2, 4, 4)):
            for law in (amdahl, gustafson, usl):
                found = law(exact(workers, strong(0.1)))
                self.assertIsInstance(found, Refusal)
                self.assertIn("too few points", found.reason)
        self.assertEqual(
            amdahl(exact((1, 2, 4), strong(0))),
            Refusal("Amdahl", "too few points: 3 distinct numbers of workers, Amdahl takes 4"),
        )
        self.assertIsInstance(usl(exact(DOUBLED, strong(0.1))), Refusal)
        self.assertIsInstance(usl([]), Refusal)
        self.assertIn("1 distinct number of", usl(exact((1,), strong(0.1))).reason)

    def test_what_is_no_data(self):
        for broken in (
            Sample(16, ((1.0, 0.0),), 1.0),
            Sample(16, ((1.0, math.nan),), 1.0),
            Sample(16, ((1.0, -1.0),), 1.0),
            Sample(16, ((),), 1.0),
            Sample(16, (), 1.0),
            Sample(16, ((1.0,),), 0.0),
            Sample(0, ((1.0,),), 1.0),
        ):
            with self.subTest(broken):
                self.assertIsInstance(amdahl([*exact(DOUBLED, strong(0.1)), broken]), Refusal)

    def test_work_that_does_not_suit_the_law(self):
        growing, constant = exact(FEW, strong(0.1), float), exact(FEW, strong(0.1))
        self.assertIn("the work differs", amdahl(growing).reason)
        self.assertIn("the work of a worker differs", gustafson(constant).reason)
        self.assertIsInstance(amdahl(constant), Fit)
        self.assertIsInstance(gustafson(growing), Fit)


class Efficient(Warned):
    def test_workers_with_half_of_the_efficiency(self):
        """Amdahl: E = 1/(s p + 1 - s) >= 1/2 up to p = 1 + 1/s."""
        fit = amdahl(exact(DENSE, strong(0.099)))
        self.assertEqual(efficient_workers(fit), 11)
        self.assertEqual(efficient_workers(fit, 1.0), 1)
        self.assertIsNone(efficient_workers(amdahl(exact(DENSE, strong(0.01)))))
        self.assertIsNone(efficient_workers(gustafson(exact(DENSE, weak(0.1), float))))
        self.assertEqual(efficient_workers(gustafson(exact(DENSE, weak(0.7), float)), 0.5), 3)

    def test_extrapolated(self):
        fit = amdahl(exact(DOUBLED, strong(0.1)))
        self.assertEqual((fit.largest, fit.extrapolated(16), fit.extrapolated(17)), (8, False, True))


if __name__ == "__main__":
    unittest.main()
