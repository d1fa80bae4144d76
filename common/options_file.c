/* Files that options name: read whole, or looked at before anything is measured. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __APPLE__
#include <mach-o/dyld.h>
#endif

#include "options_parts.h"
#include "simulation.h"

enum { NAME_BYTES = 200 }; /* of a new file: file systems allow 255, and NAME.tmp.<id> must fit */

/* Regular file, or a sentence. A FIFO or a device could block or never end. */
static sb_status look_at(const char *path, const char *place, struct stat *status) {
  char name[SB_PLACE_SIZE];
  sb_place(path, 0, name);
  if (stat(path, status) != 0)
    return sb_fail(SB_BAD_INPUT, "%s: cannot read %s: %s", place, name, strerror(errno));
  if (S_ISDIR(status->st_mode))
    return sb_fail(SB_BAD_INPUT, "%s: %s is a directory; a file belongs here", place, name);
  if (!S_ISREG(status->st_mode))
    return sb_fail(SB_BAD_INPUT, "%s: %s is not a regular file", place, name);
  return SB_OK;
}

sb_status sb_file_read(const char *path, const char *place, char **text, size_t *bytes) {
  sb_status status = SB_OK;
  struct stat seen;
  FILE *file = NULL;
  char *buffer = NULL, name[SB_PLACE_SIZE];
  sb_place(path, 0, name);
  SB_TRY(look_at(path, place, &seen));

  file = fopen(path, "rb");
  if (file == NULL) {
    SB_TRY(sb_fail(SB_BAD_INPUT, "%s: cannot read %s: %s", place, name, strerror(errno)));
  }
  if (seen.st_size > SB_FILE_MAX) {
    SB_TRY(sb_fail(SB_BAD_INPUT, "%s: %s is too large; allowed are up to %d bytes", place, name,
                   SB_FILE_MAX));
  }
  const size_t size = (size_t)seen.st_size;
  buffer = malloc(size + 1);
  if (buffer == NULL) SB_TRY(sb_fail(SB_NO_MEMORY, "%s: no memory to read %s", place, name));
  const size_t got = fread(buffer, 1, size, file);
  if (ferror(file)) SB_TRY(sb_fail(SB_BAD_INPUT, "%s: cannot read %s to its end", place, name));
  buffer[got] = '\0';
  *bytes = got;
  *text = buffer;
  buffer = NULL;

cleanup:
  free(buffer);
  if (file != NULL) fclose(file);
  return status;
}

sb_status sb_file_check_input(const char *path, const char *key, const char *place) {
  struct stat seen;
  char where[SB_PLACE_SIZE + 32], name[SB_PLACE_SIZE];
  snprintf(where, sizeof where, "%s: %s", place, key);
  const sb_status status = look_at(path, where, &seen);
  if (status != SB_OK) return status;
  if (access(path, R_OK) != 0)
    return sb_fail(SB_BAD_INPUT, "%s: cannot read %s: %s", where, sb_place(path, 0, name),
                   strerror(errno));
  return SB_OK;
}

/* The folder that `path` lies in: "." when it has no slash. */
static void folder_of(const char *path, char folder[SB_TEXT_SIZE]) {
  const char *slash = strrchr(path, '/');
  const size_t length = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);
  snprintf(folder, SB_TEXT_SIZE, "%.*s", (int)length, path);
  if (length == 0) snprintf(folder, SB_TEXT_SIZE, ".");
}

static const char *name_of(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash != NULL ? slash + 1 : path;
}

static bool same_inode(const char *a, const char *b) {
  struct stat first, second;
  return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}

bool sb_file_same(const char *a, const char *b) {
  char folder_a[SB_TEXT_SIZE], folder_b[SB_TEXT_SIZE];
  folder_of(a, folder_a);
  folder_of(b, folder_b);
  return same_inode(a, b) ||
         (strcmp(name_of(a), name_of(b)) == 0 && same_inode(folder_a, folder_b));
}

sb_status sb_file_check_output(const char *path, const char *key, const char *place) {
  struct stat seen;
  char folder[SB_TEXT_SIZE], name[SB_PLACE_SIZE], folder_name[SB_PLACE_SIZE];
  folder_of(path, folder);
  sb_place(path, 0, name);
  sb_place(folder, 0, folder_name);
  const char *base = name_of(path);

  if (stat(folder, &seen) != 0 || !S_ISDIR(seen.st_mode))
    return sb_fail(SB_BAD_INPUT, "%s: %s = %s: there is no folder %s; make it first", place, key,
                   name, folder_name);
  const bool exists = stat(path, &seen) == 0;
  if (base[0] == '\0' || (exists && S_ISDIR(seen.st_mode)))
    return sb_fail(SB_BAD_INPUT, "%s: %s = %s is a directory; a file belongs here", place, key,
                   name);
  if (exists && !S_ISREG(seen.st_mode))
    return sb_fail(SB_BAD_INPUT, "%s: %s = %s is not a regular file", place, key, name);
  if (strlen(base) > NAME_BYTES)
    return sb_fail(SB_BAD_INPUT, "%s: %s = %s: the file's name has %zu bytes; allowed are up to %d",
                   place, key, name, strlen(base), NAME_BYTES);
  if (access(folder, W_OK | X_OK) != 0)
    return sb_fail(SB_BAD_INPUT, "%s: %s = %s: cannot write into folder %s: %s", place, key, name,
                   folder_name, strerror(errno));
  return SB_OK;
}

/* Path of the running program, links resolved. */
static bool own_path(char path[4096]) {
  if (sb_simulated_program(path)) return true;
#ifdef __APPLE__
  char given[4096];
  uint32_t size = sizeof given;
  return _NSGetExecutablePath(given, &size) == 0 && realpath(given, path) != NULL;
#else
  const ssize_t length = readlink("/proc/self/exe", path, 4095);
  if (length > 0) path[length] = '\0';
  return length > 0;
#endif
}

sb_status sb_share_path(const char *below, char *path, size_t bytes) {
  char program[4096];
  int length;
  const char *other = getenv("SB_SHARE");
  if (other != NULL && other[0] != '\0') {
    length = snprintf(path, bytes, "%s/%s", other, below);
  } else {
    if (!own_path(program)) return sb_fail(SB_IO_ERROR, "cannot find where this program lies");
    char *slash = strrchr(program, '/');
    if (slash != NULL) *slash = '\0';
    slash = strrchr(program, '/'); /* of bin/.. without the dots: shorter in sentences */
    if (slash != NULL) *slash = '\0';
    length = snprintf(path, bytes, "%s/share/scalebar/%s", program, below);
  }
  if (length < 0 || (size_t)length >= bytes)
    return sb_fail(SB_BAD_INPUT, "the path of this installation is too long; allowed are up to %zu",
                   bytes - 1);
  return SB_OK;
}
