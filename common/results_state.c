/* Writing state files: rank 0 makes the file with room for the fields, all ranks fill them, rank 0
 * checks and renames, as in results_hdf5.c. */
#include <stdio.h>
#include <string.h>

#include "results_gather.h"
#include "results_h5_check.h"
#include "results_hdf5.h"
#include "results_schema.h"
#include "state_file.h"
#include "timing.h"

static herr_t add_texts(const sb_state_info *info, hid_t root) {
  char title[128], created[SB_UTC_TEXT];
  snprintf(title, sizeof title, "%s after %lld steps", info->app, (long long)info->step);
  sb_utc(created);
  const struct {
    const char *name, *value;
  } text[] = {{"schema_name", "scalebar"}, {"title", title},
              {"kind", "state"},           {"app", info->app},
              {"problem", info->problem},  {"variant", sb_comm_variant()},
              {"created_utc", created},    {"hdf5_library", sb_results_library()},
              {"time_units", "1"}};
  for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
    if (sb_h5_text(root, text[i].name, text[i].value) < 0) return -1;
  }
  return 0;
}

static herr_t add_numbers(const sb_state_info *info, hid_t root) {
  const int64_t version = SB_SCHEMA_VERSION;
  if (sb_h5_attribute(root, "schema_version", H5T_STD_I64LE, H5T_NATIVE_INT64, &version) < 0 ||
      sb_h5_attribute(root, "step", H5T_STD_I64LE, H5T_NATIVE_INT64, &info->step) < 0) {
    return -1;
  }
  return sb_h5_attribute(root, "time", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &info->time);
}

/* Everything but the data of fields. Local: rank 0. */
static sb_status describe(const sb_newfile *file, const sb_state_info *info,
                          const sb_fields *fields, const uint64_t *digest) {
  static const int64_t BESIDE_FIELDS = INT64_C(64) << 10;
  hid_t root = -1, access = sb_h5_access();
  sb_status status = SB_OK;
  SB_TRY(sb_newfile_room(file, sb_h5_fields_bytes(fields) + BESIDE_FIELDS));
  SB_TRY(sb_h5_create(file, access, &root));
  if (add_texts(info, root) < 0 || add_numbers(info, root) < 0) {
    status = sb_h5_fail(file, "attributes");
    goto cleanup;
  }
  status = sb_h5_describe_fields(file, root, fields, digest, false);
cleanup:
  status = sb_h5_finish(file, &root, status);
  sb_h5_close(&access);
  return status;
}

/* What sb_state_read would refuse. */
static sb_status check_info(const sb_state_info *info) {
  if (strlen(info->app) >= SB_TEXT_SIZE || strlen(info->problem) >= SB_TEXT_SIZE) {
    return sb_fail(SB_INTERNAL, "state of %s: its problem is a text of %zu characters", info->app,
                   strlen(info->problem));
  }
  if (info->step < 0) {
    return sb_fail(SB_INTERNAL, "state of %s: step %lld", info->app, (long long)info->step);
  }
  return SB_OK;
}

sb_status sb_state_write(sb_comm *comm, const char *path, const sb_state_info *info,
                         const sb_fields *fields) {
  const bool first = sb_comm_rank(comm) == 0;
  uint64_t digest[SB_FIELDS_MAX];
  sb_newfile file;
  sb_h5_errors before;
  sb_h5_begin(&before);
  sb_status status = sb_newfile_open(comm, path, &file);
  if (status != SB_OK) goto cleanup;
  SB_TRY(sb_comm_agree(comm, check_info(info)));
  SB_TRY(sb_gather_digests(comm, fields, digest));
  if (first) status = describe(&file, info, fields, digest);
  SB_TRY(sb_comm_agree(comm, status));
  SB_TRY(sb_results_write_fields(comm, &file, fields));
  if (first) status = sb_h5_seal(&file, fields, digest);
  status = sb_comm_agree(comm, status);
cleanup:
  if (status != SB_OK) sb_h5_agree_left_open(comm);
  sb_newfile_close(comm, &file, status);
  sb_h5_end(&before);
  return status;
}
