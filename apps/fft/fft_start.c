#include "fft_start.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "rng.h"

static const uint64_t NAS_SEED = 314159265;

/* Third words of Philox counters: each use draws numbers of its own. */
enum { DRAW_CELLS, DRAW_INDICES = 16, DRAW_AMPLITUDES };

static double uniform(uint32_t low, uint32_t high) {
  const uint64_t bits = (uint64_t)high << 32 | low;
  return (double)(bits >> 11) * 0x1p-53 - 0.5;
}

static void draw(uint64_t seed, uint64_t index, uint32_t what, uint32_t word[4]) {
  const uint32_t counter[4] = {(uint32_t)index, (uint32_t)(index >> 32), what, 0};
  const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
  sb_philox4x32_10(counter, key, word);
}

sb_status fft_roots_create(const fft_config *c, fft_roots *roots) {
  const double two_pi = 6.283185307179586476925286766559;
  const int64_t n[SB_AXES] = {c->nz, c->ny, c->nx};
  sb_status status = SB_OK;
  memset(roots, 0, sizeof *roots);
  for (int a = 0; a < SB_AXES; a++) {
    roots->n[a] = n[a];
    SB_TRY(sb_doubles_create(2 * n[a], &roots->root[a]));
    for (int64_t j = 0; j < n[a]; j++) {
      /* The nearest quarter turn is taken off exactly; what is left is at most an eighth. */
      const int64_t quarters = (8 * j + n[a]) / (2 * n[a]);
      const double angle = two_pi * ((double)(4 * j - quarters * n[a]) / (double)(4 * n[a]));
      const double c0 = cos(angle), s0 = sin(angle);
      const double turned[4][2] = {{c0, s0}, {-s0, c0}, {-c0, -s0}, {s0, -c0}};
      memcpy(roots->root[a] + 2 * j, turned[quarters % 4], sizeof turned[0]);
    }
  }
cleanup:
  return status;
}

void fft_roots_destroy(fft_roots *roots) {
  for (int a = 0; a < SB_AXES; a++) free(roots->root[a]);
  memset(roots, 0, sizeof *roots);
}

void fft_start_choose(const fft_roots *roots, uint64_t seed, uint32_t number,
                      int64_t index[SB_AXES]) {
  uint32_t word[4];
  draw(seed, number, DRAW_INDICES, word);
  for (int a = 0; a < SB_AXES; a++) index[a] = (int64_t)(word[a] % (uint64_t)roots->n[a]);
}

fft_start fft_start_make(const fft_config *c, const fft_roots *roots, int64_t seed) {
  fft_start s = {.roots = roots,
                 .real = c->transform == FFT_R2C,
                 .has_random = c->start == FFT_RANDOM,
                 .has_nas = c->start == FFT_NAS,
                 .seed = (uint64_t)seed,
                 .waves = c->start == FFT_MODE ? FFT_WAVES : 0};
  for (int w = 0; w < s.waves; w++) {
    uint32_t word[4];
    draw(s.seed, (uint64_t)w, DRAW_AMPLITUDES, word);
    fft_start_choose(roots, s.seed, (uint32_t)w, s.wave[w].k);
    s.wave[w].a[0] = 0.5 + uniform(word[0], word[1]);
    s.wave[w].a[1] = 0.5 + uniform(word[2], word[3]);
  }
  return s;
}

fft_start fft_start_wave(const fft_start *like, uint32_t number) {
  fft_start s = {.roots = like->roots, .real = like->real, .seed = like->seed, .waves = 1};
  fft_start_choose(s.roots, s.seed, FFT_WAVES + number, s.wave[0].k);
  s.wave[0].a[0] = 1.0;
  return s;
}

static void multiply(const double a[2], const double b[2], double out[2]) {
  const double re = a[0] * b[0] - a[1] * b[1], im = a[0] * b[1] + a[1] * b[0];
  out[0] = re;
  out[1] = im;
}

/* The value of a wave at the begin of a row. */
static void wave_at(const fft_start *s, const fft_wave *wave, int64_t z, int64_t y, double out[2]) {
  multiply(wave->a, fft_root(s->roots, FFT_Z, z, wave->k[FFT_Z]), out);
  multiply(out, fft_root(s->roots, FFT_Y, y, wave->k[FFT_Y]), out);
}

/* Cells [lo, hi) of a row. */
static void make_row(const fft_start *s, int64_t z, int64_t y, int64_t lo, int64_t hi,
                     double *out) {
  const int64_t *n = s->roots->n;
  const int words = s->real ? 1 : 2;
  const uint64_t first = (uint64_t)((z * n[FFT_Y] + y) * n[FFT_X]);
  const double scale = 0x1p-46;
  uint64_t lcg = s->has_nas ? sb_nas_next(NAS_SEED, 2 * (first + (uint64_t)lo)) : 0;
  for (int64_t x = lo; x < hi; x++) {
    double cell[2] = {0.0, 0.0};
    if (s->has_random) {
      uint32_t word[4];
      draw(s->seed, first + (uint64_t)x, DRAW_CELLS, word);
      cell[0] = uniform(word[0], word[1]);
      cell[1] = uniform(word[2], word[3]);
    }
    for (int part = 0; s->has_nas && part < 2; part++) {
      lcg = sb_nas_next(lcg, 1);
      cell[part] = scale * (double)lcg;
    }
    memcpy(out + (x - lo) * words, cell, (size_t)words * sizeof *out);
  }
  for (int w = 0; w < s->waves; w++) {
    double here[2], cell[2];
    wave_at(s, &s->wave[w], z, y, here);
    for (int64_t x = lo; x < hi; x++) {
      multiply(here, fft_root(s->roots, FFT_X, x, s->wave[w].k[FFT_X]), cell);
      for (int part = 0; part < words; part++) out[(x - lo) * words + part] += cell[part];
    }
  }
}

void fft_start_row(const fft_start *s, int64_t z, int64_t y, double *out) {
  make_row(s, z, y, 0, s->roots->n[FFT_X], out);
}

void fft_start_cell(const fft_start *s, int64_t z, int64_t y, int64_t x, double out[2]) {
  out[1] = 0.0;
  make_row(s, z, y, x, x + 1, out);
}

static bool is_at(const fft_start *s, const fft_wave *wave, const int64_t k[SB_AXES], bool minus) {
  bool same = true;
  for (int a = 0; a < SB_AXES; a++) {
    const int64_t n = s->roots->n[a];
    same = same && k[a] == (minus ? (n - wave->k[a]) % n : wave->k[a]);
  }
  return same;
}

void fft_start_answer(const fft_start *s, const int64_t k[SB_AXES], double points, double out[2]) {
  out[0] = out[1] = 0.0;
  for (int w = 0; w < s->waves; w++) {
    const double part = s->real ? 0.5 * points : points;
    if (is_at(s, &s->wave[w], k, false)) {
      out[0] += part * s->wave[w].a[0];
      out[1] += part * s->wave[w].a[1];
    }
    if (s->real && is_at(s, &s->wave[w], k, true)) {
      out[0] += part * s->wave[w].a[0];
      out[1] -= part * s->wave[w].a[1];
    }
  }
}
