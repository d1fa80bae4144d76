/* The part of schema 1 that says where a run took place. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results_schema.h"

/* Longest text of `column` over all rows, at least 1. */
static int64_t longest(const sb_gathered *gathered, size_t column) {
  size_t most = 1;
  for (int64_t r = 0; r < gathered->rows; r++) {
    const size_t length = strlen((const char *)&gathered->row[r] + column);
    if (length > most) most = length;
  }
  return (int64_t)most;
}

/* One text per row (texts end in NULs up to their full size), as narrow as the texts allow: 4096
 * CPU lists of full width would be a megabyte.
 */
static sb_status write_texts(const sb_gathered *gathered, const char *name, const char *long_name,
                             size_t column, sb_sink *sink) {
  const int64_t width = longest(gathered, column);
  char *text = calloc((size_t)gathered->rows, (size_t)width);
  if (text == NULL) return sb_fail(SB_NO_MEMORY, "no memory for the list of %s", name);
  for (int64_t r = 0; r < gathered->rows; r++) {
    memcpy(text + r * width, (const char *)&gathered->row[r] + column, (size_t)width);
  }
  const sb_status status =
      sink->item(sink, &(sb_item){.name = name,
                                  .long_name = long_name,
                                  .type = SB_CHARS,
                                  .dims = 1,
                                  .axis = {gathered->per_node ? "node" : "rank"},
                                  .n = {gathered->rows},
                                  .width = width,
                                  .data = text});
  free(text);
  return status;
}

static sb_status write_node_ranks(const sb_gathered *gathered, sb_sink *sink) {
  int64_t *ranks = calloc((size_t)gathered->rows, sizeof *ranks);
  if (ranks == NULL) return sb_fail(SB_NO_MEMORY, "no memory for the list of nodes");
  for (int64_t r = 0; r < gathered->rows; r++) ranks[r] = gathered->row[r].ranks;
  const sb_status status = sink->item(sink, &(sb_item){.name = "ranks",
                                                       .long_name = "ranks on the node",
                                                       .units = "1",
                                                       .type = SB_I64,
                                                       .dims = 1,
                                                       .axis = {"node"},
                                                       .n = {gathered->rows},
                                                       .data = ranks});
  free(ranks);
  return status;
}

static sb_status write_rows(const sb_gathered *gathered, sb_sink *sink) {
  sb_status status = SB_OK;
  SB_TRY(write_texts(gathered, "host",
                     gathered->per_node ? "host of each node" : "host of each rank",
                     offsetof(sb_row, host), sink));
  if (gathered->per_node) {
    SB_TRY(write_node_ranks(gathered, sink));
  } else {
    SB_TRY(
        write_texts(gathered, "cpus", "CPUs that each rank may use", offsetof(sb_row, cpus), sink));
    SB_TRY(write_texts(gathered, "cpus_seen", "CPUs that each rank was seen on",
                       offsetof(sb_row, cpus_seen), sink));
  }
cleanup:
  return status;
}

static sb_status write_words(const sb_machine *machine, sb_sink *sink) {
  const char *const word[][2] = {{"cpu_model", machine->cpu_model},
                                 {"architecture", machine->architecture},
                                 {"instruction_set", machine->instruction_set},
                                 {"huge_pages", machine->huge_pages},
                                 {"kernel", machine->kernel},
                                 {"hypervisor", machine->hypervisor}};
  sb_status status = SB_OK;
  for (size_t i = 0; i < sizeof word / sizeof *word; i++) {
    SB_TRY(sb_sink_text(sink, word[i][0], word[i][1]));
  }
cleanup:
  return status;
}

typedef struct {
  const char *name, *long_name, *units;
  int64_t value;
  bool unknown;
} whole_item;

static sb_status write_wholes(const whole_item *items, size_t count, sb_sink *sink) {
  sb_status status = SB_OK;
  for (size_t i = 0; i < count; i++) {
    SB_TRY(sink->item(sink, &(sb_item){.name = items[i].name,
                                       .long_name = items[i].long_name,
                                       .units = items[i].units,
                                       .type = SB_I64,
                                       .data = &items[i].value,
                                       .unknown = items[i].unknown}));
  }
cleanup:
  return status;
}

static sb_status write_sizes(const sb_machine *m, sb_sink *sink) {
  const whole_item items[] = {
      {"sockets", "processor packages of the node", "1", m->sockets, false},
      {"cores", "physical cores of the node", "1", m->cores, false},
      {"hardware_threads", "hardware threads of the node", "1", m->hardware_threads, false},
      {"numa_nodes", "NUMA domains of the node", "1", m->numa_nodes, false},
      {"usable_cores", "physical cores that rank 0 may use", "1", m->usable_cores, false},
      {"usable_cpus", "hardware threads that rank 0 may use", "1", m->usable_cpus, false},
      {"l1d_bytes", "first-level data cache, one instance", "byte", m->l1d_bytes, false},
      {"l2_bytes", "second-level cache, one instance", "byte", m->l2_bytes, false},
      {"l3_bytes", "third-level cache, one instance", "byte", m->l3_bytes, false},
      {"l3_caches", "third-level caches of the node", "1", m->l3_caches, false},
      {"memory_bytes", "memory of the node", "byte", m->memory_bytes, false},
      {"memory_available", "memory free to this run at its start", "byte", m->memory_available,
       false},
      {"page_bytes", "memory page", "byte", m->page_bytes, false}};
  return write_wholes(items, sizeof items / sizeof *items, sink);
}

static int64_t growth(int64_t before, int64_t after) {
  return before >= 0 && after >= before ? after - before : -1;
}

static sb_status write_counters(const sb_counters *a, const sb_counters *b, sb_sink *sink) {
  const whole_item items[] = {
      {"clock_before", "clock of rank 0's CPU before the measurement", "Hz", a->clock_hz, true},
      {"clock_after", "clock of rank 0's CPU after the measurement", "Hz", b->clock_hz, true},
      {"throttle_events", "thermal throttling of the node during the measurement", "1",
       growth(a->throttle_events, b->throttle_events), true},
      {"energy", "energy of the node's processors during the measurement", "microjoule",
       sb_counters_energy_between(a, b), true},
      {"memory_errors", "memory errors of the node during the measurement", "1",
       growth(a->memory_errors, b->memory_errors), true}};
  return write_wholes(items, sizeof items / sizeof *items, sink);
}

sb_status sb_schema_machine(const sb_record *record, const sb_gathered *gathered, sb_sink *sink) {
  sb_status status = SB_OK;
  SB_TRY(sink->group(sink, "machine"));
  SB_TRY(write_words(record->machine, sink));
  SB_TRY(write_rows(gathered, sink));
  SB_TRY(write_sizes(record->machine, sink));
  SB_TRY(write_counters(record->before, record->after, sink));
cleanup:
  return status;
}
