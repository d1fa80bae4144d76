/* Planned messages arrive whole whatever their length: in chunks of any size, and beyond 2^31
 * bytes, the largest count of MPI 3. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <stdio.h>
#include <stdlib.h>

#include "comm_messages.h"
#include "free_memory.h"
#include "memory.h"

enum { MOST_PEERS = 8 };

static sb_comm *comm;

static double word(int from, int to, int64_t i) {
  return (double)(i + 1) + 1e10 * from + 1e11 * to;
}

static void fill(double *to, int64_t n, int from, int peer) {
  for (int64_t i = 0; i < n; i++) to[i] = word(from, peer, i);
}

static int64_t wrong(const double *in, int64_t n, int from, int peer) {
  int64_t count = 0;
  for (int64_t i = 0; i < n; i++) count += in[i] != word(from, peer, i);
  return count;
}

typedef enum { TO_PEERS, IN_SLOTS, WAYS } way;

static sb_status create(way how, const sb_traffic *traffic, int peers, int64_t most,
                        sb_messages **messages) {
  return how == TO_PEERS ? sb_messages_create(comm, traffic, peers, messages)
                         : sb_messages_create_slots(comm, peers, most, messages);
}

/* One round over all peers of the plan. */
static void go(way how, const sb_traffic *traffic, sb_messages *messages, int peers) {
  if (how == TO_PEERS) {
    sb_messages_receive(messages);
    for (int p = 0; p < peers; p++) sb_messages_send(messages, p);
  } else {
    for (int p = 0; p < peers; p++) sb_messages_receive_once(messages, p, &traffic[p]);
    for (int p = 0; p < peers; p++) sb_messages_send_once(messages, p, &traffic[p]);
  }
  for (int p = 0; p < peers; p++) {
    while (!sb_messages_arrived(messages, p)) continue;
  }
  while (!sb_messages_sent(messages)) continue;
}

/* All ranks fail together: one that fell out alone would leave the others waiting. */
static int64_t on_all(int64_t here) {
  sb_comm_sum_i64(comm, &here, 1);
  return here;
}

/* Doubles that `from` sends to `to`: each pair its own, some none. */
static int64_t length(int from, int to) { return (from * 7 + to * 3) % 5 * 13; }

static int64_t wrong_of_all(way how, const char *most) {
  const int size = sb_comm_size(comm), rank = sb_comm_rank(comm), peers = size - 1;
  sb_traffic traffic[MOST_PEERS];
  double out[MOST_PEERS][64], in[MOST_PEERS][64];
  sb_messages *messages = NULL;
  int64_t count = 0;
  setenv("SB_MESSAGE_MOST", most, 1);
  for (int p = 0; p < peers; p++) {
    const int other = (rank + 1 + p) % size;
    fill(out[p], length(rank, other), rank, other);
    traffic[p] =
        (sb_traffic){other, out[p], in[p], 8 * length(rank, other), 8 * length(other, rank)};
  }
  assert_int_equal(create(how, traffic, peers, 8 * 64, &messages), SB_OK);
  for (int round = 0; round < 3; round++) {
    for (int p = 0; p < peers; p++) fill(in[p], 64, -1, -1);
    go(how, traffic, messages, peers);
    for (int p = 0; p < peers; p++) {
      const int other = traffic[p].rank;
      count += wrong(in[p], length(other, rank), other, rank);
    }
  }
  sb_messages_destroy(&messages);
  unsetenv("SB_MESSAGE_MOST");
  return on_all(count);
}

static void chunks_of_any_size(void **state) {
  (void)state;
  const char *most[] = {"8", "16", "24", "100", "415", "416", "1000000"};
  for (size_t i = 0; i < sizeof most / sizeof *most; i++) {
    for (way how = TO_PEERS; how < WAYS; how++) assert_int_equal(wrong_of_all(how, most[i]), 0);
  }
}

/* Of two ranks alone, where there is room for both buffers twice. */
static void beyond_the_count_of_mpi(void **state) {
  (void)state;
  const int64_t n = (INT64_C(1) << 28) + 1001; /* 2^31 bytes, and some more */
  if (sb_comm_size(comm) != 2) return;
  int64_t fits = free_memory() > 4.0 * 8.0 * (double)n;
  sb_comm_min_i64(comm, &fits, 1);
  if (!fits) {
    print_message("no room for 2 x 2 GiB: not tried\n");
    skip();
  }
  const int rank = sb_comm_rank(comm), other = 1 - rank;
  double *buffer = NULL;
  sb_messages *messages = NULL;
  assert_int_equal(sb_comm_agree(comm, sb_doubles_create(n, &buffer)), SB_OK);
  const sb_traffic traffic = {other, buffer, buffer, rank == 0 ? 8 * n : 0, rank == 0 ? 0 : 8 * n};
  int64_t count = 0;
  for (way how = TO_PEERS; how < WAYS; how++) {
    fill(buffer, n, rank == 0 ? 0 : 5, 1);
    assert_int_equal(create(how, &traffic, 1, 8 * n, &messages), SB_OK);
    go(how, &traffic, messages, 1);
    if (rank == 1) count += wrong(buffer, n, 0, 1);
    sb_messages_destroy(&messages);
  }
  free(buffer);
  assert_int_equal(on_all(count), 0);
}

int main(int argc, char **argv) {
  if (sb_comm_start(&argc, &argv, &comm) != SB_OK) return 1;
  const struct CMUnitTest tests[] = {cmocka_unit_test(chunks_of_any_size),
                                     cmocka_unit_test(beyond_the_count_of_mpi)};
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  sb_comm_finish(&comm);
  return failed;
}
