/* driver.h: what the driver's files share: the state of one run, and how it is told. */
#ifndef SCALEBAR_DRIVER_H
#define SCALEBAR_DRIVER_H

#include "expect.h"
#include "placement.h"
#include "results.h"

typedef struct {
  const sb_app *app;
  char program[64]; /* "pi_mpi" */
  double began;     /* sb_now() at the start of sb_main */

  sb_comm *comm;
  sb_common common;
  void *config; /* app->config_size bytes: the problem that runs, grown by weak scaling or memory */
  void *asked;  /* the same before it grew, as the user gave it */
  sb_request request;
  sb_run run;
  sb_machine machine;
  sb_placement *placement;
  sb_plan plan;

  sb_expectations expected; /* rank 0 alone; of the key `expect` */

  void *state;
  sb_measurement *measurement;
  sb_checks checks;
  sb_figures figures;
  sb_fields fields;
  sb_counters before, after;
  sb_verdict verdict;
  bool placement_ok;
  bool fits;                       /* the problem into this node's free memory */
  char warnings[SB_WARNINGS_SIZE]; /* one per line */
} sb_driver;

/* Observes the placement of ranks and threads, and warns. Collective. */
sb_status sb_driver_place(sb_driver *d);

/* The files that the keys output and json ask for, and the app's sidecar. Collective. */
sb_status sb_driver_write_results(sb_driver *d);

/* --dry-run: decomposition, memory, idle ranks, work and expected time. Rank 0 prints. Local. */
void sb_driver_show_plan(const sb_driver *d);

/* --version: version, commit, compiler and libraries, "key: value" lines. Rank 0 prints. Local. */
void sb_driver_show_version(const sb_driver *d);

/* How the repetitions went, as '#' lines. Rank 0 prints. Local. */
void sb_driver_show_measurement(const sb_driver *d);

/* FOM, NODE and VERIFY lines. Collective; rank 0 prints. */
sb_status sb_driver_show_outcome(sb_driver *d);

#endif
