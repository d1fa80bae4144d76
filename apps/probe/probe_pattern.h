/* probe_pattern.h: numbers that tell where they belong, so that what is in the wrong place, or not
 * there, is seen. Functions of a seed and a place alone. Local.
 */
#ifndef SCALEBAR_PROBE_PATTERN_H
#define SCALEBAR_PROBE_PATTERN_H

#include <stdint.h>

/* 64 mixed bits: for one seed a bijection of the place (the finaliser of splitmix64). */
static inline uint64_t probe_mix(uint64_t seed, uint64_t place) {
  uint64_t z = place + seed * UINT64_C(0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

/* Elements i of the arrays b and c: integers in 0 .. 1023 and in 1 .. 1024. */
static inline double probe_b(uint64_t seed, int64_t i) {
  return (double)(int64_t)(probe_mix(seed, (uint64_t)i) & 1023);
}
static inline double probe_c(uint64_t seed, int64_t i) {
  return (double)(int64_t)(1 + (probe_mix(seed, (uint64_t)i) >> 10 & 1023));
}

/* The words of stream `stream` (a sender, a file): words [0, words) go to `room`. */
void probe_words(uint64_t seed, uint64_t stream, uint64_t *room, int64_t words);

/* How many of `bytes` bytes are not those of the stream; a part of a word may come last. */
int64_t probe_words_wrong(uint64_t seed, uint64_t stream, const void *room, int64_t bytes);

#endif
