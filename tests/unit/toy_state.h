/* toy_state.h: a made-up state, as an app would keep it, in boxes of any cut. */
#ifndef SCALEBAR_TOY_STATE_H
#define SCALEBAR_TOY_STATE_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "decomp.h"
#include "fields.h"
#include "state_file.h"

/* The value at a global row-major index: any bits, among them NaN, infinities and zeros. */
static inline double toy_state_value(int64_t seed, int64_t index) {
  static const double special[] = {0.0, -0.0, (double)INFINITY, -(double)INFINITY, (double)NAN};
  if (index % 11 == 3) return special[index / 11 % 5];
  return sin((double)index + 1.0) * (double)seed;
}

/* Describes the field, cut into parts[0] x parts[1] x parts[2] boxes, of which rank `rank` has one;
 * ranks beyond have none. */
static inline sb_field toy_state_field(const int64_t n[3], const int parts[3], int rank) {
  sb_field f = {.name = "temperature", .long_name = "temperature", .units = "K", .dims = 3};
  const char *const name[3] = {"z", "y", "x"};
  const char *const long_name[3] = {"distance along z", "distance along y", "distance along x"};
  int64_t rest = rank;
  for (int d = 2; d >= 0; d--) {
    f.axis[d] = (sb_axis){.name = name[d],
                          .long_name = long_name[d],
                          .units = "m",
                          .n = n[d],
                          .first = 0.25 * (d + 1),
                          .step = 0.5 * (d + 1)};
    const sb_range mine = sb_split(n[d], 1, parts[d], rest % parts[d]);
    const bool none = rank >= parts[0] * parts[1] * parts[2];
    f.lo[d] = none ? 0 : mine.lo;
    f.hi[d] = none ? 0 : mine.hi;
    rest /= parts[d];
  }
  return f;
}

/* What the box holds. The caller frees it. */
static inline double *toy_state_data(const sb_field *f, int64_t seed) {
  double *data = malloc((size_t)sb_field_held(f) * sizeof *data + 1), *next = data;
  if (data == NULL) abort();
  for (int64_t z = f->lo[0]; z < f->hi[0]; z++) {
    for (int64_t y = f->lo[1]; y < f->hi[1]; y++) {
      for (int64_t x = f->lo[2]; x < f->hi[2]; x++) {
        *next++ = toy_state_value(seed, (z * f->axis[1].n + y) * f->axis[2].n + x);
      }
    }
  }
  return data;
}

static const char toy_problem[] = "dims=3 seed=1 \"quoted\" \xc3\xa9";

static inline sb_status toy_state_write(sb_comm *comm, const char *path, const int64_t n[3],
                                        const int parts[3], int64_t seed, int64_t step) {
  const sb_state_info info = {
      .app = "toy", .problem = toy_problem, .step = step, .time = 0.125 * (double)step};
  sb_fields fields = {.count = 0};
  sb_field *f = sb_fields_add(&fields);
  *f = toy_state_field(n, parts, sb_comm_rank(comm));
  double *data = toy_state_data(f, seed);
  f->data = data;
  const sb_status status = sb_state_write(comm, path, &info, &fields);
  free(data);
  return status;
}

/* Whether `data` is, bit by bit, what the box of `f` had. */
static inline bool toy_state_same(const sb_field *f, const double *data, int64_t seed) {
  double *expected = toy_state_data(f, seed);
  const bool same = memcmp(data, expected, (size_t)sb_field_held(f) * sizeof *data) == 0;
  free(expected);
  return same;
}

#endif
