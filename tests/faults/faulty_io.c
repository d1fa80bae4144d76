/* faulty_io.c: faults at the steps of writing a file.
 *
 * The functions below stand before those of the C library, also for HDF5 and MPI (the program
 * exports them, and is the first place where the loader looks). They count the calls that touch a
 * file NAME.tmp.<id> and strike at one of them: SB_IO="at=7 do=kill rank=0"
 *   at     number of the call, from 1 on; `on=` and a name (write) counts those calls alone
 *   do     kill   SIGKILL before the call
 *          torn   SIGKILL after half of what it should write
 *          short  writes half and says so, which is allowed
 *          eio    fails with EIO, once
 *          full   fails with ENOSPC, and so do all later calls that write
 *          slow   waits for a second, so that a test can watch
 *   rank   default 0 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "faulty.h"

enum { WORD = 16, PATH = 4096 };

typedef enum { NOTHING, FAIL, HALF, HALF_AND_KILL } strike_kind;

int faulty_rank = -1;
static bool full;

bool faulty_word(const char *name, const char *key, char *text, size_t bytes) {
  const char *words = getenv(name);
  const size_t length = strlen(key);
  text[0] = '\0';
  while (words != NULL && *words != '\0') {
    const size_t word = strcspn(words, " ");
    if (word > length && strncmp(words, key, length) == 0 && words[length] == '=') {
      snprintf(text, bytes, "%.*s", (int)(word - length - 1), words + length + 1);
      return true;
    }
    words += word + strspn(words + word, " ");
  }
  return false;
}

long faulty_number(const char *name, const char *key, long otherwise) {
  char text[WORD];
  return faulty_word(name, key, text, sizeof text) ? strtol(text, NULL, 10) : otherwise;
}

/* The C library's own function of this name. */
static void *next_of(const char *function) {
  void *found = dlsym(RTLD_NEXT, function);
  if (found == NULL) _exit(99);
  return found;
}

/* Casts between object and function pointers are what dlsym is defined by; ISO C has no words for
 * it, so the address is copied. */
