/* comm_mpi_shared_none.c: comm_shared.h where ranks share no memory that time could be told of: in
 * a simulated machine, a read of a neighbour's memory would cost nothing. */
#include <stddef.h>

#include "comm_mpi.h"
#include "comm_shared.h"

sb_status sb_shared_create(sb_comm *comm, int64_t bytes, sb_shared **shared) {
  (void)bytes;
  *shared = NULL;
  return sb_comm_agree(comm, sb_fail(SB_BAD_INPUT,
                                     "ranks of a simulated machine share no memory; "
                                     "allowed exchange = auto, message"));
}

void *sb_shared_segment(const sb_shared *shared, int node_rank) {
  return (void)shared, (void)node_rank, NULL;
}

void sb_shared_sync(const sb_shared *shared) { (void)shared; }

void sb_shared_destroy(sb_shared **shared) { *shared = NULL; }
