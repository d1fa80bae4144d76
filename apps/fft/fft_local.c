#include "fft_local.h"

#include <fftw3.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "threads.h"

enum { FULL, REST, WIDTHS };

struct fft_local {
  int64_t row;                  /* complex numbers */
  fftw_plan rows[FFT_SIGNS][2]; /* FFT_ROWS of them; one */
  fftw_plan plane[FFT_SIGNS];
  fftw_plan lines[2][FFT_SIGNS][WIDTHS];
  int threads;
  double **block; /* [threads] */
  bool real;
  int64_t rest; /* columns beyond the last full block of a row */
};

static int64_t block_doubles(const fft_config *c) {
  const int64_t longest = c->ny > c->nz ? c->ny : c->nz;
  return (int64_t)2 * FFT_COLUMNS * longest;
}

int64_t fft_lines_bytes(const fft_config *c, int threads) {
  return (int64_t)sizeof(double) * threads * block_doubles(c);
}

static unsigned effort(const fft_config *c) {
  static const unsigned flags[] = {FFTW_ESTIMATE, FFTW_MEASURE, FFTW_PATIENT};
  return flags[c->planner];
}

static int fftw_sign(int sign) { return sign == FFT_FORWARD ? FFTW_FORWARD : FFTW_BACKWARD; }

static fftw_plan plan_rows(const fft_config *c, int sign, int rows, double *scratch) {
  fftw_complex *z = (fftw_complex *)(void *)scratch;
  const int n = (int)c->nx, row = (int)fft_row(c);
  if (c->transform == FFT_C2C) {
    return fftw_plan_many_dft(1, &n, rows, z, NULL, 1, row, z, NULL, 1, row, fftw_sign(sign),
                              effort(c));
  }
  if (sign == FFT_FORWARD) {
    return fftw_plan_many_dft_r2c(1, &n, rows, scratch, NULL, 1, 2 * row, z, NULL, 1, row,
                                  effort(c));
  }
  return fftw_plan_many_dft_c2r(1, &n, rows, z, NULL, 1, row, scratch, NULL, 1, 2 * row, effort(c));
}

static fftw_plan plan_plane(const fft_config *c, int sign, double *scratch) {
  fftw_complex *z = (fftw_complex *)(void *)scratch;
  const int ny = (int)c->ny, nx = (int)c->nx;
  if (c->transform == FFT_C2C) return fftw_plan_dft_2d(ny, nx, z, z, fftw_sign(sign), effort(c));
  return sign == FFT_FORWARD ? fftw_plan_dft_r2c_2d(ny, nx, scratch, z, effort(c))
                             : fftw_plan_dft_c2r_2d(ny, nx, z, scratch, effort(c));
}

static fftw_plan plan_lines(const fft_config *c, int64_t length, int sign, int columns,
                            double *block) {
  fftw_complex *z = (fftw_complex *)(void *)block;
  const int n = (int)length;
  return fftw_plan_many_dft(1, &n, columns, z, NULL, FFT_COLUMNS, 1, z, NULL, FFT_COLUMNS, 1,
                            fftw_sign(sign), effort(c));
}

/* Of rows (or planes) of x, on scratch as large as what they transform at once. */
static bool plan_x(const fft_config *c, bool planes, int64_t rows, double *scratch, fft_local *l) {
  bool made = true;
  for (int sign = 0; sign < FFT_SIGNS; sign++) {
    if (planes) {
      l->plane[sign] = plan_plane(c, sign, scratch);
      made = made && l->plane[sign] != NULL;
      continue;
    }
    if (rows >= FFT_ROWS) l->rows[sign][0] = plan_rows(c, sign, FFT_ROWS, scratch);
    l->rows[sign][1] = plan_rows(c, sign, 1, scratch);
    made = made && (rows < FFT_ROWS || l->rows[sign][0] != NULL) && l->rows[sign][1] != NULL;
  }
  return made;
}

static bool plan_columns(const fft_config *c, int64_t columns, bool planes, fft_local *l) {
  const int64_t length[2] = {[FFT_Z] = c->nz, [FFT_Y] = planes ? 1 : c->ny};
  const int rest = (int)(columns % FFT_COLUMNS);
  l->rest = rest;
  bool made = true;
  for (int i = 0; i < 2 * FFT_SIGNS; i++) {
    const int axis = i / FFT_SIGNS, sign = i % FFT_SIGNS;
    fftw_plan *lines = l->lines[axis][sign];
    if (length[axis] == 1) continue;
    lines[FULL] = plan_lines(c, length[axis], sign, FFT_COLUMNS, l->block[0]);
    if (rest > 0) lines[REST] = plan_lines(c, length[axis], sign, rest, l->block[0]);
    made = made && lines[FULL] != NULL && (rest == 0 || lines[REST] != NULL);
  }
  return made;
}

