/* probe_fields.c: curves, the table of pairs and what each worker came to, as fields. */
#include <math.h>
#include <stdlib.h>

#include "probe.h"

static sb_status add(sb_fields *fields, const char *name, const char *long_name, const char *units,
                     const double *data, sb_field **added) {
  *added = sb_fields_add(fields);
  if (*added == NULL) return sb_fail(SB_INTERNAL, "too many fields");
  (*added)->name = name;
  (*added)->long_name = long_name;
  (*added)->units = units;
  (*added)->data = data;
  return SB_OK;
}

static void set_axis(sb_field *field, sb_axis axis, bool held) {
  const int d = field->dims++;
  field->axis[d] = axis;
  field->hi[d] = held ? axis.n : 0; /* rank 0 holds all of it */
}

/* The arrays end after PROBE_LENGTHS_MOST, what was measured may end before. */
static void pack_curve(double data[PROBE_PLACES][PROBE_LENGTHS_MOST], int lengths) {
  double *to = &data[0][0];
  for (int place = 0; place < PROBE_PLACES; place++) {
    for (int i = 0; i < lengths; i++) *to++ = data[place][i];
  }
}

static sb_status add_curves(probe_state *s, bool first, sb_fields *fields) {
  probe_curves *c = &s->curves;
  const struct {
    const char *name, *long_name, *units;
    double (*data)[PROBE_LENGTHS_MOST];
  } curves[] = {
      {"message_latency", "half a round trip", "s", c->latency},
      {"message_bandwidth", "bandwidth one way", "byte s-1", c->bandwidth},
      {"message_bandwidth_both", "bandwidth of both ways together", "byte s-1", c->bandwidth_both}};
  const sb_axis place = {.name = "place",
                         .long_name = "0: inside a node, 1: between nodes",
                         .units = "1",
                         .n = PROBE_PLACES,
                         .step = 1.0};
  const sb_axis bytes = {.name = "message_bytes",
                         .long_name = "length of a message",
                         .units = "byte",
                         .n = c->lengths,
                         .places = c->bytes};
  sb_status status = SB_OK;
  for (size_t i = 0; i < sizeof curves / sizeof *curves; i++) {
    sb_field *field = NULL;
    pack_curve(curves[i].data, c->lengths);
    SB_TRY(add(fields, curves[i].name, curves[i].long_name, curves[i].units, curves[i].data[0],
               &field));
    set_axis(field, place, first);
    set_axis(field, bytes, first);
  }
cleanup:
  return status;
}

static sb_status add_pairs(probe_state *s, bool first, sb_fields *fields) {
  const struct {
    const char *name, *long_name, *units;
    const double *data;
  } tables[] = {
      {"pair_latency", "half a round trip, median, as the first of a pair saw it", "s",
       s->pairs[PROBE_LATENCY_TYPICAL]},
      {"pair_latency_best", "half a round trip, least sample", "s", s->pairs[PROBE_LATENCY_BEST]},
      {"pair_bandwidth", "bandwidth of both ways together, median, as the first of a pair saw it",
       "byte s-1", s->pairs[PROBE_BANDWIDTH_TYPICAL]},
      {"pair_bandwidth_best", "bandwidth of both ways together, best sample", "byte s-1",
       s->pairs[PROBE_BANDWIDTH_BEST]}};
  sb_status status = SB_OK;
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
    sb_field *field = NULL;
    SB_TRY(
        add(fields, tables[i].name, tables[i].long_name, tables[i].units, tables[i].data, &field));
    sb_axis player = {.name = "first",
                      .long_name = "rank, or node where there are several",
                      .units = "1",
                      .n = s->players,
                      .step = 1.0};
    set_axis(field, player, first);
    player.name = "second";
    set_axis(field, player, first);
  }
cleanup:
  return status;
}

/* Of all ranks, on rank 0, in the order of ranks and then threads. The list of this rank's threads
 * gives way to it. */
static sb_status gather_workers(probe_state *s, double **own) {
  const size_t bytes = (size_t)s->run->threads * sizeof **own;
  const bool first = sb_comm_rank(s->run->comm) == 0;
  double *all = first ? malloc(bytes * (size_t)sb_comm_size(s->run->comm)) : NULL;
  sb_status status = SB_OK;
  if (first && all == NULL) status = sb_fail(SB_NO_MEMORY, "no memory for a list of workers");
  SB_TRY(sb_comm_agree(s->run->comm, status));
  sb_comm_gather(s->run->comm, *own, bytes, all);
  if (first) {
    free(*own);
    *own = all;
    all = NULL;
  }
cleanup:
  free(all);
  return status;
}

static sb_status add_workers(probe_state *s, bool first, sb_fields *fields) {
  const struct {
    const char *name, *long_name, *units;
    double **data;
    int part;
  } lists[] = {
      {"worker_triad", "triad bandwidth of each worker while all work", "byte s-1",
       &s->workers.triad, PROBE_MEMORY},
      {"worker_fma", "multiply-add rate of each worker while all work", "s-1", &s->workers.chains,
       PROBE_COMPUTE},
      {"worker_noise", "share of time that each worker lost to others", "1", &s->workers.loss,
       PROBE_NOISE},
      {"worker_detour", "longest detour of each worker", "s", &s->workers.detour, PROBE_NOISE}};
  sb_status status = SB_OK;
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
    sb_field *field = NULL;
    if (!s->config.parts[lists[i].part]) continue;
    SB_TRY(gather_workers(s, lists[i].data));
    SB_TRY(add(fields, lists[i].name, lists[i].long_name, lists[i].units, *lists[i].data, &field));
    set_axis(field,
             (sb_axis){.name = "worker",
                       .long_name = "worker: rank times threads, plus thread",
                       .units = "1",
                       .n = (int64_t)sb_comm_size(s->run->comm) * s->run->threads,
                       .step = 1.0},
             first);
  }
cleanup:
  return status;
}

sb_status probe_add_fields(probe_state *state, sb_fields *fields) {
  const bool first = sb_comm_rank(state->run->comm) == 0;
  sb_status status = SB_OK;
  if (state->curves.lengths > 0) SB_TRY(add_curves(state, first, fields));
  if (state->players > 0) SB_TRY(add_pairs(state, first, fields));
  if (sb_comm_size(state->run->comm) <= sb_comm_listed_ranks()) {
    SB_TRY(add_workers(state, first, fields));
  }
cleanup:
  return status;
}
