/* matmul_panels.h: where the panels of A and B are when a rank needs them.
 *
 * Owners write their parts once, before the first repetition. Ranks of one node then read them in
 * place (comm_shared.h); what is on other nodes, or all with exchange=message,
 * comes as messages into two buffers in turn: the next panel travels while the present one is
 * multiplied.
 *
 * Memory of a part of A: its panels one after the other, each rows x width, so that a panel is one
 * piece of memory. Of a part of B: rows x columns, of which a panel is some rows.
 */
#ifndef SCALEBAR_MATMUL_PANELS_H
#define SCALEBAR_MATMUL_PANELS_H

#include "exchange.h"
#include "matmul_plan.h"

typedef struct matmul_panels matmul_panels;

/* Collective. SB_EXCHANGE_SHARED is refused (SB_BAD_INPUT) where ranks of a node cannot share so
 * much memory; SB_EXCHANGE_AUTO then sends messages, and also where a node has more to share than
 * small pages serve well (README.md) and shared memory has no huge ones. */
sb_status matmul_panels_create(sb_comm *comm, const matmul_layout *layout, sb_exchange how,
                               matmul_panels **panels);

/* This rank's parts, to be filled before matmul_panels_ready, and its block of C. Local. */
double *matmul_panels_a(matmul_panels *panels);
double *matmul_panels_b(matmul_panels *panels);
double *matmul_panels_block(matmul_panels *panels);

/* After the parts are filled: others may read them. Collective. */
void matmul_panels_ready(matmul_panels *panels);

/* How many steps this rank takes, 0 where it is idle. Local. */
int64_t matmul_panels_steps(const matmul_panels *panels);

/* One operand pair of a step. */
typedef struct {
  int64_t width;   /* of the panel: columns of a, rows of b */
  const double *a; /* rows x width, leading dimension `width` */
  const double *b; /* width x columns, leading dimension `columns` */
} matmul_pair;

/* A product: begin; then for each step wait where its pair travels, multiply, done; with layers
 * offer the rows of each other layer as soon as they are summed (in the order of
 * matmul_panels_offered), and for each layer matmul_panels_layer, read, matmul_panels_layer_read;
 * then end. The main thread alone calls these, and other threads may multiply a pair that travels
 * only between wait and done. Idle ranks need not call. */
void matmul_panels_begin(matmul_panels *panels, sb_clock *clock);
matmul_pair matmul_panels_pair(const matmul_panels *panels, int64_t step);
bool matmul_panels_travels(const matmul_panels *panels, int64_t step); /* comes as a message */
bool matmul_panels_any_travels(const matmul_panels *panels);           /* or goes as one */
void matmul_panels_wait(matmul_panels *panels, int64_t step, sb_clock *clock);
void matmul_panels_done(matmul_panels *panels, int64_t step, sb_clock *clock);
void matmul_panels_end(matmul_panels *panels, sb_clock *clock);

/* Lets messages move while step `step` is multiplied: MPI makes no progress by itself. */
void matmul_panels_test(matmul_panels *panels, int64_t step);

/* The layer whose rows are to be offered as the turn-th (1, 2, ... pk); the last is this rank's
 * own, which needs no offer. Every layer begins with its neighbour, so not all wait for one. */
int matmul_panels_offered(const matmul_panels *panels, int turn);

/* The rows that `layer` keeps are summed in this rank's block: it may have them. */
void matmul_panels_offer(matmul_panels *panels, int turn, sb_clock *clock);

/* Waits for the sums of a layer for this rank's rows of C: rows of C x columns. */
const double *matmul_panels_layer(matmul_panels *panels, int layer, sb_clock *clock);
void matmul_panels_layer_read(matmul_panels *panels, int layer);

/* "none", "message", "shared", "shared+message". The same on all ranks. Local. */
const char *matmul_panels_way(const matmul_panels *panels);

/* Bytes that a rank will allocate, whichever way panels take: an upper bound. Local. */
int64_t matmul_panels_memory(const matmul_layout *layout, int rank);

/* Accepts NULL inside; sets *panels to NULL. Collective. */
void matmul_panels_destroy(matmul_panels **panels);

#endif
