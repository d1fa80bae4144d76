/* heat_rows_kernel.h: the update of a few neighbouring rows at once, in vectors (simd.h).
 *
 * A row on its own loads five vectors to make one, or three where the neighbours along x come from
 * registers. ROWS rows together load ROWS + 2 for ROWS: the two outer rows, and each row's own
 * vectors once. For hot kernels, which inline it with constants. */
#ifndef SCALEBAR_HEAT_ROWS_KERNEL_H
#define SCALEBAR_HEAT_ROWS_KERNEL_H

#include "heat_kernel.h"
#include "simd.h"

enum { ROWS = 4 };

/* Pointers to the cells x = 0 of rows that follow each other along y. */
typedef struct {
  const double *mid[ROWS + 2];             /* one row before them, they, one behind */
  const double *below[ROWS], *above[ROWS]; /* at z - 1 and z + 1; not used in 2-D */
  double *out[ROWS];
  /* What will be read from memory soon, in doubles from the rows that are read first here (behind
   * the others along y; in 3-D, at z + 1): fetched meanwhile, since hardware sees no pattern in
   * short rows. 0: nothing. */
  int64_t ahead;
} heat_rows;

static inline double heat_cell(const heat_law *law, const heat_rows *rows, int i, int64_t x) {
  const double *row = rows->mid[i + 1];
  double sum = (row[x - 1] + row[x + 1]) + (rows->mid[i][x] + rows->mid[i + 2][x]);
  if (law->dims == 3) sum = sum + (rows->below[i][x] + rows->above[i][x]);
  return law->c * row[x] + law->r * sum;
}

/* Neighbours along x of the vector `here` at `at`; in_place: cells around it may be overwritten. */
static inline sb_f64 heat_west(const double *at, sb_f64 before, sb_f64 here, bool in_place) {
  return in_place ? sb_f64_west_kept(before, here) : sb_f64_west(at, before, here);
}
static inline sb_f64 heat_east(const double *at, sb_f64 here, sb_f64 after, bool in_place) {
  return in_place ? sb_f64_east_kept(here, after) : sb_f64_east(at, here, after);
}

/* Vectors from lo on until hi is reached or passed. n, dims and stream are constants; with
 * `stream`, out + lo is aligned. In 3-D without it, rows may be written to where others lie that
 * are no longer read (heat_tile3_kernel.c). */
static inline __attribute__((always_inline)) void heat_vectors(const heat_law *law,
                                                               const heat_rows *rows, int n,
                                                               int64_t lo, int64_t hi, int dims,
                                                               bool stream) {
  enum { V = SB_LANES_F64 };
  const sb_f64 c = sb_f64_all(law->c), r = sb_f64_all(law->r);
  sb_f64 before[ROWS], here[ROWS], after[ROWS];
  for (int i = 0; i < n; i++) {
    before[i] = sb_f64_load(rows->mid[i + 1] + lo - V);
    here[i] = sb_f64_load(rows->mid[i + 1] + lo);
  }
  for (int64_t x = lo; x < hi; x += V) {
    for (int i = 0; i < n; i++) after[i] = sb_f64_load(rows->mid[i + 1] + x + V);
    if (rows->ahead != 0) {
      for (int i = 0; i < n; i++) {
        sb_fetch((dims == 3 ? rows->above[i] : rows->mid[i + 2]) + x + rows->ahead);
      }
    }
    for (int i = 0; i < n; i++) {
      const double *at = rows->mid[i + 1] + x;
      const sb_f64 south = i == 0 ? sb_f64_load(rows->mid[0] + x) : here[i - 1];
      const sb_f64 north = i == n - 1 ? sb_f64_load(rows->mid[n + 1] + x) : here[i + 1];
      const sb_f64 west = heat_west(at, before[i], here[i], dims == 3 && !stream);
      const sb_f64 east = heat_east(at, here[i], after[i], dims == 3 && !stream);
      sb_f64 sum = sb_f64_add(sb_f64_add(west, east), sb_f64_add(south, north));
      if (dims == 3) {
        sum = sb_f64_add(
            sum, sb_f64_add(sb_f64_load(rows->below[i] + x), sb_f64_load(rows->above[i] + x)));
      }
      const sb_f64 out = sb_f64_add(sb_f64_mul(c, here[i]), sb_f64_mul(r, sum));
      if (stream) {
        sb_f64_stream(rows->out[i] + x, out);
      } else {
        sb_f64_store(rows->out[i] + x, out);
      }
    }
    for (int i = 0; i < n; i++) {
      before[i] = here[i];
      here[i] = after[i];
    }
  }
}

/* As heat_vectors, for any n. */
static inline __attribute__((always_inline)) void heat_vectors_any(const heat_law *law,
                                                                   const heat_rows *rows, int n,
                                                                   int64_t lo, int64_t hi, int dims,
                                                                   bool stream) {
  switch (n) {
    case 4:
      heat_vectors(law, rows, 4, lo, hi, dims, stream);
      break;
    case 3:
      heat_vectors(law, rows, 3, lo, hi, dims, stream);
      break;
    case 2:
      heat_vectors(law, rows, 2, lo, hi, dims, stream);
      break;
    default:
      heat_vectors(law, rows, 1, lo, hi, dims, stream);
      break;
  }
}

/* The cells of n rows that lie before and behind the whole lines among lo <= x < hi, which are
 * first <= x < last on return. All out rows are aligned alike. */
static inline void heat_stream_ends(const heat_law *law, const heat_rows *rows, int n, int64_t lo,
                                    int64_t hi, int64_t *first, int64_t *last) {
  enum { V = HEAT_ALIGN };
  *first = (lo + V - 1) & -V; /* also for negative lo */
  *last = hi & -V;
  if (*first > *last) *first = *last = hi;
  for (int i = 0; i < n; i++) {
    for (int64_t x = lo; x < *first; x++) rows->out[i][x] = heat_cell(law, rows, i, x);
    for (int64_t x = *last; x < hi; x++) rows->out[i][x] = heat_cell(law, rows, i, x);
  }
}

/* Exactly the cells lo <= x < hi of n rows, past the caches. */
static inline __attribute__((always_inline)) void heat_stream_rows(const heat_law *law,
                                                                   const heat_rows *rows, int n,
                                                                   int64_t lo, int64_t hi,
                                                                   int dims) {
  int64_t first, last;
  heat_stream_ends(law, rows, n, lo, hi, &first, &last);
  if (first < last) heat_vectors_any(law, rows, n, first, last, dims, true);
}

#endif
