/* comm_mpi_wait_poll.c: waiting for messages by asking for them again and again, the quickest way
 * to hear of them, and the only one where other ranks may also raise flags in shared memory. */
#include "comm_mpi_messages.h"

void sb_messages_wait_turn(sb_messages *messages, int64_t turn) {
  sb_comm_wait_turn(messages->of, turn);
}
