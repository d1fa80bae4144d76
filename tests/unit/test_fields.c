/* The digest of a field is the same for every decomposition, and changes with every change. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the four above */

#include "decomp.h"
#include "fields.h"

enum { NZ = 4, NY = 3, NX = 5, N = NZ * NY * NX };

static double whole[N];

static void fill(void) {
  for (int i = 0; i < N; i++) whole[i] = sin(i + 1.0);
}

/* The box [lo, hi) of `whole` as a rank would hold it, its elements copied to `data`. */
static sb_field box(const int64_t lo[3], const int64_t hi[3], double *data) {
  sb_field f = {.name = "t", .dims = 3, .data = data};
  const int64_t n[3] = {NZ, NY, NX};
  for (int d = 0; d < 3; d++) {
    f.axis[d].n = n[d];
    f.lo[d] = lo[d];
    f.hi[d] = hi[d];
  }
  for (int64_t z = lo[0]; z < hi[0]; z++)
    for (int64_t y = lo[1]; y < hi[1]; y++)
      for (int64_t x = lo[2]; x < hi[2]; x++) *data++ = whole[(z * NY + y) * NX + x];
  return f;
}

static uint64_t digest_of_all(void) {
  double data[N];
  const sb_field f = box((const int64_t[]){0, 0, 0}, (const int64_t[]){NZ, NY, NX}, data);
  return sb_field_digest(&f);
}

/* Shares of a grid of pz x py x px boxes, some of them empty, added up. */
static uint64_t digest_of_parts(int64_t pz, int64_t py, int64_t px) {
  uint64_t sum = 0;
  for (int64_t i = 0; i < pz * py * px; i++) {
    const sb_range z = sb_split(NZ, 1, pz, i / (py * px)), y = sb_split(NY, 1, py, i / px % py),
                   x = sb_split(NX, 1, px, i % px);
    double data[N];
    const int64_t lo[] = {z.lo, y.lo, x.lo}, hi[] = {z.hi, y.hi, x.hi};
    const sb_field f = box(lo, hi, data);
    sum += sb_field_digest(&f);
  }
  return sum;
}

static void is_the_same_for_every_decomposition(void **state) {
  (void)state;
  fill();
  const uint64_t expected = digest_of_all();
  for (int64_t pz = 1; pz <= 6; pz++)
    for (int64_t py = 1; py <= 4; py++)
      for (int64_t px = 1; px <= 7; px++) assert_true(digest_of_parts(pz, py, px) == expected);
}

/* Computed once by an independent program (numpy, from the formula in fields.h). */
static void has_known_values(void **state) {
  (void)state;
  const double data[] = {0.0, 1.0, -0.0};
  const sb_field f = {.dims = 1, .axis = {{.n = 3}}, .hi = {3}, .data = data};
  assert_true(sb_field_digest(&f) == UINT64_C(0x4fcd5b9b451e639c));
}

static void sees_every_change(void **state) {
  (void)state;
  fill();
  const uint64_t expected = digest_of_all();
  for (int i = 0; i < N; i++) {
    const double kept = whole[i];
    whole[i] = nextafter(kept, 2.0);
    assert_true(digest_of_all() != expected);
    whole[i] = kept;
    const int j = (i + 1) % N;
    whole[i] = whole[j]; /* two neighbours change places: a plain sum would not see it */
    whole[j] = kept;
    assert_true(digest_of_all() != expected);
    whole[j] = whole[i];
    whole[i] = kept;
  }
  whole[0] = 0.0;
  const uint64_t zero = digest_of_all();
  whole[0] = -0.0;
  assert_true(digest_of_all() != zero);
}

/* A row longer than what a thread takes at a time. */
static void holds_for_long_rows(void **state) {
  (void)state;
  enum { LONG = 200001 };
  static double data[LONG];
  for (int i = 0; i < LONG; i++) data[i] = 1.0 / (i + 1);
  sb_field f = {.dims = 1, .axis = {{.n = LONG}}, .hi = {LONG}, .data = data};
  const uint64_t expected = sb_field_digest(&f);
  uint64_t sum = 0;
  for (int64_t i = 0; i < LONG; i += 999) {
    f.lo[0] = i;
    f.hi[0] = i + 999 < LONG ? i + 999 : LONG;
    f.data = data + i;
    sum += sb_field_digest(&f);
  }
  assert_true(sum == expected);
}

/* Rows read forwards, and, with indices that count down, mirrored. */
static void rows_may_count_down(void **state) {
  (void)state;
  fill();
  double mirrored[N];
  for (int i = 0; i < N; i++) mirrored[N - 1 - i] = whole[i];
  for (int lo = 0; lo < N; lo++) {
    for (int hi = lo; hi <= N; hi++) {
      const sb_field f = {
          .dims = 1, .axis = {{.n = N}}, .lo = {lo}, .hi = {hi}, .data = whole + lo};
      const uint64_t expected = sb_field_digest(&f);
      assert_true(sb_digest_row(whole + lo, hi - lo, (uint64_t)lo, 1) == expected);
      const uint64_t last = (uint64_t)(hi - 1);
      assert_true(sb_digest_row(mirrored + N - hi, hi - lo, last, UINT64_MAX) == expected);
    }
  }
}

static void lists_hold_so_many_and_no_more(void **state) {
  (void)state;
  sb_fields fields = {.count = 0};
  for (int i = 0; i < SB_FIELDS_MAX; i++) assert_non_null(sb_fields_add(&fields));
  assert_null(sb_fields_add(&fields));
  assert_int_equal(fields.count, SB_FIELDS_MAX);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(is_the_same_for_every_decomposition),
      cmocka_unit_test(has_known_values),
      cmocka_unit_test(sees_every_change),
      cmocka_unit_test(holds_for_long_rows),
      cmocka_unit_test(rows_may_count_down),
      cmocka_unit_test(lists_hold_so_many_and_no_more),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
