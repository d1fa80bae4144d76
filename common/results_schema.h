/* results_schema.h: schema 1, the one description of what a result file holds.
 *
 * sb_schema_write walks a record and hands groups, attributes, axes and items to a sink; the HDF5
 * and the JSON file differ in their sinks alone. Rank 0 walks by itself: nothing here is
 * collective.
 */
#ifndef SCALEBAR_RESULTS_SCHEMA_H
#define SCALEBAR_RESULTS_SCHEMA_H

#include "results_gather.h"

enum { SB_SCHEMA_VERSION = 1, SB_ITEM_DIMS = 2 };

typedef enum { SB_F64, SB_I64, SB_I8, SB_CHARS } sb_item_type;

/* A named array (dims 0: a single value), row-major, with what a reader must know of it. */
typedef struct {
  const char *name, *long_name;
  const char *units; /* udunits; NULL for text */
  sb_item_type type;
  int dims;
  const char *axis[SB_ITEM_DIMS]; /* names that were given to the sink's axis() before */
  int64_t n[SB_ITEM_DIMS];
  int64_t width;    /* SB_CHARS: characters of one element, NUL-filled; rows of n[0] x width */
  const void *data; /* double, int64_t, int8_t or char */
  const sb_figure *interval; /* stored as ci_low, ci_high, n beside the value; NULL: none */
  bool unknown;              /* -1 means that this machine does not tell */
} sb_item;

typedef struct sb_sink sb_sink;
struct sb_sink {
  /* What follows goes into the group /name, made here. Before the first call: into the root. */
  sb_status (*group)(sb_sink *sink, const char *name);
  /* A single double, int64_t or int8_t, or a text of any length, on the present group. */
  sb_status (*attribute)(sb_sink *sink, const char *name, sb_item_type type, const void *value);
  /* A dimension 0 .. n - 1 for items of the present group; in the root, for those of all groups. */
  sb_status (*axis)(sb_sink *sink, const char *name, const char *long_name, int64_t n);
  sb_status (*item)(sb_sink *sink, const sb_item *item);
};

/* Everything but fields. Local; `gathered` as rank 0 has it. */
sb_status sb_schema_write(const sb_record *record, const sb_gathered *gathered, int ranks,
                          int nodes, sb_sink *sink);

/* The groups /machine (results_machine.c) and /verification (results_checks.c). */
sb_status sb_schema_machine(const sb_record *record, const sb_gathered *gathered, sb_sink *sink);
sb_status sb_schema_checks(const sb_checks *checks, sb_sink *sink);

/* Attribute shorthands. */
sb_status sb_sink_text(sb_sink *sink, const char *name, const char *value);
sb_status sb_sink_whole(sb_sink *sink, const char *name, int64_t value);
sb_status sb_sink_flag(sb_sink *sink, const char *name, bool value);
sb_status sb_sink_real(sb_sink *sink, const char *name, double value);

#endif
