/* comm_messages.h: messages that are planned once and sent again and again, below exchange.h and
 * apps that hand over pieces in an order of their own.
 *
 * A plan holds, for each peer, one contiguous buffer that goes there and one that is filled from
 * there; several, where data travels in pieces: those of one peer arrive in the order in which it
 * starts to send them, so both sides start them in the same order. They travel with a tag of the
 * plan's own (a communicator of its own would be as long as the number of ranks), in chunks below
 * 2^31 bytes, the largest count of MPI 3 (SB_MESSAGE_MOST=bytes in the environment lowers the
 * limit, for tests). One round is: receive; send to each peer; until all have arrived and are sent.
 */
#ifndef SCALEBAR_COMM_MESSAGES_H
#define SCALEBAR_COMM_MESSAGES_H

#include "comm.h"

/* Both directions with one peer. A buffer of 0 bytes is no message. */
typedef struct {
  int rank; /* the peer, not the rank itself */
  const double *send;
  double *receive;
  int64_t send_bytes, receive_bytes; /* what one calls send_bytes the other calls receive_bytes */
} sb_traffic;

typedef struct sb_messages sb_messages;

/* Collective over all ranks; ranks without peers take part with 0. The buffers are kept by the
 * caller. Errors, agreed on: SB_NO_MEMORY. */
sb_status sb_messages_create(sb_comm *comm, const sb_traffic *traffic, int peers,
                             sb_messages **messages);

/* A plan with room for `slots` messages at a time each way, of at most `most` bytes, whose peers
 * are told when they begin; in place of peers, the functions below take slots. For ranks with
 * hundreds of peers: MPI keeps some hundred bytes for each message that is planned. Collective,
 * with the same errors; ranks may have different numbers of slots, or none. */
sb_status sb_messages_create_slots(sb_comm *comm, int slots, int64_t most, sb_messages **messages);

/* Begins a message in a slot whose last one is complete. `peer` need not be kept, its buffer must.
 * Of plans with slots. Local. */
void sb_messages_receive_once(sb_messages *messages, int slot, const sb_traffic *peer);
void sb_messages_send_once(sb_messages *messages, int slot, const sb_traffic *peer);

/* Starts to receive from all peers: their buffers must not be touched until they have arrived.
 * Local. */
void sb_messages_receive(sb_messages *messages);

/* The same from one peer alone. Pieces that use the same buffer must not be under way at the same
 * time. Local. */
void sb_messages_receive_from(sb_messages *messages, int peer);

/* Starts to send to one peer, 0 <= peer < peers in the order of creation. Local. */
void sb_messages_send(sb_messages *messages, int peer);

/* Whether the buffer from this peer is full. Makes progress. Local. */
bool sb_messages_arrived(sb_messages *messages, int peer);

/* Whether the buffer that was sent to this peer may be written again. Makes progress. Local. */
bool sb_messages_sent_to(sb_messages *messages, int peer);

/* The same of all buffers. Makes progress. Local. */
bool sb_messages_sent(sb_messages *messages);

/* One turn of a loop that waits for messages of this plan, alone or beside what other ranks of the
 * node do to shared memory. Before each turn the loop asks (above) for what it waits for, and that
 * is not complete; otherwise as sb_comm_wait_turn, and followed by sb_comm_wait_over. It returns
 * when something may have changed. Local. */
void sb_messages_wait_turn(sb_messages *messages, int64_t turn);

/* Between rounds. Accepts NULL inside; sets *messages to NULL. Local. */
void sb_messages_destroy(sb_messages **messages);

#endif
