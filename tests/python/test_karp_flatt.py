"""The serial fraction of each point: the interval holds the truth, and the sentence says no more
than the intervals do. Seeds are fixed."""
import math
import unittest

import numpy as np

from synthetic import DENSE, Noise, curve, exact, fewest

from results.fits import Sample, SerialFraction, karp_flatt, karp_flatt_words


def strong(s, overhead=0.0):
    return lambda p: s + (1 - s) / p + overhead * (p - 1)


class Curves(unittest.TestCase):
    def setUp(self):
        self.random = np.random.default_rng(20263)

    def found(self, seconds, noise):
        samples = curve(self.random, DENSE, seconds, noise)
        return karp_flatt(samples[0], samples)


class KarpFlatt(Curves):
    def test_exact(self):
        samples = exact(DENSE, strong(0.05))
        found = karp_flatt(samples[0], samples[::-1])
        self.assertEqual([e.workers for e in found], list(DENSE[1:]))
        for e in found:
            for value in (e.value, e.low, e.high):
                self.assertAlmostEqual(value, 0.05, 12)

    def test_base_of_several_workers(self):
        """e is that of the law, whatever the base loses itself."""
        samples = exact((4, 8, 16), strong(0.05))
        found = karp_flatt(samples[0], samples)
        self.assertEqual([e.workers for e in found], [8, 16])
        for e in found:
            for value in (e.value, e.low, e.high):
                self.assertAlmostEqual(value, 0.05, 12)

    def test_slower_than_any_serial_part_makes_it(self):
        samples = exact((4, 8), lambda p: 0.1 * p)
        (found,) = karp_flatt(samples[0], samples)
        self.assertEqual((found.value, found.low, found.high), (math.inf,) * 3)
        more = exact((4, 8, 16), lambda p: 0.1 * p)
        words = karp_flatt_words(karp_flatt(more[0], more))
        self.assertIn("Slower than the base on 8, 16 workers", words)

    def test_faster_than_ideal_is_no_serial_part(self):
        samples = exact(DENSE, strong(-0.05))
        words = karp_flatt_words(karp_flatt(samples[0], samples))
        self.assertIn("Faster than p times the base on every number of workers", words)
        self.assertNotIn("a serial part;", words)

    def test_scaled_where_work_grows(self):
        samples = exact(DENSE, lambda p: p * strong(0.05)(p), lambda p: 1e6 * p)
        for e in karp_flatt(samples[0], samples):
            self.assertAlmostEqual(e.value, 0.05, 12)

    def test_interval_holds_the_truth(self):
        """At every number of workers, also for skewed noise; and is not much wider than that of who
        knows the variance of both medians: the ranks of ten samples hold 98 %, which takes 1.2 of
        the width of 95 %, and a quarter more is for outliers and the medians of repeats."""
        for noise in (Noise(0.02, 0, 0, 1, 10), Noise(0.05, 0, 0.1, 3, 10)):
            hits, widths = [], []
            for _ in range(500):
                found = self.found(strong(0.05), noise)
                hits.append([e.low <= 0.05 <= e.high for e in found])
                widths.append(found[-1].high - found[-1].low)
            for column, workers in enumerate(DENSE[1:]):
                with self.subTest(noise=noise, workers=workers):
                    self.assertGreater(np.mean(np.array(hits)[:, column]), fewest(500))
            error = math.sqrt(math.pi / noise.samples / noise.repeats) * noise.inside
            oracle = 2 * 1.96 * error * strong(0.05)(16) / (1 - 1 / 16)
            self.assertLess(np.mean(widths), 1.5 * oracle)

    def test_no_interval_without_samples(self):
        few = [Sample(p, ((strong(0.1)(p),) * 3,), 1.0) for p in (1, 2, 4)]
        found = karp_flatt(few[0], few)
        self.assertAlmostEqual(found[0].value, 0.1)
        self.assertTrue(all(math.isnan(e.low) and math.isnan(e.high) for e in found))
        self.assertIn("Too few", karp_flatt_words(found))


class Words(Curves):
    def share(self, word, seconds, noise, cases=300):
        return np.mean(
            [word in karp_flatt_words(self.found(seconds, noise)) for _ in range(cases)]
        )

    def test_a_serial_part_is_called_one(self):
        """A rise or a fall is seen by chance in at most 5 of 100 curves: two intervals of 95 % that
        do not meet are far rarer than one that misses."""
        noise = Noise(0.02, 0, 0, 2, 10)
        self.assertGreater(self.share("a serial part; no overhead", strong(0.1), noise), 0.95)
        self.assertGreater(self.share("No serial part is seen", strong(0), noise), 0.6)

    def test_overhead_is_seen(self):
        noise = Noise(0.01, 0, 0, 2, 10)
        self.assertGreater(self.share("overhead that grows", strong(0.02, 0.005), noise), 0.95)

    def test_caches_are_seen(self):
        noise = Noise(0.01, 0, 0, 2, 10)
        falling = lambda p: strong(0.1)(p) * (1 if p < 8 else 0.8)
        self.assertGreater(self.share("falls", falling, noise), 0.95)

    def test_neither(self):
        values = (0.1, 0.3, 0.1)
        given = [SerialFraction(p, e, e - 0.01, e + 0.01) for p, e in zip((2, 4, 8), values)]
        self.assertIn("rises and falls", karp_flatt_words(given))
        self.assertIn("from 0.1 on 2 workers to 0.3 on 4", karp_flatt_words(given[:2]))

    def test_too_few_points(self):
        self.assertIn("Too few", karp_flatt_words([SerialFraction(2, 0.1, 0.0, 0.2)]))
        self.assertIn("Too few", karp_flatt_words([]))


if __name__ == "__main__":
    unittest.main()
