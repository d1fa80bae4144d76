"""The intervals of fits hold the truth as often as they say, on thousands of curves with a planted
serial fraction, overhead, noise and outliers, and are not much wider than need be.

Seeds are fixed. Where noise is at its worst (few samples, points of unequal spread), coverage is
allowed 1.5 % below 95: variances are then guesses."""
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
    fewest,
    holds,
    random_noise,
    strong,
    weak,
)

from results.fits import amdahl, gustafson, usl

LEAST = 0.935
FRACTIONS = (0.0, 1e-3, 0.01, 0.1, 0.5)


class Coverage(Warned):
    def covers(self, hits, rate=LEAST):
        """`hits` of a set of cases are as many as intervals of coverage `rate` make."""
        self.assertGreater(np.mean(hits), fewest(len(hits), rate))

    def test_amdahl(self):
        """1500 curves: all p lists x serial fractions x 100 draws of noise. Each list and fraction
        by itself holds its rate, and so do the fitted curve inside and outside the data."""
        hits, band = {}, []
        for workers in (DENSE, DOUBLED, FEW):
            for s in FRACTIONS:
                for _ in range(100):
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
        """Width of the interval of s by who knows the variance of each point: 2 * 1.96 standard
        errors of linear least squares in log T1 and s."""
        p = np.array(workers)
        rows = np.stack([np.ones(len(p)), (1 - 1 / p) / (s + (1 - s) / p)])
        return 2 * 1.96 * math.sqrt(np.linalg.inv(rows @ rows.T / variance)[1, 1])

    def ratio(self, workers, noise):
        """Mean width against the oracle's; the median of n normal values has a variance of about
        pi/(2 n), so this is of medians, not of all that the samples know."""
        inside = math.pi / 2 * noise.inside**2 / noise.samples
        variance = (inside + noise.between**2) / noise.repeats
        widths = []
        for _ in range(100):
            s = amdahl(curve(self.random, workers, strong(0.1), noise)).parameters[0]
            widths.append(s.high - s.low)
        return float(np.mean(widths)) / self.oracle(workers, 0.1, variance)

    def test_not_much_wider_than_need_be(self):
        """By chance alone of the unknown variance: mean width against the oracle's is t_f E(chi_f)/
        (1.96 sqrt(f)); 1.94 at f = 2 (4 points), 1.20 at f = 6, 1.06 at f = 22 (8 points, 3
        repeats). A quarter more is allowed for points that seem off the law by chance; a tenth less
        for the small-sample variance of the median."""
        for workers, repeats, expected in ((DENSE, 1, 1.2), (DENSE, 3, 1.06), (DOUBLED, 1, 1.94)):
            for between in (0, 0.01):
                with self.subTest(workers=workers, repeats=repeats, between=between):
                    ratio = self.ratio(workers, Noise(0.02, between, 0, repeats, 20))
                    self.assertLess(ratio, 1.25 * expected)
                    self.assertGreater(ratio, 0.9 * expected)

    def test_outliers_cost_little(self):
        """A tenth of slow samples: medians stray by little more than without."""
        self.assertLess(self.ratio(DENSE, Noise(0.02, 0.005, 0.1, 3, 20)), 1.06 * 1.4)


if __name__ == "__main__":
    unittest.main()
