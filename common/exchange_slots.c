#include "exchange_slots.h"

/* A lock in the memory of one process would not keep others out. */
_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "flags between processes need lock-free atomics");

enum { LINES = 128 };

/* What a segment begins with; the slots follow. */
typedef struct {
  alignas(LINES) int64_t slots;
  int64_t end; /* of the buffers laid out so far, from the begin of the segment */
} head;

static sb_slot *first_slot(void *segment) { return (sb_slot *)((char *)segment + sizeof(head)); }

int64_t sb_slot_bytes(int64_t doubles) {
  const int64_t bytes = doubles * (int64_t)sizeof(double);
  return 2 * ((bytes + LINES - 1) / LINES * LINES);
}

int64_t sb_slots_bytes(int slots, int64_t buffer_bytes) {
  return (int64_t)sizeof(head) + slots * (int64_t)sizeof(sb_slot) + buffer_bytes;
}

void sb_slots_begin(void *segment, int slots) {
  *(head *)segment = (head){.end = sb_slots_bytes(slots, 0)};
}

sb_slot *sb_slots_add(void *segment, int reader, int64_t doubles) {
  head *h = segment;
  sb_slot *slot = first_slot(segment) + h->slots++;
  slot->reader = reader;
  slot->doubles = doubles;
  slot->buffer[0] = h->end;
  slot->buffer[1] = h->end + sb_slot_bytes(doubles) / 2;
  h->end += sb_slot_bytes(doubles);
  return slot;
}

sb_slot *sb_slots_find(void *segment, int reader) {
  const head *h = segment;
  for (int64_t i = 0; i < h->slots; i++) {
    sb_slot *slot = first_slot(segment) + i;
    if (slot->reader == reader) return slot;
  }
  return NULL;
}

double *sb_slot_buffer(void *segment, const sb_slot *slot, int exchange) {
  return (double *)(void *)((char *)segment + slot->buffer[exchange % 2]);
}

void sb_slot_raise(sb_slot *slot, const sb_shared *shared, int64_t k) {
  sb_shared_sync(shared);
  atomic_store_explicit(&slot->ready, k, memory_order_release);
}

bool sb_slot_ready(const sb_slot *slot, const sb_shared *shared, int64_t k) {
  if (atomic_load_explicit(&slot->ready, memory_order_acquire) < k) return false;
  sb_shared_sync(shared);
  return true;
}