#define NEXT(type, function)                          \
  static type next;                                   \
  if (next == NULL) {                                 \
    void *const found = next_of(#function);           \
    memcpy(&next, (const void *)&found, sizeof next); \
  }

typedef ssize_t (*write_function)(int, const void *, size_t);

void faulty_say(const char *what, long number) {
  char line[64];
  NEXT(write_function, write)
  const int length = snprintf(line, sizeof line, "FAULT planted: %s %ld\n", what, number);
  if (next(STDERR_FILENO, line, (size_t)length) < 0) _exit(99);
}

/* A result file on its way: NAME.tmp. and 16 hexadecimal digits. MPI libraries add words of their
 * own to such a name for files of theirs. */
static bool is_watched(const char *path) {
  static const char mark[] = ".tmp.";
  const char *found = strstr(path, mark);
  if (found == NULL) return false;
  const char *id = found + sizeof mark - 1;
  return strlen(id) == 16 && strspn(id, "0123456789abcdef") == 16;
}

static bool is_watched_file(int file) {
  char link[32], path[PATH];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  const ssize_t length = readlink(link, path, sizeof path - 1);
  path[length > 0 ? length : 0] = '\0';
  return is_watched(path);
}

/* What is to be done at this call of `function`. */
static strike_kind strike(const char *function, bool writes, bool watched) {
  static long calls;
  char what[WORD], on[WORD];
  if (!watched || faulty_rank != faulty_number("SB_IO", "rank", 0)) return NOTHING;
  if (full && writes) {
    errno = ENOSPC;
    return FAIL;
  }
  if (faulty_word("SB_IO", "on", on, sizeof on) && strcmp(on, function) != 0) return NOTHING;
  if (++calls != faulty_number("SB_IO", "at", 0)) return NOTHING;
  faulty_say(function, calls);
  faulty_word("SB_IO", "do", what, sizeof what);
  if (strcmp(what, "kill") == 0) raise(SIGKILL);
  if (strcmp(what, "slow") == 0) sleep(1);
  if (strcmp(what, "torn") == 0) return HALF_AND_KILL;
  if (strcmp(what, "short") == 0) return HALF;
  full = strcmp(what, "full") == 0;
  errno = full ? ENOSPC : EIO;
  return strcmp(what, "eio") == 0 || (full && writes) ? FAIL : NOTHING;
}

/* Bytes to write of `bytes`. */
static size_t share(strike_kind kind, size_t bytes) { return kind >= HALF ? bytes / 2 : bytes; }

static ssize_t after(strike_kind kind, ssize_t result) {
  if (kind == HALF_AND_KILL) raise(SIGKILL);
  return result;
}

int open(const char *path, int flags, ...) {
  typedef int (*function)(const char *, int, ...);
  NEXT(function, open)
  unsigned mode = 0;
  if ((flags & O_CREAT) != 0) {
    va_list arguments;
    va_start(arguments, flags);
    mode = va_arg(arguments, unsigned);
    va_end(arguments);
  }
  const strike_kind kind = strike("open", (flags & O_CREAT) != 0, is_watched(path));
  return kind == FAIL ? -1 : (int)after(kind, next(path, flags, mode));
}

ssize_t write(int file, const void *data, size_t bytes) {
  NEXT(write_function, write)
  const strike_kind kind = strike("write", true, is_watched_file(file));
  return kind == FAIL ? -1 : after(kind, next(file, data, share(kind, bytes)));
}

ssize_t pwrite(int file, const void *data, size_t bytes, off_t offset) {
  typedef ssize_t (*function)(int, const void *, size_t, off_t);
  NEXT(function, pwrite)
  const strike_kind kind = strike("pwrite", true, is_watched_file(file));
  return kind == FAIL ? -1 : after(kind, next(file, data, share(kind, bytes), offset));
}

/* A short write of several pieces: the first of them. */
static int share_of_pieces(strike_kind kind, int pieces) {
  return kind >= HALF && pieces > 1 ? pieces / 2 : pieces;
}

ssize_t writev(int file, const struct iovec *pieces, int count) {
  typedef ssize_t (*function)(int, const struct iovec *, int);
  NEXT(function, writev)
  const strike_kind kind = strike("writev", true, is_watched_file(file));
  return kind == FAIL ? -1 : after(kind, next(file, pieces, share_of_pieces(kind, count)));
}

ssize_t pwritev(int file, const struct iovec *pieces, int count, off_t offset) {
  typedef ssize_t (*function)(int, const struct iovec *, int, off_t);
  NEXT(function, pwritev)
  const strike_kind kind = strike("pwritev", true, is_watched_file(file));
  return kind == FAIL ? -1 : after(kind, next(file, pieces, share_of_pieces(kind, count), offset));
}

int ftruncate(int file, off_t length) {
  typedef int (*function)(int, off_t);
  NEXT(function, ftruncate)
  const strike_kind kind = strike("ftruncate", true, is_watched_file(file));
  return kind == FAIL ? -1 : (int)after(kind, next(file, length));
}

int fsync(int file) {
  typedef int (*function)(int);
  NEXT(function, fsync)
  const strike_kind kind = strike("fsync", true, is_watched_file(file));
  return kind == FAIL ? -1 : (int)after(kind, next(file));
}

/* A close that fails has closed the file all the same. */
int close(int file) {
  typedef int (*function)(int);
  NEXT(function, close)
  const strike_kind kind = strike("close", true, is_watched_file(file));
  const int error = errno, result = next(file);
  if (kind == FAIL) errno = error;
  return kind == FAIL ? -1 : (int)after(kind, result);
}

int rename(const char *from, const char *to) {
  typedef int (*function)(const char *, const char *);
  NEXT(function, rename)
  const strike_kind kind = strike("rename", false, is_watched(from));
  return kind == FAIL ? -1 : (int)after(kind, next(from, to));
}

int unlink(const char *path) {
  typedef int (*function)(const char *);
  NEXT(function, unlink)
  const strike_kind kind = strike("unlink", false, is_watched(path));
  return kind == FAIL ? -1 : (int)after(kind, next(path));
}
