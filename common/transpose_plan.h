/* transpose_plan.h: what the files of transpose.h share. Local.
 */
#ifndef SCALEBAR_TRANSPOSE_PLAN_H
#define SCALEBAR_TRANSPOSE_PLAN_H

#include <stdatomic.h>

#include "comm_messages.h"
#include "comm_shared.h"
#include "exchange_trial.h"
#include "transpose.h"

enum { SB_BUFFER_SETS = 2 };

/* One for each plan at the begin of a segment. In round r (1, 2 ...) a rank stores ready = r with
 * release when it has offered all planes; each rank of its node that has read its piece adds 1 to
 * `done` with release; the owner writes its source again after done = r times its readers, loaded
 * with acquire. */
typedef struct {
  _Alignas(128) _Atomic int64_t ready;
  _Alignas(128) _Atomic int64_t done;
} sb_transpose_flags;

/* A part of this rank's source that goes to another rank as messages. Lists as long as the number
 * of partners hold what is not soon computed anew. */
typedef struct {
  int rank;
  int place;   /* among those to whom this rank sends (transpose_partners.h) */
  bool direct; /* each message is one run of memory, sent from where it is */
  int64_t at;  /* else where it is packed, in doubles from the begin of the buffers */
} sb_parcel;

/* How a piece arrives as messages. */
typedef struct {
  int64_t at;          /* in doubles from the begin of the buffers; -1: read where it is */
  int64_t first, step; /* plane at which its owner's source begins, and planes of a message */
} sb_arrival;

/* A message, and when it has its turn: by steps, then places, then senders. Both its ends know all
 * three. */
typedef struct {
  int step;  /* counts messages of a parcel from where the source begins */
  int place; /* of the parcel */
  int sender;
  int of; /* which parcel, or which piece */
} sb_turn;

struct sb_transpose {
  sb_comm *comm;
  sb_shared *shared; /* the pool's */
  double *memory;    /* the pool's, of this rank */
  sb_transpose_shape shape;
  int number, plans;
  int rank;
  sb_box from, to; /* of this rank */
  int64_t round;

  sb_piece *piece;
  sb_arrival *arrival; /* of each piece */
  int pieces;
  int64_t read_bytes; /* of others, in shared memory */
  int readers;        /* ranks of this node that read the source */

  sb_parcel *parcel;
  int parcels;
  int64_t step;           /* planes of a message */
  int64_t buffer_doubles; /* for what is packed and what arrives */
  double *buffer;         /* the pool's */
  sb_turn *send, *receive;
  int sends, receives;
  int offered; /* messages whose planes are finished */

  /* transpose_flow.h */
  sb_messages *messages;
  sb_traffic *traffic;  /* sends, then receives, where all may be under way; else NULL */
  int window;           /* messages under way at a time, each way */
  int begun, sent;      /* messages that left; and whose planes may be written again */
  int awaited, arrived; /* messages that are received; and that are here */
  sb_trial trial;
};

struct sb_pool {
  sb_comm *comm;
  sb_shared *shared; /* NULL: each rank has its own */
  double *own;       /* memory that is not shared */
  double *memory;
  int plans;
  sb_transpose *plan;
  double *buffer[SB_BUFFER_SETS];
  const char *way;
};

/* Pieces and parcels of this rank; `buffer_doubles` says what they need. */
sb_status sb_transpose_cut(sb_transpose *transpose);
void sb_transpose_uncut(sb_transpose *transpose); /* gives back all lists */

/* Addresses and turns, once the buffer is there. */
sb_status sb_transpose_bind(sb_transpose *transpose);

/* What of the source a parcel holds, and what of it a message. */
sb_box sb_transpose_parcel_box(const sb_transpose *transpose, const sb_parcel *parcel);
sb_box sb_transpose_sent_box(const sb_transpose *transpose, const sb_turn *turn);

/* A message's other end, address and length. */
sb_traffic sb_transpose_sent(const sb_transpose *transpose, const sb_turn *turn);
sb_traffic sb_transpose_received(const sb_transpose *transpose, const sb_turn *turn);

/* The flags of a rank whose memory is in reach (NULL of others). */
sb_transpose_flags *sb_transpose_flags_of(const sb_transpose *transpose, int rank);

/* Planes lo .. hi - 1 of a box along an axis. */
sb_box sb_transpose_planes(const sb_box *box, int axis, int64_t lo, int64_t hi);

/* A parcel as it is packed: the axis of planes slowest. `cell` may be NULL. */
sb_array sb_transpose_packed(const sb_transpose_shape *shape, const sb_box *box, double *cell);

/* Bytes of the flags of so many plans, whole pages. */
int64_t sb_transpose_flags_bytes(int plans);

#endif
