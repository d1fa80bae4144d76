/* Every sweep of every instruction set leaves the right numbers and touches nothing beside them;
 * chains give the bits that plain C gives, and lose no wrong one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <math.h>
#include <string.h>

#include "probe_chains.h"
#include "probe_kernel.h"

enum { MOST = 67, MARGIN = 8, ROOM = MOST + 2 * MARGIN };

static const double UNTOUCHED = -777.0, SCALE = 3.0;

static probe_kernels kernels[SB_ISA_LEVELS];
static int kernel_count;

static int find_kernels(void **state) {
  (void)state;
  for (int isa = 0; isa < SB_ISA_LEVELS; isa++) {
    if (!sb_isa_built((sb_isa)isa) || !sb_isa_runs((sb_isa)isa)) continue;
    if (probe_kernels_choose(sb_isa_name((sb_isa)isa), &kernels[kernel_count++]) != SB_OK) return 1;
  }
  return kernel_count > 0 ? 0 : 1;
}

static void check_sweep(const probe_kernels *k, int stream, int64_t n, double scale) {
  _Alignas(64) double a[ROOM], b[ROOM], c[ROOM];
  for (int i = 0; i < ROOM; i++) {
    a[i] = UNTOUCHED;
    b[i] = c[i] = (double)NAN; /* outside: a read too far would show */
  }
  for (int i = MARGIN; i < MARGIN + n; i++) {
    b[i] = 10.0 * i;
    c[i] = i + 0.5;
  }
  if (scale == 0.0) {
    k->copy[stream](a + MARGIN, b + MARGIN, n);
  } else {
    k->triad[stream](a + MARGIN, b + MARGIN, c + MARGIN, scale, n);
  }
  for (int i = 0; i < ROOM; i++) {
    const int inside = i >= MARGIN && i < MARGIN + n;
    const double right = inside ? 10.0 * i + (scale != 0.0 ? scale * (i + 0.5) : 0.0) : UNTOUCHED;
    if (a[i] != right) fail_msg("%s, stream %d, n %lld: a[%d]", k->name, stream, (long long)n, i);
  }
}

static void sweeps_of_every_length(void **state) {
  (void)state;
  for (int k = 0; k < kernel_count; k++) {
    for (int stream = 0; stream < 2; stream++) {
      for (int64_t n = 0; n <= MOST; n++) {
        check_sweep(&kernels[k], stream, n, 0.0);
        check_sweep(&kernels[k], stream, n, SCALE);
      }
    }
  }
}

static int run_chains(const probe_kernels *k, int64_t steps, const double *start, double *end) {
  for (int i = 0; i < PROBE_LANES_MOST; i++) end[i] = UNTOUCHED;
  const int lanes = k->chains(steps, PROBE_FACTOR, PROBE_TERM, start, end);
  assert_in_range(lanes, 8, PROBE_LANES_MOST);
  for (int i = lanes; i < PROBE_LANES_MOST; i++) assert_true(end[i] == UNTOUCHED);
  return lanes;
}

static void chains_give_the_bits_of_plain_c(void **state) {
  (void)state;
  double start[PROBE_LANES_MOST], end[PROBE_LANES_MOST], right[PROBE_LANES_MOST];
  probe_chains_start(5, start);
  for (int k = 0; k < kernel_count; k++) {
    for (int64_t steps = 0; steps <= 3000; steps = 3 * steps + 1) {
      const int lanes = run_chains(&kernels[k], steps, start, end);
      probe_chains_plain(probe_chains_fused(&kernels[k]), steps, PROBE_FACTOR, PROBE_TERM, lanes,
                         start, right);
      assert_int_equal(probe_chains_wrong(lanes, right, end), 0);
      end[lanes - 1] = nextafter(end[lanes - 1], 0.0);
      assert_int_equal(probe_chains_wrong(lanes, right, end), 1);
    }
  }
}

/* The promise that no wrong bit is lost holds below 2, where it starts in [1, 1.25). */
static void chains_stay_in_their_binade(void **state) {
  (void)state;
  double start[PROBE_LANES_MOST], end[PROBE_LANES_MOST];
  probe_chains_start(7, start);
  for (int i = 0; i < PROBE_LANES_MOST; i++) assert_true(start[i] >= 1.0 && start[i] < 1.25);
  start[0] = nextafter(1.25, 0.0);
  for (int k = 0; k < kernel_count; k++) {
    const int lanes = run_chains(&kernels[k], PROBE_STEPS_MOST, start, end);
    for (int i = 0; i < lanes; i++) assert_true(end[i] > start[i] && end[i] < 2.0);
  }
}

/* Neighbouring numbers are still different after all steps, and in the same order. */
static void neighbours_never_meet(void **state) {
  (void)state;
  double start[PROBE_LANES_MOST], end[PROBE_LANES_MOST];
  probe_chains_start(9, start);
  for (int i = 1; i < PROBE_LANES_MOST; i += 2) start[i] = nextafter(start[i - 1], 2.0);
  for (int k = 0; k < kernel_count; k++) {
    const int lanes = run_chains(&kernels[k], PROBE_STEPS_MOST, start, end);
    for (int i = 1; i < lanes; i += 2) assert_true(end[i] > end[i - 1]);
  }
}

/* AVX2 and AVX-512 have an instruction that rounds once; the levels here tell themselves apart. */
static void rounding_is_recognised(void **state) {
  (void)state;
  for (int k = 0; k < kernel_count; k++) {
    if (strncmp(kernels[k].name, "avx", 3) == 0) assert_true(probe_chains_fused(&kernels[k]));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sweeps_of_every_length),
      cmocka_unit_test(chains_give_the_bits_of_plain_c),
      cmocka_unit_test(chains_stay_in_their_binade),
      cmocka_unit_test(neighbours_never_meet),
      cmocka_unit_test(rounding_is_recognised),
  };
  return cmocka_run_group_tests(tests, find_kernels, NULL);
}
