/* results_seq.c: fields of one rank, which holds all of each, by serial HDF5. */
#include "results_hdf5.h"

const char *sb_results_storage(void) { return "serial"; }

static sb_status write_field(const sb_newfile *file, hid_t root, const sb_field *field) {
  hid_t dataset = sb_h5_open_field(root, field);
  herr_t result = -1;
  if (dataset >= 0) {
    result = H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, field->data);
  }
  if (sb_h5_close(&dataset) < 0) result = -1;
  return result >= 0 ? SB_OK : sb_h5_fail(file, field->name);
}

sb_status sb_results_write_fields(sb_comm *comm, const sb_newfile *file, const sb_fields *fields) {
  (void)comm;
  hid_t access = sb_h5_access(), root = -1;
  sb_status status = sb_h5_open(file, access, H5F_ACC_RDWR, &root);
  for (int f = 0; f < fields->count && status == SB_OK; f++) {
    status = write_field(file, root, &fields->field[f]);
  }
  status = sb_h5_finish(file, &root, status);
  sb_h5_close(&access);
  return status;
}
