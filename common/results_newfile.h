/* results_newfile.h: puts a file under its name whole or not at all.
 *
 * The file is made under a temporary name in the same folder and renamed when it is complete and on
 * the disk. While a new file is open, a file size limit (RLIMIT_FSIZE) is an error of write() like
 * a full disk, not a signal that ends the program.
 */
#ifndef SCALEBAR_RESULTS_NEWFILE_H
#define SCALEBAR_RESULTS_NEWFILE_H

#include <signal.h>

#include "comm.h"
#include "options.h"

typedef struct {
  char path[SB_TEXT_SIZE];           /* final name */
  char temporary[SB_TEXT_SIZE + 32]; /* NAME.tmp.<id>, the same on all ranks */
  struct sigaction on_limit;         /* what SIGXFSZ did before */
} sb_newfile;

/* Chooses the temporary name. SB_BAD_INPUT where `path` is something else than a plain file (a
 * device, a folder): the rename would replace it. Close it whatever the status. Collective. */
sb_status sb_newfile_open(sb_comm *comm, const char *path, sb_newfile *file);

/* The same for a file that one rank makes by itself. Local. */
sb_status sb_newfile_open_alone(const char *path, sb_newfile *file);

/* Makes the temporary file of these bytes. It must not exist. Local. */
sb_status sb_newfile_write(const sb_newfile *file, const void *data, size_t bytes);

/* SB_IO_ERROR where `bytes` more cannot fit: a full disk, a file size limit. HDF5 1.10 cannot close
 * a file that it failed to write to (it crashes when the program ends), so ask first. Local. */
sb_status sb_newfile_room(const sb_newfile *file, int64_t bytes);

/* Gives the space of a file that is beyond use back to the disk, so that HDF5 can close it. Local.
 */
void sb_newfile_empty(const sb_newfile *file);

/* Tells the system to begin to carry these bytes of the temporary file to the disk, where it can;
 * sb_newfile_sync then has less to wait for. Local. */
void sb_newfile_hurry(const sb_newfile *file, int64_t at, int64_t bytes);

/* Waits until the temporary file is on the disk. Local. */
sb_status sb_newfile_sync(const sb_newfile *file);

/* Gives the finished, synced file its final name. Local: one rank calls it, once. */
sb_status sb_newfile_commit(const sb_newfile *file);

/* Where `status` is a failure, removes the temporary file. Collective. */
void sb_newfile_close(sb_comm *comm, sb_newfile *file, sb_status status);
void sb_newfile_close_alone(sb_newfile *file, sb_status status); /* Local. */

#endif
