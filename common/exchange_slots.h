/* exchange_slots.h: how a rank leaves its rims in memory that its node shares. Local.
 *
 * A rank's segment (comm_shared.h) holds one slot for each peer that reads from it, then their
 * buffers, two a slot: exchange k uses buffer k % 2, k = 1, 2, ... A reader finds its slot once, by
 * its rank, and then reads straight from the buffers. A slot has one flag, `ready`, the number of
 * the last exchange that its owner has packed.
 *
 * Why this is enough. Peers are peers in both directions (halo_shape.h), and every rank finishes
 * exchange k before it starts k + 1.
 *   - The reader copies from buffer k only after it saw ready >= k, which the owner stored after it
 *     had packed: release and acquire order the two.
 *   - The owner packs for exchange k where k - 2 was. It has finished k - 1, so it saw the reader's
 *     own ready >= k - 1, which the reader stored when it started k - 1, and so after it had
 *     finished, which is copied, k - 2. The same order again, from the reader's last copy to the
 *     owner's first write: a flag that says "done" could tell nothing new, and start never waits.
 *   - While the reader is inside exchange k the owner may be ahead by one, in the other buffer, and
 *     never by more, for it cannot finish k + 1 before the reader has started it.
 * The flag has cache lines of its own, two of them: processors fetch lines in pairs.
 */
#ifndef SCALEBAR_EXCHANGE_SLOTS_H
#define SCALEBAR_EXCHANGE_SLOTS_H

#include <stdalign.h>
#include <stdatomic.h>

#include "comm_shared.h"

typedef struct {
  int64_t reader;    /* its rank */
  int64_t doubles;   /* in a buffer */
  int64_t buffer[2]; /* where they begin: bytes from the begin of the segment */
  alignas(128) _Atomic int64_t ready;
} sb_slot;

/* Room that a buffer of so many doubles takes: whole pairs of lines. */
int64_t sb_slot_bytes(int64_t doubles);

/* Size of a segment whose buffers take `buffer_bytes` together, one sb_slot_bytes each. */
int64_t sb_slots_bytes(int slots, int64_t buffer_bytes);

/* By the owner, into zero bytes: how many there will be, then each one. */
void sb_slots_begin(void *segment, int slots);
sb_slot *sb_slots_add(void *segment, int reader, int64_t doubles);

/* NULL when there is none. */
sb_slot *sb_slots_find(void *segment, int reader);

double *sb_slot_buffer(void *segment, const sb_slot *slot, int exchange);

/* By the owner when it has packed exchange k; by the reader until it is true, before it reads. */
void sb_slot_raise(sb_slot *slot, const sb_shared *shared, int64_t k);
bool sb_slot_ready(const sb_slot *slot, const sb_shared *shared, int64_t k);

#endif
