#include "heat_rounding.h"

#include <stdalign.h>
#include <string.h>

#include "rng.h"

/* A grid of 3 x 3 rows, of which the middle one advances; room on both sides for vectors. */
enum { CELLS = 40, PAD = 2 * HEAT_ALIGN, ROW = 48 + 2 * PAD, ROWS = 3, PLANE = ROWS * ROW };
enum { DOUBLES = ROWS * PLANE, SCRATCH = 4096 };

/* Stored and read again: no compiler may keep more digits, or fuse with what follows. */
static double rounded(double x) {
  volatile double stored = x;
  return stored;
}

static double sum(double a, double b) { return rounded(a + b); }
static double product(double a, double b) { return rounded(a * b); }

static double evaluate(const heat_law *law, const double *u) {
  double all = sum(sum(u[-1], u[1]), sum(u[-ROW], u[ROW]));
  if (law->dims == 3) all = sum(all, sum(u[-PLANE], u[PLANE]));
  return sum(product(law->c, u[0]), product(law->r, all));
}

static uint64_t bits_of(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static int differing(const double *a, const double *b) {
  int cells = 0;
  for (int x = 0; x < CELLS; x++) cells += bits_of(a[x]) != bits_of(b[x]);
  return cells;
}

int heat_rounding_errors(const heat_law *law, const heat_kernels *kernels) {
  alignas(64) double before[DOUBLES], after[DOUBLES], scratch[SCRATCH], exact[CELLS];
  for (int i = 0; i < DOUBLES; i++) {
    uint32_t word[4];
    sb_random_block(1, (uint64_t)i, word);
    before[i] = (double)((uint64_t)word[1] << 20 | word[0] >> 12) * 0x1p-52;
  }
  memset(scratch, 0, sizeof scratch);
  const heat_grid now = {.cell = before + PLANE + ROW + PAD, .row = ROW, .plane = PLANE};
  const heat_grid next = {.cell = after + PLANE + ROW + PAD, .row = ROW, .plane = PLANE};
  const heat_box box = {.hi = {1, 1, CELLS}};
  const heat_sides far_away = {.domain = {.lo = {-9, -9, -9}, .hi = {10, 10, CELLS + 9}}};
  for (int x = 0; x < CELLS; x++) exact[x] = evaluate(law, now.cell + x);

  int errors = 0;
  heat_step_plain(law, &now, &next, &box);
  errors += differing(next.cell, exact);
  memset(after, 0, sizeof after);
  kernels->streaming(law, &now, &next, &box);
  errors += differing(next.cell, exact);
  memset(after, 0, sizeof after);
  kernels->tile[law->dims - 2](law, &now, &next, &box, 1, &far_away, scratch);
  return errors + differing(next.cell, exact);
}
