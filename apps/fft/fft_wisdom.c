#include "fft_wisdom.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fft_local.h"

enum { MOST_BYTES = 64 << 20 };

/* The whole file; NULL where there is none. */
static char *read_file(const char *path) {
  FILE *file = fopen(path, "rb");
  char *text = NULL;
  if (file == NULL) return NULL;
  const long size = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
  if (size >= 0 && size < MOST_BYTES && fseek(file, 0, SEEK_SET) == 0) {
    text = calloc((size_t)size + 1, 1);
    if (text != NULL && fread(text, 1, (size_t)size, file) != (size_t)size) text[0] = '\0';
  }
  (void)fclose(file);
  return text;
}

sb_status fft_wisdom_read(const sb_run *run, const char *path) {
  char *text = sb_comm_rank(run->comm) == 0 ? read_file(path) : NULL;
  int64_t size = text != NULL ? (int64_t)strlen(text) + 1 : 0;
  sb_comm_broadcast(run->comm, &size, sizeof size);
  if (size == 0) return SB_OK;
  if (text == NULL) text = calloc((size_t)size, 1);
  const sb_status status = sb_comm_agree(
      run->comm, text != NULL ? SB_OK : sb_fail(SB_NO_MEMORY, "no memory for wisdom"));
  if (status == SB_OK) {
    sb_comm_broadcast(run->comm, text, (size_t)size);
    if (!fft_wisdom_take(text)) sb_warn(run, "wisdom: FFTW does not take what %s says", path);
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
    char *now = fft_wisdom_give(), *before = read_file(path);
    if (now != NULL && (before == NULL || strcmp(now, before) != 0)) status = write_file(path, now);
    free(before);
    free(now);
  }
  return sb_comm_agree(run->comm, status);
}
