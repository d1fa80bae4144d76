#include "results_h5_guard.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where things lie in a superblock of version 2 or 3 with addresses of 8 bytes. */
enum { VERSION = 8, WIDTHS = 9, FLAGS = 11, BASE = 12, END = 28, SUPERBLOCK = 48 };

static uint64_t little_endian(const unsigned char *byte, int bytes) {
  uint64_t value = 0;
  for (int i = bytes - 1; i >= 0; i--) value = value << 8 | byte[i];
  return value;
}

static sb_status check(const char *path, const unsigned char *block, int64_t size) {
  static const unsigned char signature[] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
  if (size == 0) return sb_fail(SB_IO_ERROR, "cannot read %s: it is empty", path);
  if (size < SUPERBLOCK || memcmp(block, signature, sizeof signature) != 0) {
    return sb_fail(SB_IO_ERROR, "cannot read %s: it is no HDF5 file", path);
  }
  if (block[VERSION] < 2 || block[VERSION] > 3 || block[WIDTHS] != 8 || block[WIDTHS + 1] != 8 ||
      little_endian(block + BASE, 8) != 0) {
    return sb_fail(SB_IO_ERROR, "cannot read %s: it is damaged, or was not written by Scalebar",
                   path);
  }
  if (block[FLAGS] != 0) {
    return sb_fail(SB_IO_ERROR, "cannot read %s: its writer did not finish it", path);
  }
  if (little_endian(block + END, 8) != (uint64_t)size) {
    return sb_fail(SB_IO_ERROR, "cannot read %s: it has %" PRId64 " bytes and says %" PRIu64, path,
                   size, little_endian(block + END, 8));
  }
  return SB_OK;
}

sb_status sb_h5_guard(const char *path) {
  unsigned char block[SUPERBLOCK] = {0};
  struct stat there;
  /* A pipe without a writer would be waited for. */
  const int file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (file < 0 || fstat(file, &there) != 0) {
    const int reason = errno;
    if (file >= 0) close(file);
    return sb_fail(SB_IO_ERROR, "cannot read %s: %s", path, strerror(reason));
  }
  sb_status status = SB_OK;
  if (!S_ISREG(there.st_mode)) {
    status = sb_fail(SB_IO_ERROR, "cannot read %s: it is not a plain file", path);
  } else if (pread(file, block, sizeof block, 0) < 0) {
    status = sb_fail(SB_IO_ERROR, "cannot read %s: %s", path, strerror(errno));
  } else {
    status = check(path, block, there.st_size);
  }
  close(file);
  return status;
}
