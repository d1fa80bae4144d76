/* comm_self_peers.c: comm_messages.h and comm_shared.h for one rank, which has no peers: there is
 * nothing to plan, and nobody asks for more. */
#include <stddef.h>

#include "comm_messages.h"
#include "comm_shared.h"

sb_status sb_messages_create(sb_comm *comm, const sb_traffic *traffic, int peers,
                             sb_messages **messages) {
  (void)comm;
  (void)traffic;
  *messages = NULL;
  return peers == 0 ? SB_OK : sb_fail(SB_INTERNAL, "one rank alone has no peers");
}

sb_status sb_messages_create_slots(sb_comm *comm, int slots, int64_t most, sb_messages **messages) {
  (void)most;
  return sb_messages_create(comm, NULL, slots, messages);
}

void sb_messages_receive_once(sb_messages *messages, int slot, const sb_traffic *peer) {
  (void)messages;
  (void)slot;
  (void)peer;
}

void sb_messages_send_once(sb_messages *messages, int slot, const sb_traffic *peer) {
  (void)messages;
  (void)slot;
  (void)peer;
}

void sb_messages_receive(sb_messages *messages) { (void)messages; }

void sb_messages_receive_from(sb_messages *messages, int peer) {
  (void)messages;
  (void)peer;
}

void sb_messages_send(sb_messages *messages, int peer) {
  (void)messages;
  (void)peer;
}

bool sb_messages_arrived(sb_messages *messages, int peer) {
  (void)messages;
  (void)peer;
  return true;
}

bool sb_messages_sent_to(sb_messages *messages, int peer) {
  (void)messages;
  (void)peer;
  return true;
}

bool sb_messages_sent(sb_messages *messages) { return (void)messages, true; }

void sb_messages_wait_turn(sb_messages *messages, int64_t turn) {
  (void)messages;
  (void)turn;
}

void sb_messages_destroy(sb_messages **messages) { *messages = NULL; }

sb_status sb_shared_create(sb_comm *comm, int64_t bytes, sb_shared **shared) {
  (void)comm;
  (void)bytes;
  *shared = NULL;
  return SB_OK;
}

void *sb_shared_segment(const sb_shared *shared, int node_rank) {
  (void)shared;
  (void)node_rank;
  return NULL;
}

void sb_shared_sync(const sb_shared *shared) { (void)shared; }

void sb_shared_destroy(sb_shared **shared) { *shared = NULL; }
