/* probe_io.c: how fast files are written and read, each rank its own.
 *
 * A file loses its name as soon as it is there, so that nothing is left however the run ends. It is
 * written in blocks and synced; then the pages of it that this node's kernel keeps are dropped, as
 * far as it follows the advice, and it is read back. What drives, virtual machines and file servers
 * keep in memories of their own, no program can drop. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memory.h"
#include "probe_pattern.h"
#include "probe_samples.h"

enum { BLOCK = 4 << 20, SECTOR = 512, WORD = 8, WORDS = BLOCK / WORD, SAMPLES_MOST = 9 };

typedef struct {
  const probe_state *state;
  int file;
  uint64_t *block;    /* BLOCK bytes, the same in every block but for a word of each sector */
  uint64_t *room;     /* BLOCK bytes */
  int pass;           /* how often the file was written */
  double write, read; /* s, of the last pass */
  int64_t wrong;      /* bytes */
} job;

static uint64_t stream_of(const probe_state *s) {
  return UINT64_C(0xf11e) << 32 | (uint64_t)sb_comm_rank(s->run->comm);
}

/* The first word of each sector tells block and pass; all others are of the stream. */
static void mark(const job *j, int64_t block) {
  const uint64_t seed = j->state->seed + (uint64_t)j->pass;
  for (int64_t at = 0; at < WORDS; at += SECTOR / WORD) {
    j->block[at] = probe_mix(seed, (uint64_t)(block * WORDS + at));
  }
}

static sb_status cannot(const char *verb, const char *path) {
  return sb_fail(SB_IO_ERROR, "cannot %s the test file in %s: %s", verb, path, strerror(errno));
}

static const char *folder_of(const probe_state *s) {
  return s->config.folder[0] != '\0' ? s->config.folder : ".";
}

static sb_status open_file(job *j) {
  char path[SB_TEXT_SIZE + 64];
  snprintf(path, sizeof path, "%s/scalebar-probe-%ld-%d.tmp", folder_of(j->state), (long)getpid(),
           sb_comm_rank(j->state->run->comm));
  j->file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (j->file < 0) return cannot("make", folder_of(j->state));
  if (unlink(path) != 0) return cannot("take the name from", folder_of(j->state));
  return SB_OK;
}

/* All of it, however few bytes a call takes. */
static sb_status write_all(const job *j, int64_t bytes, int64_t at) {
  const char *from = (const char *)j->block;
  for (int64_t done = 0; done < bytes;) {
    const ssize_t wrote = pwrite(j->file, from + done, (size_t)(bytes - done), (off_t)(at + done));
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return cannot("write", folder_of(j->state));
    done += wrote;
  }
  return SB_OK;
}

static sb_status read_all(const job *j, int64_t bytes, int64_t at) {
  char *to = (char *)j->room;
  for (int64_t done = 0; done < bytes;) {
    const ssize_t got = pread(j->file, to + done, (size_t)(bytes - done), (off_t)(at + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return cannot("read", folder_of(j->state));
    if (got == 0) {
      return sb_fail(SB_IO_ERROR, "the test file in %s is shorter than written",
                     folder_of(j->state));
    }
    done += got;
  }
  return SB_OK;
}

static int64_t block_bytes(const probe_state *s, int64_t at) {
  const int64_t left = s->config.io_bytes - at;
  return left < BLOCK ? left : BLOCK;
}

/* Marking a block is some microseconds beside its milliseconds, and not timed. Each pass begins
 * with an empty file, so that all passes have room to find. */
static sb_status write_file(job *j) {
  sb_status status = SB_OK;
  j->write = 0.0;
  j->pass++;
  if (ftruncate(j->file, 0) != 0) SB_TRY(cannot("empty", folder_of(j->state)));
  for (int64_t at = 0; at < j->state->config.io_bytes; at += BLOCK) {
    mark(j, at / BLOCK);
    const double start = sb_now();
    SB_TRY(write_all(j, block_bytes(j->state, at), at));
    j->write += sb_now() - start;
    sb_progress();
  }
  const double start = sb_now();
  if (fsync(j->file) != 0) SB_TRY(cannot("sync", folder_of(j->state)));
  j->write += sb_now() - start;
cleanup:
  return status;
}

static sb_status read_file(job *j) {
  sb_status status = SB_OK;
  j->read = 0.0;
  (void)posix_fadvise(j->file, 0, 0, POSIX_FADV_DONTNEED);
  for (int64_t at = 0; at < j->state->config.io_bytes; at += BLOCK) {
    const int64_t bytes = block_bytes(j->state, at);
    const double start = sb_now();
    SB_TRY(read_all(j, bytes, at));
    j->read += sb_now() - start;
    mark(j, at / BLOCK);
    if (memcmp(j->room, j->block, (size_t)bytes) != 0) {
      const unsigned char *seen = (const unsigned char *)j->room;
      const unsigned char *right = (const unsigned char *)j->block;
      for (int64_t i = 0; i < bytes; i++) j->wrong += seen[i] != right[i];
    }
    sb_progress();
  }
cleanup:
  return status;
}

/* One pass over the file by all ranks; the slowest counts. */
static sb_status timed(job *j, sb_status (*pass)(job *), const double *own, double *seconds) {
  sb_comm *comm = j->state->run->comm;
  sb_status status = SB_OK;
  sb_comm_barrier(comm);
  SB_TRY(sb_comm_agree(comm, pass(j)));
  *seconds = *own;
  sb_comm_max_f64(comm, seconds, NULL, 1);
cleanup:
  return status;
}

static sb_status prepare(job *j) {
  sb_status status = SB_OK;
  double *memory[2] = {NULL, NULL};
  for (int i = 0; i < 2 && status == SB_OK; i++) status = sb_doubles_create(WORDS, &memory[i]);
  j->block = (uint64_t *)(void *)memory[0];
  j->room = (uint64_t *)(void *)memory[1];
  if (status != SB_OK) return status;
  probe_words(j->state->seed, stream_of(j->state), j->block, WORDS);
  memset(j->room, 0, BLOCK);
  return open_file(j);
}

sb_status probe_io(probe_state *state) {
  job j = {.state = state, .file = -1};
  double write[SAMPLES_MOST], read[SAMPLES_MOST], scratch[SAMPLES_MOST], so_far = 0.0;
  const double bytes = (double)state->config.io_bytes * sb_comm_size(state->run->comm);
  const int64_t most = state->config.samples < SAMPLES_MOST ? state->config.samples : SAMPLES_MOST;
  int n = 0;
  sb_status status = SB_OK;
  SB_TRY(sb_comm_agree(state->run->comm, prepare(&j)));
  while (n < most && so_far < 4.0 * state->config.figure_time) {
    SB_TRY(timed(&j, write_file, &j.write, &write[n]));
    SB_TRY(timed(&j, read_file, &j.read, &read[n]));
    so_far += write[n] + read[n];
    n++;
  }
  probe_count_wrong(state, PROBE_CHECK_FILE, (double)j.wrong);
  const sb_summary written = sb_summarise(write, n, scratch);
  const sb_summary seen = sb_summarise(read, n, scratch);
  probe_add_rate(state, (probe_name){"write", "files written and synced, one for each rank"},
                 "byte/s", bytes, &written);
  probe_add_rate(state,
                 (probe_name){"read", "the same files read back, once dropped by the kernel"},
                 "byte/s", bytes, &seen);
cleanup:
  if (j.file >= 0) close(j.file);
  free(j.block);
  free(j.room);
  return status;
}
