#include "fields.h"

#include <string.h>

const char sb_digest_method[] =
    "sum modulo 2^64 over elements of f(f(i + 0x9e3779b97f4a7c15) ^ bits); i: row-major index, "
    "bits: "
    "IEEE 754 binary64, f: finaliser of splitmix64";

sb_field *sb_fields_add(sb_fields *fields) {
  if (fields->count == SB_FIELDS_MAX) return NULL;
  sb_field *field = &fields->field[fields->count++];
  *field = (sb_field){.dims = 0};
  return field;
}

int64_t sb_field_elements(const sb_field *field) {
  int64_t elements = 1;
  for (int d = 0; d < field->dims; d++) elements *= field->axis[d].n;
  return elements;
}

int64_t sb_field_held(const sb_field *field) {
  int64_t held = 1;
  for (int d = 0; d < field->dims; d++) held *= field->hi[d] - field->lo[d];
  return held;
}

static uint64_t finalise(uint64_t z) {
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

/* For one index the mix is a bijection of the bits, so one changed element always changes the sum.
 */
static uint64_t mix(uint64_t index, double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return finalise(finalise(index + UINT64_C(0x9e3779b97f4a7c15)) ^ bits);
}

uint64_t sb_digest_row(const double *data, int64_t count, uint64_t first, uint64_t step) {
  uint64_t sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < count; i++) sum += mix(first + (uint64_t)i * step, data[i]);
  return sum;
}

/* Global index of the first element of row `row` of the box; rows run along the last axis. */
static uint64_t row_start(const sb_field *field, int64_t row) {
  const int last = field->dims - 1;
  int64_t index = field->lo[last], stride = field->axis[last].n;
  for (int d = last - 1; d >= 0; d--) {
    const int64_t width = field->hi[d] - field->lo[d];
    index += (field->lo[d] + row % width) * stride;
    row /= width;
    stride *= field->axis[d].n;
  }
  return (uint64_t)index;
}

uint64_t sb_field_digest(const sb_field *field) {
  enum { PIECE = 65536 }; /* elements that a thread takes at a time: a row may be the whole box */
  const int64_t held = sb_field_held(field);
  if (held == 0) return 0;
  const int last = field->dims - 1;
  const int64_t width = field->hi[last] - field->lo[last], rows = held / width;
  const int64_t per_row = (width + PIECE - 1) / PIECE;
  uint64_t sum = 0;
#pragma omp parallel for schedule(static) reduction(+ : sum)
  for (int64_t piece = 0; piece < rows * per_row; piece++) {
    const int64_t row = piece / per_row, first = piece % per_row * PIECE;
    const int64_t end = first + PIECE < width ? first + PIECE : width;
    const uint64_t start = row_start(field, row) + (uint64_t)first;
    sum += sb_digest_row(field->data + row * width + first, end - first, start, 1);
  }
  return sum;
}
