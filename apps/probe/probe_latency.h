/* probe_latency.h: one pair of ranks exchanges messages; used by the curves and the tournament. */
#ifndef SCALEBAR_PROBE_LATENCY_H
#define SCALEBAR_PROBE_LATENCY_H

#include "probe.h"

/* Room of one rank for messages: what it sends is the stream of its own number (probe_pattern.h).
 */
typedef struct {
  sb_comm *comm;
  uint64_t seed;
  uint64_t *send, *room; /* `most` bytes and up to a word each */
  int64_t most;
} probe_mail;

/* Local; SB_NO_MEMORY. `mail` is to be destroyed in any case. */
sb_status probe_mail_create(const probe_state *state, int64_t most, probe_mail *mail);
void probe_mail_destroy(probe_mail *mail);

/* Leaves other bits than the peer's in the room, in every one of `bytes` bytes, so that a message
 * that does not come is seen. Local. */
void probe_mail_spoil(const probe_mail *mail, int peer, int64_t bytes);

/* Bytes in the room that are not the peer's. Local. */
int64_t probe_mail_wrong(const probe_mail *mail, int peer, int64_t bytes);

/* Both partners call with the same length and loops; the one with the lower rank begins. Local.
 * Ping-pong; and windows of messages one way (from the lower rank, which waits for an answer of one
 * byte) or both ways, as OSU's osu_latency, osu_bw and osu_bibw have them. */
void probe_ping_pong(const probe_mail *mail, int peer, int bytes, int64_t loops);
void probe_windows(const probe_mail *mail, int peer, int bytes, int64_t loops);
void probe_windows_both(const probe_mail *mail, int peer, int bytes, int64_t loops);

/* Messages in a window: 64, fewer of long ones. */
int probe_window(int64_t bytes);

#endif
