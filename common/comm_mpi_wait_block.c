/* comm_mpi_wait_block.c: waiting for messages in MPI itself. In a simulated machine no time passes
 * between two questions, so a rank that only asked would ask for ever. Nor is it asked at all:
 * SimGrid (3.32) keeps each message that MPI_Test has found complete in a list of the rank's, for
 * ever, and looks through that list at the end of each message. What is complete is what a wait has
 * returned.
 */
#include "comm_mpi_messages.h"

bool sb_messages_complete(sb_messages *messages, int request) {
  return !messages->under_way[request];
}

void sb_messages_wait_turn(sb_messages *messages, int64_t turn) {
  int which = 0;
  if (turn == 0) sb_comm_set_waiting(true);
  /* Requests that are not under way are passed over. */
  MPI_Waitany(messages->requests, messages->request, &which, MPI_STATUS_IGNORE);
  if (which == MPI_UNDEFINED) {
    sb_fail(SB_INTERNAL, "a rank waits for messages of which none is under way");
    sb_comm_abort(SB_FAILED);
    return;
  }
  messages->under_way[which] = false;
}
