#include "results_gather.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const double *sb_gathered_times(const sb_gathered *gathered, int time, int column) {
  return gathered->times +
         (int64_t)(time * gathered->columns + column) * gathered->reps * gathered->rows;
}

/* This rank's times as [time][rep]. */
static void own_times(const sb_measurement *m, double *times) {
  for (int rep = 0; rep < m->reps; rep++) {
    times[rep] = m->local[rep];
    for (int p = 0; p < SB_PHASES; p++) {
      times[(1 + p) * m->reps + rep] = m->phase[rep * SB_PHASES + p];
    }
  }
}

/* From [rank][time][rep] of a node to [time][column][rep]. */
static void summarise_node(const double *ranks, int64_t count, int64_t reps, double *columns) {
  const int64_t block = SB_TIMES * reps;
  for (int64_t i = 0; i < block; i++) {
    double least = ranks[i], most = ranks[i], sum = 0.0;
    for (int64_t r = 0; r < count; r++) {
      const double t = ranks[r * block + i];
      if (t < least) least = t;
      if (t > most) most = t;
      sum += t;
    }
    double *out = columns + i / reps * SB_PER_NODE_COLUMNS * reps + i % reps;
    out[SB_MINIMUM * reps] = least;
    out[SB_MEAN * reps] = sum / (double)count;
    out[SB_MAXIMUM * reps] = most;
  }
}

/* From [row][block] to [block][row]: a file's tables have the rows last. */
static void turn(const double *rows, int64_t count, int64_t block, double *out) {
  for (int64_t r = 0; r < count; r++) {
    for (int64_t i = 0; i < block; i++) out[i * count + r] = rows[r * block + i];
  }
}

/* calloc that says no in a sentence; at least one byte, so that NULL is always a failure. */
static sb_status room(int64_t count, size_t bytes, void *result) {
  void *memory = calloc(count > 0 ? (size_t)count : 1, bytes);
  memcpy(result, &memory, sizeof memory);
  return memory != NULL ? SB_OK
                        : sb_fail(SB_NO_MEMORY, "no memory for %" PRId64 " result rows", count);
}

static sb_status gather_times(sb_comm *comm, const sb_measurement *m, sb_gathered *g) {
  const bool first = sb_comm_rank(comm) == 0, leads = sb_comm_node_rank(comm) == 0;
  const int64_t mine_block = SB_TIMES * g->reps, block = mine_block * g->columns;
  double *mine = NULL, *node = NULL, *columns = NULL, *all = NULL;
  sb_status status = room(mine_block, sizeof *mine, &mine);
  if (status == SB_OK && g->per_node && leads) {
    status = room(mine_block * sb_comm_node_size(comm), sizeof *node, &node);
    if (status == SB_OK) status = room(block, sizeof *columns, &columns);
  }
  if (status == SB_OK && first) {
    status = room(block * g->rows, sizeof *all, &all);
    if (status == SB_OK) status = room(block * g->rows, sizeof *g->times, &g->times);
  }
  SB_TRY(sb_comm_agree(comm, status));

  own_times(m, mine);
  if (g->per_node) {
    sb_comm_gather_node(comm, mine, (size_t)mine_block * sizeof *mine, node);
    if (columns != NULL) summarise_node(node, sb_comm_node_size(comm), g->reps, columns);
    sb_comm_gather_nodes(comm, columns, (size_t)block * sizeof *columns, all);
  } else {
    sb_comm_gather(comm, mine, (size_t)block * sizeof *mine, all);
  }
  if (first) turn(all, g->rows, block, g->times);
cleanup:
  free(mine);
  free(node);
  free(columns);
  free(all);
  return status;
}

static sb_status gather_rows(sb_comm *comm, const sb_record *record, sb_gathered *g) {
  sb_status status = SB_OK;
  if (sb_comm_rank(comm) == 0) status = room(g->rows, sizeof *g->row, &g->row);
  SB_TRY(sb_comm_agree(comm, status));
  sb_row mine = {.ranks = g->per_node ? sb_comm_node_size(comm) : 1};
  snprintf(mine.host, sizeof mine.host, "%s", sb_comm_host(comm));
  if (g->per_node) {
    sb_comm_gather_nodes(comm, &mine, sizeof mine, g->row);
  } else {
    snprintf(mine.cpus, sizeof mine.cpus, "%s", record->cpus_allowed);
    snprintf(mine.cpus_seen, sizeof mine.cpus_seen, "%s", record->cpus_seen);
    sb_comm_gather(comm, &mine, sizeof mine, g->row);
  }
cleanup:
  return status;
}

/* Axes of one name become one dimension of the file. */
static sb_status check_axes(const sb_fields *fields) {
  for (int f = 0; f < fields->count; f++) {
    for (int d = 0; d < fields->field[f].dims; d++) {
      const sb_axis *a = &fields->field[f].axis[d];
      for (int g = 0; g <= f; g++) {
        for (int e = 0; e < fields->field[g].dims; e++) {
          const sb_axis *b = &fields->field[g].axis[e];
          if (strcmp(a->name, b->name) == 0 && (a->n != b->n || a->first != b->first ||
                                                a->step != b->step || a->places != b->places)) {
            return sb_fail(SB_INTERNAL, "axis %s is not the same in all fields", a->name);
          }
        }
      }
    }
  }
  return SB_OK;
}

sb_status sb_gather_digests(sb_comm *comm, const sb_fields *fields, uint64_t *digest) {
  sb_status status = sb_comm_agree(comm, check_axes(fields));
  for (int f = 0; f < fields->count && status == SB_OK; f++) {
    const sb_field *field = &fields->field[f];
    int64_t sums[2] = {(int64_t)sb_field_digest(field), sb_field_held(field)};
    sb_comm_sum_i64(comm, sums, 2);
    digest[f] = (uint64_t)sums[0];
    if (sums[1] != sb_field_elements(field)) {
      status = sb_fail(SB_INTERNAL, "field %s: ranks hold %" PRId64 " of %" PRId64 " elements",
                       field->name, sums[1], sb_field_elements(field));
    }
  }
  return status;
}

sb_status sb_gather(sb_comm *comm, const sb_record *record, sb_gathered **result) {
  sb_gathered *g = NULL;
  sb_status status = sb_comm_agree(comm, room(1, sizeof *g, &g));
  if (status != SB_OK) goto cleanup;
  g->per_node = sb_comm_size(comm) > sb_comm_listed_ranks();
  g->rows = g->per_node ? sb_comm_nodes(comm) : sb_comm_size(comm);
  g->columns = g->per_node ? SB_PER_NODE_COLUMNS : 1;
  g->reps = record->measurement->reps;
  g->comm_bytes = record->measurement->comm_bytes;
  sb_comm_sum_f64(comm, &g->comm_bytes, 1);
  g->efficiency = sb_efficiency_of(comm, record->measurement);
  SB_TRY(gather_times(comm, record->measurement, g));
  SB_TRY(gather_rows(comm, record, g));
  if (record->common->fields) SB_TRY(sb_gather_digests(comm, record->fields, g->digest));
cleanup:
  if (status != SB_OK) sb_gathered_destroy(&g);
  *result = g;
  return status;
}

void sb_gathered_destroy(sb_gathered **gathered) {
  if (*gathered != NULL) {
    free((*gathered)->times);
    free((*gathered)->row);
  }
  free(*gathered);
  *gathered = NULL;
}
