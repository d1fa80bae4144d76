/* comm_mpi_shared.c: comm_shared.h as a window of MPI 3. */
#include "comm_shared.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "comm_mpi.h"

struct sb_shared {
  MPI_Win window; /* MPI_WIN_NULL on a rank that is alone on its node */
};

static int64_t page_size(void) { return (int64_t)sysconf(_SC_PAGESIZE); }

/* Open MPI's segments begin some bytes behind the start of a page: to begin on a page of its own a
 * segment needs one more, and the libraries add some for their own use. */
static int64_t with_margin(int64_t bytes) { return bytes + 2 * page_size(); }

/* The folder of the file behind the window, a tmpfs that may be small in containers (64 MB): a page
 * that it has no room for is a bus error when it is touched. MPICH and Open MPI (osc/sm) take
 * /dev/shm where it can be written to, else the place of temporary files. */
static const char *backing_folder(void) {
  const char *told = getenv("OMPI_MCA_osc_sm_backing_directory");
  if (told != NULL && *told != '\0') return told;
  return access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
}

static int64_t room_in(const char *folder) {
  struct statvfs found;
  if (statvfs(folder, &found) != 0) return 0;
  const int64_t most = sb_environment_int("SB_SHARED_MOST", 0);
  if (most > 0) return most;
  if (found.f_blocks == 0) return INT64_MAX; /* a tmpfs without a limit */
  return (int64_t)(found.f_bavail * found.f_frsize);
}

/* Whether the machine has room for the segments of all its ranks, those of pretended other nodes
 * among them. Collective. */
static sb_status check_room(sb_comm *comm, int64_t bytes) {
  int64_t all = comm->node_size > 1 ? with_margin(bytes) : 0;
  sb_comm_set_waiting(true);
  MPI_Allreduce(MPI_IN_PLACE, &all, 1, MPI_INT64_T, MPI_SUM, comm->machine);
  sb_comm_set_waiting(false);
  const int64_t room = room_in(backing_folder());
  return all <= room ? SB_OK
                     : sb_fail(SB_BAD_INPUT,
                               "the ranks of a node need %.4g MB of shared memory; %s has room "
                               "for %.4g MB (exchange=message needs none)",
                               (double)all / 1e6, backing_folder(), (double)room / 1e6);
}

/* Collective over the node. The one call whose failure is not the end of a run. */
static sb_status allocate(sb_comm *comm, int64_t bytes, sb_shared *shared) {
  MPI_Errhandler usual;
  MPI_Info apart; /* segments on pages of their own, near the cores that use them */
  void *base = NULL;
  MPI_Info_create(&apart);
  MPI_Info_set(apart, "alloc_shared_noncontig", "true");
  MPI_Comm_get_errhandler(comm->local, &usual);
  MPI_Comm_set_errhandler(comm->local, MPI_ERRORS_RETURN);
  sb_comm_set_waiting(true);
  const int code = MPI_Win_allocate_shared((MPI_Aint)with_margin(bytes), 1, apart, comm->local,
                                           &base, &shared->window);
  sb_comm_set_waiting(false);
  MPI_Comm_set_errhandler(comm->local, usual);
  MPI_Errhandler_free(&usual);
  MPI_Info_free(&apart);
  if (code == MPI_SUCCESS) return SB_OK;
  shared->window = MPI_WIN_NULL;
  return sb_fail(SB_BAD_INPUT, "the MPI library gave no shared memory (%.4g MB on this rank)",
                 (double)bytes / 1e6);
}

sb_status sb_shared_create(sb_comm *comm, int64_t bytes, sb_shared **shared) {
  *shared = NULL;
  sb_shared *s = calloc(1, sizeof *s);
  sb_status status = s != NULL ? SB_OK : sb_fail(SB_NO_MEMORY, "no memory for a window");
  if (s != NULL) s->window = MPI_WIN_NULL;
  const sb_status room = check_room(comm, bytes);
  SB_TRY(sb_comm_agree(comm, status != SB_OK ? status : room));
  status = comm->node_size > 1 ? allocate(comm, bytes, s) : SB_OK;
  const sb_status worst = sb_comm_agree(comm, status);
  if (worst != SB_OK) {
    s->window = MPI_WIN_NULL; /* what some ranks of a node did not get cannot be freed by all */
    SB_TRY(worst);
  }
  if (s->window != MPI_WIN_NULL) {
    MPI_Win_lock_all(MPI_MODE_NOCHECK, s->window);
    void *segment = sb_shared_segment(s, comm->node_rank);
#ifdef MADV_HUGEPAGE
    (void)madvise(segment, (size_t)bytes, MADV_HUGEPAGE); /* where the kernel has them for tmpfs */
#endif
    memset(segment, 0, (size_t)bytes);
  }
  *shared = s;
  return SB_OK;
cleanup:
  sb_shared_destroy(&s);
  return status;
}

void *sb_shared_segment(const sb_shared *shared, int node_rank) {
  MPI_Aint size = 0;
  int unit = 0;
  char *base = NULL;
  MPI_Win_shared_query(shared->window, node_rank, &size, &unit, &base);
  /* Every process maps the window from a page's start, so all find the same place in it. */
  const uintptr_t page = (uintptr_t)page_size();
  return base + (page - (uintptr_t)base % page) % page;
}

void sb_shared_sync(const sb_shared *shared) { MPI_Win_sync(shared->window); }

void sb_shared_destroy(sb_shared **shared) {
  sb_shared *s = *shared;
  if (s == NULL) return;
  if (s->window != MPI_WIN_NULL) {
    sb_comm_set_waiting(true);
    MPI_Win_unlock_all(s->window);
    MPI_Win_free(&s->window);
    sb_comm_set_waiting(false);
  }
  free(s);
  *shared = NULL;
}
