/* results.h: result files, schema 1. Written whole or not at all.
 *
 * A record gathers what the driver knows; writers turn it into one HDF5 file (results_mpio.c over
 * parallel HDF5, results_seq.c over serial HDF5, results_none.c without) and one JSON file
 * (results_json.c). The file is made as NAME.tmp.<id>, closed, synced, opened again and checked,
 * and only then renamed: under its final name it is whole or absent, and an older result stays
 * untouched until that moment.
 */
#ifndef SCALEBAR_RESULTS_H
#define SCALEBAR_RESULTS_H

#include <stdint.h>

#include "app.h"
#include "machine.h"
#include "repeat.h"

/* Everything below is the same on all ranks unless it says otherwise. */
typedef struct {
  const sb_app *app;
  const sb_common *common;
  const void *config;
  const sb_request *request;
  const char *variant, *kernel; /* kernel: the algorithm, "philox/avx512" */
  const char *exchange;    /* how ranks of a node handed over data: "none", "message", "shared" */
  const char *result;      /* "PASS", "WRONG", "SLOW" */
  const char *warnings;    /* one per line, "" when none */
  const char *created_utc; /* "2026-01-31T12:00:00Z" */
  const char *binary_sha256;
  const char *blas_library, *fft_library; /* as they name themselves; NULL: the app uses none */
  bool placement_ok;
  int threads;
  const sb_machine *machine;            /* of rank 0's node */
  const sb_counters *before, *after;    /* of rank 0's node */
  const char *cpus_allowed, *cpus_seen; /* this rank's own (placement.h) */
  const sb_plan *plan;
  const sb_measurement *measurement;
  const sb_checks *checks;
  const sb_figures *figures;
  const sb_fields *fields;
} sb_record;

/* Writes `path`. Collective; every rank gets the same status. On any failure the temporary file is
 * gone and `path` is as it was. `fields` of the record are written when common->fields says so. */
sb_status sb_results_write_hdf5(sb_comm *comm, const sb_record *record, const char *path);

/* After a failed write: whether HDF5 still holds a file that it could not close. It would try
 * again, and crash or hang, when MPI ends; so say what failed, let all ranks meet
 * (sb_comm_barrier), and leave by sb_comm_abort. The same on all ranks. Local. */
bool sb_results_must_abort(void);

/* The same figures, configuration, checks, samples and machine as JSON. Collective. */
sb_status sb_results_write_json(sb_comm *comm, const sb_record *record, const char *path);

/* Whether this program can write HDF5; SB_BAD_INPUT with a sentence where it cannot. Local. */
sb_status sb_results_have_hdf5(void);

/* "HDF5 1.10.8 (parallel)", "none". Local. */
const char *sb_results_library(void);

#endif
