#include "results_newfile.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

/* Two runs that write the same name at the same moment must not share a temporary file; the file is
 * also created so that an existing one is an error. */
static uint64_t unique_id(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return ((uint64_t)now.tv_sec << 30 ^ (uint64_t)now.tv_nsec) ^ (uint64_t)getpid() << 44;
}

static sb_status check_target(const char *path) {
  struct stat there;
  if (stat(path, &there) == 0 && !S_ISREG(there.st_mode)) {
    return sb_fail(SB_BAD_INPUT, "cannot write %s: it exists and is not a plain file", path);
  }
  return SB_OK;
}

static void begin(const char *path, uint64_t id, sb_newfile *file) {
  const struct sigaction ignore = {.sa_handler = SIG_IGN};
  sigaction(SIGXFSZ, &ignore, &file->on_limit);
  snprintf(file->path, sizeof file->path, "%s", path);
  snprintf(file->temporary, sizeof file->temporary, "%s.tmp.%016" PRIx64, file->path, id);
}

sb_status sb_newfile_open(sb_comm *comm, const char *path, sb_newfile *file) {
  uint64_t id = unique_id();
  sb_comm_broadcast(comm, &id, sizeof id);
  begin(path, id, file);
  return sb_comm_agree(comm, sb_comm_rank(comm) == 0 ? check_target(path) : SB_OK);
}

sb_status sb_newfile_open_alone(const char *path, sb_newfile *file) {
  begin(path, unique_id(), file);
  return check_target(path);
}

/* The folder that holds the file. */
static void folder_of(const char *path, char folder[SB_TEXT_SIZE]) {
  snprintf(folder, SB_TEXT_SIZE, "%s", path);
  char *slash = strrchr(folder, '/');
  if (slash == NULL) {
    snprintf(folder, SB_TEXT_SIZE, ".");
  } else {
    slash[slash == folder ? 1 : 0] = '\0';
  }
}

static sb_status cannot_write(const sb_newfile *file, int reason) {
  return sb_fail(SB_IO_ERROR, "cannot write %s: %s", file->path, strerror(reason));
}

sb_status sb_newfile_write(const sb_newfile *file, const void *data, size_t bytes) {
  const char *next = data;
  const int opened = open(file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (opened < 0) return cannot_write(file, errno);
  while (bytes > 0) {
    const ssize_t written = write(opened, next, bytes);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      const int reason = written < 0 ? errno : ENOSPC;
      close(opened);
      return cannot_write(file, reason);
    }
    next += written;
    bytes -= (size_t)written;
  }
  return close(opened) == 0 ? SB_OK : cannot_write(file, errno);
}

sb_status sb_newfile_room(const sb_newfile *file, int64_t bytes) {
  char folder[SB_TEXT_SIZE];
  struct statvfs disk;
  struct rlimit limit;
  struct stat now = {.st_size = 0};
  (void)stat(file->temporary, &now);
  if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
      limit.rlim_cur < (rlim_t)(bytes + now.st_size)) {
    return cannot_write(file, EFBIG);
  }
  folder_of(file->path, folder);
  if (statvfs(folder, &disk) != 0) return cannot_write(file, errno);
  /* Some network file systems tell nothing: no blocks at all. */
  const double left = (double)disk.f_bavail * (double)disk.f_frsize;
  if (disk.f_blocks > 0 && left < (double)bytes) return cannot_write(file, ENOSPC);
  return SB_OK;
}

void sb_newfile_empty(const sb_newfile *file) {
  const int opened = open(file->temporary, O_WRONLY | O_TRUNC | O_CLOEXEC);
  if (opened >= 0) close(opened);
}

void sb_newfile_hurry(const sb_newfile *file, int64_t at, int64_t bytes) {
#ifdef __linux__
  const int opened = open(file->temporary, O_WRONLY | O_CLOEXEC);
  if (opened < 0) return;
  (void)sync_file_range(opened, at, bytes, SYNC_FILE_RANGE_WRITE);
  close(opened);
#else
  (void)file;
  (void)at;
  (void)bytes;
#endif
}

sb_status sb_newfile_sync(const sb_newfile *file) {
  const int opened = open(file->temporary, O_RDWR | O_CLOEXEC);
  if (opened < 0) return cannot_write(file, errno);
  if (fsync(opened) != 0) {
    const int reason = errno;
    close(opened);
    return cannot_write(file, reason);
  }
  return close(opened) == 0 ? SB_OK : cannot_write(file, errno);
}

sb_status sb_newfile_commit(const sb_newfile *file) {
  char folder_name[SB_TEXT_SIZE];
  folder_of(file->path, folder_name);
  const int folder = open(folder_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  sb_status status = SB_OK;
  if (rename(file->temporary, file->path) != 0) {
    status = cannot_write(file, errno);
  }
  if (folder >= 0) {
    /* Makes the new name last through a power cut. Some file systems refuse it for folders, and by
     * now the name is given: after a failure the older file may come back, still whole. */
    (void)fsync(folder);
    close(folder);
  }
  return status;
}

void sb_newfile_close_alone(sb_newfile *file, sb_status status) {
  if (status != SB_OK) unlink(file->temporary);
  sigaction(SIGXFSZ, &file->on_limit, NULL);
}

void sb_newfile_close(sb_comm *comm, sb_newfile *file, sb_status status) {
  sb_newfile_close_alone(file, sb_comm_rank(comm) == 0 ? status : SB_OK);
}
