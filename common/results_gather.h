/* results_gather.h: what result files need from all ranks, brought to rank 0.
 *
 * Up to sb_comm_listed_ranks() ranks there is one row per rank; above, one row per node with
 * minimum, mean and maximum of its ranks, and no rank then holds anything as long as the number of
 * ranks.
 */
#ifndef SCALEBAR_RESULTS_GATHER_H
#define SCALEBAR_RESULTS_GATHER_H

#include "efficiency.h"
#include "placement.h"
#include "results.h"

/* Times of a sample: the whole, then the phases in the order of sb_phase. */
enum { SB_TIMES = 1 + SB_PHASES, SB_HOST_TEXT = 64 };

/* Columns of a row: one per rank, or these three per node. */
typedef enum { SB_MINIMUM, SB_MEAN, SB_MAXIMUM, SB_PER_NODE_COLUMNS } sb_column;

typedef struct {
  char host[SB_HOST_TEXT];
  char cpus[SB_CPUS_TEXT], cpus_seen[SB_CPUS_TEXT]; /* "" in rows of nodes */
  int64_t ranks;                                    /* 1 in rows of ranks */
} sb_row;

typedef struct {
  bool per_node;
  int64_t rows; /* ranks or nodes */
  int64_t reps;
  int columns;       /* 1 or SB_PER_NODE_COLUMNS */
  double *times;     /* [time][column][rep][row], s; rank 0 alone, NULL elsewhere */
  sb_row *row;       /* [row]; rank 0 alone, NULL elsewhere */
  double comm_bytes; /* sent by all ranks in one repetition */
  sb_efficiency efficiency;
  uint64_t digest[SB_FIELDS_MAX]; /* of the record's fields, whole, from memory */
} sb_gathered;

/* The rep x row table of one time and column. */
const double *sb_gathered_times(const sb_gathered *gathered, int time, int column);

/* SB_INTERNAL where the ranks' boxes do not fill a field or axes of one name differ. Collective. */
sb_status sb_gather(sb_comm *comm, const sb_record *record, sb_gathered **result);

/* Digests of whole fields, from memory, on every rank: room for SB_FIELDS_MAX. Errors as above.
 * Collective. */
sb_status sb_gather_digests(sb_comm *comm, const sb_fields *fields, uint64_t *digest);

/* Accepts NULL. Local. */
void sb_gathered_destroy(sb_gathered **gathered);

#endif