int64_t fft_scratch_bytes(const fft_config *c, bool planes, int64_t rows) {
  const int64_t at_once = planes ? c->ny : rows < FFT_ROWS ? 1 : FFT_ROWS;
  return (int64_t)sizeof(double) * 2 * fft_row(c) * at_once;
}

static sb_status make_plans(const fft_config *c, const fft_share *share, fft_local *l) {
  const int64_t bytes = fft_scratch_bytes(c, share->planes, share->rows);
  double *scratch = NULL;
  sb_status status = sb_doubles_create(bytes / (int64_t)sizeof *scratch, &scratch);
  if (status != SB_OK) return status;
  memset(scratch, 0, (size_t)bytes);
  if (!plan_x(c, share->planes, share->rows, scratch, l) ||
      !plan_columns(c, share->columns, share->planes, l))
    status = sb_fail(SB_INTERNAL, "FFTW made no plan");
  free(scratch);
  return status;
}

sb_status fft_local_create(const fft_config *c, const fft_share *share, int threads,
                           fft_local **local) {
  fft_local *l = *local = calloc(1, sizeof *l);
  sb_status status = SB_OK;
  if (l == NULL) return sb_fail(SB_NO_MEMORY, "no memory for plans");
  l->row = fft_row(c);
  l->real = c->transform == FFT_R2C;
  l->block = calloc((size_t)threads, sizeof *l->block);
  if (l->block == NULL) return sb_fail(SB_NO_MEMORY, "no memory for plans");
  l->threads = threads;
  for (int t = 0; t < threads; t++) {
    SB_TRY(sb_doubles_create(block_doubles(c), &l->block[t]));
    memset(l->block[t], 0, (size_t)block_doubles(c) * sizeof(double));
  }
  if (share->columns > 0) SB_TRY(make_plans(c, share, l));
cleanup:
  return status;
}

static void destroy_plan(fftw_plan plan) {
  if (plan != NULL) fftw_destroy_plan(plan);
}

void fft_local_destroy(fft_local **local) {
  fft_local *l = *local;
  if (l == NULL) return;
  for (int sign = 0; sign < FFT_SIGNS; sign++) {
    destroy_plan(l->plane[sign]);
    for (int i = 0; i < 2; i++) destroy_plan(l->rows[sign][i]);
    for (int i = 0; i < 2 * WIDTHS; i++) destroy_plan(l->lines[i / WIDTHS][sign][i % WIDTHS]);
  }
  for (int t = 0; t < l->threads; t++) free(l->block[t]);
  free(l->block);
  free(l);
  *local = NULL;
}

/* Rows, or a plane of them. */
static void execute_rows(const fft_local *l, fft_sign sign, fftw_plan plan, double *rows) {
  fftw_complex *z = (fftw_complex *)(void *)rows;
  if (!l->real) {
    fftw_execute_dft(plan, z, z);
  } else if (sign == FFT_FORWARD) {
    fftw_execute_dft_r2c(plan, rows, z);
  } else {
    fftw_execute_dft_c2r(plan, z, rows);
  }
}

void fft_local_rows(const fft_local *l, fft_sign sign, double *rows, int64_t count) {
  for (; count >= FFT_ROWS; count -= FFT_ROWS, rows += (int64_t)2 * FFT_ROWS * l->row) {
    execute_rows(l, sign, l->rows[sign][0], rows);
  }
  for (; count > 0; count--, rows += 2 * l->row) execute_rows(l, sign, l->rows[sign][1], rows);
}

void fft_local_plane(const fft_local *l, fft_sign sign, double *plane) {
  execute_rows(l, sign, l->plane[sign], plane);
}

double *fft_local_block(const fft_local *l) { return l->block[sb_thread()]; }

void fft_local_lines(const fft_local *l, int axis, fft_sign sign, int64_t columns) {
  /* The rest of all rows together (fft_lines.c) is a full block of which some columns are unused.
   */
  const fftw_plan plan = l->lines[axis][sign][columns == l->rest ? REST : FULL];
  fftw_complex *z = (fftw_complex *)(void *)fft_local_block(l);
  if (plan != NULL) fftw_execute_dft(plan, z, z);
}

bool fft_wisdom_take(const char *text) { return fftw_import_wisdom_from_string(text) != 0; }
char *fft_wisdom_give(void) { return fftw_export_wisdom_to_string(); }
const char *fft_library(void) { return fftw_version; }
