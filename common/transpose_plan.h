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

/* A part of this rank's source that goes to another rank as messages. */
typedef struct {
  int rank;
  sb_box box;
  bool direct; /* each batch is one run of memory, sent from where it is */
  int64_t at;  /* else where it is packed, in doubles from the begin of the buffers */
} sb_parcel;

/* Planes lo .. hi - 1 of a parcel, which travel as one message. */
typedef struct {
  int parcel;
  int64_t lo, hi;
} sb_batch;

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
  int64_t *received; /* of each piece, where it arrives, in doubles; -1: read where it is */
  int pieces;
  int64_t read_bytes; /* of others, in shared memory */
  int readers;        /* ranks of this node that read the source */

  sb_parcel *parcel;
  sb_batch *batch; /* in the order in which they are finished */
  int parcels, batches, offered;
  int64_t buffer_doubles;
  double *buffer;      /* the pool's */
  sb_traffic *traffic; /* the batches, then the messages that arrive */
  int traffics;
  sb_messages *messages;
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

/* Addresses and messages, once the buffer is there. */
sb_status sb_transpose_bind(sb_transpose *transpose);

/* The flags of a rank whose memory is in reach (NULL of others). */
sb_transpose_flags *sb_transpose_flags_of(const sb_transpose *transpose, int rank);

/* Planes lo .. hi - 1 of a box along an axis. */
sb_box sb_transpose_planes(const sb_box *box, int axis, int64_t lo, int64_t hi);

/* A parcel as it is packed: the axis of planes slowest. `cell` may be NULL. */
sb_array sb_transpose_packed(const sb_transpose_shape *shape, const sb_box *box, double *cell);

/* Bytes of the flags of so many plans, whole pages. */
int64_t sb_transpose_flags_bytes(int plans);

#endif
