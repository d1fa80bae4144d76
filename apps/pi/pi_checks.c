/* pi_checks.c: whether the count of hits can be right. */
#include <math.h>
#include <stdlib.h>

#include "pi.h"
#include "rng.h"

static const double PI = 3.14159265358979323846;

/* A verdict at five standard deviations: a right run fails once in 1.7 million. */
static const double SIGMAS = 5.0;

/* Counts that are known. */
typedef struct {
  int rng;
  int64_t seed, samples, hits;
} golden;

static const golden golden_counts[] = {
    /* Named sizes with the default seed: tiny and small by a second program, one point after the
     * other (README.md); medium by the AVX-512 kernel, a fiftieth of it again with AVX2 */
    {PI_PHILOX, 1, INT64_C(100000000), 78539778},
    {PI_PHILOX, 1, INT64_C(10000000000), 7854079262},
    {PI_PHILOX, 1, INT64_C(1000000000000), 785399287079},
    /* NAS Parallel Benchmarks 3.4, EP: Gaussian pairs of classes S, W, A, B, C */
    {PI_NAS, 0, INT64_C(1) << 24, 13176389},
    {PI_NAS, 0, INT64_C(1) << 25, 26354769},
    {PI_NAS, 0, INT64_C(1) << 28, 210832767},
    {PI_NAS, 0, INT64_C(1) << 30, 843345606},
    {PI_NAS, 0, INT64_C(1) << 32, 3373275903},
};

static const golden *find_golden(const pi_state *s) {
  const size_t n = sizeof golden_counts / sizeof golden_counts[0];
  for (size_t i = 0; i < n; i++) {
    const golden *g = &golden_counts[i];
    if (g->rng != s->config.rng || g->samples != s->config.samples) continue;
    if (g->rng == PI_NAS || (uint64_t)g->seed == s->seed) return g;
  }
  return NULL;
}

/* Words of the generator that differ from Random123's published answers (kat_vectors). */
static int known_answers_missed(void) {
  static const struct {
    uint32_t counter[4], key[2], answer[4];
  } known[] = {
      {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
       {0xffffffff, 0xffffffff},
       {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
       {0xa4093822, 0x299f31d0},
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };
  int missed = 0;
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
    uint32_t word[4];
    sb_philox4x32_10(known[i].counter, known[i].key, word);
    for (int w = 0; w < 4; w++) missed += word[w] != known[i].answer[w];
  }
  return missed;
}

/* Counts a stretch of this rank's samples again, with the textbook loop: it names a rank whose
 * vector units are wrong. Where the stretch lies changes with the seed. */
static double recount(const pi_state *s) {
  enum { STRETCH = 1 << 15 };
  const int rank = sb_comm_rank(s->run->comm);
  const sb_range mine = pi_share(&s->config, sb_comm_size(s->run->comm), rank, 1, 0);
  sb_range part = mine;
  if (sb_count(mine) > STRETCH) {
    uint32_t word[4];
    sb_random_block(s->seed, (uint64_t)rank, word);
    const uint64_t offset =
        ((uint64_t)word[1] << 32 | word[0]) % (uint64_t)(sb_count(mine) - STRETCH);
    part.lo = mine.lo + (int64_t)offset;
    part.hi = part.lo + STRETCH;
  }
  const int64_t again = s->config.rng == PI_NAS ? pi_hits_nas_plain(part.lo, part.hi)
                                                : pi_hits_plain(s->seed, part.lo, part.hi);
  return fabs((double)(pi_count(s, part.lo, part.hi) - again));
}

/* (hits - n p) / sigma of a binomial with p = pi / 4. */
static double deviation(int64_t hits, int64_t n) {
  const double p = PI / 4.0, mean = (double)n * p;
  return ((double)hits - mean) / sqrt(mean * (1.0 - p));
}

/* Five sigmas, and for few samples what a binomial's tail has over a normal one's: the skewness
 * term of the Cornish-Fisher expansion, (z^2 - 1) / 6 times |1 - 2p| / sigma = 2.3 / sigma
 * (Abramowitz and Stegun 26.2.49), and half a count for its steps, 0.5 / sigma; together under 3 /
 * sigma. */
static double deviation_bound(int64_t n) {
  const double p = PI / 4.0;
  return SIGMAS + 3.0 / sqrt((double)n * p * (1.0 - p));
}

/* Chi-square over the batches as a standard normal number (Wilson and Hilferty 1931): large when
 * batches scatter too much, and, negative, when they agree better than chance lets them. */
static double scatter(const pi_state *s) {
  double chi2 = 0.0;
  for (int b = 0; b < s->batches; b++) {
    const double z = deviation(s->total[b], sb_count(pi_batch(s, b)));
    chi2 += z * z;
  }
  const double k = s->batches, variance = 2.0 / (9.0 * k);
  return (cbrt(chi2 / k) - (1.0 - variance)) / sqrt(variance);
}

void pi_check(const pi_state *s, sb_checks *checks) {
  const golden *known = find_golden(s);
  sb_checks_expect(checks, "known_answers", "Random123 1.09, kat_vectors");
  sb_checks_expect(checks, "recount", "exact: the same samples by the textbook loop");
  sb_checks_expect(checks, "repeatable", "exact: all repetitions count the same");
  if (known != NULL)
    sb_checks_expect(checks, "golden_count", "exact: published or reference count");
  sb_checks_expect(checks, "binomial", "5 sigma and the skewness of few samples");
  if (s->batches > 1) sb_checks_expect(checks, "chi_square", "5 sigma (Wilson and Hilferty 1931)");

  sb_checks_record(checks, "known_answers", known_answers_missed(), 0.0);
  sb_checks_record(checks, "recount", recount(s), 0.0);
  sb_checks_record(checks, "repeatable", s->most_changed, 0.0);
  const int64_t hits = pi_total_hits(s);
  if (known != NULL) {
    sb_checks_record(checks, "golden_count", fabs((double)hits - (double)known->hits), 0.0);
  }
  sb_checks_record(checks, "binomial", fabs(deviation(hits, s->config.samples)),
                   deviation_bound(s->config.samples));
  if (s->batches > 1) sb_checks_record(checks, "chi_square", fabs(scatter(s)), SIGMAS);
}
