/* Ranks know who shares their node, and see in its memory what others wrote. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <stdlib.h>

#include "comm_shared.h"

static sb_comm *comm;

/* The launcher fills one machine; SB_NODE_SIZE cuts it into runs of ranks. */
static int pretended(void) {
  const char *text = getenv("SB_NODE_SIZE");
  return text != NULL ? atoi(text) : sb_comm_size(comm);
}

static void knows_its_node(void **state) {
  (void)state;
  const int size = sb_comm_size(comm), rank = sb_comm_rank(comm), node_size = pretended();
  for (int other = 0; other < size; other++) {
    const bool here = other / node_size == rank / node_size;
    assert_int_equal(sb_comm_node_rank_of(comm, other), here ? other % node_size : -1);
  }
  int uniform = 0; /* one node, short or not, is as uniform as nodes of equal size */
  if (size <= node_size) uniform = size;
  if (size % node_size == 0) uniform = node_size;
  assert_int_equal(sb_comm_uniform_node_size(comm), uniform);
}

static void sees_what_others_wrote(void **state) {
  (void)state;
  enum { NUMBERS = 1000 };
  sb_shared *shared = NULL;
  assert_int_equal(sb_shared_create(comm, NUMBERS * sizeof(int), &shared), SB_OK);
  int64_t wrong = 0;
  if (sb_comm_node_size(comm) > 1) {
    int *mine = sb_shared_segment(shared, sb_comm_node_rank(comm));
    wrong += (uintptr_t)mine % 4096 != 0;
    for (int i = 0; i < NUMBERS; i++) wrong += mine[i] != 0;
    for (int i = 0; i < NUMBERS; i++) mine[i] = 1000000 * sb_comm_rank(comm) + i;
    sb_shared_sync(shared);
  }
  sb_comm_barrier(comm);
  if (sb_comm_node_size(comm) > 1) sb_shared_sync(shared);
  for (int other = 0; sb_comm_node_size(comm) > 1 && other < sb_comm_size(comm); other++) {
    const int node_rank = sb_comm_node_rank_of(comm, other);
    if (node_rank < 0) continue;
    const int *theirs = sb_shared_segment(shared, node_rank);
    for (int i = 0; i < NUMBERS; i++) wrong += theirs[i] != 1000000 * other + i;
  }
  sb_comm_sum_i64(comm, &wrong, 1);
  assert_int_equal(wrong, 0);
  sb_shared_destroy(&shared);
  assert_null(shared);
}

int main(int argc, char **argv) {
  if (sb_comm_start(&argc, &argv, &comm) != SB_OK) return 1;
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(knows_its_node),
      cmocka_unit_test(sees_what_others_wrote),
  };
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  sb_comm_finish(&comm);
  return failed;
}
