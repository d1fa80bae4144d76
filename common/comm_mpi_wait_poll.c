/* comm_mpi_wait_poll.c: waiting for messages by asking for them again and again, the quickest way
 * to hear of them, and the only one where other ranks may also raise flags in shared memory. */
#include "comm_mpi_messages.h"

void sb_messages_send_init(const void *data, int bytes, int to, int tag, MPI_Comm comm,
                           MPI_Request *request) {
  MPI_Send_init(data, bytes, MPI_BYTE, to, tag, comm, request);
}

void sb_messages_send_now(const void *data, int bytes, int to, int tag, MPI_Comm comm,
                          MPI_Request *request) {
  MPI_Isend(data, bytes, MPI_BYTE, to, tag, comm, request);
}

bool sb_messages_complete(sb_messages *messages, int request) {
  int complete = 1;
  MPI_Test(&messages->request[request], &complete, MPI_STATUS_IGNORE);
  return complete != 0;
}

void sb_messages_wait_turn(sb_messages *messages, int64_t turn) {
  sb_comm_wait_turn(messages->of, turn);
}
