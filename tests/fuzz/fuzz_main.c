/* Drives a fuzz target without libFuzzer: `fuzz_options [inputs] [seed]`, the same inputs for the
 * same seed. Each input is a seed text with a few changes: bytes set, inserted, removed, copied,
 * words of a small dictionary put in. */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

enum { INPUT_MAX = 4096 };

static const char *const words[] = {
    "1e3x",      "nan",     "-1",       "2^63", "99999999999999999999",
    "\n[toy]\n", "\n--",    "=",        ";",    "../",
    "\r",        "#",       "]",        "\xff", "\xc3\xa4",
    "none",      ",",       "\t",       "=0",   "\n",
    "inf",       "1e9",     "--help\n", "auto", "0x1",
    " ",         "\n n=3\n"};

static uint64_t state;
static uint8_t input[INPUT_MAX];
static size_t size;

/* splitmix64 (Steele, Lea and Flood 2014). */
static uint64_t draw(uint64_t below) {
  uint64_t z = (state += 0x9e3779b97f4a7c15U);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return (z ^ (z >> 31)) % below;
}

/* Makes room for n bytes at a random place and fills it. */
static void insert(const void *bytes, size_t n) {
  if (size + n > INPUT_MAX) return;
  const size_t at = (size_t)draw(size + 1);
  memmove(input + at + n, input + at, size - at);
  memcpy(input + at, bytes, n);
  size += n;
}

static void change(void) {
  uint8_t copy[64], byte = (uint8_t)draw(256);
  const size_t at = size > 0 ? (size_t)draw(size) : 0;
  size_t n = (size_t)draw(sizeof copy);
  if (n > size - at) n = size - at;
  const char *word = words[draw(sizeof words / sizeof words[0])];
  switch (draw(6)) {
    case 0:
      if (size > 0) input[at] = byte;
      break;
    case 1:
      insert(&byte, 1);
      break;
    case 2:
      memmove(input + at, input + at + n, size - at - n);
      size -= n;
      break;
    case 3:
      memcpy(copy, input + at, n);
      insert(copy, n);
      break;
    default: /* twice as often: most bytes by themselves are refused at once */
      insert(word, strlen(word));
      break;
  }
}

/* On a crash: the input, for those who look for the cause. */
static void report(int signal_number) {
  (void)signal_number;
  const bool written = write(STDERR_FILENO, input, size) >= 0;
  _exit(written ? 1 : 2);
}

int main(int argc, char **argv) {
  const long inputs = argc > 1 ? atol(argv[1]) : 20000;
  size_t seeds = 0;
  state = argc > 2 ? (uint64_t)atol(argv[2]) : 1;
  while (fuzz_seeds[seeds] != NULL) seeds++;
  signal(SIGABRT, report);
  for (long i = 0; i < inputs && seeds > 0; i++) {
    const char *seed = fuzz_seeds[draw(seeds)];
    size = strlen(seed);
    memcpy(input, seed, size);
    for (uint64_t changes = draw(8); changes > 0; changes--) change();
    LLVMFuzzerTestOneInput(input, size);
  }
  printf("%ld inputs\n", inputs);
  return inputs > 0 && seeds > 0 ? 0 : 1;
}
