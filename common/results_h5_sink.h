/* results_h5_sink.h: schema 1 as HDF5 that netCDF tools read: dimension scales on every axis. */
#ifndef SCALEBAR_RESULTS_H5_SINK_H
#define SCALEBAR_RESULTS_H5_SINK_H

#include "results_h5.h"
#include "results_schema.h"

/* `sink` is the first member, so that a pointer to it is one to the whole. */
typedef struct {
  sb_sink sink;
  const sb_newfile *file;
  hid_t root;  /* the open file */
  hid_t group; /* present group, -1 in the root */
} sb_h5_sink;

/* Writes into `root`, which stays the caller's. Local. */
void sb_h5_sink_start(sb_h5_sink *sink, const sb_newfile *file, hid_t root);

/* Closes the present group; `status` or, when that was SB_OK, what closing gives. Local. */
sb_status sb_h5_sink_end(sb_h5_sink *sink, sb_status status);

#endif
