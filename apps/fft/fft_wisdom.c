#include "fft_wisdom.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fft_local.h"

enum { MOST_BYTES = 64 << 20 };

static sb_status refuse(const char *path, const char *why) {
  return sb_fail(SB_BAD_INPUT, "wisdom = %s: %s", path, why);
}

/* Whether FFTW has written it, whatever its version: nothing else is ever replaced. */
static bool is_wisdom(const char *text) {
  return strncmp(text, "(fftw-", 6) == 0 && strstr(text, "fftw_wisdom") != NULL;
}

/* The whole file; *text is NULL where there is none. A folder or a pipe is no file. */
static sb_status read_file(const char *path, char **text) {
  struct stat found;
  *text = NULL;
  if (stat(path, &found) != 0) return errno == ENOENT ? SB_OK : refuse(path, strerror(errno));
  if (!S_ISREG(found.st_mode)) return refuse(path, "is no file");
  if (found.st_size > MOST_BYTES) return refuse(path, "is larger than 64 MiB, so no wisdom");
  FILE *file = fopen(path, "rb");
  if (file == NULL) return refuse(path, strerror(errno));
  const size_t size = (size_t)found.st_size;
  *text = calloc(size + 1, 1);
  const bool whole = *text != NULL && fread(*text, 1, size, file) == size;
  (void)fclose(file);
  if (!whole) return refuse(path, "cannot be read");
  return is_wisdom(*text) || size == 0 ? SB_OK : refuse(path, "is not what FFTW writes");
}

/* A new file of a folder that is not there, or takes none, is refused before planning. What is
 * there already may do, and then nothing is written. */
static sb_status check_folder(const char *path) {
  char folder[SB_TEXT_SIZE];
  const char *slash = strrchr(path, '/');
  const int length = slash == NULL ? 1 : slash == path ? 1 : (int)(slash - path);
  snprintf(folder, sizeof folder, "%.*s", length, slash == NULL ? "." : path);
  return access(folder, W_OK | X_OK) == 0 ? SB_OK : refuse(path, strerror(errno));
}

sb_status fft_wisdom_read(const sb_run *run, const char *path) {
  char *text = NULL;
  sb_status status = SB_OK;
  if (sb_comm_rank(run->comm) == 0) {
    status = read_file(path, &text);
    if (status == SB_OK && text == NULL) status = check_folder(path);
  }
  status = sb_comm_agree(run->comm, status);
  if (status != SB_OK) {
    free(text);
    return status;
  }
  int64_t size = text != NULL ? (int64_t)strlen(text) + 1 : 0;
  sb_comm_broadcast(run->comm, &size, sizeof size);
  if (size == 0) return SB_OK;
  if (text == NULL) text = calloc((size_t)size, 1);
  status = sb_comm_agree(run->comm,
                         text != NULL ? SB_OK : sb_fail(SB_NO_MEMORY, "no memory for wisdom"));
  if (status == SB_OK) {
    sb_comm_broadcast(run->comm, text, (size_t)size);
    if (!fft_wisdom_take(text) && text[0] != '\0')
      sb_warn(run, "wisdom: FFTW does not take what %s says", path);
  }
  free(text);
  return status;
}

/* Under another name first, so that no reader finds half of it. */
static sb_status write_file(const char *path, const char *text) {
  char temporary[SB_TEXT_SIZE + 32];
  snprintf(temporary, sizeof temporary, "%s.%ld.part", path, (long)getpid());
  FILE *file = fopen(temporary, "wbx");
  bool written = file != NULL && fputs(text, file) >= 0;
  if (file != NULL && fclose(file) != 0) written = false;
  if (written && rename(temporary, path) == 0) return SB_OK;
  const int reason = errno;
  if (file != NULL) (void)unlink(temporary);
  return sb_fail(SB_IO_ERROR, "wisdom = %s: %s", path, strerror(reason));
}

sb_status fft_wisdom_write(const sb_run *run, const char *path) {
  sb_status status = SB_OK;
  if (sb_comm_rank(run->comm) == 0) {
    char *now = fft_wisdom_give(), *before = NULL;
    status = read_file(path, &before);
    if (status == SB_OK && now != NULL && (before == NULL || strcmp(now, before) != 0))
      status = write_file(path, now);
    free(before);
    free(now);
  }
  return sb_comm_agree(run->comm, status);
}
