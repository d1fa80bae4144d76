#include "fleet.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sysfile.h"

static const struct {
  const char *name; /* in SB_FLEET_PRETEND */
  double unit, tolerance;
  const char *format;
} numbers[SB_FLEET_NUMBERS] = {
    [SB_FLEET_SOCKETS] = {"sockets", 1.0, 0.0, "%.0f sockets"},
    [SB_FLEET_CORES] = {"cores", 1.0, 0.0, "%.0f cores"},
    [SB_FLEET_THREADS] = {"threads", 1.0, 0.0, "%.0f hardware threads"},
    [SB_FLEET_NUMA] = {"numa", 1.0, 0.0, "%.0f NUMA nodes"},
    [SB_FLEET_CACHE] = {"cache", 1e6, 0.0, "%.4g MB of third-level cache"},
    [SB_FLEET_MEMORY] = {"memory", 1e9, 0.05, "%.4g GB of memory"},
    [SB_FLEET_CLOCK] = {"clock", 1e9, 0.02, "%.4g GHz at most"},
};

/* The value of " key=value" in what a test pretends, up to the next blank; false without one. */
static bool pretended(const char *key, char *value, size_t bytes) {
  const char *text = getenv("SB_FLEET_PRETEND");
  const size_t length = strlen(key);
  for (; text != NULL && *text != '\0'; text += strspn(text, " ")) {
    const size_t word = strcspn(text, " ");
    if (word > length && strncmp(text, key, length) == 0 && text[length] == '=') {
      snprintf(value, bytes, "%.*s", (int)(word - length - 1), text + length + 1);
      return true;
    }
    text += word;
  }
  return false;
}

/* Of the first processor; where the kernel does not tell, 0. */
static double highest_clock(void) {
  char text[64];
  if (!sb_sysfile_line(text, sizeof text, "", "/sys/devices/system/cpu/cpu0/cpufreq/%s",
                       "cpuinfo_max_freq"))
    return 0.0;
  return 1e3 * (double)sb_sysfile_parse(text);
}

void sb_fleet_describe(const sb_machine *machine, const char *node, sb_fleet_record *record) {
  char value[128];
  memset(record, 0, sizeof *record);
  snprintf(record->node, sizeof record->node, "%s", node);
  snprintf(record->processor, sizeof record->processor, "%s", machine->cpu_model);
  snprintf(record->instruction_set, sizeof record->instruction_set, "%s", machine->instruction_set);
  const double seen[SB_FLEET_NUMBERS] = {
      [SB_FLEET_SOCKETS] = machine->sockets,
      [SB_FLEET_CORES] = machine->cores,
      [SB_FLEET_THREADS] = machine->hardware_threads,
      [SB_FLEET_NUMA] = machine->numa_nodes,
      [SB_FLEET_CACHE] = (double)machine->l3_bytes * machine->l3_caches,
      [SB_FLEET_MEMORY] = (double)machine->memory_bytes,
      [SB_FLEET_CLOCK] = highest_clock(),
  };
  for (int i = 0; i < SB_FLEET_NUMBERS; i++) {
    const bool given = pretended(numbers[i].name, value, sizeof value);
    record->number[i] = given ? strtod(value, NULL) : fmax(seen[i], 0.0);
  }
  if (pretended("processor", value, sizeof value))
    snprintf(record->processor, sizeof record->processor, "%s", value);
  if (pretended("instruction_set", value, sizeof value))
    snprintf(record->instruction_set, sizeof record->instruction_set, "%.31s", value);
}

static int compare_processors(const void *a, const void *b) {
  return strcmp(((const sb_fleet_record *)a)->processor, ((const sb_fleet_record *)b)->processor);
}

static int compare_sets(const void *a, const void *b) {
  return strcmp(((const sb_fleet_record *)a)->instruction_set,
                ((const sb_fleet_record *)b)->instruction_set);
}

