"""The interval of the median holds the true median at 95 % or more, whatever the distribution; and
what the interval of pooled repeats holds when processes differ. Seeds are fixed."""
import math
import unittest

import numpy as np

from synthetic import fewest

from results.stats import median_ranks, pool, summarise

CASES = 20000


def bimodal(random, shape):
    """Two clocks: 60 % near 1, 40 % near 1.3. Its median is the 0.5/0.6 quantile of the first."""
    fast = random.random(shape) < 0.6
    return np.where(fast, random.normal(1, 0.01, shape), random.normal(1.3, 0.01, shape))


def slow_tail(random, shape):
    """Normal, and one of ten 1.5 to 5 times slower: the median is the 0.5/0.9 quantile of the
    rest."""
    values = random.normal(1, 0.02, shape)
    return np.where(random.random(shape) < 0.1, values * random.uniform(1.5, 5, shape), values)


DISTRIBUTIONS = {
    "normal": (lambda r, n: r.normal(1, 0.1, n), 1.0),
    "exponential": (lambda r, n: r.exponential(1, n), math.log(2)),
    "lognormal": (lambda r, n: np.exp(r.normal(0, 1, n)), 1.0),
    "Cauchy": (lambda r, n: r.standard_cauchy(n), 0.0),
    "bimodal": (bimodal, 1 + 0.01 * 0.9674215661),  # normal quantile of 0.8333
    "slow tail": (slow_tail, 1 + 0.02 * 0.1397102989),  # normal quantile of 0.5556
    "ticks": (lambda r, n: np.ceil(r.exponential(3, n)), 3.0),  # P(<= 2) = 0.487, P(<= 3) = 0.632
    "two values": (lambda r, n: (r.random(n) < 0.45).astype(float), 0.0),
}


def covered(samples, truth):
    """Of every row of samples, whether the interval of its median holds the truth."""
    low, high = median_ranks(samples.shape[1])
    ordered = np.sort(samples, axis=1)
    return (ordered[:, low - 1] <= truth) & (truth <= ordered[:, high - 1])


class Median(unittest.TestCase):
    def setUp(self):
        self.random = np.random.default_rng(20261)

    def test_covers_in_every_distribution(self):
        for name, (draw, truth) in DISTRIBUTIONS.items():
            for n in (6, 7, 8, 9, 10, 13, 20, 31, 50, 100):
                with self.subTest(distribution=name, samples=n):
                    hits = covered(draw(self.random, (CASES, n)), truth)
                    self.assertGreater(hits.mean(), fewest(CASES))

    def test_is_not_much_wider_than_need_be(self):
        """One rank closer on both sides holds the median with less than 95 %: so the ranks are the
        best there are."""
        for n in (9, 20, 50, 100):
            low, high = median_ranks(n)
            samples = np.sort(self.random.normal(0, 1, (CASES, n)), axis=1)
            closer = (samples[:, low] <= 0) & (0 <= samples[:, high - 2])
            with self.subTest(samples=n):
                self.assertLess(closer.mean(), 0.95 + (0.95 - fewest(CASES)))

    def test_summarise_uses_these_ranks(self):
        for n in (6, 13, 30, 100):
            samples = self.random.exponential(1, (200, n))
            ours = [summarise(row.tolist()) for row in samples]
            for truth in (0.5, math.log(2), 1.0):
                hits = [s.low <= truth <= s.high for s in ours]
                self.assertEqual(hits, covered(samples, truth).tolist())
            self.assertEqual([s.median for s in ours], np.median(samples, axis=1).tolist())


class Pool(unittest.TestCase):
    def setUp(self):
        self.random = np.random.default_rng(20262)

    def coverage(self, repeats, between, cases=1500, samples=10):
        """How often the interval holds the machine's median when repeats differ."""
        hits = []
        for _ in range(cases):
            shift = self.random.normal(0, between, (repeats, 1))
            values = np.exp(shift + self.random.normal(0, 0.01, (repeats, samples)))
            whole = pool(values.tolist())
            hits.append(whole.low <= 1 <= whole.high)
        return float(np.mean(hits))

    def test_covers_where_repeats_do_not_differ(self):
        for repeats in (1, 2, 5):
            with self.subTest(repeats=repeats):
                self.assertGreater(self.coverage(repeats, 0), fewest(1500))

    def test_what_it_covers_where_repeats_differ(self):
        """At least what the medians of R repeats lie on both sides of the truth with, 1 - 2^(1-R):
        95 % from 6 repeats on. A spread between as large as that inside, and three times it."""
        for between in (0.01, 0.03):
            for repeats in (2, 3, 5, 6, 8):
                with self.subTest(between=between, repeats=repeats):
                    least = min(0.95, 1 - 2.0 ** (1 - repeats))
                    self.assertGreater(self.coverage(repeats, between), fewest(1500, least))

    def test_few_repeats_promise_too_much(self):
        """What the documentation of pool says: this is no 95 %."""
        for repeats, most in ((1, 0.3), (2, 0.6), (3, 0.8)):
            with self.subTest(repeats=repeats):
                self.assertLess(self.coverage(repeats, 0.03), most)


if __name__ == "__main__":
    unittest.main()
