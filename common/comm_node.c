#include "comm_node.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *told(const char *variable) {
  const char *text = getenv(variable);
  return text != NULL ? text : "";
}

void sb_node_identify(sb_node_identity *identity) {
  /* A job's number, what tells its nodes apart, and whether that is a name to show. */
  static const struct {
    const char *job, *node;
    bool is_name;
  } schedulers[] = {{"SLURM_JOB_ID", "SLURMD_NODENAME", true},
                    {"SLURM_JOB_ID", "SLURM_NODEID", false},
                    {"PBS_JOBID", "PBS_NODENUM", false},
                    {"FLUX_JOB_ID", "FLUX_URI", false}};
  memset(identity, 0, sizeof *identity); /* keys are compared with all their bytes */
  sb_host_name(identity->host);
  snprintf(identity->key, sizeof identity->key, "%s", identity->host);
  for (size_t i = 0; i < sizeof schedulers / sizeof *schedulers; i++) {
    const char *node = told(schedulers[i].node);
    if (told(schedulers[i].job)[0] == '\0' || node[0] == '\0') continue;
    snprintf(identity->key, sizeof identity->key, "%s %s=%s", identity->host, schedulers[i].node,
             node);
    if (schedulers[i].is_name) snprintf(identity->named, sizeof identity->named, "%s", node);
    return;
  }
}