static int compare_doubles(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* The first record of the longest run of equals. */
static const sb_fleet_record *most_common(sb_fleet_record *all, int n,
                                          int (*compare)(const void *, const void *)) {
  int best = 0, most = 0;
  qsort(all, (size_t)n, sizeof *all, compare);
  for (int begin = 0, end = 0; begin < n; begin = end) {
    while (end < n && compare(&all[begin], &all[end]) == 0) end++;
    if (end - begin > most) {
      most = end - begin;
      best = begin;
    }
  }
  return &all[best];
}

void sb_fleet_usual(sb_fleet_record *all, int n, sb_fleet_record *usual) {
  memset(usual, 0, sizeof *usual);
  memcpy(usual->processor, most_common(all, n, compare_processors)->processor,
         sizeof usual->processor);
  memcpy(usual->instruction_set, most_common(all, n, compare_sets)->instruction_set,
         sizeof usual->instruction_set);
  double *values = malloc((size_t)n * sizeof *values);
  if (values == NULL) return; /* then no number is compared, as where none is told */
  for (int i = 0; i < SB_FLEET_NUMBERS; i++) {
    int told = 0;
    for (int r = 0; r < n; r++) {
      if (all[r].number[i] > 0.0) values[told++] = all[r].number[i];
    }
    qsort(values, (size_t)told, sizeof *values, compare_doubles);
    usual->number[i] = told > 0 ? values[(told - 1) / 2] : 0.0;
  }
  free(values);
}

static void add(char text[SB_FLEET_TEXT], const char *own, const char *usual) {
  const size_t used = strlen(text);
  snprintf(text + used, SB_FLEET_TEXT - used, "%s%s (most have %s)", used > 0 ? ", " : "", own,
           usual);
}

void sb_fleet_difference(const sb_fleet_record *node, const sb_fleet_record *usual,
                         char text[SB_FLEET_TEXT]) {
  text[0] = '\0';
  if (strcmp(node->processor, usual->processor) != 0) add(text, node->processor, usual->processor);
  if (strcmp(node->instruction_set, usual->instruction_set) != 0)
    add(text, node->instruction_set, usual->instruction_set);
  for (int i = 0; i < SB_FLEET_NUMBERS; i++) {
    const double own = node->number[i], most = usual->number[i];
    char says[64], instead[32];
    if (own <= 0.0 || most <= 0.0 || fabs(own - most) <= numbers[i].tolerance * most) continue;
    snprintf(says, sizeof says, numbers[i].format, own / numbers[i].unit);
    snprintf(instead, sizeof instead, "%.4g", most / numbers[i].unit);
    add(text, says, instead);
  }
}

/* One odd node after the other, in the order of the nodes. */
static void tell(const sb_run *run, const sb_fleet_record *all, int n,
                 const sb_fleet_record *usual) {
  enum { NAMED = 4 }; /* the warnings of a run have 2 KiB */
  int unlike = 0;
  for (int i = 0; i < n; i++) {
    char text[SB_FLEET_TEXT];
    sb_fleet_difference(&all[i], usual, text);
    if (text[0] == '\0' || unlike++ >= NAMED) continue;
    sb_warn(run, "heterogeneous: node %s has %s", all[i].node, text);
  }
  if (unlike > NAMED) sb_warn(run, "heterogeneous: %d more nodes differ from most", unlike - NAMED);
}

sb_status sb_fleet_compare(const sb_run *run, const sb_machine *machine) {
  sb_comm *comm = run->comm;
  const int nodes = sb_comm_nodes(comm);
  const bool first = sb_comm_rank(comm) == 0;
  const size_t room = (size_t)nodes * sizeof(sb_fleet_record);
  sb_fleet_record mine, usual, *all = NULL, *sorted = NULL;
  sb_status status = SB_OK;
  if (nodes == 1) return SB_OK;
  sb_fleet_describe(machine, sb_comm_host(comm), &mine);
  if (first) {
    all = malloc(room);
    sorted = malloc(room);
    if (all == NULL || sorted == NULL)
      status = sb_fail(SB_NO_MEMORY, "no memory to compare %d nodes", nodes);
  }
  SB_TRY(sb_comm_agree(comm, status));
  sb_comm_gather_nodes(comm, &mine, sizeof mine, all);
  if (all != NULL && sorted != NULL) {
    memcpy(sorted, all, room);
    sb_fleet_usual(sorted, nodes, &usual);
    tell(run, all, nodes, &usual);
  }
cleanup:
  free(sorted);
  free(all);
  return status;
}
