/* results_none.c: a program built without HDF5. */
#include "results.h"

sb_status sb_results_have_hdf5(void) {
  return sb_fail(SB_BAD_INPUT, "output: this program was built without HDF5; use json instead");
}

const char *sb_results_library(void) { return "none"; }

bool sb_results_must_abort(void) { return false; }

sb_status sb_results_write_hdf5(sb_comm *comm, const sb_record *record, const char *path) {
  (void)comm;
  (void)record;
  (void)path;
  return sb_results_have_hdf5();
}
