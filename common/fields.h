/* fields.h: the science output of a run, each rank describing the box it holds. Local. */
#ifndef SCALEBAR_FIELDS_H
#define SCALEBAR_FIELDS_H

#include <stdbool.h>
#include <stdint.h>

#include "status.h"

enum { SB_FIELDS_MAX = 16, SB_FIELD_DIMS = 4 };

/* One axis of a field; becomes a dimension scale. Axes of the same name in one file are shared and
 * must be equal. */
typedef struct {
  const char *name;      /* "batch", "x" */
  const char *long_name; /* "batch of samples" */
  const char *units;     /* udunits: "1", "m" */
  int64_t n;             /* global length */
  double first, step;    /* coordinate of index i: first + i * step */
  const double *places;  /* n coordinates that no step gives; NULL: first and step give them. They
                            live as long as the field's data, and are the same on all ranks */
} sb_axis;

/* A global array of doubles, row-major, last axis fastest. This rank holds the box
 * [lo, hi) of it (empty where any hi == lo), stored contiguously in the same order. */
typedef struct {
  const char *name, *long_name, *units; /* units: udunits */
  int dims;                             /* 1 .. SB_FIELD_DIMS */
  sb_axis axis[SB_FIELD_DIMS];
  int64_t lo[SB_FIELD_DIMS], hi[SB_FIELD_DIMS];
  const double *data;
} sb_field;

typedef struct {
  sb_field field[SB_FIELDS_MAX];
  int count;
} sb_fields;

/* A zeroed field to fill in, NULL when the list is full. */
sb_field *sb_fields_add(sb_fields *fields);

/* Elements of the whole field, and those that this rank holds. */
int64_t sb_field_elements(const sb_field *field);
int64_t sb_field_held(const sb_field *field);

/* This rank's share of the field's digest: the sum modulo 2^64, over the elements of its box, of
 *   f(f(i + 0x9e3779b97f4a7c15) ^ bits)
 * where i is the element's global row-major index, bits its IEEE 754 binary64 pattern and f the
 * finaliser of splitmix64 (Steele, Lea and Flood, OOPSLA 2014, figure 17, mix64variant13). Shares
 * add up to a digest that is the same for every decomposition. */
uint64_t sb_field_digest(const sb_field *field);

/* The share of `count` values that lie next to each other and have the indices first, first + step,
 * first + 2 step ... modulo 2^64. For digests of what is no field in memory. One thread's work. */
uint64_t sb_digest_row(const double *data, int64_t count, uint64_t first, uint64_t step);

/* How digests are made, in words, stored beside the digest. */
extern const char sb_digest_method[];

#endif
