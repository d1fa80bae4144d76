/* fuzz.h: what a fuzz target gives to whatever drives it. */
#ifndef SCALEBAR_TESTS_FUZZ_H
#define SCALEBAR_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* libFuzzer's entry: takes any bytes, returns 0, aborts on a failure. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Inputs to begin with; NULL ends them. */
extern const char *const fuzz_seeds[];

#endif
