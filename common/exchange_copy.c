#include "exchange_copy.h"

#include <string.h>

#include "simulation.h"

/* Calls of memcpy cost more than rows as short as this: the rim of the fastest axis. */
enum { SHORT_ROW = 4 };

static void copy_rows(double *to, int64_t to_stride, const double *from, int64_t from_stride,
                      int64_t rows, int64_t row) {
  if (row > SHORT_ROW) {
    for (int64_t r = 0; r < rows; r++) {
      memcpy(to + r * to_stride, from + r * from_stride, (size_t)row * sizeof(double));
    }
    return;
  }
  for (int64_t i = 0; i < row; i++) {
    for (int64_t r = 0; r < rows; r++) to[r * to_stride + i] = from[r * from_stride + i];
  }
}

void sb_copy_block(const sb_array *to, const sb_array *from, const int64_t count[SB_AXES]) {
  int64_t planes = count[0], rows = count[1], row = count[2];
  sb_worked(0.0, 2.0 * sizeof(double) * (double)(planes * rows * row));
  if (rows == 1 || (to->stride[1] == row && from->stride[1] == row)) {
    row *= rows;
    rows = 1;
    if (to->stride[0] == row && from->stride[0] == row) {
      row *= planes;
      planes = 1;
    }
  }
  int64_t to_row = to->stride[1], from_row = from->stride[1];
  if (rows == 1) { /* planes of one row each are rows of one plane */
    rows = planes;
    planes = 1;
    to_row = to->stride[0];
    from_row = from->stride[0];
  }
  for (int64_t p = 0; p < planes; p++) {
    copy_rows(to->cell + p * to->stride[0], to_row, from->cell + p * from->stride[0], from_row,
              rows, row);
  }
}

sb_array sb_packed(double *cell, const sb_box *box) {
  const int64_t row = box->hi[2] - box->lo[2], rows = box->hi[1] - box->lo[1];
  return (sb_array){.cell = cell, .stride = {rows * row, row, 1}};
}

sb_array sb_within(const sb_array *array, const sb_box *own, const sb_box *box) {
  sb_array there = *array;
  for (int a = 0; a < SB_AXES; a++) there.cell += (box->lo[a] - own->lo[a]) * array->stride[a];
  return there;
}
