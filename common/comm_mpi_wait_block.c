/* comm_mpi_wait_block.c: waiting for messages in MPI itself. In a simulated machine no time passes
 * between two questions, so a rank that only asked would ask for ever. Nor is MPI asked at all, or
 * told to wait for any of many messages: SimGrid (3.32) ends each message that is over anew each
 * time it comes across it there. What is complete is what a wait has returned.
 */
#include "comm_mpi_messages.h"

/* A message waits until both sides are there. Short ones would leave without, and for those SimGrid
 * keeps one list, of all ranks, and looks through it at the end of each of them. */
void sb_messages_send_init(const void *data, int bytes, int to, int tag, MPI_Comm comm,
                           MPI_Request *request) {
  MPI_Ssend_init(data, bytes, MPI_BYTE, to, tag, comm, request);
}

void sb_messages_send_now(const void *data, int bytes, int to, int tag, MPI_Comm comm,
                          MPI_Request *request) {
  MPI_Issend(data, bytes, MPI_BYTE, to, tag, comm, request);
}

/* Callers ask for a message that they need, and take a turn where it is not complete. */
bool sb_messages_complete(sb_messages *messages, int request) {
  messages->asked = request;
  return false;
}

void sb_messages_wait_turn(sb_messages *messages, int64_t turn) {
  if (turn == 0) sb_comm_set_waiting(true);
  if (!messages->under_way[messages->asked]) {
    sb_fail(SB_INTERNAL, "a rank waits for a message that is not under way");
    sb_comm_abort(SB_FAILED);
    return;
  }
  MPI_Wait(&messages->request[messages->asked], MPI_STATUS_IGNORE);
  messages->under_way[messages->asked] = false;
}
