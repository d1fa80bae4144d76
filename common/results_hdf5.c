/* results_hdf5.c: results.h over HDF5. Rank 0 alone makes the file, with room for the fields; then
 * all ranks write the fields' data, and nothing but these meets MPI-IO; then rank 0 checks and
 * renames. */
#include "results_hdf5.h"

#include <stdio.h>
#include <stdlib.h>

#include "results_h5_check.h"
#include "results_h5_memory.h"
#include "results_h5_sink.h"

sb_status sb_results_have_hdf5(void) { return SB_OK; }

const char *sb_results_library(void) {
  static char text[64];
  unsigned major = 0, minor = 0, release = 0;
  sb_h5_start();
  H5get_libversion(&major, &minor, &release);
  snprintf(text, sizeof text, "HDF5 %u.%u.%u (%s)", major, minor, release, sb_results_storage());
  return text;
}

static bool with_fields(const sb_record *record) {
  return record->common->fields != 0 && record->fields->count > 0;
}

/* What follows is rank 0's alone. */

/* Everything but the data of fields. */
static sb_status describe(sb_comm *comm, const sb_record *record, const sb_gathered *gathered,
                          const sb_newfile *file, hid_t root) {
  sb_h5_sink sink;
  sb_h5_sink_start(&sink, file, root);
  sb_status status =
      sb_schema_write(record, gathered, sb_comm_size(comm), sb_comm_nodes(comm), &sink.sink);
  status = sb_h5_sink_end(&sink, status);
  if (status == SB_OK && with_fields(record)) {
    status = sb_h5_describe_fields(file, root, record->fields, gathered->digest,
                                   record->common->compress != 0);
  }
  if (status == SB_OK && H5Fflush(root, H5F_SCOPE_LOCAL) < 0) status = sb_h5_fail(file, "flush");
  return status;
}

/* At least what the file takes: fields, tables, names, coordinates, and ample room for the rest. */
static int64_t file_bytes(const sb_record *record, const sb_gathered *gathered) {
  int64_t bytes = INT64_C(512) << 10;
  bytes += gathered->rows * ((int64_t)sizeof(sb_row) + 64);
  bytes += gathered->rows * gathered->reps * gathered->columns * SB_TIMES * (int64_t)sizeof(double);
  return bytes + sb_h5_fields_bytes(record->fields);
}

/* Makes the file with room for the fields' data. */
static sb_status describe_on_disk(sb_comm *comm, const sb_record *record,
                                  const sb_gathered *gathered, const sb_newfile *file) {
  hid_t root = -1, access = sb_h5_access();
  sb_status status = SB_OK;
  SB_TRY(sb_newfile_room(file, file_bytes(record, gathered)));
  SB_TRY(sb_h5_create(file, access, &root));
  status = describe(comm, record, gathered, file, root);
cleanup:
  status = sb_h5_finish(file, &root, status);
  sb_h5_close(&access);
  return status;
}

/* A file without fields is small: HDF5 makes it in memory, and we write it. */
static sb_status describe_in_memory(sb_comm *comm, const sb_record *record,
                                    const sb_gathered *gathered, const sb_newfile *file) {
  sb_h5_memory memory = {.bytes = NULL};
  ssize_t bytes = 0;
  hid_t root = -1, access = sb_h5_access();
  sb_status status = SB_OK;
  if (access < 0 || sb_h5_use_memory(access, &memory) < 0) {
    status = sb_h5_fail(file, "memory");
    goto cleanup;
  }
  SB_TRY(sb_h5_create(file, access, &root));
  SB_TRY(describe(comm, record, gathered, file, root));
  bytes = H5Fget_file_image(root, NULL, 0); /* the length alone */
cleanup:
  if (sb_h5_close(&root) < 0 && status == SB_OK) status = sb_h5_fail(file, "close");
  sb_h5_close(&access);
  if (status == SB_OK && (memory.bytes == NULL || bytes <= 0 || (size_t)bytes > memory.capacity)) {
    status = sb_h5_fail(file, "memory");
  }
  if (status == SB_OK) status = sb_newfile_write(file, memory.bytes, (size_t)bytes);
  free(memory.bytes);
  return status;
}

sb_status sb_results_write_hdf5(sb_comm *comm, const sb_record *record, const char *path) {
  const bool first = sb_comm_rank(comm) == 0, fields = with_fields(record);
  sb_gathered *gathered = NULL;
  sb_newfile file;
  sb_h5_errors before;
  sb_h5_begin(&before);
  sb_status status = sb_newfile_open(comm, path, &file);
  if (status != SB_OK) goto cleanup;
  SB_TRY(sb_gather(comm, record, &gathered));
  if (first) {
    status = fields ? describe_on_disk(comm, record, gathered, &file)
                    : describe_in_memory(comm, record, gathered, &file);
  }
  SB_TRY(sb_comm_agree(comm, status));
  if (fields) SB_TRY(sb_results_write_fields(comm, &file, record->fields));
  if (first) status = sb_h5_seal(&file, fields ? record->fields : NULL, gathered->digest);
  status = sb_comm_agree(comm, status);
cleanup:
  if (status != SB_OK) sb_h5_agree_left_open(comm);
  sb_newfile_close(comm, &file, status);
  sb_gathered_destroy(&gathered);
  sb_h5_end(&before);
  return status;
}
