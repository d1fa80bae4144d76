/* comm_node.h: which node this process is on, as the scheduler and the host tell it. Local.
 *
 * comm_mpi_nodes.c makes the nodes of a run of it.
 */
#ifndef SCALEBAR_COMM_NODE_H
#define SCALEBAR_COMM_NODE_H

#include "comm_common.h"

enum { SB_NODE_KEY_SIZE = 256 };

typedef struct {
  char host[SB_HOST_SIZE];  /* sb_host_name */
  char named[SB_HOST_SIZE]; /* what the scheduler calls the node; "" where it has no name for it */
  /* Processes are on one node only where their keys are equal: the host name, and behind it what
   * the scheduler tells. Of hosts with different names no keys are equal, whatever a launcher
   * passed on of the environment of another node. */
  char key[SB_NODE_KEY_SIZE];
} sb_node_identity;

/* Reads, in this order:
 *   Slurm  SLURMD_NODENAME, which slurmd sets for each task by the name that slurm.conf has, also
 *          where several slurmd share a machine; else SLURM_NODEID (within SLURM_JOB_ID)
 *   PBS    PBS_NODENUM (within PBS_JOBID)
 *   Flux   FLUX_URI, the socket of the node's broker (within FLUX_JOB_ID)
 * LSF has no number of the node (JSM_NAMESPACE_RANK is a rank's): there, and without a scheduler,
 * the host name is all. */
void sb_node_identify(sb_node_identity *identity);

#endif
