"""Fits of single curves whose answer is known: exact laws, laws that do not hold, garbage; what is
refused, and what is said. Seeds are fixed."""
import math
import unittest

import numpy as np

from synthetic import (
    DENSE,
    DOUBLED,
    FEW,
    Noise,
    Warned,
    contention,
    curve,
    exact,
    holds,
    strong,
    weak,
)

from results.fits import Fit, Refusal, Sample, amdahl, efficient_workers, gustafson, usl


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
                speedup = units(8) / units(1) * law(s)(1) / law(s)(8)
                self.assertAlmostEqual(fit.speedup(8), speedup, 9)
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

    def test_chance_is_not_called_faster(self):
        """Without a serial part, half of the curves have s at its bound; by chance 2.5 % may be
        called faster than the law."""
        noise = Noise(0.02, 0, 0, 1, 10)
        fits = [amdahl(curve(self.random, DENSE, strong(0), noise)) for _ in range(100)]
        self.assertGreater(sum(fit.parameters[0].value == 0 for fit in fits), 30)
        self.assertLessEqual(sum(fit.note != "" for fit in fits), 8)  # P(B(100, 0.025) > 8) = 0.1 %

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

    def test_garbage_gives_wide_intervals_and_no_error(self):
        for case in range(56):
            count = int(self.random.integers(5, 9))
            most = 10 ** int(case % 5 + 1)
            workers = np.sort(self.random.choice(np.arange(1, most), count, replace=False))
            samples = [
                Sample(
                    int(p),
                    tuple(
                        tuple(np.exp(self.random.normal(0, case % 7, self.random.integers(1, 9))))
                        for _ in range(self.random.integers(1, 4))
                    ),
                    1.0 if case % 2 else float(p),
                )
                for p in workers
            ]
            for fit in (usl(samples), amdahl(samples) if case % 2 else gustafson(samples)):
                for parameter in fit.parameters:
                    self.assertTrue(0 <= parameter.low <= parameter.value <= parameter.high, fit)
                for p in (1, int(workers[-1]), 4 * int(workers[-1])):
                    low, high = fit.band(p)
                    self.assertTrue(0 <= low <= fit.time(p) * (1 + 1e-9), fit)
                    self.assertTrue(fit.time(p) <= high * (1 + 1e-9) and math.isfinite(high), fit)

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

        def reach(fit, *efficiency):
            return efficient_workers(fit, fit.rate(1), *efficiency)

        fit = amdahl(exact(DENSE, strong(0.099)))
        self.assertEqual(reach(fit), 11)
        self.assertEqual(reach(fit, 1.0), 1)
        self.assertIsNone(reach(amdahl(exact(DENSE, strong(0.01)))))
        self.assertIsNone(reach(gustafson(exact(DENSE, weak(0.1), float))))
        self.assertEqual(reach(gustafson(exact(DENSE, weak(0.7), float)), 0.5), 3)

    def test_efficiency_is_that_of_the_page(self):
        """Against what the points are against: a serial program twice as fast as one worker, or several
        workers; never for fewer workers than were measured."""
        fit = amdahl(exact(DENSE, strong(0.05)))  # E = 1/(0.05 p + 0.95)
        self.assertEqual(efficient_workers(fit, 1.59 * fit.rate(1)), 6)
        self.assertEqual(efficient_workers(fit, 2.5 * fit.rate(1)), 0)
        nodes = amdahl(exact((4, 8, 16, 32), strong(0.05)))
        four = nodes.rate(4) / 4
        self.assertEqual(efficient_workers(nodes, 0.99 * four), 27)  # 0.05 p + 0.95 = 2/0.99 (0.05 4 + 0.95)
        self.assertEqual(efficient_workers(nodes, 3 * four), 0)

    def test_extrapolated(self):
        fit = amdahl(exact(DOUBLED, strong(0.1)))
        self.assertEqual(fit.largest, 8)
        self.assertFalse(fit.extrapolated(16))
        self.assertTrue(fit.extrapolated(17))


if __name__ == "__main__":
    unittest.main()
