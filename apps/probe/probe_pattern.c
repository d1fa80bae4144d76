#include "probe_pattern.h"

#include <string.h>

/* Streams begin all over the 2^64 places, so that no two of a run come to overlap. */
static uint64_t place(uint64_t stream, int64_t word) {
  return stream * UINT64_C(0xd1b54a32d192ed03) + (uint64_t)word;
}

void probe_words(uint64_t seed, uint64_t stream, uint64_t *room, int64_t words) {
  for (int64_t i = 0; i < words; i++) room[i] = probe_mix(seed, place(stream, i));
}

int64_t probe_words_wrong(uint64_t seed, uint64_t stream, const void *room, int64_t bytes) {
  const int64_t word = (int64_t)sizeof(uint64_t);
  const unsigned char *seen = room;
  int64_t wrong = 0;
  for (int64_t at = 0; at < bytes; at += word) {
    const uint64_t expected = probe_mix(seed, place(stream, at / word));
    unsigned char right[sizeof expected];
    memcpy(right, &expected, sizeof right);
    const int64_t here = bytes - at < word ? bytes - at : word;
    if (memcmp(right, seen + at, (size_t)here) == 0) continue;
    for (int64_t i = 0; i < here; i++) wrong += seen[at + i] != right[i];
  }
  return wrong;
}
