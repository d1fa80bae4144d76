/* Which node a process is on, as schedulers tell it: nodes on one machine stay apart, hosts with
 * different names are never one node, and a name to show is the scheduler's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <stdlib.h>
#include <string.h>

#include "comm.h"
#include "comm_node.h"

static const char *const known[] = {
    "SLURM_JOB_ID",       "SLURMD_NODENAME",     "SLURM_NODEID", "PBS_JOBID",
    "PBS_NODENUM",        "FLUX_JOB_ID",         "FLUX_URI",     "LSB_JOBID",
    "JSM_NAMESPACE_RANK", "OMPI_COMM_WORLD_RANK"};

/* Pairs of names and values, NULL at the end; all others are unset. */
static sb_node_identity identify(const char *const *variables) {
  sb_node_identity identity;
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) unsetenv(known[i]);
  for (; *variables != NULL; variables += 2) setenv(variables[0], variables[1], 1);
  memset(&identity, 'x', sizeof identity);
  sb_node_identify(&identity);
  return identity;
}
#define IDENTIFY(...) identify((const char *const[]){__VA_ARGS__, NULL})

static void alone_the_host_is_all(void **state) {
  (void)state;
  char host[SB_HOST_SIZE];
  sb_host_name(host);
  const sb_node_identity none = identify((const char *const[]){NULL});
  assert_string_equal(none.host, host);
  assert_string_equal(none.key, host);
  assert_string_equal(none.named, "");
}

static void expect_apart(sb_node_identity a, sb_node_identity b, bool apart) {
  char host[SB_HOST_SIZE];
  sb_host_name(host);
  assert_int_equal(memcmp(a.key, b.key, sizeof a.key) != 0, apart);
  assert_int_equal(strncmp(a.key, host, strlen(host)), 0); /* hosts keep their keys apart */
}

static void each_scheduler_tells_nodes_apart(void **state) {
  (void)state;
  static const char *const schedulers[][2] = {{"SLURM_JOB_ID", "SLURMD_NODENAME"},
                                              {"SLURM_JOB_ID", "SLURM_NODEID"},
                                              {"PBS_JOBID", "PBS_NODENUM"},
                                              {"FLUX_JOB_ID", "FLUX_URI"}};
  for (size_t i = 0; i < sizeof schedulers / sizeof *schedulers; i++) {
    const char *job = schedulers[i][0], *node = schedulers[i][1];
    const sb_node_identity first = IDENTIFY(job, "17", node, "n1");
    expect_apart(first, IDENTIFY(job, "17", node, "n2"), true);
    expect_apart(first, IDENTIFY(job, "17", node, "n1"), false);
    expect_apart(first, IDENTIFY(job, "17"), true);
    /* Left over in a shell outside of a job, a number says nothing. */
    expect_apart(IDENTIFY(node, "n1"), IDENTIFY(node, "n2"), false);
  }
}

static void slurms_name_comes_before_its_number(void **state) {
  (void)state;
  const sb_node_identity n =
      IDENTIFY("SLURM_JOB_ID", "5", "SLURM_NODEID", "0", "SLURMD_NODENAME", "node17");
  assert_string_equal(n.named, "node17");
  expect_apart(n, IDENTIFY("SLURM_JOB_ID", "5", "SLURM_NODEID", "1", "SLURMD_NODENAME", "node17"),
               false);
  assert_string_equal(IDENTIFY("SLURM_JOB_ID", "5", "SLURM_NODEID", "3").named, "");
  assert_string_equal(IDENTIFY("PBS_JOBID", "5", "PBS_NODENUM", "3").named, "");
}

static void a_ranks_number_is_no_nodes(void **state) {
  (void)state;
  expect_apart(IDENTIFY("LSB_JOBID", "5", "JSM_NAMESPACE_RANK", "0"),
               IDENTIFY("LSB_JOBID", "5", "JSM_NAMESPACE_RANK", "1"), false);
  expect_apart(IDENTIFY("OMPI_COMM_WORLD_RANK", "0"), IDENTIFY("OMPI_COMM_WORLD_RANK", "1"), false);
}

static void long_names_are_cut(void **state) {
  (void)state;
  char name[1000] = "";
  memset(name, 'n', sizeof name - 1);
  const sb_node_identity n = IDENTIFY("SLURM_JOB_ID", "5", "SLURMD_NODENAME", name);
  assert_int_equal(strlen(n.named), SB_HOST_SIZE - 1);
  assert_int_equal(strlen(n.key), SB_NODE_KEY_SIZE - 1);
}

static void a_program_of_one_rank_shows_the_name(void **state) {
  (void)state;
  sb_comm *comm = NULL;
  IDENTIFY("SLURM_JOB_ID", "5", "SLURMD_NODENAME", "node17");
  assert_int_equal(sb_comm_start(NULL, NULL, &comm), SB_OK);
  assert_string_equal(sb_comm_host(comm), "node17");
  sb_comm_finish(&comm);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(alone_the_host_is_all),
      cmocka_unit_test(each_scheduler_tells_nodes_apart),
      cmocka_unit_test(slurms_name_comes_before_its_number),
      cmocka_unit_test(a_ranks_number_is_no_nodes),
      cmocka_unit_test(long_names_are_cut),
      cmocka_unit_test(a_program_of_one_rank_shows_the_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
