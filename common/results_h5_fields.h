/* results_h5_fields.h: science fields in a result file. Local, but where it says otherwise. */
#ifndef SCALEBAR_RESULTS_H5_FIELDS_H
#define SCALEBAR_RESULTS_H5_FIELDS_H

#include "fields.h"
#include "results_h5.h"

/* Makes /fields with names, units, digests, dimension scales and room for the data, which come
 * later: contiguous, or with `compress` in chunks with Fletcher32 and deflate. */
sb_status sb_h5_describe_fields(const sb_newfile *file, hid_t root, const sb_fields *fields,
                                const uint64_t *digest, bool compress);

/* What the data of all fields and their axes take, in bytes. */
int64_t sb_h5_fields_bytes(const sb_fields *fields);

/* The dataset of a field. < 0 on failure. Collective when the file is parallel. */
hid_t sb_h5_open_field(hid_t root, const sb_field *field);

/* Reads fields of up to 64 MiB back and compares their digests; larger ones must open. SB_IO_ERROR
 * where the file holds something else than memory did. */
sb_status sb_h5_check_fields(const sb_newfile *file, hid_t root, const sb_fields *fields,
                             const uint64_t *digest);

#endif
