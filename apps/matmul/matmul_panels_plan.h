/* matmul_panels_plan.h: what the two files of matmul_panels.h share: who sends which panel to whom,
 * and when. Local.
 */
#ifndef SCALEBAR_MATMUL_PANELS_PLAN_H
#define SCALEBAR_MATMUL_PANELS_PLAN_H

#include <stdatomic.h>

#include "comm_messages.h"
#include "comm_shared.h"
#include "exchange_trial.h"
#include "matmul_panels.h"

/* Panels under way: the one in use and the next. */
enum { DEPTH = 2, LINE = 8 /* doubles of a cache line */ };

/* At the begin of a segment, each on a pair of cache lines of its own. In product e (1, 2, ...) a
 * rank stores ready = (e - 1) pk + t with release when it has summed the rows of the t-th layer of
 * its order (matmul_panels_offered); readers, who load it with acquire, add 1 to `done` with
 * release when they have read; the owner writes its block again only after done = e times its
 * readers, loaded with acquire. A and B are written once, before a barrier
 * (matmul_panels_ready), and only read after it. */
typedef struct {
  _Alignas(128) _Atomic int64_t ready;
  _Alignas(128) _Atomic int64_t done;
} flags;

/* Where the parts of a rank lie in its segment, in doubles. */
typedef struct {
  int64_t a, b, block, doubles;
} places;

typedef struct {
  matmul_pair pair;
  int receive[2];     /* indices of messages, -1 where the panel is in reach */
  int64_t read_bytes; /* that other ranks' memory gives */
} step_info;

/* What this rank sends: panel messages in the order in which they are needed. */
typedef struct {
  int64_t needed; /* step of the receiver */
  sb_traffic traffic;
} outgoing;

struct matmul_panels {
  sb_comm *comm;
  const matmul_layout *layout;
  matmul_share share;
  bool working, sharing; /* has cells; some rank of its node reads or is read */
  sb_range *list;        /* panels of the layer */
  int64_t count, products;
  step_info *step;
  double *memory, *slots, *sums; /* own parts; panels that came; other layers' sums that came */
  double *block;                 /* memory of its own without layers */
  bool own_memory;
  sb_shared *shared;
  sb_messages *messages;
  sb_traffic *traffic;
  int sends, sent, traffics; /* panels to send, of which are started; messages in all */
  int64_t *needed;
  int layer_send, layer_receive; /* first of pk - 1 messages each; -1 */
  int64_t layer_readers;         /* ranks of this node that read its sums */
  const char *way;
  sb_trial trial;
};

places matmul_places_of(const matmul_layout *layout, const matmul_share *share);

bool matmul_layered(const matmul_layout *layout);

/* The rank that differs from this one in its position along an axis. */
int matmul_rank_at(const matmul_panels *panels, int axis, int there);

/* The segment of a rank whose memory is in reach, NULL of others. */
double *matmul_reach(const matmul_panels *panels, int rank);

/* Steps and messages of this rank, once its memory is there. */
sb_status matmul_panels_plan(matmul_panels *panels);

#endif
