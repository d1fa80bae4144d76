/* transpose.h: boxes of one distribution become boxes of another, planned once and repeated.
 *
 * Who holds which box now and who needs which box next are two distributions (dist.h) of the same
 * cells; the plan is their intersections, so ranks ask each other nothing, and a rank has as many
 * partners as boxes that meet its own: those of its row or column of the process grid where an axis
 * is swapped for another. No collective call over all ranks is part of a round.
 *
 * A rank gets its box as pieces, one for each rank that holds a part of it, and reads them where
 * they are: in the memory of the owner where that is of this rank's node and shared, in a buffer of
 * what arrived elsewhere. So whoever reads puts the cells where its next step wants them, and
 * nothing is unpacked.
 *
 * What is handed over is written plane by plane along one axis, and messages leave as soon as their
 * planes are there, while the next ones are made.
 *
 * One round, all ranks:
 *   sb_transpose_claim    before anything is written to the source
 *   sb_transpose_begin    before the first offer
 *   sb_transpose_offer    as planes get finished
 *   sb_transpose_wait     until the pieces can be read
 *   sb_transpose_done     when they were read
 *
 * The main thread alone calls these functions (MPI_THREAD_FUNNELED). SB_EXCHANGE_TEST puts rounds
 * on trial (exchange_trial.h).
 */
#ifndef SCALEBAR_TRANSPOSE_H
#define SCALEBAR_TRANSPOSE_H

#include "comm.h"
#include "dist.h"
#include "exchange.h"

typedef struct {
  const sb_dist *from, *to; /* of the same cells; kept by the caller */
  int words;                /* doubles a cell */
  int planes;               /* axis along which the source is finished plane by plane: 0 or 1 */
  int64_t source;           /* where each rank's source begins in the pool, in doubles: its box of
                               `from`, row-major. Idle ranks have none */
  int buffers; /* 0 or 1: which of two sets of message buffers. Plans that take turns, each begun
                  when the one before is done, share a set */
} sb_transpose_shape;

/* Plans of some transposes, and memory of a rank for their sources, which others of its node may
 * read. */
typedef struct sb_pool sb_pool;
typedef struct sb_transpose sb_transpose;

/* Room for `doubles` doubles, the same number on all ranks, 64-byte aligned; pages belong to who
 * writes first where the memory is not shared. SB_EXCHANGE_AUTO shares where that can be had,
 * SB_EXCHANGE_SHARED is refused where it cannot (SB_BAD_INPUT). Collective; every rank gets the
 * same status, and destroys the pool after a failure too. */
sb_status sb_pool_create(sb_comm *comm, int64_t doubles, const sb_transpose_shape *shapes,
                         int plans, sb_exchange how, sb_pool **pool);
double *sb_pool_memory(const sb_pool *pool);
sb_transpose *sb_pool_plan(const sb_pool *pool, int plan);

/* Accepts NULL inside; sets *pool to NULL. Collective. */
void sb_pool_destroy(sb_pool **pool);

/* "none", "message", "shared" or "shared+message": how ranks get their pieces. Local. */
const char *sb_pool_way(const sb_pool *pool);

/* A part of this rank's box of `to`, and where its cells are: cell (i, j, k) begins at
 * data + (i - box.lo[0]) stride[0] + (j - box.lo[1]) stride[1] + (k - box.lo[2]) words. */
typedef struct {
  int rank;
  sb_box box;
  const double *data;
  int64_t stride[2]; /* doubles */
} sb_piece;

/* In the order of their owners' positions; none where this rank is idle. The addresses stay the
 * same in all rounds. Local. */
int sb_transpose_pieces(const sb_transpose *transpose);
const sb_piece *sb_transpose_piece(const sb_transpose *transpose, int piece);

/* Waits until all have read what was offered in the round before, so that the source may be written
 * again. Enters SB_WAIT while it waits. The clock may be NULL, here and below. Local. */
void sb_transpose_claim(sb_transpose *transpose, sb_clock *clock);

/* Planes that are best offered together. Local. */
int64_t sb_transpose_step(const sb_transpose *transpose);

void sb_transpose_begin(sb_transpose *transpose); /* local */

/* Planes below `end` (an index of the whole grid along the axis of planes) are finished, and not
 * written until the next claim. A rank offers up to the end of its box. Never waits. Local. */
void sb_transpose_offer(sb_transpose *transpose, int64_t end, sb_clock *clock);

/* Lets messages move while other work goes on. Local, cheap. */
void sb_transpose_test(sb_transpose *transpose);

void sb_transpose_wait(sb_transpose *transpose, sb_clock *clock);
void sb_transpose_done(sb_transpose *transpose, sb_clock *clock);

/* Bytes that go to other ranks in a round: of one rank, what it gets from them, and of all. */
int64_t sb_transpose_bytes_rank(const sb_dist *from, const sb_dist *to, int words, int rank);
int64_t sb_transpose_bytes(const sb_dist *from, const sb_dist *to, int words);

/* Bytes of the message buffers of a rank that shares nothing; for plans of memory. */
int64_t sb_transpose_memory(const sb_transpose_shape *shapes, int plans, int rank);

#endif
