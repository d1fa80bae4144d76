/* results_none.c: a program built without HDF5. */
#include "results.h"
#include "state_file.h"

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

bool sb_state_is_of(const char *path, const char *app, const char *problem) {
  return (void)path, (void)app, (void)problem, false;
}

sb_status sb_state_write(sb_comm *comm, const char *path, const sb_state_info *info,
                         const sb_fields *fields) {
  (void)comm;
  (void)info;
  (void)fields;
  return sb_fail(SB_BAD_INPUT, "cannot write %s: this program was built without HDF5", path);
}

sb_status sb_state_read(sb_comm *comm, const char *path, const char *app, const char *problem,
                        const sb_field *field, double *data, int64_t *step) {
  (void)comm;
  (void)app;
  (void)problem;
  (void)field;
  (void)data;
  (void)step;
  return sb_fail(SB_BAD_INPUT, "cannot read %s: this program was built without HDF5", path);
}
